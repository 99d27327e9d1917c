from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Contact, Direction
from channels.errors import Malformed
from channels.zendesk.events import parse
from channels.zendesk.said import INVOCATION
from tests.channels.requests import AT
from tests.channels.zendesk.requests import ANN, BRAND, delivery, event, parsed
from tests.shared import SHARED, needs_shared


def comment(author: str = ANN, staff: bool | None = False, public: bool | None = True, body: Any = "hello") -> Any:
    said = {"id": 9, "body": body, "is_public": public, "author": {"id": author, "is_staff": staff, "name": "Ann"}}
    return event("ticket.comment_added", {"comment": said})


def address(contact: Contact) -> str | None:
    return contact.sender.value if contact.sender else None


def test_a_new_ticket_is_its_requesters_words_whoever_filed_it() -> None:
    found = parsed(event("ticket.created", {}, submitter_id="900", description="he is gone", subject="lost"))
    assert (found.subject, found.text, found.message_id) == ("lost", "he is gone", "zen:ticket:4711")
    assert (address(found), found.direction) == (f"zendesk:user:{ANN}", Direction.INBOUND)
    assert [one.value for one in found.recipients] == [f"zendesk:brand:{BRAND}"]


def test_a_ticket_without_words_or_numbers_as_ids_is_still_one() -> None:
    found = parsed(event("ticket.created", {}, id=4711, requester_id=int(ANN), description=None, subject=None))
    assert (address(found), found.text, found.extra["ticket_id"]) == (f"zendesk:user:{ANN}", "", "4711")


@pytest.mark.parametrize(
    ("author", "staff", "public", "direction"),
    [
        (ANN, False, True, Direction.INBOUND),
        ("5", False, True, Direction.INBOUND),
        ("5", None, None, Direction.INBOUND),
        (ANN, True, True, Direction.INBOUND),
        ("900", True, True, Direction.OUTBOUND),
        ("900", True, False, Direction.OUTBOUND),
        (ANN, False, False, Direction.OUTBOUND),
    ],
    ids=[
        "who asked",
        "somebody else in copy",
        "unknown is theirs",
        "one of staff who asked",
        "an agent",
        "an agent's note",
        "a note",
    ],
)
def test_whose_side_a_comment_is_from(
    author: str, staff: bool | None, public: bool | None, direction: Direction
) -> None:
    found = parsed(comment(author, staff, public))
    assert found.direction is direction
    theirs, ours = f"zendesk:user:{author}", f"zendesk:brand:{BRAND}"
    if direction is Direction.OUTBOUND:
        theirs, ours = ours, f"zendesk:user:{ANN}"
    assert (address(found), [one.value for one in found.recipients]) == (theirs, [ours])


def test_a_comment_belongs_to_its_ticket_and_doesnt_repeat_its_subject() -> None:
    found = parsed(comment())
    assert (found.message_id, found.in_reply_to) == ("9", "zen:ticket:4711")
    assert (found.subject, found.extra["subject"]) == (None, "Dog missing")


@pytest.mark.parametrize("kind", ["agent", "system", "trigger", "Agent", "end_user", "new kind"])
def test_in_a_chat_only_the_persons_messages_come_in(kind: str) -> None:
    said = {"actor": {"id": "5", "name": "X", "type": kind}, "message": {"id": "m", "body": "hi"}}
    found = parsed(event("messaging_ticket.message_added", said))
    inbound = kind in ("end_user", "new kind")
    assert (found.direction is Direction.INBOUND, address(found)) == (inbound, "zendesk:user:5" if inbound else None)


def test_one_event_is_one_contact_in_any_invocation() -> None:
    request = delivery(comment())
    first, second = (parse(request.having((INVOCATION, name)))[0] for name in ("a", "b"))
    assert first.provider_id == second.provider_id == "e-1"
    assert (first.delivery, second.delivery) == ("e-1:a", "e-1:b")
    assert parse(request)[0].delivery == "e-1"


@pytest.mark.parametrize(
    "kind",
    [
        "ticket.status_changed",
        "ticket.merged",
        "ticket.comment_redacted",
        "user.created",
        "article.published",
        "new.one",
    ],
)
def test_events_that_say_nothing_make_no_contact_whatever_they_hold(kind: str) -> None:
    assert parse(delivery({"type": f"zen:event-type:{kind}", "detail": [], "event": 7})) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (event("ticket.created", {}) | {"id": None}, "id"),
        (event("ticket.created", {}) | {"id": "x" * 201}, "id"),
        (event("ticket.created", {}) | {"detail": "secret"}, "detail"),
        (event("ticket.created", {}, id=None) | {"subject": None}, "detail.id"),
        (event("ticket.created", {}, description=["secret"]), "detail.description"),
        (comment(body=None), "event.comment.body"),
        (comment(body={"secret": 1}), "event.comment.body"),
        (event("ticket.comment_added", {}), "event.comment.body"),
        (event("messaging_ticket.message_added", {"message": {}}), "event.message.body"),
    ],
)
def test_what_cant_be_read_is_malformed_with_its_field_and_without_its_content(body: Any, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(delivery(body))
    assert caught.value.field == field
    assert "secret" not in str(caught.value)


def test_the_events_own_subject_names_the_ticket_where_its_detail_doesnt() -> None:
    assert parsed(event("ticket.created", {}, id=None)).extra["ticket_id"] == "4711"


KEYS = st.sampled_from(["id", "name", "is_staff", "channel", "type", "body"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
)
LOOSE = st.sampled_from(["brand_id", "requester_id", "tags", "via", "status", "priority", "is_public", "type"])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(LOOSE, ANY), ANY, ANY)
def test_fields_that_say_nothing_of_what_was_written_may_have_any_shape(
    detail: dict[str, Any], author: object, time: object
) -> None:
    told = event("ticket.comment_added", {"comment": {"body": "help", "author": author}}, **detail) | {"time": time}
    found = parsed(told)
    assert found.text == "help"
    found.model_dump_json()


@needs_shared
def test_every_real_event_is_read() -> None:
    folder = SHARED / "fixtures/zendesk"
    found = {}
    for path in sorted(folder.glob("event_*.json")):
        told = parse(delivery(json.loads(path.read_text())))
        found[path.stem.removeprefix("event_")] = [(one.direction.value, one.extra["ticket_id"]) for one in told]
        assert all(one.happened_at < AT for one in told)
    assert found == {
        "messaging_message_added": [("outbound", "141")],
        "ticket_comment_added": [("outbound", "5158")],
        "ticket_created": [("inbound", "5158")],
        "ticket_status_changed": [],
        "user_active_changed": [],
    }
