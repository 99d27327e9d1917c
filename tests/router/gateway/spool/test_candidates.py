"""What goes first once the broker is back."""

from __future__ import annotations

import pytest

from channels.contact import Address, AddressKind, Contact, Medium
from router.gateway.delivery import Delivery, dead_letter, ready
from router.gateway.spool import candidates
from router.gateway.spool.candidates import CHARACTERS, urgent
from router.model.cloudevents import Message
from tests.router.gateway.parts import ANN, ID_KEY, NOW

DELIVERY = Delivery("test", "test", Medium.SMS, b"raw", "text/plain", NOW, "")


def sms(text: str, subject: str | None = None) -> Message:
    contact = Contact(
        provider="test",
        provider_id="SM1",
        delivery="SM1",
        medium=Medium.SMS,
        sender=Address(kind=AddressKind.PHONE, value=ANN.phone),
        subject=subject,
        text=text,
        happened_at=NOW,
    )
    return ready(DELIVERY, [contact], ID_KEY)[0].message


@pytest.mark.parametrize(
    ("text", "subject", "is_urgent"),
    [
        ("My dog is having a seizure and can't breathe", None, True),
        ("see above", "My dog can't breathe", True),
        ("How do I change the date of my booking?", None, False),
        ("", None, False),
        ("x " * CHARACTERS + "my dog can't breathe", None, False),
    ],
)
def test_an_s1_by_the_rules_is_urgent(text: str, subject: str | None, is_urgent: bool) -> None:
    assert urgent(sms(text, subject)) is is_urgent


def test_what_is_no_contact_isnt_urgent() -> None:
    assert not urgent(dead_letter(DELIVERY, "malformed"))
    assert not urgent(Message("inbound.sms", b"ann", b"no event: my dog can't breathe", ()))
    assert not urgent(Message("inbound.sms", b"ann", None, ()))


def test_where_the_rules_fail_on_a_text_it_is_kept_and_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(candidates, "judge", fails)
    assert urgent(sms("How do I change the date of my booking?"))
