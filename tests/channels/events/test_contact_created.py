from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from channels.contact import Contact, Direction
from channels.contract import Request
from channels.errors import ChannelProblem, Malformed, PartlyMalformed
from channels.events.channel import CHANNEL, parse
from channels.events.contact_created import TYPE, ContactCreated
from channels.events.envelope import BATCH, STRUCTURED
from tests.channels.requests import AT, PUBLIC

SCHEMA = Path(__file__).parents[3] / "docs" / "contact.created.schema.json"
ANN: dict[str, Any] = {"medium": "sms", "from": {"phone": "+12065550142"}, "text": "help"}


def event(data: object, **attributes: object) -> dict[str, object]:
    told = {"specversion": "1.0", "id": "1", "source": "https://crm.example.com/a", "type": TYPE, "data": data}
    return told | attributes


def sent(body: object, media_type: str = STRUCTURED) -> Request:
    return Request("POST", PUBLIC + CHANNEL.path, (("Content-Type", media_type),), json.dumps(body).encode(), AT)


def contact(_attributes: Any = None, **fields: Any) -> Contact:
    (found,) = parse(sent(event({**ANN, **fields}, **(_attributes or {}))))
    return found


def test_source_and_id_make_the_contact() -> None:
    one = contact()
    assert contact(text="other").provider_id == one.provider_id
    assert contact({"id": "2"}).provider_id != one.provider_id
    assert contact({"source": "/b"}).provider_id != one.provider_id


def test_no_two_pairs_of_source_and_id_are_one_contact() -> None:
    pairs = [("/a", "b c"), ("/a", "b\nc"), ("/" + "a" * 199, "b" * 200), ("/" + "a" * 198, "a" + "b" * 199)]
    ids = [contact({"source": source, "id": id_}).provider_id for source, id_ in pairs]
    assert len(set(ids)) == len(pairs)
    assert all(len(each) <= 300 and each.isprintable() for each in ids)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"medium": "pigeon"}, "data.medium"),
        ({"from": {}}, "data.from"),
        ({"from": {"phone": "+12065550142", "email": "ann@example.org"}}, "data.from"),
        ({"from": {"phone": "2065550142"}}, "data.from.phone"),
        ({"from": {"email": "Ann at home"}}, "data.from.email"),
        ({"from": {"handle": "ann"}}, "data.from.handle"),
        ({"to": [{"phone": "+12065550100"}, {"phone": "1"}]}, "data.to.1.phone"),
        ({"text": None}, "data.text"),
        ({"happened_at": "2026-11-22T14:03:11"}, "data.happened_at"),
        ({"attachments": [{"name": "a", "content": "*"}]}, "data.attachments.0.content"),
        ({"direction": "unknown"}, "data.direction"),
    ],
)
def test_a_wrong_field_is_named_and_its_content_isnt(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed) as caught:
        contact(**fields)
    assert caught.value.field == field
    assert "Value error" not in str(caught.value)
    assert "ann" not in str(caught.value).replace("instagram:ann.h", "").lower()


def test_a_missing_sender_is_a_mistake_and_a_withheld_one_isnt() -> None:
    assert contact(**{"from": None}).sender is None
    with pytest.raises(Malformed) as caught:
        parse(sent(event({"medium": "sms", "text": "help"})))
    assert caught.value.field == "data.from"


def test_another_type_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        contact({"type": "contact.deleted"})
    assert (caught.value.field, caught.value.expected) == ("type", TYPE)


def test_of_a_batch_with_a_wrong_event_the_others_are_taken() -> None:
    with pytest.raises(PartlyMalformed) as caught:
        parse(sent([event(ANN), event(ANN, type="x"), event(ANN, id="2"), event({})], BATCH))
    assert caught.value.field == "1.type"
    assert [each.provider_id.rpartition(" ")[2] for each in caught.value.contacts] == ["1", "2"]


def test_the_sender_is_the_persons_side_whoever_sent_it() -> None:
    found = contact(direction="outbound", **{"from": {"phone": "+12065550100"}, "to": [{"phone": "+12065550142"}]})
    assert found.direction is Direction.OUTBOUND
    assert found.sender is not None
    assert found.sender.value == "+12065550142"
    assert [one.value for one in found.recipients] == ["+12065550100"]


def test_a_link_is_kept_on_the_sources_own_host_only() -> None:
    links = ["https://crm.example.com/a.png", "https://crm.example.com.evil.test/a.png", "http://crm.example.com/a.png"]
    found = contact(attachments=[{"name": "a.png", "url": url} for url in links])
    assert [one.url for one in found.attachments] == [links[0], None, None]
    (without,) = contact({"source": "/a"}, attachments=[{"name": "a.png", "url": links[0]}]).attachments
    assert without.url is None


def test_content_is_taken_along() -> None:
    (file,) = contact(attachments=[{"name": "..", "content": "aGk="}]).attachments
    assert (file.name, file.content, file.size) == ("attachment-1", b"hi", 2)


def test_a_number_or_address_in_another_spelling_is_the_same() -> None:
    assert contact(**{"from": {"phone": "+1 (206) 555-0142"}}).sender == contact().sender
    emails = [contact(**{"from": {"email": each}}).sender for each in ("Ann@Example.org", "ann@example.org")]
    assert emails[0] == emails[1]


def test_the_published_schema_is_the_models() -> None:
    assert json.loads(SCHEMA.read_text()) == ContactCreated.model_json_schema()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["phone", "email", "name"]), inner),
)
FIELDS = st.sampled_from([field.alias or name for name, field in ContactCreated.model_fields.items()])


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(FIELDS, JSON) | JSON, st.text(max_size=20))
def test_any_data_is_a_contact_or_malformed(data: object, event_id: str) -> None:
    merged = {**ANN, **data} if isinstance(data, dict) else data
    try:
        found = parse(sent(event(merged, id=event_id)))
    except ChannelProblem:
        return
    TypeAdapter(list[Contact]).dump_json(found)
