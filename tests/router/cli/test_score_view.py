"""The view shows the text as it is, with the evidence's places in colour."""

from __future__ import annotations

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from router.cli.score_view import LOWERS, RAISES, bars, coloured, view
from scoring.model import Effect, Evidence, Severity
from tests.scoring.contacts import scored

TEXT = "my cat is not breathing, no blood"


def drawn(what: RenderableType) -> str:
    console = Console(width=80, record=True, file=StringIO(), color_system=None)
    console.print(what)
    return console.export_text()


def spoke(start: int, end: int, level: Severity = Severity.S1, effect: Effect = Effect.RAISES) -> Evidence:
    return Evidence(rule="vet.x", start=start, end=end, severity=level, effect=effect)


def styles(text: str, *evidence: Evidence) -> list[str]:
    """The style of each character that is seen, the last one laid on."""
    found = coloured(text, evidence)
    seen = [""] * len(found.plain)
    for span in found.spans:
        seen[span.start : span.end] = [str(span.style)] * (span.end - span.start)
    return seen


def test_what_raises_and_what_lowers_have_colours_of_their_own() -> None:
    seen = styles("abcd", spoke(0, 1), spoke(1, 2, Severity.S2), spoke(2, 3, effect=Effect.LOWERS))
    assert seen == [RAISES[Severity.S1], RAISES[Severity.S2], LOWERS, ""]
    assert len({*RAISES.values(), LOWERS}) == 5


def test_where_several_overlap_the_most_urgent_is_seen() -> None:
    seen = styles("abc", spoke(0, 2), spoke(0, 3, Severity.S3), spoke(0, 3, effect=Effect.LOWERS))
    assert seen == [RAISES[Severity.S1]] * 2 + [RAISES[Severity.S3]]


@given(st.text())
def test_the_text_keeps_its_length_so_that_places_fit(text: str) -> None:
    assert len(coloured(text, ()).plain) == len(text)


def test_the_view_tells_level_skill_rule_words_and_why() -> None:
    shown = drawn(view("Help", TEXT, scored(TEXT), {"vet.airway-breathing": "Doesn't breathe."}))
    for words in (TEXT, "Help", "S1 critical emergency-vet", "vet.airway-breathing", "“not breathing”"):
        assert words in shown
    assert "Doesn't breathe." in shown
    assert "It is a floor" in shown


def test_there_are_bars_only_where_there_are_probabilities() -> None:
    said = scored(TEXT)
    with_them, without = (said.model_copy(update={"probabilities": each}) for each in ((0.9, 0.1, 0.0, 0.0), ()))
    assert "0.900" in drawn(view(None, TEXT, with_them, {}))
    assert "█" not in drawn(view(None, TEXT, without, {}))


def test_a_bar_is_as_long_as_its_share() -> None:
    lines = drawn(bars((0.5, 0.25, 0.25, 0.0), Severity.S1)).splitlines()
    assert [line.count("█") for line in lines] == [12, 6, 6, 0]


def test_of_a_long_text_the_places_that_spoke_are_shown() -> None:
    text = "word " * 5_000 + TEXT + " word" * 5_000
    shown = drawn(view(None, text, scored(text), {}))
    assert "not breathing" in shown
    assert len(shown) < 5_000


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in drawn(view("\x1b[31m", "\x1b[2Jhello there my friend", scored("hello"), {}))
