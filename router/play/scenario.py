"""The scenario: one emergency that comes by three channels from one person, among ordinary contacts of others.

A text, a minute later (here 1.6 seconds) a call with its status callbacks, then a mail with the vet's bill.
That the mail's sender is the texter a CRM says first, by PUT /desk/people/{reference}.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from channels.contact import Medium
from router.play import mime, postmark, twilio
from router.play.people import Person, some
from router.play.sample import Keys, Mail, Sample
from router.play.words import LINES, Line, Way

EMERGENCY_TEXT = (
    "He ate a whole bar of dark chocolate half an hour ago and now he's shaking and can't stand up, please help"
)
BILL_SUBJECT = "The emergency vet's bill for Bruno"
BILL_TEXT = (
    "Hello,\n\nI wrote and called earlier: Bruno ate chocolate during his stay and is at the emergency clinic now. "
    "They keep him overnight. The first bill is attached, 480 dollars.\n\nBest wishes"
)
INVOICE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_START = 2.0
_CALL = 3.6
_BILL = 9.2


@dataclass(frozen=True)
class Move:
    """One thing to send. at: seconds after the start.

    snippet: what to show for it. repeat: the provider sends again what it sent before. update: a status callback.
    automatic: a machine's answer, which comes onto no queue.
    """

    at: float
    who: Person
    medium: Medium
    send: Sample | Mail
    snippet: str
    emergency: bool = False
    repeat: bool = False
    update: bool = False
    automatic: bool = False


@dataclass(frozen=True)
class Scenario:
    """reference: what the CRM calls the person in the emergency; `moves` are in the order of time."""

    seed: int
    reference: str
    victim: Person
    moves: tuple[Move, ...]


def fresh_seed(now: datetime) -> int:
    """A seed that no earlier run had: seconds since 2026 began. So the dates of a fresh play are of today."""
    return int((now - _EPOCH).total_seconds())


def scenario(seed: int, keys: Keys) -> Scenario:
    """The whole play of `seed`, the same to the byte each time: people, ids, words, and dates too."""
    now = _EPOCH + timedelta(seconds=seed)
    rng = Random(seed)  # noqa: S311 - repeatable on purpose; nothing secret comes of it
    victim, *others = some(1 + len(LINES), seed, rng)
    reference = f"crm-{rng.getrandbits(32):08x}"
    moves = list(_emergency(victim, keys, rng, now))
    for line, who in zip(LINES, others, strict=True):
        moves += _ordinary(line, who, keys, rng, now)
    return Scenario(seed, reference, victim, tuple(sorted(moves, key=lambda move: move.at)))


def _emergency(who: Person, keys: Keys, rng: Random, now: datetime) -> list[Move]:
    text = twilio.text(who, EMERGENCY_TEXT, keys, rng)
    ring = twilio.call(who, keys, rng)
    bill = postmark.email(
        who,
        BILL_SUBJECT,
        BILL_TEXT,
        keys,
        rng,
        at=now + timedelta(seconds=_BILL),
        files=(("invoice-2291.pdf", "application/pdf", INVOICE),),
    )
    moves = [
        Move(_START, who, Medium.SMS, text, EMERGENCY_TEXT, emergency=True),
        Move(_CALL, who, Medium.CALL, ring, "(calls)", emergency=True),
        Move(_BILL, who, Medium.EMAIL, bill, BILL_SUBJECT, emergency=True),
    ]
    for sequence, (after, status, seconds) in enumerate(((0.5, "in-progress", None), (4.0, "completed", 43))):
        at = _CALL + after
        callback = twilio.call_status(
            ring.provider_id,
            who,
            keys,
            rng,
            status=status,
            sequence=sequence,
            at=now + timedelta(seconds=at),
            seconds=seconds,
        )
        moves.append(Move(at, who, Medium.CALL, callback, f"(call {status})", emergency=True, update=True))
    return moves


def _ordinary(line: Line, who: Person, keys: Keys, rng: Random, now: datetime) -> list[Move]:
    at = now + timedelta(seconds=line.at)
    send: Sample | Mail
    match line.way:
        case Way.SMS:
            medium, send = Medium.SMS, twilio.text(who, line.text, keys, rng)
        case Way.MMS:
            medium, send = Medium.SMS, twilio.text(who, line.text, keys, rng, media=("image/jpeg",))
        case Way.WITHHELD_CALL:
            medium, send = Medium.CALL, twilio.call(who, keys, rng, withheld=True)
        case Way.POSTMARK:
            automatic = (("Auto-Submitted", "auto-replied"),) if line.automatic else ()
            medium, send = (
                Medium.EMAIL,
                postmark.email(who, line.subject, line.text, keys, rng, at=at, headers=automatic),
            )
        case Way.SMTP:
            files = (("invoice.pdf", "application/pdf", INVOICE),)
            medium, send = Medium.EMAIL, mime.mail(who, line.subject, line.text, rng, at=at, files=files)
    snippet = line.subject or line.text or "(calls, number withheld)"
    moves = [Move(line.at, who, medium, send, snippet, automatic=line.automatic)]
    if line.again is not None:
        moves.append(Move(line.at + line.again, who, medium, send, snippet, repeat=True))
    return moves
