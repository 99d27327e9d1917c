from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from channels.contact import Address, AddressKind, Attachment, CallStatus
from router.model.events import ContactScored
from scoring.model import Skill
from tests.router.gateway.parts import PoolLog, Running
from tests.router.stages.situations import (
    S1,
    S3,
    Said,
    Table,
    came,
    contact_id,
    incident_id,
    recorded,
    rings,
    transcribed,
)

ABLE = {"presence": "available", "skills": {"emergency-vet": 5, "general": 5, "lang-en": 5}, "capacity": 2}
I1 = incident_id("c1")


def happened(desk: Running, *said: Said) -> None:
    """Each is on the pool's log, where the gateway's positions find it, and the queues tell of it."""
    assert isinstance(desk.log, PoolLog)
    for each in said:
        step = desk.log.table.take(each)
        if isinstance(each.value, ContactScored):
            desk.positions.records[0, len(desk.log.table.log)] = each.value
        desk.log.tell(*step.outcomes)


def table(desk: Running) -> Table:
    assert isinstance(desk.log, PoolLog)
    return desk.log.table


async def present(desk: Running, agent: str, **body: Any) -> httpx.Response:
    return await desk.ask("POST", f"/desk/agents/{agent}/presence", json=ABLE | body)


async def act(desk: Running, verb: str, agent: str, incident: str = I1, **request: Any) -> httpx.Response:
    return await desk.ask("POST", f"/desk/incidents/{incident}/{verb}", json={"agent_id": agent}, **request)


async def test_an_agent_says_what_they_can_do_and_hears_it_back(desk: Running) -> None:
    response = await present(desk, "maria")
    assert response.status_code == 200
    assert (response.json()["agent_id"], response.json()["presence"]) == ("maria", "available")
    (message,) = desk.log.on("pool")
    assert (message.key, message.partition) == (b"petcare", 0)


async def test_a_queue_shows_the_worst_first_and_the_list_of_queues_how_many(desk: Running) -> None:
    happened(desk, came("c1", "ann", S3, Skill.GENERAL), came("c2", "ben", S3, Skill.GENERAL))
    happened(desk, came("c3", "cleo", S1, Skill.EMERGENCY_VET, floor=True))
    queues = (await desk.ask("GET", "/desk/queues")).json()["queues"]
    assert [queue["skill"] for queue in queues] == [skill.value for skill in Skill]
    depth = {queue["skill"]: (queue["waiting"], queue["owned"]) for queue in queues if queue["waiting"]}
    assert depth == {"general": (2, 0), "emergency-vet": (1, 0)}
    queue = (await desk.ask("GET", "/desk/queues/general")).json()
    assert [incident["incident_id"] for incident in queue["incidents"]] == [I1, incident_id("c2")]
    assert queue["waiting_by_severity"] == {"S1": 0, "S2": 0, "S3": 2, "S4": 0}
    assert queue["oldest_waiting"] == queue["incidents"][0]["waiting_since"]
    assert len((await desk.ask("GET", "/desk/queues/general?limit=1")).json()["incidents"]) == 1


async def test_an_unknown_queue_is_told_which_there_are(desk: Running) -> None:
    response = await desk.ask("GET", "/desk/queues/no-such")
    assert (response.status_code, response.json()["reason"], response.json()["field"]) == (404, "unknown", "skill")


async def test_an_incident_is_shown_with_the_words_of_its_contacts(desk: Running) -> None:
    happened(desk, came("c1", "ann", S3), came("c2", "ann", S3))
    shown = (await desk.ask("GET", f"/desk/incidents/{I1}")).json()
    assert [contact["text"] for contact in shown["contacts"]] == ["words of a test", "words of a test"]
    assert [contact["contact_id"] for contact in shown["contacts"]] == shown["contact_ids"]
    assert shown["contacts"][0]["assessment"]["severity"] == "S3"
    assert shown["evidence"]


