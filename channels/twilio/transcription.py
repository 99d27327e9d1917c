"""Twilio Voice transcription callbacks: what was said on a recording, in words that are scored like any others.

One that failed is recorded, without words, and so is one that is empty.
"""

from __future__ import annotations

from channels.contact import Contact, Medium
from channels.contract import Channel, Request
from channels.twilio import later, signature
from channels.twilio.form import PROVIDER, sid

EXTRA = ("TranscriptionSid", "TranscriptionStatus", "TranscriptionType", "RecordingSid", "RecordingDuration")


def parse(request: Request) -> list[Contact]:
    """One update of the call's contact, none while it is transcribed. Raises Malformed without its sids."""
    form = later.told(request)
    status = form.get("TranscriptionStatus", "completed").strip().lower()
    transcription_sid = sid(form, "TranscriptionSid")
    sid(form, "CallSid")
    if status == "in-progress":
        return []
    failed = status == "failed"
    part = later.Part("transcription", transcription_sid, 0 if failed else later.COMPLETED)
    text = "" if failed else form.get("TranscriptionText", "")
    return [later.contact(request, form, part, text=text, names=EXTRA)]


CHANNEL = Channel(
    "twilio-transcription",
    PROVIDER,
    "/hooks/twilio/transcription",
    Medium.CALL,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    limit=signature.LIMIT,
    takes=(signature.FORM,),
)
