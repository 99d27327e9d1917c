from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Address, AddressKind
from channels.errors import Malformed
from router.gateway.people import EXPECTED, read
from router.model import ids
from router.model.events import PeopleChanged
from router.play import twilio
from tests.router.gateway.parts import ANN, ID_KEY, KEYS, Running, rng, running


async def test_one_person_behind_several_addresses_has_the_id_of_the_reference(up: Running) -> None:
    body = {"addresses": ["+1 (206) 555-0142", "ANN@Example.com", "ann@example.com"]}
    response = await up.ask("PUT", "/desk/people/crm-77", json=body)
    assert response.json() == {"person_id": ids.known_person_id(ID_KEY, "crm-77")}
    (message,) = up.log.on("pool")
    assert (message.key, message.partition) == (b"petcare", 0)
    told = PeopleChanged.model_validate_json(message.value or b"")
    phone = Address(kind=AddressKind.PHONE, value="+12065550142")
    mail = Address(kind=AddressKind.EMAIL, value="ann@example.com")
    assert told.address_keys == (ids.address_key(ID_KEY, phone), ids.address_key(ID_KEY, mail))


async def test_the_keys_are_those_that_contacts_come_with(up: Running) -> None:
    await up.post(twilio.text(ANN, "a", KEYS, rng()))
    await up.ask("PUT", "/desk/people/crm-77", json={"addresses": [ANN.phone]})
    told = PeopleChanged.model_validate_json(up.log.on("pool")[0].value or b"")
    assert told.address_keys == (up.log.contacts()[0].address_key,)


@pytest.mark.parametrize("wrong", ["ann", "206 555 0142", "ann@", "+1", "@example.com", " "])
async def test_what_is_no_address_is_named_by_its_place_and_not_quoted(up: Running, wrong: str) -> None:
    response = await up.ask("PUT", "/desk/people/crm-77", json={"addresses": [ANN.phone, wrong]})
    assert (response.status_code, response.json()["field"]) == (422, "addresses.1")
    assert up.log.messages == []


async def test_a_log_that_is_away_is_our_trouble(tmp_path: Path) -> None:
    up = running(tmp_path)
    up.log.away = True
    assert (await up.ask("PUT", "/desk/people/crm-77", json={"addresses": [ANN.phone]})).status_code == 503


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_malformed(text: str) -> None:
    try:
        found = read(text)
    except Malformed as problem:
        assert str(problem) == f"addresses.0: expected {EXPECTED}, got something else"  # whatever the text was
    else:
        assert found.value
