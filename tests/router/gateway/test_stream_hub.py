from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.gateway.metrics import Metrics
from router.gateway.queues import TOPICS, QueueView
from router.gateway.stream import Cut, Stream
from router.gateway.stream_hub import Closing, Full, Hub
from router.gateway.stream_ring import Rings
from router.model.cloudevents import version
from router.stages.contract import Record
from scoring.model import Skill
from tests.router.gateway.desktop import Desktop, Told
from tests.router.gateway.parts import told
from tests.router.gateway.test_queues import interleaved, moved, on_queues
from tests.router.stages.histories import SHORT_GAPS, histories
from tests.router.stages.situations import S3, Table, came, claims, incident_id, presence, replayed, resolves

SKILLS = st.lists(st.sampled_from([Skill.THREAT_SAFETY, Skill.EMERGENCY_VET, Skill.CLAIMS, Skill.GENERAL]), min_size=1)


class Gateway:
    """A view and a hub that read the same records, as in a gateway."""

    def __init__(self, most: int = 10, most_events: int = 1000) -> None:
        self.view, self.metrics = QueueView(), Metrics()
        self.hub = Hub(self.view, self.metrics, most, Rings(TOPICS, most_events))
        self.aborted = 0

    def read(self, records: Iterable[Record]) -> None:
        for record in records:
            self.hub.told(record, self.view.apply(record) is not None)

    def open(self, *skills: Skill, last_id: str | None = None) -> Stream:
        return self.hub.open(skills or list(Skill), last_id, self._abort)

    def waiting_or_owned(self, skills: Iterable[Skill]) -> dict[tuple[str, str], object]:
        return {
            (skill.value, event.incident_id): event.model_dump(mode="json")
            for skill in skills
            for event in self.view.queue(skill)
        }

    def metric(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0

    def _abort(self) -> None:
        self.aborted += 1


async def heard(gateway: Gateway, stream: Stream, desktop: Desktop) -> list[Told]:
    """What a desktop hears of all that was sent to it so far."""
    gateway.hub.flush()
    found = [told for chunk in stream.first for told in desktop.hear(chunk)]
    stream.first = ()
    while not stream.idle:
        found += desktop.hear(await stream.piece() or b"")
    return found


def happened(told: Iterable[Told]) -> list[tuple[str, object]]:
    """Without ids: over several queues they differ by what was no news in between."""
    return [(each.type, each.data) for each in told]


def placed(records: Sequence[Record]) -> list[Record]:
    """The same, each with the offset that it has on its topic."""
    ends: dict[str, int] = {}
    found: list[Record] = []
    for record in records:
        ends[record.topic] = offset = ends.get(record.topic, -1) + 1
        found.append(replace(record, offset=offset))
    return found


@st.composite
def topics(draw: st.DrawFn) -> list[Record]:
    """What may stand on the queues' topics: a pool's records; where another worker took over, the last few once more
    under its epoch; and here and there what a replaced worker wrote late."""
    history = interleaved(on_queues(replayed(draw(histories(gaps=SHORT_GAPS)))), draw(st.data()))
    records, epoch = list[Record](), 2
    for index, outcome in enumerate(history):
        records.append(told(outcome, epoch=epoch))
        match draw(st.sampled_from(["well", "well", "well", "taken over", "late"])):
            case "taken over":
                epoch += 1
                first = draw(st.integers(max(0, index - 3), index))
                records += [told(again, epoch=epoch) for again in history[first : index + 1]]
            case "late":
                records.append(told(draw(st.sampled_from(history)), epoch=draw(st.integers(1, epoch - 1))))
            case _:
                pass
    return placed(records)


@settings(max_examples=40, deadline=None)
@given(topics(), SKILLS, st.data())
async def test_wherever_a_stream_begins_snapshot_and_events_make_what_the_topics_hold(
    records: list[Record], skills: list[Skill], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(records)))
    gateway, desktop = Gateway(), Desktop()
    gateway.read(records[:cut])
    stream = gateway.open(*skills)
    for record in records[cut:]:
        gateway.read([record])
        if data.draw(st.booleans()):
            await heard(gateway, stream, desktop)
    await heard(gateway, stream, desktop)
    assert desktop.incidents == gateway.waiting_or_owned(skills)


