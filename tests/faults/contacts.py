"""What providers send in a run: texts, calls with their status callbacks, mails by Postmark and SMTP, signed events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from channels.contract import Request
from channels.events.channel import sign
from channels.smtp import PROVIDER as SMTP
from channels.smtp import parse_mail
from router.model.ids import contact_id
from router.play import mime, postmark, twilio
from router.play.people import Person, Place
from router.play.sample import Keys, Mail, Sample
from tests.faults.pools import POOLS
from tests.faults.secrets import EVENTS, POSTMARK, TWILIO

EVENTS_PATH = "/hooks/events"
SOURCE = "/faults"
LINES = (
    "Help!! he ate a whole bar of dark chocolate and is shaking, what do I do",
    "My dog escaped from the sitter's garden and is missing right now!",
    "How do I change the date of my booking on Thursday?",
    "The sitter never showed up and the cats have been alone since Friday",
    "Please find attached the vet bill for my claim.",
    "The walker's terrier just bit my son on the arm, it's bleeding",
)
HOME = Place("206", "SEATTLE", "WA", "98101")


@dataclass(frozen=True)
class Piece:
    """One delivery. make: the request, signed now; a provider signs some tries anew. line: whose order counts."""

    provider: str
    provider_id: str
    delivery: str
    line: str | None
    make: Callable[[], Sample | Mail]

    @property
    def contact_id(self) -> str:
        return contact_id(self.provider, self.provider_id)


def person(number: int, run: int) -> Person:
    """Another one for each number of a run, and in each run."""
    phone = f"+1206{(run * 100_000 + number) % 8_000_000 + 2_000_000}"
    return Person("A Person", phone, f"p{run}-{number}@example.com", HOME)


def of_one(who: Person, gateway: str, rng: Random, count: int) -> Iterator[tuple[Piece, ...]]:
    """What one person sends, one after the other; the pieces of a tuple may come in any order."""
    keys, to = Keys(gateway, TWILIO, POSTMARK), rng.choice(list(POOLS.values()))
    for number in range(count):
        words = f"{rng.choice(LINES)} ({number})"
        match rng.choices(("sms", "call", "postmark", "smtp", "event"), (9, 3, 3, 2, 3))[0]:
            case "sms":
                yield (_text(who, words, to, keys, rng),)
            case "call":
                yield _call(who, to, keys, rng)
            case "postmark":
                yield (_postmark(who, words, keys, rng),)
            case "smtp":
                yield (_mail(who, words, rng),)
            case _:
                yield (_event(who, words, to, gateway, rng),)


def _text(who: Person, words: str, to: str, keys: Keys, rng: Random) -> Piece:
    sample = twilio.text(who, words, keys, rng, to=to)
    return Piece("twilio", sample.provider_id, sample.provider_id, f"sms {who.phone}", lambda: sample)


def _call(who: Person, to: str, keys: Keys, rng: Random) -> tuple[Piece, ...]:
    """The call, and two callbacks that overtake it as they like."""
    call = twilio.call(who, keys, rng, to=to)
    sid = call.provider_id
    found = [Piece("twilio", sid, sid, None, lambda: call)]
    for sequence, status in ((1, "in-progress"), (2, "completed")):
        at = datetime.now(UTC)
        seconds = 40 if status == "completed" else None
        later = twilio.call_status(sid, who, keys, rng, status=status, sequence=sequence, at=at, seconds=seconds, to=to)
        found.append(Piece("twilio", sid, f"{sid}:{sequence}", None, lambda later=later: later))  # type: ignore[misc]
    return tuple(found)


def _postmark(who: Person, words: str, keys: Keys, rng: Random) -> Piece:
    sample = postmark.email(who, "My booking", words, keys, rng, at=datetime.now(UTC))
    return Piece("postmark", sample.provider_id, sample.provider_id, f"mail {who.email}", lambda: sample)


def _mail(who: Person, words: str, rng: Random) -> Piece:
    mail = mime.mail(who, "My booking", words, rng, at=datetime.now(UTC))
    known = parse_mail(mail.data, mail.sender, mail.recipients, datetime.now(UTC))
    return Piece(SMTP, known.provider_id, known.delivery, f"mail {who.email}", lambda: mail)


def _event(who: Person, words: str, to: str, gateway: str, rng: Random) -> Piece:
    event_id = f"e-{rng.getrandbits(96):024x}"
    data = {"medium": "ticket", "from": {"phone": who.phone}, "to": [{"phone": to}], "text": words}
    body = {"specversion": "1.0", "id": event_id, "source": SOURCE, "type": "contact.created", "data": data}
    content = json.dumps(body).encode()
    contact = f"{SOURCE} {event_id}"

    def signed() -> Sample:
        head = (("Content-Type", "application/cloudevents+json"),)
        request = sign(Request("POST", gateway + EVENTS_PATH, head, content, datetime.now(UTC)), EVENTS)
        return Sample("POST", EVENTS_PATH, request.headers, content, "events", contact)

    return Piece("events", contact, contact, f"ticket {who.phone}", signed)
