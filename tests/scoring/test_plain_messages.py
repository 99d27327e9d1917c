"""Plain messages: emergencies that are S1 by a rule and in the end, and ordinary ones that must not be urgent.

known_failures.txt names those that are judged wrongly as yet. None may be added unseen, and one that is judged rightly
must be taken off.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from scoring.model import Severity
from tests.scoring.contacts import ruled, scored
from tests.scoring.test_assess import CRITICAL


@lru_cache
def messages(name: str) -> tuple[str, ...]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@lru_cache
def severity(text: str) -> Severity:
    return scored(text).severity


def emergencies() -> list[str]:
    return [*messages("emergencies.txt"), *(text for _, text in CRITICAL)]


def wrong() -> set[str]:
    missed = {text for text in emergencies() if severity(text) is not Severity.S1}
    return missed | {text for text in messages("ordinary.txt") if severity(text) <= Severity.S2}


def test_each_emergency_is_s1_by_a_rule() -> None:
    assert [text for text in messages("emergencies.txt") if not ruled(text).floor] == []


def test_no_rule_makes_an_ordinary_message_s1() -> None:
    assert [text for text in messages("ordinary.txt") if ruled(text).severity is Severity.S1] == []


def test_rules_make_few_ordinary_messages_s2() -> None:
    found = [text for text in messages("ordinary.txt") if ruled(text).severity is Severity.S2]
    assert len(found) <= 0.05 * len(messages("ordinary.txt")), found


def test_each_emergency_is_urgent() -> None:
    assert [text for text in emergencies() if severity(text) > Severity.S2] == []


def test_nothing_is_judged_wrongly_but_what_is_known() -> None:
    assert wrong() - set(messages("known_failures.txt")) == set()


def test_what_is_judged_rightly_by_now_is_no_known_failure() -> None:
    assert set(messages("known_failures.txt")) - wrong() == set()
