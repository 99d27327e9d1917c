"""A contact that is told in parts: a call that rings, ends, was recorded, and whose transcript comes minutes later.

Each part has sequences of its own, so that none of them holds up or undoes another. What is known of the contact is
made of the newest telling of each, whatever the order in which they came: the most severe words stand for it, and
silence only where there are no words.
"""

from __future__ import annotations

from router.model.incident import ContactRef, Part
from router.stages.arrival import Arrival
from scoring.model import TIE_BREAK


def together(arrival: Arrival, before: ContactRef | None, earlier: tuple[Part, ...]) -> ContactRef:
    """The contact once `arrival` is known of it. earlier: its parts that no incident holds yet."""
    known = {part.name: part for part in (*earlier, *parts_of(before))}
    new = part_of(arrival)
    known[new.name] = _newest(known.get(new.name), new)
    listed = tuple(known[name] for name in sorted(known))
    spoken = min((each for each in listed if not each.wordless), key=_urgency, default=listed[0])
    changed = {
        "severity": spoken.severity,
        "skill": spoken.skill,
        "wordless": spoken.wordless,
        "partition": spoken.partition,
        "offset": spoken.offset,
        "parts": listed if len(listed) > 1 or listed[0].name else (),
    }
    if before is not None:
        changed["hops"] = before.hops
        if new.name:
            changed |= {"call_status": before.call_status, "direction": before.direction}
    return arrival.ref.model_copy(update=changed)


def part_of(arrival: Arrival) -> Part:
    """What `arrival` itself tells."""
    assessment, position = arrival.assessment, arrival.position
    return Part(
        name=arrival.scored.contact.part or "",
        severity=assessment.severity,
        skill=assessment.skill,
        partition=position.partition,
        offset=position.offset,
        wordless=assessment.wordless,
    )


def parts_of(ref: ContactRef | None) -> tuple[Part, ...]:
    """Of a contact that didn't come in parts, itself."""
    if ref is None or ref.parts:
        return () if ref is None else ref.parts
    return (
        Part(
            name="",
            severity=ref.severity,
            skill=ref.skill,
            partition=ref.partition,
            offset=ref.offset,
            wordless=ref.wordless,
        ),
    )


def says_nothing(arrival: Arrival) -> bool:
    """True for a part that tells neither who nor what, such as a recording without addresses.

    One that tells who called, or whom, is by itself as good as the call: a voicemail whose call we never heard of.
    """
    contact = arrival.scored.contact
    told = contact.sender is not None or bool(contact.recipients)
    return contact.part is not None and arrival.assessment.wordless and not told


def is_news(arrival: Arrival, before: ContactRef | None) -> bool:
    """True if the contact has to be judged again: words, or the first that is told of a call itself."""
    new = part_of(arrival)
    known = next((part for part in parts_of(before) if part.name == new.name), None)
    if new.wordless:
        return not new.name and known is None
    return known is None or (known.severity, known.skill, known.wordless) != (new.severity, new.skill, new.wordless)


def _newest(known: Part | None, new: Part) -> Part:
    """Silence doesn't unsay words."""
    return known if known is not None and new.wordless and not known.wordless else new


def _urgency(part: Part) -> tuple[str, int, str]:
    return part.severity, TIE_BREAK.index(part.skill), part.name
