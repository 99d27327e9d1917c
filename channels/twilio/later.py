"""What comes once a call is over, and how it finds its call: by CallSid, as a part of that contact with a sequence of
its own, since these callbacks carry no SequenceNumber (Twilio, "Recording status callbacks", "transcribeCallback").

A recording's callback tells neither From nor To, so that alone it opens no incident, and in which pool its call is
can't be told. Whoever has several pools, or sends us recordings without their calls, appends `?From=%2B1…&To=%2B1…` to
the callback's URL; the URL is signed. What the form says counts first.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from channels.contact import Attachment, Contact, Direction, Medium
from channels.contract import Request
from channels.media import LABEL, linked, links
from channels.texts import bounded, cleaned
from channels.times import rfc2822
from channels.twilio import call
from channels.twilio.address import address
from channels.twilio.form import PROVIDER, Fields, extra, fields, sid

RECORDINGS = links(rf"api(?:\.{LABEL}){{0,2}}\.twilio\.com")
"""`api.twilio.com`, or a region's (`api.dublin.ie1.twilio.com`)."""


COMPLETED = 1
"""Sequence of a part that is done; lower before, and where it failed."""


@dataclass(frozen=True)
class Part:
    """kind: "recording". sid: its own. sequence: rises with what is told of it."""

    kind: str
    sid: str
    sequence: int


def told(request: Request) -> Fields:
    """The form, and of the callback's query what the form doesn't say. Raises Malformed."""
    asked = dict(parse_qsl(request.query, errors="replace"))
    return {name: asked[name] for name in ("From", "To", "Direction") if name in asked} | dict(fields(request))


def contact(request: Request, form: Fields, part: Part, *, text: str = "", names: tuple[str, ...]) -> Contact:
    """An update of the call's contact. names: parameters to keep. Raises Malformed without CallSid."""
    call_sid = sid(form, "CallSid")
    name = f"{part.kind}:{part.sid}"
    direction = call.DIRECTION.get(form.get("Direction", "inbound").strip().lower(), Direction.UNKNOWN)
    caller = address(form.get("From"), form.get("FromCountry"))
    called = address(form.get("To"), form.get("ToCountry"))
    sender, recipient = (called, caller) if direction is Direction.OUTBOUND else (caller, called)
    words, _, cut = bounded(cleaned(text).strip())
    return Contact(
        provider=PROVIDER,
        provider_id=call_sid,
        delivery=f"{call_sid}:{name}" + ("" if part.sequence == COMPLETED else f":{part.sequence}"),
        sequence=part.sequence,
        part=name,
        medium=Medium.CALL,
        direction=direction,
        sender=sender,
        recipients=(recipient,) if recipient else (),
        text=words,
        attachments=recording(form),
        happened_at=rfc2822(form.get("RecordingStartTime")) or request.received_at,
        extra={**extra(form, ("AccountSid", *names)), **({"truncated": "text"} if cut else {})},
    )


def recording(form: Fields) -> tuple[Attachment, ...]:
    """The file at RecordingUrl, WAV as Twilio serves it without an ending; none where there is no URL."""
    url = form.get("RecordingUrl", "").strip()
    return (linked(url, "audio/x-wav", RECORDINGS, "recording"),) if url else ()
