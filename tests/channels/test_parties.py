from __future__ import annotations

import pytest

from channels.contact import AddressKind
from channels.parties import parties, party


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("14155550142", AddressKind.PHONE, "+14155550142"),
        ("+14155550142", AddressKind.PHONE, "+14155550142"),
        ("447700900123", AddressKind.PHONE, "+447700900123"),
        ("12345", AddressKind.HANDLE, "sms:12345"),
        ("Pets", AddressKind.HANDLE, "sms:pets"),
        ("999999999999999", AddressKind.HANDLE, "sms:999999999999999"),
    ],
)
def test_a_number_has_one_form_with_or_without_its_plus(text: str, kind: AddressKind, value: str) -> None:
    found = party(text)
    assert found is not None
    assert (found.kind, found.value) == (kind, value)


def test_who_is_missing_is_left_out_and_who_is_named_twice_told_once() -> None:
    assert parties(None, " ", "14155550142", "+14155550142") == parties("14155550142")
    assert party("") is None
