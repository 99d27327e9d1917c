"""What is said of what is wrong: once it has lasted, once, and that it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from router.model.alerts import AlertCleared, AlertKind, AlertRaised
from router.stages.contract import Record
from router.watchdog.findings import Finding
from router.watchdog.judging import Alerts, Said, forgotten, judged
from router.watchdog.messages import heard, told
from scoring.model import Severity
from tests.router.watchdog.situations import NOW, at

VET = Finding(AlertKind.NOBODY_CAN_TAKE, "queue.emergency-vet", NOW, "1 waits", "get somebody", severity=Severity.S2)


def played(alerts: Alerts, steps: Sequence[tuple[float, tuple[Finding, ...]]]) -> tuple[Alerts, list[Said]]:
    said: list[Said] = []
    for seconds, found in steps:
        alerts, now_said = judged(alerts, found, at(seconds))
        said += now_said
    return alerts, said


def test_what_lasts_two_seconds_is_raised_once_and_cleared_once_it_is_over() -> None:
    steps = [(0, (VET,)), (1.9, (VET,)), (2, (VET,)), (60, (VET,)), (61, ()), (62.9, ()), (63, ()), (90, ())]
    _, said = played(Alerts(), steps)
    assert [(type(each), each.revision) for each in said] == [(AlertRaised, 1), (AlertCleared, 2)]


def test_what_is_over_within_two_seconds_is_never_said() -> None:
    assert played(Alerts(), [(0, (VET,)), (1.5, ()), (2, (VET,)), (3.9, (VET,)), (4, ())])[1] == []


def test_a_moment_of_quiet_clears_nothing() -> None:
    alerts, _ = played(Alerts(), [(0, (VET,)), (2, (VET,))])
    assert played(alerts, [(3, ()), (4, (VET,)), (5.5, ()), (6, (VET,))])[1] == []


def test_more_severe_is_said_again_at_once_and_less_severe_is_not() -> None:
    worse = replace(VET, severity=Severity.S1)
    _, said = played(Alerts(), [(0, (VET,)), (2, (VET,)), (3, (worse,)), (4, (VET,)), (5, (worse,))])
    assert [(each.revision, each.severity) for each in said if isinstance(each, AlertRaised)] == [
        (1, Severity.S2),
        (2, Severity.S1),
    ]


def test_a_watchdog_that_starts_again_knows_what_it_said_from_its_topic() -> None:
    _, said = played(Alerts(), [(0, (VET,)), (2, (VET,))])
    again = Alerts()
    for each in said:
        again = again.heard(each.alert_id, heard(as_record(each)))
    assert played(again, [(100, (VET,)), (200, (VET,))])[1] == []
    _, over = played(again, [(100, ()), (102, ())])
    assert [(type(each), each.revision) for each in over] == [(AlertCleared, 2)]


def test_what_takes_a_while_to_find_isnt_cleared_by_a_new_start() -> None:
    away = replace(VET, kind=AlertKind.GATEWAY_AWAY, subject="http://a", severity=None)
    raised, _ = played(Alerts(), [(0, (away,)), (2, (away,))])
    again = Alerts(said=raised.said)
    assert played(again, [(10, ()), (16, ()), (17, (away,)), (40, (away,))])[1] == []
    assert len(played(again, [(10, ()), (40, ())])[1]) == 1


def test_cleared_alerts_are_forgotten_after_a_week_and_standing_ones_never() -> None:
    raised, _ = played(Alerts(), [(0, (VET,)), (2, (VET,))])
    cleared, _ = played(raised, [(3, ()), (5, ())])
    week = 7 * 86400
    assert forgotten(raised, at(10 * week)) == ()
    assert forgotten(cleared, at(week)) == ()
    assert [each.kind for each in forgotten(cleared, at(week + 5))] == [VET.kind]


@given(st.lists(st.tuples(st.floats(0.1, 3), st.booleans()), max_size=60))
def test_raised_and_cleared_always_take_turns_and_revisions_rise(steps: list[tuple[float, bool]]) -> None:
    seconds, played_steps = 0.0, []
    for pause, wrong in steps:
        seconds += pause
        played_steps.append((seconds, (VET,) if wrong else ()))
    _, said = played(Alerts(), played_steps)
    assert [each.revision for each in said] == list(range(1, len(said) + 1))
    assert all(isinstance(each, AlertCleared if n % 2 else AlertRaised) for n, each in enumerate(said))


def as_record(said: Said) -> Record:
    message = told(said)
    return Record(message.topic, 0, 0, message.key, message.value, message.headers, NOW)
