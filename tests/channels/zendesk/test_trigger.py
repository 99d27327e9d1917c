from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Direction
from channels.errors import Malformed
from channels.zendesk.events import parse
from channels.zendesk.said import INVOCATION
from channels.zendesk.trigger import Trigger
from tests.channels.zendesk.requests import delivery, parsed
from tests.shared import SHARED, needs_shared

TOLD = {"ticket_id": "7", "subject": "Refund", "comment": "please"}


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        ({"requester_email": "Ann@Example.org", "requester_phone": "+12065550123"}, "ann@example.org"),
        ({"requester_email": "", "requester_phone": "+12065550123", "requester_id": "5"}, "+12065550123"),
        ({"requester_phone": "12", "requester_id": 5}, "zendesk:user:5"),
        ({"requester_id": "0"}, None),
        ({}, None),
    ],
)
def test_the_person_is_known_by_their_mail_else_phone_else_id(fields: dict[str, Any], sender: str | None) -> None:
    found = parsed(TOLD | fields).sender
    assert (found.value if found else None) == sender


@pytest.mark.parametrize("fields", [{"is_public": "false"}, {"is_public": False}, {"author_is_staff": "true"}])
def test_what_an_agent_wrote_is_outbound(fields: dict[str, Any]) -> None:
    found = parsed(TOLD | {"requester_email": "ann@example.org", "brand": "Pets"} | fields)
    assert found.direction is Direction.OUTBOUND
    assert (found.sender and found.sender.value, found.recipients[0].value) == ("zendesk:brand:pets", "ann@example.org")


def test_the_line_that_zendesk_writes_above_a_comment_isnt_the_persons() -> None:
    comment = f"{'-' * 46}\n\nAnn Walker, Nov 22, 2026, 14:03\n\nwhere is he?\n\n{'-' * 46}\n\nolder"
    found = parsed(TOLD | {"comment": comment})
    assert found.text.startswith("where is he?")
    assert found.full_text == comment
    assert parsed(TOLD | {"comment": "--- help"}).text == "--- help"


def test_the_invocation_is_the_id_and_without_it_the_content() -> None:
    request = delivery(TOLD)
    assert parse(request.having((INVOCATION, "a")))[0].provider_id == "a"
    one, again, other = (parsed(told).provider_id for told in (TOLD, TOLD, TOLD | {"comment": "now"}))
    assert one == again != other


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ticket_id"),
        ({"ticket": {"id": 1}}, "ticket_id"),
        ({"type": "another", "id": "1"}, "ticket_id"),
        ({"ticket_id": "7"}, "comment"),
        ({"ticket_id": "7", "comment": " ", "subject": None}, "comment"),
        ({"ticket_id": "7", "comment": ["secret"]}, "comment"),
        ([], "body"),
    ],
)
def test_json_of_another_shape_is_malformed_with_the_field_that_is_missing(body: Any, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(delivery(body))
    assert caught.value.field == field
    assert "secret" not in str(caught.value)


FIELDS = st.sampled_from([name for name in Trigger.model_fields if name not in ("subject", "comment")])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(FIELDS, st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.none())))
def test_fields_that_arent_needed_may_have_any_shape(fields: dict[str, Any]) -> None:
    parsed(fields | TOLD).model_dump_json()


def test_every_field_of_the_documented_json_is_read() -> None:
    page = (Path(__file__).parents[3] / "docs/zendesk.md").read_text()
    documented = json.loads(page.partition("```json\n")[2].partition("```")[0])
    assert set(documented) <= set(Trigger.model_fields)
    assert parsed(documented).extra["ticket_id"] == "{{ticket.id}}"


@needs_shared
def test_a_real_trigger_of_another_systems_guide_is_read() -> None:
    told = json.loads((SHARED / "fixtures/zendesk/trigger_payload_zulip.json").read_text())
    found = parsed(told)
    assert (found.subject, found.sender_name, found.extra["ticket_id"]) == ("Hello world", "testerzulip", "7")
    assert "-----" not in found.text
