from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from router.cli import dlq_view
from router.model.dead_letters import Place, message
from router.model.events import DeadLetter
from router.model.letters import Letters
from router.stages.contract import Record
from tests.router.runtime.memory_log import START

WHY = DeadLetter(
    stage="gateway",
    reason="malformed",
    field="FromFull.Email",
    expected="text",
    got="list",
    topic="inbound.email",
    at=START,
)
HEADERS = (
    ("ce_type", b"delivery.unreadable"),
    ("channel", b"postmark-inbound"),
    ("request", b'{"url": "https://x/?From=%2B12065550142"}'),
)
SAID = message(WHY, b"k", b'{"Text": "private words"}', HEADERS)
NAME = Place("gateway.dlq", 0, 7)
RECORD = Record(NAME.topic, 0, 7, SAID.key, SAID.value, SAID.headers, START)


def letters() -> Letters:
    found = Letters()
    found.letter(NAME, START, SAID.headers, len(SAID.value or b""))
    return found


def drawn(what: RenderableType) -> str:
    console = Console(width=200, record=True, file=StringIO())
    console.print(what)
    return console.export_text()


def test_a_line_says_where_it_is_since_when_why_and_what_became_of_it() -> None:
    line = drawn(dlq_view.table(letters().all(), START + timedelta(hours=5)))
    for word in ("gateway.dlq/0/7", "5 h", "malformed", "FromFull.Email", "text", "25 B", "open"):
        assert word in line


def test_without_reveal_nothing_of_what_a_person_wrote_or_where_from_is_shown() -> None:
    (letter,) = letters().all()
    hidden, shown = (drawn(dlq_view.shown(letter, RECORD, reveal=reveal)) for reveal in (False, True))
    assert "postmark-inbound" in hidden
    assert "1 more that --reveal shows" in hidden
    for private in ("private words", "2065550142"):
        assert private not in hidden
        assert private not in json.dumps(dlq_view.as_json(letter))
        assert private in shown


@given(st.none() | st.binary() | st.text().map(str.encode))
def test_any_payload_is_shown_without_steering_the_terminal(value: bytes | None) -> None:
    assert "\x1b" not in dlq_view.payload(value)


@pytest.mark.parametrize(
    ("seconds", "said"), [(-3, "0 s"), (42, "42 s"), (150, "2 min"), (7200, "2 h"), (86_400 * 12, "12 d")]
)
def test_an_age_is_in_one_unit(seconds: int, said: str) -> None:
    assert dlq_view.age(timedelta(seconds=seconds)) == said
