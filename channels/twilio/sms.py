"""Twilio SMS and MMS: a message comes in.

The answer must be TwiML as text/xml: text/plain is sent to the customer as a message, JSON is error 12300.
Media stay at Twilio; whoever fetches them reads `Attachment.url`, which only ever names Twilio's own hosts.
"""

from __future__ import annotations

from channels.contact import Attachment, Contact, Medium
from channels.contract import Channel, Reply, Request, Texts
from channels.errors import Malformed
from channels.media import LABEL, linked, links
from channels.texts import bounded, cleaned, line
from channels.twilio import signature
from channels.twilio.address import address
from channels.twilio.form import PROVIDER, Fields, extra, fields, sid

MOST_MEDIA = 50
"""Twilio sends ten at most."""

INBOUND_STATUS = frozenset({"", "received", "receiving"})

EXTRA = (
    "AccountSid",
    "MessagingServiceSid",
    "FromCity",
    "FromState",
    "FromZip",
    "FromCountry",
    "Latitude",
    "Longitude",
    "Address",
    "Label",
    "ButtonText",
)

THEIRS = links(rf"api\.twilio\.com|(?:{LABEL}\.)+twiliocdn\.com")


def parse(request: Request) -> list[Contact]:
    """One contact a message. Raises Malformed for a status callback, and without a MessageSid."""
    form = fields(request)
    _refuse_status(form)
    message_sid = sid(form, "MessageSid")
    text, _, cut = bounded(cleaned(form.get("Body", "")))
    sender = address(form.get("From"), form.get("FromCountry"))
    recipient = address(form.get("To"), form.get("ToCountry"))
    facts = extra(form, EXTRA)
    if cut:
        facts["truncated"] = "text"
    return [
        Contact(
            provider=PROVIDER,
            provider_id=message_sid,
            delivery=message_sid,
            medium=Medium.SMS,
            sender=sender,
            sender_name=line(form.get("ProfileName"), 200),
            recipients=(recipient,) if recipient else (),
            text=text,
            attachments=media(form),
            in_reply_to=line(form.get("OriginalRepliedMessageSid"), 100),
            happened_at=request.received_at,
            extra=facts,
        )
    ]


def media(form: Fields) -> tuple[Attachment, ...]:
    """What MediaUrlN and MediaContentTypeN name, whatever NumMedia says; a foreign host's link is dropped."""
    if not any(name.startswith("Media") for name in form):
        return ()
    return tuple(
        linked(form.get(f"MediaUrl{n}"), form.get(f"MediaContentType{n}"), THEIRS, f"media-{n + 1}")
        for n in range(MOST_MEDIA)
        if f"MediaUrl{n}" in form or f"MediaContentType{n}" in form
    )


def reply(request: Request, texts: Texts) -> Reply:
    return Reply(media_type="text/xml", body="<Response/>")


def _refuse_status(form: Fields) -> None:
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    inbound = "Body" in form or "NumMedia" in form
    if status.strip().lower() not in INBOUND_STATUS and not inbound:
        raise Malformed("SmsStatus", "received", "the status of a message that was sent")


CHANNEL = Channel(
    "twilio-sms",
    PROVIDER,
    "/hooks/twilio/sms",
    Medium.SMS,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    limit=signature.LIMIT,
    takes=(signature.FORM,),
    gives="text/xml",
    reply=reply,
)
