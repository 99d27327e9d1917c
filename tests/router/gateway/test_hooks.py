from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels.contact import Contact, Medium
from channels.contract import MIB, Channel, Reply, Request, Secrets, Texts, Verified
from channels.errors import NotTheirs
from channels.registry import CHANNELS
from channels.twilio.signature import sign
from router.gateway.blobs import StoreFailed, StoreFull
from router.gateway.places import Places
from router.model import ids
from router.model.cloudevents import attributes
from router.play import postmark, twilio
from router.play.sample import Keys
from tests.router.gateway.parts import ANN, ID_KEY, KEYS, NOW, PUBLIC, TOKEN, MemoryLog, Running, rng, running

FILE = ("a.txt", "text/plain", b"x-ray")


async def test_a_text_message_is_on_the_log_before_the_provider_has_its_answer(up: Running) -> None:
    sample = twilio.text(ANN, "my dog ate chocolate", KEYS, rng())
    response = await up.post(sample)
    assert (response.status_code, response.text) == (200, "<Response/>")
    assert response.headers["content-type"].startswith("text/xml")
    assert response.headers["x-router-contact-id"] == sample.contact_id
    (message,) = up.log.messages
    (contact,) = up.log.contacts()
    assert message.topic == "inbound.sms"
    assert message.key.decode() == contact.address_key
    assert contact.contact.sender is not None
    assert contact.address_key == ids.address_key(ID_KEY, contact.contact.sender)
    told = attributes(message.headers)
    assert (told.id, told.type, told.source) == (sample.provider_id, "contact.received", "/channels/twilio")
    assert (told.subject, told.time) == (sample.contact_id, NOW)


async def test_the_raw_body_and_attachments_are_stored_before_the_event_that_names_them(up: Running) -> None:
    sample = postmark.email(
        ANN, "help", "see the file", KEYS, rng(), at=NOW, files=(("a.txt", "text/plain", b"x-ray"),)
    )
    assert (await up.post(sample)).status_code == 200
    (contact,) = up.log.contacts()
    assert contact.raw is not None
    assert up.blobs.kept[contact.raw.sha256] == sample.body
    (attachment,) = contact.contact.attachments
    assert up.blobs.kept[str(attachment.sha256)] == b"x-ray"
    assert up.blobs.order == [0, 0]
    assert b"x-ray" not in (up.log.messages[0].value or b"")


async def test_a_call_and_what_comes_later_of_it_are_keyed_by_the_call(up: Running) -> None:
    call = twilio.call(ANN, KEYS, rng())
    later = twilio.call_status(call.provider_id, ANN, KEYS, rng(), status="completed", sequence=2, at=NOW)
    first, second = await up.post(call), await up.post(later)
    assert "<Enqueue>" in first.text
    assert first.headers["x-router-contact-id"] == second.headers["x-router-contact-id"]
    assert {message.key.decode() for message in up.log.messages} == {call.provider_id}
    assert [attributes(message.headers).type for message in up.log.messages] == ["contact.received", "contact.updated"]


async def test_a_caller_who_withholds_the_number_has_no_address(up: Running) -> None:
    assert (await up.post(twilio.call(ANN, KEYS, rng(), withheld=True))).status_code == 200
    (contact,) = up.log.contacts()
    assert contact.address_key is None


async def test_the_trace_of_the_request_goes_on(up: Running) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await up.post(twilio.text(ANN, "a", KEYS, rng()), traceparent=trace)
    assert attributes(up.log.messages[0].headers).traceparent == trace


async def test_a_wrong_signature_is_forged_and_leaves_nothing_behind(up: Running) -> None:
    sample = twilio.text(ANN, "a", Keys(PUBLIC, "another-token", None), rng())
    response = await up.post(sample)
    assert (response.status_code, response.json()) == (403, {"reason": "forged"})
    assert up.log.messages == []
    assert up.blobs.kept == {}
    assert up.metric("router_contacts_total", channel="twilio-sms", outcome="forged") == 1


async def test_mail_without_credentials_is_asked_for_them(up: Running) -> None:
    sample = postmark.email(ANN, "a", "b", Keys(PUBLIC, None, None), rng(), at=NOW)
    async with up.client() as client:
        response = await client.post(sample.path, content=sample.body, headers={"content-type": "application/json"})
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic ")


async def test_what_is_no_form_at_all_is_not_twilio_s(up: Running) -> None:
    async with up.client() as client:
        response = await client.post(
            "/hooks/twilio/sms",
            content=b"\xff\xfe",
            headers={"X-Twilio-Signature": "x", "content-type": "application/x-www-form-urlencoded"},
        )
    assert response.status_code == 400
    assert response.json()["reason"] == "not-theirs"


