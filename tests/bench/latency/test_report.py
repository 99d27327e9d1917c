from __future__ import annotations

from bench.latency.offered import Offered
from bench.latency.report import Idle, Report, tables
from bench.latency.runs import Run, Used
from bench.latency.summary import summary

PARTS = {"gateway": Used(0.3, 80, 90), "worker": Used(0.2, 90, 95), "broker": Used(0.1, 200, 210)}


def run(queued: list[float], *, bare: bool = False, **also: object) -> Run:
    offered = Offered(len(queued), [0.1] * len(queued), [value / 2 for value in queued], queued, cpu_s=0.05)
    for name, value in also.items():
        setattr(offered, name, value)
    return Run(50, 2, bare, offered, PARTS)


def test_rounds_are_taken_together_and_costs_told_by_the_contact() -> None:
    found = summary([run([1.0] * 50), run([3.0] * 50)])
    assert (found.contacts, found.queued.p50, found.queued.p99, found.p50s) == (100, 1, 3, (1, 3))
    assert round(found.cpu_us["gateway"]) == 6000
    assert round(found.cpu_us["generator"]) == 1000
    assert found.carried


def test_a_rate_is_carried_only_if_nobody_was_refused_lost_or_late() -> None:
    assert not summary([run([1.0] * 99, refused={503: 1})]).carried
    assert not summary([run([1.0] * 99, lost=1)]).carried
    assert not summary([run([1.0] * 97 + [1500.0] * 3)]).carried


def test_the_report_sets_us_beside_the_bare_loop() -> None:
    ours, bare = summary([run([12.0] * 50)]), summary([run([8.0] * 50, bare=True)])
    report = Report(
        {"date": "today"}, (4.0, 3.0), Idle({"gateway": 1}, {"gateway": 70}), None, [ours], [bare], 900, [ours]
    )
    times, costs, probes, machine = tables(report)
    assert times.rows == (("50", "6.0", "6.0", "6.0", "12.0", "12.0", "12.0", "0", "0", "8.0", "8.0", "1.50"),)
    assert ("50", "router", "gateway", "6000", "80", "90", "0.33") in costs.rows
    assert [row[:2] for row in probes.rows] == [("50", "yes")]
    assert ("highest rate carried", "900 a second") in machine.rows
    assert all(len(row) == len(table.columns) for table in (times, costs, probes, machine) for row in table.rows)


def test_a_table_is_markdown_for_the_documentation() -> None:
    report = Report({"date": "today"}, (), Idle({}, {}), None, [], [])
    assert tables(report)[-1].markdown() == "| what | found |\n| --- | --- |\n| date | today |"