@settings(max_examples=40, deadline=None)
@given(topics(), SKILLS, st.sampled_from([2, 1000]), st.data())
async def test_who_comes_back_gets_exactly_what_was_missed_or_all_anew(
    records: list[Record], skills: list[Skill], most_events: int, data: st.DataObject
) -> None:
    gateway, always, desktop = Gateway(most_events=most_events), Desktop(), Desktop()
    begun = data.draw(st.integers(0, len(records)))
    gateway.read(records[:begun])
    stream = gateway.open(*skills)
    gateway.read(records[begun:])
    await heard(gateway, stream, always)
    gateway.hub.left(stream)

    live = next(index for index, told in enumerate(always.told) if told.type == "live")
    seen = data.draw(st.integers(live, len(always.told) - 1))
    desktop.last_id = always.told[seen].id
    for each in always.told[: seen + 1]:
        desktop.follow(each)

    if data.draw(st.booleans(), label="by another gateway, that has read it all before"):
        gateway = Gateway(most_events=most_events)
        gateway.read(records)
    again = await heard(gateway, gateway.open(*skills, last_id=desktop.last_id), desktop)
    if again and again[0].type == "reset":
        assert again[0].data["reason"] == "too-old"
        assert most_events == 2
    else:
        assert happened(again) == happened(always.told[seen + 1 :])
    assert desktop.incidents == gateway.waiting_or_owned(skills)


@settings(max_examples=20, deadline=None)
@given(topics())
async def test_a_stream_shows_nothing_that_was_superseded_and_nothing_twice(records: list[Record]) -> None:
    gateway, desktop = Gateway(), Desktop()
    stream = gateway.open(Skill.GENERAL)
    gateway.read(records)
    versions: dict[str, tuple[int, int]] = {}
    values: dict[str, object] = {}
    on_topic = {f"0-{record.offset}": record for record in records if record.topic == "queue.general"}
    for each in await heard(gateway, stream, desktop):
        if each.type.startswith("incident."):
            incident, now = each.data["incident_id"], version(on_topic[each.id].headers)
            assert now > versions.get(incident, (0, 0))
            assert each.data != values.get(incident)
            versions[incident], values[incident] = now, each.data
        elif each.type == "removed":
            values.pop(each.data["incident_id"])


def records_of(table: Table) -> list[Record]:
    return placed([told(outcome) for outcome in on_queues(table)])


def claimed() -> Table:
    table = Table()
    table.take(presence("maria"))
    table.take_all(came("c1", "ann", S3, Skill.CLAIMS), claims("maria", "c1"), resolves("maria", "c1"))
    return table


async def test_an_event_is_told_as_it_stands_on_its_topic_and_where() -> None:
    gateway, desktop = Gateway(), Desktop()
    stream, records = gateway.open(Skill.CLAIMS), records_of(claimed())
    gateway.read(records)
    opening, live, *events = await heard(gateway, stream, desktop)
    assert (opening.type, opening.data, opening.id) == ("reset", {"reason": "new"}, "")
    assert (live.type, live.id) == ("live", "0--1")
    assert [event.type for event in events] == ["incident.opened", "incident.claimed", "incident.resolved"]
    assert [event.id for event in events] == ["0-0", "0-1", "0-2"]
    assert [event.data for event in events] == [json.loads(record.value or b"") for record in records]
    assert desktop.retry_ms


async def test_a_move_is_seen_on_both_queues_and_closed_by_removed() -> None:
    gateway, both, old = Gateway(), Desktop(), Desktop()
    of_both, of_old = gateway.open(Skill.CLAIMS, Skill.EMERGENCY_VET), gateway.open(Skill.CLAIMS)
    gateway.read(records_of(moved()))
    *_, last = await heard(gateway, of_both, both)
    assert (last.type, last.data) == ("removed", {"incident_id": incident_id("c1"), "skill": "claims"})
    assert last.id == "emergency-vet:0-0,claims:0-3"
    assert list(both.incidents) == [("emergency-vet", incident_id("c1"))]
    await heard(gateway, of_old, old)
    assert [told.type for told in old.told][-2:] == ["incident.moved", "removed"]
    assert old.incidents == {}


