from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import AddressKind
from channels.twilio.address import WITHHELD, address


@pytest.mark.parametrize(
    ("value", "country", "kind", "final"),
    [
        ("+12065550123", None, "phone", "+12065550123"),
        (" +1 (206) 555-0123 ", "US", "phone", "+12065550123"),
        ("(206) 555-0123", "US", "phone", "+12065550123"),
        ("020 7946 0958", "gb", "phone", "+442079460958"),
        ("0044 20 7946 0958", "FR", "phone", "+442079460958"),
        ("2065550123", None, "handle", "sms:2065550123"),
        ("2065550123", "not a country", "handle", "sms:2065550123"),
        ("72345", "US", "handle", "sms:72345"),
        ("112345", "DE", "handle", "sms:112345"),
        ("PetClinic", "GB", "handle", "sms:petclinic"),
        ("Pet  Clinic", None, "handle", "sms:pet clinic"),
        ("+1", None, "handle", "sms:+1"),
        ("whatsapp:+12065550123", None, "phone", "+12065550123"),
        ("tel:+12065550123", None, "phone", "+12065550123"),
        ("client:Agent_1", None, "handle", "client:agent_1"),
        ("messenger:12345678901", None, "handle", "messenger:12345678901"),
        ("sip:Ann@Example.com:5060;transport=tls", None, "handle", "sip:ann@example.com:5060"),
        ("SIPS:ann@example.com?x=y", None, "handle", "sip:ann@example.com"),
        ("Whatsapp:+1206555", None, "handle", "sms:+1206555"),
    ],
)
def test_each_form_has_one_final_address(value: str, country: str | None, kind: str, final: str) -> None:
    found = address(value, country)
    assert found is not None
    assert (found.kind.value, found.value) == (kind, final)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "  ",
        "anonymous",
        "Anonymous",
        "RESTRICTED",
        "unavailable",
        "Unknown",
        "blocked",
        "+266696687",
        "266696687",
        "+7378742833",
        "+2562533",
        "+8656696",
        "+86282452253",
        "client:anonymous",
        "sip:anonymous@anonymous.invalid",
        "sip:+266696687@carrier.example",
        "sip:x@anonymous.invalid;user=phone",
    ],
)
def test_who_withholds_the_number_has_no_address(value: str | None) -> None:
    assert address(value) is None
    assert address(value, "US") is None


def test_the_keypads_digits_are_those_of_the_words() -> None:
    keypad = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
    words = {word for word in WITHHELD if word.isalpha()}
    assert {word.translate(keypad) for word in words} == WITHHELD - words


@given(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=4)))
def test_any_text_is_an_address_or_none_and_a_phone_number_is_final(value: str, country: str | None) -> None:
    found = address(value, country)
    if found is None:
        return
    found.model_dump_json()
    if found.kind is AddressKind.PHONE:
        assert address(found.value) == found