async def test_the_signed_address_is_the_public_one_with_the_raw_query(up: Running) -> None:
    sample = twilio.text(ANN, "a", KEYS, rng())
    signed = sign(f"{PUBLIC}{sample.path}?tag=a%20b", dict(httpx.QueryParams(sample.body.decode())), TOKEN)
    headers = [pair for pair in sample.headers if pair[0].lower() != "x-twilio-signature"]
    async with up.client() as client:
        response = await client.post(
            sample.path + "?tag=a%20b", content=sample.body, headers=[*headers, ("X-Twilio-Signature", signed)]
        )
    assert response.status_code == 200


async def test_a_secret_that_is_rotated_in_its_file_holds_at_once(tmp_path: Path) -> None:
    up = running(tmp_path, environ={})
    sample = twilio.text(ANN, "a", KEYS, rng())
    assert (await up.post(sample)).json() == {"reason": "off", "expected": "ROUTER_TWILIO_AUTH_TOKENS to be set"}
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "twilio_auth_tokens").write_text(f"old\n{TOKEN}\n")
    assert (await up.post(sample)).status_code == 200
    (secrets / "twilio_auth_tokens").write_text("new-and-only-one\n")
    assert (await up.post(sample)).status_code == 403


async def test_a_provider_without_a_secret_is_off_and_start_says_so(tmp_path: Path) -> None:
    with capture_logs() as logs:
        up = running(tmp_path, environ={})
    told = next(entry for entry in logs if entry["event"] == "providers.off")
    assert told.keys() - {"event", "log_level"} == {channel.provider for channel in CHANNELS}
    assert told["twilio"] == "ROUTER_TWILIO_AUTH_TOKENS"
    response = await up.post(twilio.text(ANN, "a", KEYS, rng()))
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


async def test_unsigned_requests_are_taken_only_of_listed_providers_and_every_start_says_so(tmp_path: Path) -> None:
    with capture_logs() as logs:
        up = running(tmp_path, environ={}, allow_unsigned=("twilio",))
    assert [entry["provider"] for entry in logs if entry["event"] == "provider.unsigned"] == ["twilio"]
    nobody = Keys(PUBLIC, "whatever", "no:body")
    assert (await up.post(twilio.text(ANN, "a", nobody, rng()))).status_code == 200
    assert (await up.post(postmark.email(ANN, "a", "b", nobody, rng(), at=NOW))).status_code == 503


async def test_a_broker_that_is_away_is_our_trouble(up: Running) -> None:
    up.log.away = True
    response = await up.post(twilio.text(ANN, "a", KEYS, rng()))
    assert (response.status_code, response.json()) == (503, {"reason": "log-away"})
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(("problem", "reason"), [(StoreFull(), "disk-full"), (StoreFailed(), "store-failed")])
async def test_a_disk_that_takes_nothing_is_our_trouble_and_nothing_is_on_the_log(
    up: Running, problem: Exception, reason: str
) -> None:
    up.blobs.fails = problem
    response = await up.post(twilio.text(ANN, "a", KEYS, rng()))
    assert (response.status_code, response.json()) == (503, {"reason": reason})
    assert up.log.messages == []


async def test_a_body_above_the_limit_is_refused_by_what_it_says_and_by_what_comes(up: Running) -> None:
    async def parts() -> object:
        for _ in range(40):
            yield b"x" * 100_000

    async with up.client() as client:
        said = await client.post("/hooks/twilio/sms", headers={"content-length": str(2 * MIB)})
        came = await client.post("/hooks/twilio/sms", content=parts())  # type: ignore[arg-type]
    assert (said.status_code, came.status_code) == (413, 413)
    assert said.json()["expected"] == f"at most {MIB} bytes"


async def test_more_than_fits_is_refused_at_once_and_never_with_429(tmp_path: Path) -> None:
    hold = asyncio.Event()
    up = running(tmp_path, log=MemoryLog(hold=hold), places=Places(most=2))
    dice = rng()
    first = [asyncio.create_task(up.post(twilio.text(ANN, "a", KEYS, dice))) for _ in range(2)]
    while up.gateway.places.taken < 2:  # noqa: ASYNC110 - the places tell nobody
        await asyncio.sleep(0)
    refused = await up.post(twilio.text(ANN, "a", KEYS, dice))
    hold.set()
    assert (refused.status_code, refused.json()) == (503, {"reason": "full"})
    assert [response.status_code for response in await asyncio.gather(*first)] == [200, 200]
    assert up.gateway.places.size == 0


async def test_more_bytes_than_fit_at_once_are_refused(tmp_path: Path) -> None:
    up = running(tmp_path, places=Places(most_bytes=100))
    response = await up.post(twilio.text(ANN, "a", KEYS, rng()))
    assert (response.status_code, response.json()) == (503, {"reason": "full"})