@pytest.mark.parametrize("last_id", ["0-99", "1-0", "nonsense", "general:0-0"])
async def test_a_position_of_another_cluster_begins_anew(last_id: str) -> None:
    gateway, desktop = Gateway(), Desktop()
    gateway.read(records_of(claimed())[:2])
    told = await heard(gateway, gateway.open(Skill.CLAIMS, last_id=last_id), desktop)
    assert [each.type for each in told] == ["reset", "snapshot", "live"]
    assert told[0].data == {"reason": "unknown"}
    assert told[2].id == "0-1"


async def test_broken_off_before_live_a_client_has_no_id_and_begins_anew() -> None:
    gateway = Gateway()
    gateway.read(records_of(claimed())[:2])
    desktop = Desktop(last_id="0-77")
    (begin,) = gateway.open(Skill.CLAIMS, last_id="0-77").first
    desktop.hear(begin[: begin.index(b"event: live")])
    assert [each.type for each in desktop.told] == ["reset", "snapshot"]
    assert desktop.last_id == ""


async def test_who_does_not_keep_up_is_cut_off_and_can_resume() -> None:
    gateway, desktop = Gateway(), Desktop()
    stream = gateway.open(Skill.CLAIMS)
    await heard(gateway, stream, desktop)
    records = records_of(claimed())
    gateway.read(records[:1])
    await heard(gateway, stream, desktop)
    stream.offer(b"x" * 1024 * 1024, 1)
    gateway.read(records[1:])
    gateway.hub.flush()
    assert (stream.cut_off, gateway.aborted, await stream.piece()) == (Cut.BEHIND, 1, None)
    assert gateway.metric("router_streams_cut_total", why="behind") == 1
    assert gateway.metric("router_streams") == 0
    again = await heard(gateway, gateway.open(Skill.CLAIMS, last_id=desktop.last_id), desktop)
    assert [each.type for each in again] == ["incident.claimed", "incident.resolved"]


async def test_whose_socket_takes_nothing_is_cut_off() -> None:
    gateway = Gateway()
    stuck, well = gateway.open(), gateway.open()
    now = asyncio.get_running_loop().time()
    stuck.sending_since, well.sending_since = now - 6, now - 1
    gateway.hub.watch()
    assert (stuck.cut_off, well.cut_off, gateway.aborted) == (Cut.STUCK, None, 1)


async def test_of_a_topic_made_anew_every_stream_is_cut_off() -> None:
    gateway = Gateway()
    records = records_of(claimed())
    gateway.read(records[:2])
    stream, other = gateway.open(Skill.CLAIMS), gateway.open(Skill.GENERAL)
    gateway.read(records[:1])
    assert (stream.cut_off, other.cut_off) == (Cut.ANEW, None)


async def test_only_so_many_streams_are_open_and_one_that_left_makes_room() -> None:
    gateway = Gateway(most=2)
    first = gateway.open(Skill.CLAIMS)
    gateway.open()
    with pytest.raises(Full):
        gateway.open()
    gateway.hub.left(first)
    gateway.hub.left(first)
    gateway.open()
    assert gateway.metric("router_streams") == 2


async def test_who_has_nothing_to_hear_hears_a_comment() -> None:
    gateway, desktop = Gateway(), Desktop()
    stream = gateway.open()
    await heard(gateway, stream, desktop)
    gateway.hub.comment()
    assert await heard(gateway, stream, desktop) == []
    assert desktop.comments == 1


async def test_closing_ends_streams_once_they_have_all_that_happened() -> None:
    gateway, desktop = Gateway(), Desktop()
    stream = gateway.open(Skill.CLAIMS)
    gateway.read(records_of(claimed()))
    gateway.hub.close()
    await heard(gateway, stream, desktop)
    assert await stream.piece() is None
    assert [each.type for each in desktop.happened()] == ["incident.opened", "incident.claimed", "incident.resolved"]
    with pytest.raises(Closing):
        gateway.open()


async def test_many_events_in_one_moment_go_out_as_one_piece() -> None:
    gateway = Gateway()
    streams = [gateway.open(Skill.CLAIMS) for _ in range(3)]
    gateway.read(records_of(claimed()))
    gateway.hub.flush()
    pieces = [await stream.piece() for stream in streams]
    assert pieces[0] is not None
    assert pieces[0].count(b"\n\n") == 3
    assert pieces[0] is pieces[1] is pieces[2]
