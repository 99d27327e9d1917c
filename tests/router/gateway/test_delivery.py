from __future__ import annotations

import pytest

from channels.contact import Contact, Medium
from channels.errors import Malformed
from router.gateway import delivery
from router.gateway.delivery import Delivery, dead_letter, ready
from router.model.events import ContactReceived
from tests.router.gateway.parts import ID_KEY, NOW

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def a_delivery(raw: bytes = b"raw") -> Delivery:
    return Delivery("test", "test", Medium.EMAIL, raw, "text/plain", NOW, TRACE)


def a_contact(**what: object) -> Contact:
    known = {"provider": "t", "provider_id": "1", "delivery": "1", "medium": "email", "happened_at": NOW}
    return Contact.model_validate(known | what)


def test_an_event_too_large_goes_without_its_full_text_which_the_raw_body_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LARGEST_EVENT", 5000)
    (made,) = ready(a_delivery(), [a_contact(text="new", full_text="x" * 9000)], ID_KEY)
    event = ContactReceived.model_validate_json(made.message.value or b"")
    assert (event.contact.text, event.contact.full_text) == ("new", None)
    assert event.raw == a_delivery().blob
    with pytest.raises(Malformed):
        ready(a_delivery(), [a_contact(text="x" * 9000)], ID_KEY)


def test_a_dead_letter_too_large_for_a_record_names_the_blob_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LARGEST_EVENT", 10)
    large = a_delivery(b"x" * 11)
    letter = dead_letter(large, "malformed", Malformed("a", "b", "c"))
    assert letter.value == b""
    assert dict(letter.headers)["raw_sha256"] == large.sha256.encode()
    assert dict(letter.headers)["raw_size"] == b"11"
