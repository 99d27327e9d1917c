"""What a calendar part says, in words: an invitation is all that some mails are (RFC 5545).

Times are told as the calendar has them, with the zone's name; nothing is converted. Why no library: five properties of
any calendar, however broken, are wanted here, and libraries refuse broken ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 100_000
"""Characters of a calendar that are read."""

MOST_EVENTS = 5
DEEPEST = 20

TOLD = ("VEVENT", "VTODO")

METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation", "COUNTER": "New time"}
"""By METHOD; any other is an appointment."""

ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentatively accepted"}

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;[^:;\"\n]{0,300}(?:\"[^\"\n]{0,300}\")?)*):(.*)")
_PARAMETER = re.compile(r";([A-Za-z-]{1,40})=(?:\"([^\"\n]{0,300})\"|([^;:\"\n]{0,300}))")
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z)?)?")
_ESCAPE = re.compile(r"\\(.)")

Property = tuple[dict[str, str], str]


def in_words(calendar: str) -> str:
    """One paragraph an event: what, when, where, by whom, and its description. Empty where it names no event."""
    method = ""
    events: list[dict[str, Property]] = []
    within: list[str] = []
    for name, parameters, value in _properties(calendar):
        if name == "BEGIN":
            within.append(value.strip().upper())
            if within[-1] in TOLD:
                events.append({})
        elif name == "END":
            within = within[:-1]
        elif within and within[-1] in TOLD:  # an alarm within an event has a description, too
            events[-1].setdefault(name, (parameters, value))
        elif name == "METHOD":
            method = value.strip().upper()
        if len(events) > MOST_EVENTS or len(within) > DEEPEST:
            break
    events = [event for event in events[:MOST_EVENTS] if event]
    return "\n\n".join(_event(METHODS.get(method, "Appointment"), each) for each in events)


def _properties(calendar: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in _FOLD.sub("", calendar[:LONGEST]).split("\n"):
        found = _LINE.match(line)
        if found:
            parameters = {one[1].upper(): one[2] or one[3] or "" for one in _PARAMETER.finditer(found[2])}
            yield found[1].upper(), parameters, found[3].rstrip("\r")


def _event(kind: str, event: dict[str, Property]) -> str:
    told = [f"{kind}: {_text(event, 'SUMMARY') or 'without a title'}"]
    starts, ends = _when(event, "DTSTART"), _when(event, "DTEND") or _when(event, "DUE")
    if starts or ends:
        told.append("When: " + " to ".join(one for one in (starts, ends) if one))
    for label, name in (("Where", "LOCATION"), ("Organiser", "ORGANIZER"), ("Attendee", "ATTENDEE")):
        said = _who(event, name) if name in ("ORGANIZER", "ATTENDEE") else _text(event, name)
        if said:
            told.append(f"{label}: {said}")
    for words in (_text(event, "DESCRIPTION"), _text(event, "COMMENT")):
        told += ["", words] if words else []
    return "\n".join(told)


def _text(event: dict[str, Property], name: str) -> str:
    _, value = event.get(name, ({}, ""))
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _when(event: dict[str, Property], name: str) -> str:
    parameters, value = event.get(name, ({}, ""))
    found = _WHEN.match(value.strip())
    if not found:
        return value.strip()[:40]
    told = f"{found[1]}-{found[2]}-{found[3]}"
    if not found[4]:
        return told
    zone = "UTC" if found[6] else parameters.get("TZID", "")
    return f"{told} {found[4]}:{found[5]}" + (f" ({zone})" if zone else "")


def _who(event: dict[str, Property], name: str) -> str:
    parameters, value = event.get(name, ({}, ""))
    address = re.sub("^mailto:", "", value.strip(), flags=re.IGNORECASE)
    who = f"{parameters['CN']} <{address}>" if parameters.get("CN") and address else parameters.get("CN") or address
    answer = ANSWERS.get(parameters.get("PARTSTAT", "").upper())
    return f"{who}, {answer}" if who and answer else who
