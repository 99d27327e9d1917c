"""The gateway on a real log: what it took is there, and what isn't there it didn't take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
import pytest

from router.gateway.small_blobs import SmallBlobs
from router.model import cloudevents, ids
from router.model.cloudevents import Attributes
from router.model.events import CommandResult, ContactReceived
from router.play import postmark, twilio
from router.play.people import Person, Place
from router.runtime.broker import Broker
from router.stages.contract import Outcome
from tests.kafka.gateways import Served, all_of, headers, producing, serving, with_topics, write
from tests.router.stages.situations import S1, Table, came
from tests.until import PATIENCE_S

RANDOM = Random()


def somebody() -> Person:
    number = RANDOM.randrange(10**6)
    return Person("Ann Example", "+12065550142", f"ann-{number}@example.com", Place("206", "SEATTLE", "WA", "98101"))


@pytest.fixture(scope="module")
def kafka(own_kafka: str) -> str:
    """Here the tests write what only a worker may write elsewhere."""
    return own_kafka


@pytest.fixture
async def gateway(kafka: str, tmp_path: Path) -> AsyncIterator[Served]:
    await with_topics(kafka)
    async with serving(kafka, tmp_path) as served:
        await served.ready()
        yield served


async def until(ask: Callable[[], Awaitable[httpx.Response]], status: int) -> httpx.Response:
    """The first answer with `status`."""
    async with asyncio.timeout(PATIENCE_S):
        while (answer := await ask()).status_code != status:  # noqa: ASYNC110 - the answer of a server
            await asyncio.sleep(0.02)
    return answer


async def found(kafka: str, topic: str, contact_id: str) -> ContactReceived:
    """The one event of a contact on a topic."""
    (record,) = [record for record in await all_of(kafka, topic) if headers(record)["ce_subject"] == contact_id]
    return ContactReceived.model_validate_json(record.value or b"")


async def test_what_each_provider_sends_is_on_its_topic_once_it_has_its_answer(kafka: str, gateway: Served) -> None:
    ann = somebody()
    text = twilio.text(ann, "my dog ate chocolate", gateway.keys, RANDOM)
    call = twilio.call(ann, gateway.keys, RANDOM)
    mail = postmark.email(ann, "Help", "my dog", gateway.keys, RANDOM, at=datetime.now(UTC))
    for topic, sample in (("inbound.sms", text), ("inbound.call", call), ("inbound.email", mail)):
        response = await gateway.post(sample)
        assert response.status_code == 200
        contact_id = response.headers["x-router-contact-id"]
        event = await found(kafka, topic, contact_id)
        assert (event.contact_id, event.contact.provider_id) == (contact_id, sample.provider_id)
        assert event.raw is not None


async def test_a_mail_is_on_its_topic_once_the_client_has_its_250(kafka: str, gateway: Served, tmp_path: Path) -> None:
    content = f"From: {somebody().email}\r\nSubject: Help\r\n\r\nmy dog\r\n".encode()
    code, _, contact_id = (await gateway.mail(content)).split()
    event = await found(kafka, "inbound.email", contact_id)
    assert (code, event.contact.subject) == ("250", "Help")
    assert event.raw is not None
    assert await SmallBlobs(tmp_path / "small-blobs", lambda: datetime.now(UTC)).get(event.raw.sha256) == content


async def test_what_cannot_be_parsed_is_on_the_dead_letter_topic_untouched(kafka: str, gateway: Served) -> None:
    body = f'{{"FromFull": {RANDOM.randrange(10**9)}}}'.encode()
    response = await gateway.http.post(postmark.PATH, content=body, auth=("user", "password"))
    assert response.status_code == 200
    (letter,) = [record for record in await all_of(kafka, "gateway.dlq") if record.value == body]
    told = headers(letter)
    assert (told["dlq_stage"], told["dlq_field"], told["channel"]) == ("gateway", "FromFull", "postmark-inbound")


async def test_many_at_once_are_all_on_the_log(kafka: str, gateway: Served) -> None:
    samples = [twilio.text(somebody(), "a", gateway.keys, RANDOM) for _ in range(100)]
    answers = await asyncio.gather(*map(gateway.post, samples))
    assert {answer.status_code for answer in answers} == {200}
    seen = {headers(record)["ce_subject"] for record in await all_of(kafka, "inbound.sms")}
    assert {sample.contact_id for sample in samples} <= seen


def message(outcome: Outcome) -> cloudevents.Message:
    attributes = Attributes(
        id=outcome.id,
        type=outcome.type,
        source="/stages/pool",
        subject=outcome.subject,
        time=outcome.time,
        epoch=10**6,
        revision=outcome.revision,
    )
    return cloudevents.message(outcome.topic, outcome.key, outcome.value, attributes)


async def test_queues_and_words_are_read_where_they_stand(kafka: str, gateway: Served) -> None:
    """What a worker would write is written here, so that nothing but the gateway is at work."""
    name = f"c{RANDOM.randrange(10**9)}"
    scored = came(name, "ann", S1, "emergency-vet", floor=True)
    async with producing(kafka) as producer:
        attributes = Attributes(id=scored.id, type="test", source="/test", subject="test", time=datetime.now(UTC))
        _, offset = await write(producer, cloudevents.message("pool", "petcare", scored.value, attributes, partition=3))
        table = Table()
        (opened,) = table.take(scored).outcomes
        ref = table.incident(name).contacts[0].model_copy(update={"partition": 3, "offset": offset})
        event = opened.value.model_copy(update={"contacts": (ref,)}) if opened.value else None
        await write(producer, message(Outcome(**{**vars(opened), "value": event})))
        incident_id = table.incident(name).incident_id
        answer = await until(lambda: gateway.desk("GET", f"/incidents/{incident_id}"), 200)
        (contact,) = answer.json()["contacts"]
        assert contact["text"] == "words of a test"
        waiting = (await gateway.desk("GET", "/queues/emergency-vet")).json()["incidents"]
        assert incident_id in [incident["incident_id"] for incident in waiting]
        await write(producer, message(Outcome(**{**vars(opened), "value": None})))
        await until(lambda: gateway.desk("GET", f"/incidents/{incident_id}"), 404)


async def test_a_gateway_knows_at_its_start_what_the_queues_hold(kafka: str, tmp_path: Path) -> None:
    await with_topics(kafka)
    table, names = Table(), [f"c{RANDOM.randrange(10**9)}" for _ in range(50)]
    async with producing(kafka) as producer:
        for name in names:
            for outcome in table.take(came(name, None, skill="third-party")).outcomes:
                await write(producer, message(outcome))
    async with serving(kafka, tmp_path) as served:
        await served.ready()
        waiting = (await served.desk("GET", "/queues/third-party")).json()["incidents"]
    held = {incident["incident_id"] for incident in waiting}
    assert {table.incident(name).incident_id for name in names} <= held


def owned(command_id: str) -> cloudevents.Message:
    """The result of a claim that came too late."""
    result = CommandResult(command_id=command_id, status=409, reason="owned", owner="noah", agent_id="maria")
    about = Attributes(
        id=f"{command_id}:result", type="command.result", source="/test", subject=command_id, time=datetime.now(UTC)
    )
    return cloudevents.message("desk", "maria", result, about)


async def test_a_command_is_answered_by_the_result_of_its_id(kafka: str, gateway: Served) -> None:
    """A dispatch of one line: it answers each claim of the incident that comes to the log."""
    incident_id = ids.incident_id("petcare", f"c_{RANDOM.randrange(10**9)}")

    async def asked() -> httpx.Response:
        claim: dict[str, object] = {"agent_id": "maria"}
        while (answer := await gateway.desk("POST", f"/incidents/{incident_id}/claim", json=claim)).status_code == 504:
            pass  # on a busy machine the result may have come too late for it
        return answer

    asking, answered = asyncio.create_task(asked()), set[str]()
    async with producing(kafka) as producer, asyncio.timeout(PATIENCE_S):
        while not asking.done():
            commands = [headers(record) for record in await all_of(kafka, "pool")]
            mine = {told["ce_id"] for told in commands if told["ce_subject"] == incident_id}
            for command_id in mine - answered:
                await write(producer, owned(command_id))
            answered |= mine
        answer = await asking
    assert (answer.status_code, answer.json()) == (409, {"reason": "owned", "owner": "noah"})


async def test_without_a_worker_a_command_is_answered_all_the_same(gateway: Served) -> None:
    answer = await gateway.desk("POST", "/incidents/i_petcare_nobody/claim", json={"agent_id": "maria"})
    assert (answer.status_code, answer.json()) == (504, {"reason": "no-result"})


async def test_metrics_tell_what_lies_on_the_dead_letter_topics(gateway: Served) -> None:
    await gateway.http.post(postmark.PATH, content=b"no json", auth=("user", "password"))
    async with asyncio.timeout(PATIENCE_S):
        while 'router_dead_letters{topic="gateway.dlq"}' not in (await gateway.http.get("/metrics")).text:  # noqa: ASYNC110 - counted by a task of the gateway
            await asyncio.sleep(0.1)


async def test_a_stop_finishes_what_is_under_way(gateway: Served) -> None:
    posting = [asyncio.create_task(gateway.post(twilio.text(somebody(), "a", gateway.keys, RANDOM))) for _ in range(20)]
    await asyncio.wait(posting, return_when=asyncio.FIRST_COMPLETED)
    gateway.stop.set()
    async with asyncio.timeout(PATIENCE_S):
        await gateway.task
    answers = await asyncio.gather(*posting, return_exceptions=True)
    assert {answer.status_code for answer in answers if isinstance(answer, httpx.Response)} == {200}


async def drained(served: Served) -> httpx.Response:
    """200 once nothing waits in the spool."""
    text = (await served.http.get("/metrics")).text
    return httpx.Response(200 if "router_spool_depth 0.0" in text else 503)


async def test_a_broker_that_comes_goes_and_comes_back(tmp_path: Path) -> None:
    """What comes meanwhile is spooled, acknowledged, and told to the log; nothing has to be restarted."""
    broker = Broker(tmp_path / "broker", port=0)
    await broker.start()
    kafka = broker.bootstrap
    await with_topics(kafka)
    await broker.kill()
    content = b"From: ann@example.com\r\nSubject: Help\r\n\r\nmy dog\r\n"
    taken: set[str] = set()
    try:
        async with serving(kafka, tmp_path / "data") as served:
            sample = twilio.text(somebody(), "before", served.keys, RANDOM)
            answer = await served.post(sample)
            taken.add(answer.headers["x-router-contact-id"])
            ready = await served.http.get("/readyz")
            assert (ready.status_code, ready.json()["degraded"]) == (200, True)
            assert (await served.http.get("/healthz")).status_code == 200
            assert (await served.mail(content)).startswith("250 ")
            assert not served.up.is_set()
            await broker.start()
            await served.ready()
            await until(lambda: drained(served), 200)
            assert not (await served.http.get("/readyz")).json()["degraded"]

            await broker.kill()
            ann = somebody()
            for words in ("my dog is not feeling well", "one more thing", "my dog can't breathe"):
                answer = await served.post(twilio.text(ann, words, served.keys, RANDOM))
                assert answer.status_code == 200
                taken.add(answer.headers["x-router-contact-id"])
            assert (await served.mail(content)).startswith("250 ")
            answer = await served.desk("POST", "/incidents/i_petcare_nobody/claim", json={"agent_id": "maria"})
            assert answer.status_code == 503

            await broker.start()
            await until(lambda: drained(served), 200)
            await until(lambda: served.http.get("/readyz"), 200)
            assert (await served.mail(content)).startswith("250 ")
            table = Table()
            async with producing(kafka) as producer:
                for outcome in table.take(came("c1", "ann")).outcomes:
                    await write(producer, message(outcome))
            incident_id = table.incident("c1").incident_id
            await until(lambda: served.desk("GET", "/queues/general"), 200)
            await until(lambda: served.desk("GET", f"/incidents/{incident_id}"), 200)
        seen = {headers(record)["ce_subject"] for record in await all_of(kafka, "inbound.sms")}
        assert taken == seen
    finally:
        await broker.kill()
