"""Twilio's webhooks as it sends them: every field of a text, a picture message, a call and its status callbacks."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from random import Random
from urllib.parse import urlencode

from channels.twilio.signature import sign
from router.play.people import OFFICE, Person, Place
from router.play.sample import Keys, Sample, hex_id

SMS = "/hooks/twilio/sms"
VOICE = "/hooks/twilio/voice"
VOICE_STATUS = "/hooks/twilio/voice-status"

ACCOUNT = "AC0000000000000000000000000000c0de"
OFFICE_NUMBER = "+12065550100"
WITHHELD = "+266696687"

_MAX_SEGMENT = 153


def text(
    person: Person, body: str, keys: Keys, rng: Random, *, to: str = OFFICE_NUMBER, media: tuple[str, ...] = ()
) -> Sample:
    """A text message; a picture message where `media` lists the pictures' media types."""
    sid = hex_id("MM" if media else "SM", rng)
    form = {
        "ToCountry": OFFICE.country,
        "ToState": OFFICE.state,
        "SmsMessageSid": sid,
        "NumMedia": str(len(media)),
        "ToCity": OFFICE.city,
        "FromZip": person.place.zip,
        "SmsSid": sid,
        "FromState": person.place.state,
        "SmsStatus": "received",
        "FromCity": person.place.city,
        "Body": body,
        "FromCountry": person.place.country,
        "To": to,
        "ToZip": OFFICE.zip,
        "NumSegments": str(len(body) // _MAX_SEGMENT + 1),
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": person.phone,
        "ApiVersion": "2010-04-01",
    }
    for number, media_type in enumerate(media):
        form[f"MediaContentType{number}"] = media_type
        form[f"MediaUrl{number}"] = (
            f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}/Media/{hex_id('ME', rng)}"
        )
    return _signed(SMS, form, keys, rng, sid)


def call(person: Person, keys: Keys, rng: Random, *, to: str = OFFICE_NUMBER, withheld: bool = False) -> Sample:
    """The webhook of an incoming call, which wants TwiML for an answer."""
    sid = hex_id("CA", rng)
    form = _call_form(sid, person, to, withheld) | {"CallStatus": "ringing", "CallToken": hex_id("ct", rng)}
    return _signed(VOICE, form, keys, rng, sid)


def call_status(
    sid: str,
    person: Person,
    keys: Keys,
    rng: Random,
    *,
    status: str,
    sequence: int,
    at: datetime,
    seconds: int | None = None,
    to: str = OFFICE_NUMBER,
    withheld: bool = False,
) -> Sample:
    """A status callback of the call `sid`. seconds: talked, once it has ended; Duration is in begun minutes."""
    form = _call_form(sid, person, to, withheld) | {
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
        "Timestamp": format_datetime(at),
    }
    if seconds is not None:
        form |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60)), "SipResponseCode": "200"}
    return _signed(VOICE_STATUS, form, keys, rng, sid)


def _call_form(sid: str, person: Person, to: str, withheld: bool) -> dict[str, str]:
    caller = WITHHELD if withheld else person.phone
    home = Place("", "", "", "", "") if withheld else person.place
    form = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": sid, "Direction": "inbound"}
    for side, number, place in (("Called", to, OFFICE), ("Caller", caller, home), ("To", to, OFFICE)):
        form |= _place(side, number, place)
    return form | _place("From", caller, home)


def _place(side: str, number: str, place: Place) -> dict[str, str]:
    return {
        side: number,
        f"{side}City": place.city,
        f"{side}State": place.state,
        f"{side}Zip": place.zip,
        f"{side}Country": place.country,
    }


def _signed(path: str, form: dict[str, str], keys: Keys, rng: Random, sid: str) -> Sample:
    headers = [
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
        ("User-Agent", "TwilioProxy/1.1"),
        ("I-Twilio-Idempotency-Token", hex_id("", rng)),
    ]
    if keys.twilio_token:
        signature = sign(keys.public_url + path, list(form.items()), keys.twilio_token)
        headers.append(("X-Twilio-Signature", signature))
    return Sample("POST", path, tuple(headers), urlencode(form).encode(), "twilio", sid)
