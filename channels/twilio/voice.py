"""Twilio Voice: a call comes in.

The answer is TwiML that greets the caller and puts the call on a waiting line (Twilio, "Say" and "Enqueue").
A status callback that was pointed here by mistake is taken as what it is: it carries a SequenceNumber.
"""

from __future__ import annotations

from functools import lru_cache

from twilio.twiml.voice_response import VoiceResponse

from channels.contact import Contact, Medium
from channels.contract import Channel, Reply, Request, Texts
from channels.texts import cleaned
from channels.twilio import call, signature
from channels.twilio.form import PROVIDER


def parse(request: Request) -> list[Contact]:
    """One contact a call. Raises Malformed without a CallSid."""
    return [call.contact(request, update=False)]


def reply(request: Request, texts: Texts) -> Reply:
    """<Say> with the greeting, then <Enqueue>."""
    return _greeted(texts)


@lru_cache(maxsize=16)  # a deployment says the same to every caller
def _greeted(texts: Texts) -> Reply:
    response = VoiceResponse()
    greeting = cleaned(texts.greeting).strip()
    if greeting:
        response.say(greeting, language=texts.language)
    response.enqueue(cleaned(texts.queue))
    return Reply(media_type="text/xml", body=str(response))


CHANNEL = Channel(
    "twilio-voice",
    PROVIDER,
    "/hooks/twilio/voice",
    Medium.CALL,
    verify=signature.verify,
    parse=parse,
    secrets=signature.SECRETS,
    sign=signature.signed,
    limit=signature.LIMIT,
    takes=(signature.FORM,),
    gives="text/xml",
    reply=reply,
)
