"""Twilio Voice status callbacks: what became of a call. Any 2xx is an answer; an empty one is ours."""

from __future__ import annotations

from channels.contact import Contact, Medium
from channels.contract import Channel, Request
from channels.twilio import call, signature
from channels.twilio.form import PROVIDER


def parse(request: Request) -> list[Contact]:
    """One update of the call's contact. Raises Malformed without a CallSid."""
    return [call.contact(request, update=True)]


CHANNEL = Channel(
    "twilio-voice-status",
    PROVIDER,
    "/hooks/twilio/voice-status",
    Medium.CALL,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    limit=signature.LIMIT,
    takes=(signature.FORM,),
)
