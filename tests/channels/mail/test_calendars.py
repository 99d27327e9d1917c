from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.calendars import MOST_EVENTS, in_words


def event(*lines: str, method: str = "REQUEST") -> str:
    inner = "\r\n".join(lines)
    return f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1\r\n{inner}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_an_invitation_says_what_when_where_and_by_whom() -> None:
    told = in_words(
        event(
            "SUMMARY:Bella\\, check-up",
            "DTSTART;TZID=Europe/Berlin:20261123T140000",
            'DTEND;TZID="Europe/Berlin":20261123T143000',
            "LOCATION:Room 2\\; left",
            'ORGANIZER;CN="Ann: Example":MAILTO:ann@example.org',
            "DESCRIPTION:She limps.\\nPlea",
            " se look.",
        )
    )
    assert told == (
        "Invitation: Bella, check-up\n"
        "When: 2026-11-23 14:00 (Europe/Berlin) to 2026-11-23 14:30 (Europe/Berlin)\n"
        "Where: Room 2; left\n"
        "Organiser: Ann: Example <ann@example.org>\n\n"
        "She limps.\nPlease look."
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("DTSTART;VALUE=DATE:20261123", "When: 2026-11-23"),
        ("DTSTART:20261123T140000Z", "When: 2026-11-23 14:00 (UTC)"),
        ("DTSTART:20261123T140000", "When: 2026-11-23 14:00"),
        ("DTSTART:tomorrow", "When: tomorrow"),
        ("X:1", "Invitation: without a title"),
    ],
)
def test_times_are_told_as_the_calendar_has_them(value: str, told: str) -> None:
    assert in_words(event(value)).endswith(told)


def test_a_cancellation_and_an_answer_say_so() -> None:
    assert in_words(event("SUMMARY:x", method="CANCEL")) == "Cancelled: x"
    told = in_words(event("SUMMARY:x", "ATTENDEE;PARTSTAT=DECLINED;CN=Ann:mailto:a@example.org", method="REPLY"))
    assert told == "Answer to an invitation: x\nAttendee: Ann <a@example.org>, declined"


def test_an_alarms_words_are_not_the_events() -> None:
    alarm = ("BEGIN:VALARM", "DESCRIPTION:Reminder", "END:VALARM")
    assert in_words(event(*alarm, "SUMMARY:x", "DESCRIPTION:Help")) == "Invitation: x\n\nHelp"


def test_what_names_no_event_says_nothing() -> None:
    assert in_words("") == in_words("BEGIN:VCALENDAR\nEND:VCALENDAR") == in_words("hello: world") == ""


def test_many_events_are_bounded() -> None:
    assert in_words(event("SUMMARY:x") * 50).count("Invitation") == MOST_EVENTS


LINES = ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:", "END:", "DTSTART:1", "DTSTART;TZID=:20261123T1", "SUMMARY:\\", "ORGANIZER;CN=:", " x", ";;;:", "METHOD:REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:"]  # fmt: skip  # noqa: E501


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=10)))
def test_any_calendar_is_read(lines: list[str]) -> None:
    in_words("\n".join(lines))


@pytest.mark.parametrize("piece", [";A", ';A="', "BEGIN:VEVENT\n", "\n ", "A;", 'A;"":', ";A=" + "x" * 290, "\\"])
def test_a_hostile_calendar_costs_little(piece: str) -> None:
    in_words("BEGIN:VEVENT\nA" + piece * (2_000_000 // len(piece)))
