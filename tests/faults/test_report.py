from __future__ import annotations

from pathlib import Path

import pytest

from tests.checker.findings import Finding, Kind
from tests.faults.book import Book
from tests.faults.figures import markdown, merged
from tests.faults.report import Line, as_json, table
from tests.faults.run import Outcome, Place, Run, percentile


async def _nothing(place: Place) -> Outcome:
    return Outcome()


MACHINE = {"date": "2026-11-23", "processor": "2 x x", "memory": "1 GiB", "system": "Linux"}
RUN = Run("a-run", "something breaks", _nothing)


def test_one_finding_is_a_promise_not_kept_and_is_shown() -> None:
    found = Finding(Kind.LOST, "acknowledged, on no inbound topic", ("c_1",))
    line = Line(RUN, 3, 1.5, Outcome(findings=[found]))
    assert not line.good
    assert "NOT KEPT" in table([line]) and str(found) in table([line])
    assert line.counts()["lost"] == 1
    assert as_json([line], {})["runs"][0]["findings"]["lost"] == 1  # type: ignore[index]


def test_a_slow_run_keeps_its_promises_and_a_broken_down_one_doesnt() -> None:
    slow = Outcome()
    slow.times("takeover", [9.0, 1.0], 8)
    assert slow.kept and slow.aims
    assert slow.figures["takeover p95 s"] == 9.0
    assert Line(RUN, 1, 1, slow).good
    assert not Line(RUN, 1, 1, failed="TimeoutError").good
    assert Line(RUN, 1, 1, skipped="not root").good


def test_what_could_not_be_measured_is_not_kept() -> None:
    outcome = Outcome()
    outcome.times("takeover", [])
    assert not outcome.kept


def test_the_docs_have_a_row_of_each_run_the_newer_ones_figures_and_the_sum_of_findings() -> None:
    slow = Outcome(figures={"sent": 1200, "acknowledged": 1200, "it says": "no"})
    slow.times("takeover", [9.0, 1.0], 8)
    older = as_json([Line(RUN, 3, 60, Outcome(findings=[Finding(Kind.LOST, "gone")]))], MACHINE)
    text = markdown(merged([older, as_json([Line(RUN, 3, 90, slow)], MACHINE)]))
    assert "lost 0," in text and "2 minutes" in text
    assert text.splitlines()[-1] == "| `a-run` | 3 | 90 | kept, slow | 1,200, 1,200 | takeover 5.00 / 9.00 / 9.00 s |"


@pytest.mark.parametrize(("percent", "wanted"), [(50, 2), (95, 4), (100, 4), (1, 1)])
def test_percentiles_are_values_that_were_measured(percent: int, wanted: int) -> None:
    assert percentile([4, 1, 3, 2], percent) == wanted


def test_the_book_has_a_request_before_its_answer_and_believes_2xx_only(tmp_path: Path) -> None:
    with Book(tmp_path / "ledger.jsonl") as book:
        one = book.sends("twilio", "SM1", "SM1", "c_1", "sms +12065550142", 0)
        assert (tmp_path / "ledger.jsonl").read_text().count("\n") == 1
        book.answered(one, 503)
        book.answered(one, None)
        assert not book.acknowledged
        book.answered(one, 200)
    assert [sent.acknowledged for sent in book.ledger().sent] == [True]
    assert (tmp_path / "ledger.jsonl").read_text().count("\n") == 4
