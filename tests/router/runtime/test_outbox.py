"""What is put in goes out in order, one write at a time, and whoever waits hears when one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.model.cloudevents import Message
from router.runtime.outbox import Outbox
from router.runtime.ports import Batch, SendFailed, Slot


@dataclass
class SlowWriter:
    """Each write waits until it is let through; told: the writes that began."""

    told: list[list[str]] = field(default_factory=list)
    let: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    fails: bool = False

    async def append(self, messages: Sequence[Message]) -> None:
        self.told.append([message.topic for message in messages])
        await self.let.acquire()
        if self.fails:
            raise SendFailed

    def batch(self, messages: Sequence[Message]) -> Batch:
        raise NotImplementedError

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        raise NotImplementedError

    async def close(self) -> None: ...


def messages(names: str) -> list[Message]:
    return [Message(name, b"", None, ()) for name in names]


async def test_what_comes_during_a_write_goes_out_with_the_next() -> None:
    writer, heard = SlowWriter(), list[str]()
    outbox = Outbox(writer)
    for names in ("a", "bc", "", "d"):
        outbox.put(messages(names), lambda names=names: heard.append(names))  # type: ignore[misc]
        await asyncio.sleep(0)
    assert (writer.told, len(outbox), heard) == ([["a"]], 3, [])
    writer.let.release()
    writer.let.release()
    await outbox.empty()
    assert (writer.told, len(outbox), heard) == ([["a"], ["b", "c", "d"]], 0, ["a", "bc", "", "d"])
    await outbox.close()


async def test_an_empty_one_has_nothing_to_wait_for() -> None:
    outbox = Outbox(SlowWriter())
    await outbox.empty()
    outbox.check()
    await outbox.close()


async def test_who_waits_and_who_looks_hears_of_a_write_that_failed_and_nothing_more_is_written() -> None:
    writer, heard = SlowWriter(fails=True), list[str]()
    outbox = Outbox(writer)
    outbox.put(messages("a"), lambda: heard.append("a"))
    writer.let.release()
    with pytest.raises(SendFailed):
        await outbox.empty()
    outbox.put(messages("b"), lambda: heard.append("b"))
    with pytest.raises(SendFailed):
        outbox.check()
    with pytest.raises(SendFailed):
        await outbox.empty()
    assert (writer.told, heard) == ([["a"]], [])
    await outbox.close()


async def test_closing_waits_for_no_acknowledgement() -> None:
    writer, heard = SlowWriter(), list[str]()
    outbox = Outbox(writer)
    outbox.put(messages("a"), lambda: heard.append("a"))
    await asyncio.sleep(0)
    await outbox.close()
    assert heard == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text("abc", max_size=3), st.booleans()), max_size=12))
def test_all_is_written_once_and_in_order_however_writes_and_new_ones_interleave(
    steps: list[tuple[str, bool]],
) -> None:
    async def scenario() -> None:
        writer, heard = SlowWriter(), list[str]()
        outbox = Outbox(writer)
        for names, lets in steps:
            outbox.put(messages(names), lambda names=names: heard.append(names))  # type: ignore[misc]
            if lets:
                writer.let.release()
            await asyncio.sleep(0)
            written = "".join("".join(each) for each in writer.told)
            assert written.startswith("".join(heard))
        for _ in steps:
            writer.let.release()
        await outbox.empty()
        assert "".join("".join(each) for each in writer.told) == "".join(names for names, _ in steps)
        assert heard == [names for names, _ in steps]
        await outbox.close()

    asyncio.run(scenario())