async def test_past_the_log_s_retention_the_text_reads_expired(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    desk.positions.records.clear()
    (contact,) = (await desk.ask("GET", f"/desk/incidents/{I1}")).json()["contacts"]
    assert (contact["text"], contact["full_text"], contact["expired"]) == ("expired", "expired", True)
    assert (await desk.ask("GET", f"/desk/contacts/{contact_id('c1')}")).json() == contact


async def test_a_record_of_another_contact_is_never_shown_for_this_one(desk: Running) -> None:
    happened(desk, came("c1", "ann"), came("c2", "ben"))
    (first, second) = desk.positions.records
    desk.positions.records[first] = desk.positions.records[second]
    assert (await desk.ask("GET", f"/desk/contacts/{contact_id('c1')}")).json()["text"] == "expired"


async def test_a_contact_is_shown_whole(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    (place,) = desk.positions.records
    scored = desk.positions.records[place]
    contact = scored.contact.model_copy(
        update={
            "subject": "Help",
            "text": "new",
            "full_text": "new\n> old",
            "recipients": (Address(kind=AddressKind.EMAIL, value="safety@example.com"),),
            "attachments": (Attachment.of("a.txt", "text/plain", b"x-ray"),),
        }
    )
    desk.positions.records[place] = scored.model_copy(update={"contact": contact})
    shown = (await desk.ask("GET", f"/desk/contacts/{contact_id('c1')}")).json()
    assert (shown["subject"], shown["text"], shown["full_text"]) == ("Help", "new", "new\n> old")
    assert shown["recipients"] == [{"kind": "email", "value": "safety@example.com"}]
    (attachment,) = shown["attachments"]
    assert (attachment["name"], attachment["media_type"], attachment["size"]) == ("a.txt", "text/plain", 5)
    assert "content" not in attachment
    assert (shown["incident_id"], shown["person_id"]) == (I1, table(desk).incident("c1").person_id)
    assert shown["hops"]["pool_at"]
    missing = set(type(contact).model_fields) - set(shown)
    assert missing == {"delivery", "part"}


async def test_a_call_is_shown_with_its_words_its_recording_and_what_became_of_it(desk: Running) -> None:
    happened(desk, rings("c1", "ann"), recorded("c1"), transcribed("c1", "ann", S1, Skill.EMERGENCY_VET))
    happened(desk, rings("c1", "ann", CallStatus.COMPLETED, 1))
    shown = (await desk.ask("GET", f"/desk/contacts/{contact_id('c1')}")).json()
    assert (shown["severity"], shown["text"], shown["call"]["status"]) == ("S1", "words of a test", "completed")
    assert [(part["name"], part["text"]) for part in shown["parts"]] == [
        ("recording:RE1", ""),
        ("transcription:TR1", "words of a test"),
    ]
    desk.positions.records.clear()
    shown = (await desk.ask("GET", f"/desk/contacts/{contact_id('c1')}")).json()
    assert {part["text"] for part in shown["parts"]} == {"expired"}


async def test_the_full_text_is_the_text_where_there_is_no_more(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    shown = (await desk.ask("GET", f"/desk/contacts/{contact_id('c1')}")).json()
    assert shown["full_text"] == shown["text"] == "words of a test"


@pytest.mark.parametrize("path", ["/desk/incidents/i_petcare_nobody", "/desk/contacts/c_nobody", "/desk/nothing"])
async def test_what_nobody_knows_is_404(desk: Running, path: str) -> None:
    response = await desk.ask("GET", path)
    assert (response.status_code, response.json()["reason"]) == (404, "unknown")


async def test_words_that_cannot_be_read_now_are_our_trouble(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    desk.positions.away = True
    response = await desk.ask("GET", f"/desk/incidents/{I1}")
    assert (response.status_code, response.json()) == (503, {"reason": "log-away"})


async def test_of_two_agents_one_has_it_and_the_other_hears_who(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    await present(desk, "maria")
    await present(desk, "noah")
    first, second = await asyncio.gather(act(desk, "claim", "maria"), act(desk, "claim", "noah"))
    assert (first.status_code, first.json()["owner"], first.json()["state"]) == (200, "maria", "owned")
    assert second.status_code == 409
    assert (second.json()["reason"], second.json()["owner"]) == ("owned", "maria")
    assert second.json()["since"] == first.json()["owned_since"]
    again = await act(desk, "claim", "maria")
    assert again.status_code == 200


async def test_what_was_answered_is_shown_by_the_queue_at_once(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    await present(desk, "maria")
    await act(desk, "claim", "maria")
    queue = (await desk.ask("GET", "/desk/queues/general")).json()
    assert (queue["waiting"], queue["owned"], queue["incidents"][0]["owner"]) == (0, 1, "maria")
    assert (await act(desk, "release", "noah")).status_code == 403
    assert (await act(desk, "release", "maria")).json()["state"] == "waiting"
    await act(desk, "claim", "maria")
    assert (await act(desk, "resolve", "maria")).json()["state"] == "resolved"
    assert (await desk.ask("GET", "/desk/queues/general")).json()["incidents"] == []


async def test_an_absent_agent_and_an_unknown_incident(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    assert (await act(desk, "claim", "nobody")).status_code == 409
    await present(desk, "maria")
    assert (await act(desk, "claim", "maria", incident_id("c9"))).status_code == 404


@pytest.mark.parametrize("incident", ["x", "i__x", "i_petcare_", "i_nowhere_abc", "c_abc", "i_petcare_" + "x" * 300])
async def test_no_command_is_written_for_what_is_no_incident_of_a_pool_here(desk: Running, incident: str) -> None:
    response = await act(desk, "claim", "maria", incident)
    assert (response.status_code, response.json()["reason"]) == (404, "unknown")
    assert desk.log.messages == []


async def test_an_agent_of_an_unknown_pool_is_404_and_nothing_is_written(desk: Running) -> None:
    assert (await present(desk, "maria", pool="nowhere")).status_code == 404
    assert desk.log.messages == []


async def test_the_same_key_is_the_same_command_and_with_another_body_it_is_422(desk: Running) -> None:
    happened(desk, came("c1", "ann"))
    await present(desk, "maria")
    await present(desk, "noah")
    key = {"Idempotency-Key": "k1"}
    first = await act(desk, "claim", "maria", headers=key)
    assert (await act(desk, "release", "maria")).status_code == 200
    repeated = await act(desk, "claim", "maria", headers=key)
    assert repeated.json() == first.json()
    assert (await act(desk, "claim", "noah", headers=key)).status_code == 422
    assert table(desk).incident("c1").owner is None


async def test_without_a_worker_a_command_has_no_result(up: Running) -> None:
    response = await act(up, "claim", "maria")
    assert (response.status_code, response.json()) == (504, {"reason": "no-result"})
    assert len(up.log.on("pool")) == 1
    assert up.metric("router_commands_total", command="claim", status="504") == 1


async def test_a_command_that_the_log_does_not_take_is_our_trouble(up: Running) -> None:
    up.log.away = True
    response = await act(up, "claim", "maria")
    assert response.status_code == 503
    assert response.headers["retry-after"]


BAD: list[tuple[dict[str, object], str]] = [
    ({"presence": "asleep"}, "presence"),
    ({"presence": "away", "skills": {"claims": 6}}, "skills.claims"),
    ({"presence": "away", "skills": ["claims"]}, "skills"),
    ({"presence": "away", "capacity": -1}, "capacity"),
    ({"presence": "away", "capacity": True}, "capacity"),
    ({"presence": "away", "skills": {"claims": "5"}}, "skills.claims"),
    ({"presence": "away", "capacitty": 1}, "capacitty"),
    ({}, "presence"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
async def test_a_wrong_field_is_named_and_nothing_is_written(up: Running, body: dict[str, object], field: str) -> None:
    response = await up.ask("POST", "/desk/agents/maria/presence", json=body)
    assert response.status_code == 422
    assert (response.json()["reason"], response.json()["field"]) == ("malformed", field)
    assert response.json()["expected"]
    assert up.log.messages == []


async def test_a_body_that_is_no_json_is_400(up: Running) -> None:
    response = await up.ask(
        "POST", "/desk/agents/maria/presence", content=b"{", headers={"content-type": "application/json"}
    )
    assert (response.status_code, response.json()["field"]) == (400, "body")


async def test_an_agent_s_id_has_a_form(up: Running) -> None:
    response = await up.ask("POST", "/desk/agents/%20x/presence", json=ABLE)
    assert (response.status_code, response.json()["field"]) == (422, "agent_id")


async def test_the_description_names_models_and_errors(up: Running) -> None:
    async with up.client() as client:
        described = (await client.get("/openapi.json")).json()
    claim = described["paths"]["/desk/incidents/{incident_id}/claim"]["post"]["responses"]
    assert set(claim) >= {"200", "401", "404", "409", "422", "503", "504"}
    assert claim["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/QueueEvent")
    assert claim["409"]["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorBody")
