from __future__ import annotations

from router.model.alerts import AlertCleared, AlertKind, AlertRaised
from router.stages.contract import Record
from router.watchdog.judging import Said
from router.watchdog.messages import told
from tests.faults.alarms import standing
from tests.router.watchdog.situations import NOW


def raised(kind: AlertKind, alert_id: str) -> AlertRaised:
    return AlertRaised(
        alert_id=alert_id, kind=kind, subject="petcare", revision=1, since=NOW, raised_at=NOW, says="", mend=""
    )


def cleared(kind: AlertKind, alert_id: str) -> AlertCleared:
    return AlertCleared(alert_id=alert_id, kind=kind, subject="petcare", revision=2, since=NOW, cleared_at=NOW)


def records(*said: Said) -> list[Record]:
    messages = map(told, said)
    return [Record(each.topic, 0, n, each.key, each.value, each.headers, NOW) for n, each in enumerate(messages)]


def test_a_lost_contact_that_the_watchdog_takes_back_is_none() -> None:
    lost, other = raised(AlertKind.CONTACT_LOST, "w_a"), raised(AlertKind.CONTACT_LOST, "w_b")
    told_ = records(lost, other, cleared(AlertKind.CONTACT_LOST, "w_a"))
    assert standing(told_[:1]) == ["contact-without-incident: petcare"]
    assert len(standing(told_)) == 1


def test_agents_who_have_gone_home_are_no_broken_promise() -> None:
    assert standing(records(raised(AlertKind.OWNER_ABSENT, "w_a"))) == []
