from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from channels.contact import Address, AddressKind, Contact, Medium
from channels.contract import Channel, Confirmation, Request, Secrets, Verified
from channels.errors import PartlyMalformed
from router.model import dead_letters, ids
from router.model.cloudevents import attributes
from router.play import postmark
from tests.router.gateway.parts import ANN, KEYS, NOW, MemoryLog, Running, rng, running


async def test_what_cannot_be_parsed_is_kept_raw_dead_lettered_and_taken(up: Running) -> None:
    sample = postmark.email(ANN, "a", "b", KEYS, rng(), at=NOW)
    body = b'{"FromFull": {"Email": ["private@example.com"]}}'
    async with up.client() as client:
        first = await client.post(sample.path, content=body, headers=dict(sample.headers))
        await client.post(sample.path, content=body, headers=dict(sample.headers))
    assert first.status_code == 200
    assert "x-router-contact-id" not in first.headers
    letter, again = up.log.on("gateway.dlq")
    assert letter.value == body
    assert up.blobs.kept[letter.key.decode()] == body
    why = dead_letters.letter_of(letter.headers)
    assert (why.stage, why.reason, why.field, why.got) == ("gateway", "malformed", "FromFull.Email", "list")
    assert dict(letter.headers)["channel"] == b"postmark-inbound"
    assert attributes(letter.headers).id == attributes(again.headers).id
    assert up.metric("router_contacts_total", channel="postmark-inbound", outcome="dead-lettered") == 2


async def test_a_dead_letter_that_the_log_does_not_take_is_not_acknowledged(up: Running) -> None:
    up.log.away = True
    sample = postmark.email(ANN, "a", "b", KEYS, rng(), at=NOW)
    async with up.client() as client:
        response = await client.post(sample.path, content=b"no json", headers=dict(sample.headers))
    assert response.status_code == 503


def contact(**what: object) -> Contact:
    known: dict[str, object] = {
        "provider": "twilio",
        "provider_id": "SM1",
        "delivery": "SM1",
        "medium": Medium.SMS,
        "sender": Address(kind=AddressKind.PHONE, value="+12065550142"),
        "happened_at": NOW,
    }
    return Contact.model_validate(known | what)


def channel(parse: object) -> Channel:
    def verify(request: Request, secrets: Secrets) -> Verified:
        return Verified()

    def sign(request: Request, key: str) -> Request:
        return request

    return Channel(
        "test",
        "twilio",
        "/hooks/test",
        Medium.SMS,
        verify=verify,
        parse=parse,  # type: ignore[arg-type]
        secrets="TWILIO_AUTH_TOKENS",
        sign=sign,
    )


def giving(*contacts: Contact) -> Callable[[Request], list[Contact]]:
    def parse(request: Request) -> list[Contact]:
        return list(contacts)

    return parse


async def posted(up: Running) -> int:
    async with up.client() as client:
        return (await client.post("/hooks/test", content=b"private words")).status_code


@pytest.mark.parametrize("error", [RuntimeError, RecursionError, KeyError, UnicodeDecodeError, MemoryError])
async def test_a_parser_that_fails_costs_no_contact_and_tells_no_content(
    tmp_path: Path, error: type[Exception]
) -> None:
    def parse(request: Request) -> list[Contact]:
        if error is UnicodeDecodeError:
            request.body.decode("utf-16")
            b"\xff".decode()
        raise error(request.body)

    up = running(tmp_path, channels=[channel(parse)])
    with capture_logs() as logs:
        assert await posted(up) == 200
    (letter,) = up.log.on("gateway.dlq")
    why = dead_letters.letter_of(letter.headers)
    assert (why.reason, why.got) == ("parse-failed", error.__name__)
    assert "private words" not in str(logs)


async def test_a_contact_that_no_record_can_hold_is_dead_lettered(tmp_path: Path) -> None:
    up = running(tmp_path, channels=[channel(giving(contact(text="\ud800")))], log=MemoryLog())
    assert await posted(up) == 200
    assert len(up.log.on("gateway.dlq")) == 1
    large = channel(giving(contact(text="x" * 5000)))
    small = running(tmp_path, channels=[large], log=MemoryLog(largest=999))
    assert await posted(small) == 200
    (letter,) = small.log.on("gateway.dlq")
    assert dead_letters.letter_of(letter.headers).reason == "too-large"


async def test_a_subscription_that_nobody_signed_is_not_confirmed_but_kept_for_a_person(tmp_path: Path) -> None:
    def parse(request: Request) -> Confirmation:
        return Confirmation("https://example.com/c", "example.com")

    up = running(tmp_path, channels=[channel(parse)], allow_unsigned=("twilio",))
    assert await posted(up) == 200
    assert len(up.log.on("gateway.dlq")) == 1


async def test_several_contacts_of_one_delivery_are_all_on_the_log_before_the_answer(tmp_path: Path) -> None:
    several = [contact(provider_id=f"SM{number}", delivery=f"SM{number}") for number in range(3)]
    up = running(tmp_path, channels=[channel(giving(*several))])
    async with up.client() as client:
        response = await client.post("/hooks/test")
    assert response.headers["x-router-contact-id"] == up.log.contacts()[0].contact_id
    assert len(up.log.messages) == 3


async def test_what_can_be_read_of_a_delivery_is_taken_and_the_rest_is_dead_lettered(tmp_path: Path) -> None:
    good = tuple(contact(provider_id=f"SM{number}", delivery=f"SM{number}") for number in range(2))

    def parse(request: Request) -> list[Contact]:
        raise PartlyMalformed("1.type", "another", "this", good)

    up = running(tmp_path, channels=[channel(parse)])
    assert await posted(up) == 200
    assert [each.contact_id for each in up.log.contacts()] == [ids.contact_id("twilio", f"SM{n}") for n in range(2)]
    (letter,) = up.log.on("gateway.dlq")
    assert (letter.value, dead_letters.letter_of(letter.headers).field) == (b"private words", "1.type")


async def test_a_delivery_without_contacts_is_taken_and_writes_nothing(tmp_path: Path) -> None:
    up = running(tmp_path, channels=[channel(giving())])
    assert await posted(up) == 200
    assert up.log.messages == []
