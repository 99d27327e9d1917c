"""A call in Twilio's words, as its first webhook and its status callbacks tell it.

One contact a call. The first webhook has no SequenceNumber; an update is ordered by its own, never by arrival.
"""

from __future__ import annotations

import re

from channels.contact import Call, CallStatus, Contact, Direction, Medium
from channels.contract import Request
from channels.errors import Malformed
from channels.texts import line
from channels.times import rfc2822
from channels.twilio.address import address
from channels.twilio.form import PROVIDER, Fields, extra, fields, number, sid

STATUS = {
    "queued": CallStatus.QUEUED,
    "initiated": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "answered": CallStatus.IN_PROGRESS,
    "completed": CallStatus.COMPLETED,
    "busy": CallStatus.BUSY,
    "failed": CallStatus.FAILED,
    "no-answer": CallStatus.NO_ANSWER,
    "canceled": CallStatus.CANCELED,
}

DIRECTION = {
    "inbound": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "outbound-api": Direction.OUTBOUND,
    "outbound-dial": Direction.OUTBOUND,
}

EXTRA = ("AccountSid", "ParentCallSid", "FromCity", "FromState", "FromZip", "FromCountry")

_WORD = re.compile(r"[a-z][a-z_-]{0,39}")


def contact(request: Request, *, update: bool) -> Contact:
    """The call so far. update: a status callback; one without SequenceNumber counts as number 0.

    The sender is the person's side: the caller, or who was called where we called. Raises Malformed without
    a CallSid or with a SequenceNumber that is none.
    """
    form = fields(request)
    call_sid = sid(form, "CallSid")
    sequence = _sequence(form, update=update)
    direction = DIRECTION.get(_word(form.get("Direction", "inbound")), Direction.UNKNOWN)
    caller = address(form.get("From"), form.get("FromCountry"))
    called = address(form.get("To"), form.get("ToCountry"))
    sender, recipient = (called, caller) if direction is Direction.OUTBOUND else (caller, called)
    return Contact(
        provider=PROVIDER,
        provider_id=call_sid,
        delivery=call_sid if sequence is None else f"{call_sid}:{sequence}",
        sequence=sequence,
        medium=Medium.CALL,
        direction=direction,
        sender=sender,
        sender_name=line(form.get("CallerName"), 200) if direction is not Direction.OUTBOUND else None,
        recipients=(recipient,) if recipient else (),
        call=_call(form),
        happened_at=rfc2822(form.get("Timestamp")) or request.received_at,
        extra=extra(form, EXTRA),
    )


def _call(form: Fields) -> Call:
    answered_by = _word(form.get("AnsweredBy", ""))
    return Call(
        status=STATUS.get(_word(form.get("CallStatus", "")), CallStatus.UNKNOWN),
        duration_s=number(form.get("CallDuration")),
        answered_by=answered_by if _WORD.fullmatch(answered_by) else None,
        forwarded_from=address(form.get("ForwardedFrom"), form.get("FromCountry")),
        sip_response=number(form.get("SipResponseCode"), 999),
    )


def _sequence(form: Fields, *, update: bool) -> int | None:
    text = form.get("SequenceNumber", "").strip()
    if not text:
        return 0 if update else None
    sequence = number(text)
    if sequence is None:
        raise Malformed("SequenceNumber", "a whole number from 0", "other text")
    return sequence


def _word(text: str) -> str:
    return text.strip().lower()