def a_channel(name: str = "test", **what: object) -> Channel:
    def verify(request: Request, secrets: Secrets) -> Verified:
        return Verified()

    def parse(request: Request) -> list[Contact]:
        return []

    def sign(request: Request, key: str) -> Request:
        return request

    settings: dict[str, object] = {"verify": verify, "parse": parse, "sign": sign, **what}
    return Channel(name, "twilio", "/hooks/test", Medium.SMS, secrets="TWILIO_AUTH_TOKENS", **settings)  # type: ignore[arg-type]


async def test_a_verifier_that_fails_is_our_trouble_and_lets_nobody_in(tmp_path: Path) -> None:
    def verify(request: Request, secrets: Secrets) -> Verified:
        raise RuntimeError(request.body.decode())

    up = running(tmp_path, channels=[a_channel(verify=verify)])
    async with up.client() as client:
        with capture_logs() as logs:
            response = await client.post("/hooks/test", content=b"secret words")
    assert (response.status_code, response.json()) == (503, {"reason": "cannot-verify"})
    assert "secret words" not in str(logs)


async def test_what_nobody_expected_is_our_trouble_too_and_tells_no_content(up: Running) -> None:
    up.blobs.fails = RuntimeError("private words")
    with capture_logs() as logs:
        response = await up.post(twilio.text(ANN, "private words", KEYS, rng()))
    assert (response.status_code, response.json()) == (503, {"reason": "failed"})
    assert "private words" not in str(logs)


async def test_a_reply_that_fails_is_an_empty_one_since_the_log_has_the_contact(tmp_path: Path) -> None:
    def reply(request: Request, texts: Texts) -> Reply:
        raise RuntimeError

    up = running(tmp_path, channels=[a_channel(reply=reply)])
    async with up.client() as client:
        response = await client.post("/hooks/test")
    assert (response.status_code, response.text) == (200, "")


async def test_a_verified_request_is_never_answered_4xx_for_its_content(tmp_path: Path) -> None:
    def parse(request: Request) -> list[object]:
        raise NotTheirs

    up = running(tmp_path, channels=[a_channel(parse=parse)])
    async with up.client() as client:
        response = await client.post("/hooks/test")
    assert response.status_code == 200
    assert len(up.log.on("gateway.dlq")) == 1


async def test_another_method_is_refused(up: Running) -> None:
    async with up.client() as client:
        response = await client.get("/hooks/twilio/sms")
    assert (response.status_code, response.json()) == (405, {"reason": "method-not-allowed"})


async def test_what_is_logged_of_a_contact_is_ids_and_figures(up: Running) -> None:
    with capture_logs() as logs:
        await up.post(twilio.text(ANN, "private words", KEYS, rng()))
    (entry,) = [entry for entry in logs if entry["event"] == "contact.accepted"]
    assert set(entry) == {"event", "log_level", "channel", "contact", "bytes", "ms"}
    assert "private words" not in str(logs)
    assert ANN.phone.lstrip("+") not in str(logs)


TYPES = ["application/x-www-form-urlencoded", "application/json", "text/plain", "multipart/form-data; boundary=x", ""]
FORMS = [
    b"From=%2B12065550142",
    b"&",
    b"=",
    b"MessageSid=SM1",
    b"CallSid=CA1",
    b"SequenceNumber=x",
    b"%",
    b"%FF",
    b"%00",
]
JSONS = [b"\x00", b"{", b"}", b",", b'"FromFull":', b'{"Email":[]}', b"[" * 3000, b'"\\ud800"']
PIECES = st.sampled_from([*FORMS, *JSONS])
BODIES = st.binary(max_size=300) | st.lists(PIECES, max_size=8).map(b"".join)


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> list[Running]:
    """One that asks for signatures, and one that takes everything."""
    data = tmp_path_factory.mktemp("data")
    secrets = {f"ROUTER_{channel.secrets}": "a-secret-of-tests" for channel in CHANNELS}
    everybody = tuple({channel.provider for channel in CHANNELS})
    return [running(data, environ=secrets), running(data, environ=secrets, allow_unsigned=everybody)]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([channel.path for channel in CHANNELS]), st.sampled_from(TYPES), BODIES)
@example("/hooks/postmark/inbound", "application/json", b'{"From":"\\ud800@example.com","TextBody":"\\ud800"}')
async def test_no_body_whatever_is_answered_by_an_error_of_ours(
    gateways: list[Running], path: str, media_type: str, body: bytes
) -> None:
    headers = {"content-type": media_type, "x-twilio-signature": "AAAA", "authorization": "Basic e"}
    for up in gateways:
        before = len(up.log.messages)
        async with up.client() as client:
            response = await client.post(path, content=body, headers=headers)
        assert response.status_code < 500
        assert len(up.log.messages) == before + response.is_success
