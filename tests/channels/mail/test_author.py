from __future__ import annotations

import pytest

from channels.mail.author import author
from channels.mail.message import read

ANN = ("Ann", "ann@example.org")
FORM = ("Clinic", "no-reply@clinic.example")


def value(named: list[tuple[str | None, str]], reply_to: list[tuple[str | None, str]]) -> str | None:
    found, _ = author(named, reply_to)
    return None if found is None else found.value


def test_the_first_who_is_named_wrote() -> None:
    assert author([(None, ""), ANN, FORM]) == author([ANN])
    assert author([]) == (None, None)


@pytest.mark.parametrize(
    "address", ["no-reply@clinic.example", "NoReply@clinic.example", "donotreply+7@clinic.example"]
)
def test_behind_a_no_reply_address_it_is_whom_an_answer_goes_to(address: str) -> None:
    found, name = author([("Clinic", address)], [ANN])
    assert found is not None
    assert (found.value, name) == ("ann@example.org", "Ann")


def test_a_person_who_wants_answers_elsewhere_stays_the_writer() -> None:
    assert value([ANN], [("Ben", "ben@example.org")]) == "ann@example.org"
    assert value([("No", "noreplyx@example.org")], [ANN]) == "noreplyx@example.org"


def test_a_form_that_names_nobody_else_stays_itself() -> None:
    assert value([FORM], []) == value([FORM], [FORM]) == "no-reply@clinic.example"


def test_two_people_by_one_web_form_are_two() -> None:
    mails = [f"From: no-reply@clinic.example\nReply-To: {who}@example.org\n\nx".encode() for who in ("ann", "ben")]
    assert len({read(content).sender for content in mails}) == 2
