"""Two lists of messages: emergencies that must be S1 by a rule, and ordinary ones that must not."""

from __future__ import annotations

from pathlib import Path

from scoring.model import Severity
from tests.scoring.contacts import scored


def messages(name: str) -> list[str]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_each_emergency_is_s1_by_a_rule() -> None:
    assert [text for text in messages("emergencies.txt") if not scored(text).floor] == []


def test_no_ordinary_message_is_s1() -> None:
    assert [text for text in messages("ordinary.txt") if scored(text).severity is Severity.S1] == []


def test_few_ordinary_messages_are_s2() -> None:
    found = [text for text in messages("ordinary.txt") if scored(text).severity is Severity.S2]
    assert len(found) <= 0.05 * len(messages("ordinary.txt")), found
