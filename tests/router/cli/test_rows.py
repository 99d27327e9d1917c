import json
from datetime import timedelta

from router.cli import rows
from router.model.incident import IncidentType
from router.stages.contract import Record
from tests.router.cli.incidents import AT, INCIDENT, joined, opened, record


def test_a_json_line_has_exactly_the_six_fields_and_a_parsed_value() -> None:
    line = rows.as_json(record(opened(), IncidentType.OPENED, 4, AT))
    told = json.loads(line)
    assert list(told) == ["topic", "partition", "offset", "key", "headers", "value"]
    assert (told["topic"], told["partition"], told["offset"], told["key"]) == ("queue.emergency-vet", 0, 4, INCIDENT)
    assert told["headers"]["ce_type"] == "incident.opened"
    assert told["value"]["severity"] == "S1"
    assert "\n" not in line


def test_a_tombstone_has_the_value_null() -> None:
    gone = Record("queue.claims", 0, 9, b"i_petcare_x", None, (("ce_epoch", b"1"),), AT)
    assert json.loads(rows.as_json(gone))["value"] is None
    assert "removed" in rows.queue_row(gone, wide=True).plain


def test_a_value_that_is_no_json_is_shown_as_text() -> None:
    raw = Record("gateway.dlq", 0, 9, None, b"Body=\xff", (), AT)
    told = json.loads(rows.as_json(raw))
    assert told["key"] is None
    assert told["value"].startswith("Body=")


def test_a_queue_row_says_severity_state_incident_channels_owner_and_rules() -> None:
    owned = joined().model_copy(update={"owner": "maria"})
    row = rows.queue_row(record(owned, IncidentType.JOINED, 5, AT + timedelta(seconds=2)), wide=True).plain
    for part in ("S1", "joined", "waiting", INCIDENT, "sms+call", "owner maria", "vet.toxic"):
        assert part in row


def test_a_narrow_queue_row_cuts_the_incident_but_keeps_what_explain_takes() -> None:
    row = rows.queue_row(record(opened(), IncidentType.OPENED, 4, AT), wide=False).plain
    assert INCIDENT not in row
    assert INCIDENT[:18] in row


def test_a_row_of_another_topic_names_the_event_and_its_subject() -> None:
    event = Record("desk", 0, 3, b"maria", b"{}", (("ce_type", b"agent.changed"), ("ce_subject", b"maria")), AT)
    row = rows.other_row(event, wide=True).plain
    assert "agent.changed" in row
    assert "maria" in row
