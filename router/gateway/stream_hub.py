"""Feeds every event stream from the gateway's one reader of the queues.

An event is made bytes once. Streams over the same queues form a group, get the same ids, and so the same bytes. What
comes in quick succession goes out in one piece: after each round of sending, the next waits for as long as that one
took, so that streams never take more than half of the loop, however many there are.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from channels.errors import Problem
from router.gateway import stream_frames, stream_positions
from router.gateway.metrics import Metrics
from router.gateway.packed import pack, unpack
from router.gateway.queues import PREFIX, TOPICS, QueueView
from router.gateway.stream import PIECE_BYTES, Cut, Stream
from router.gateway.stream_ring import Kept, Lost, Rings
from router.stages.contract import Record
from scoring.model import Skill

LONGEST_PAUSE_S = 0.02
COMMENT_S = 10
STUCK_S = 5.0
AT_ONCE = 50
RETRY_MS = (1000, 2000)


class Full(Problem):
    """As many streams are open as may be."""


class Closing(Problem):
    """The gateway is stopping."""


@dataclass(eq=False)
class Group:
    """Streams over the same queues, and what goes to all of them next."""

    topics: tuple[str, ...]
    streams: set[Stream] = field(default_factory=set)
    pending: list[bytes] = field(default_factory=list)


class Hub:
    def __init__(self, view: QueueView, metrics: Metrics, most: int, rings: Rings | None = None) -> None:
        self._view = view
        self._metrics = metrics
        self._most = most
        self._rings = rings or Rings(TOPICS)
        self._groups: dict[tuple[str, ...], Group] = {}
        self._of_topic: dict[str, set[Group]] = defaultdict(set)
        self._aborts: dict[Stream, Callable[[], None]] = {}
        self._flushing = False
        self._not_before = 0.0
        self._closed = False
        # Spread, so that a gateway's clients don't all come back in one moment after a restart.
        self._retries = itertools.cycle(range(*RETRY_MS, 37))

    def told(self, record: Record, news: bool) -> None:
        """A record of a queue's topic has been read. news: the view took it as such."""
        groups = self._of_topic.get(record.topic, ())
        kind, data = stream_frames.event(record) if news else (b"", b"")
        if not self._rings.passed(record.topic, record.offset, self._packed(record, data) if news else None, kind):
            for stream in [stream for group in groups for stream in group.streams]:
                self._cut(stream, Cut.ANEW)
        if not news or not groups:
            return
        body = stream_frames.frame(kind, data)
        for group in groups:
            group.pending.append(stream_frames.numbered(self._position(group.topics), body))
        self._soon()

    def open(self, skills: Sequence[Skill], last_id: str | None, abort: Callable[[], None]) -> Stream:
        """A stream over the queues of `skills`. last_id: the last that its client saw. abort: closes its connection,
        whatever is still to be sent. Give it back by `left`. Raises Full, Closing."""
        if self._closed:
            raise Closing
        if len(self._aborts) >= self._most:
            raise Full
        topics = tuple(PREFIX + skill for skill in Skill if skill in set(skills))
        group = self._groups.get(topics) or self._grouped(topics)
        # What waits for the others is part of what this one begins with.
        for other in self._flush_group(group):
            other.wake()
        missed = self._missed(last_id, topics)
        first = self._anew(topics, missed) if isinstance(missed, str) else missed
        self._metrics.streams_opened.labels(missed if isinstance(missed, str) else "resumed").inc()
        stream = Stream(stream_frames.joined(first, PIECE_BYTES))
        group.streams.add(stream)
        self._aborts[stream] = abort
        self._metrics.streams.set(len(self._aborts))
        return stream

    def left(self, stream: Stream) -> None:
        """The stream is over."""
        if self._aborts.pop(stream, None) is None:
            return
        for group in self._groups.values():
            group.streams.discard(stream)
        self._metrics.streams.set(len(self._aborts))

    def close(self) -> None:
        """Lets every stream end, and refuses new ones."""
        self._closed = True
        for group in self._groups.values():
            self._flush_group(group)
        for stream, abort in self._aborts.items():
            stream.end()
            if stream.sending_since is not None:  # its socket is full, and nobody will wait for it
                abort()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Comments and the watch over stuck streams; all streams end with it."""

        async def tick() -> None:
            for second in itertools.count(1):
                await asyncio.sleep(1)
                self.watch()
                if second % COMMENT_S == 0:
                    self.comment()

        ticking = asyncio.create_task(tick(), name="streams")
        try:
            yield
        finally:
            ticking.cancel()
            self.close()

    def comment(self) -> None:
        """Keeps what lies between us and the clients from taking silence for death."""
        for stream in self._aborts:
            if stream.idle:
                stream.offer(stream_frames.COMMENT, 0)
                stream.wake()

    def watch(self) -> None:
        """Cuts off whose socket has taken nothing for STUCK_S."""
        now = asyncio.get_running_loop().time()
        for stream in list(self._aborts):
            if stream.sending_since is not None and now - stream.sending_since > STUCK_S:
                self._cut(stream, Cut.STUCK)

    def _packed(self, record: Record, data: bytes) -> bytes:
        """The view has most of them packed already, and two that keep one take no more room than one."""
        known = (
            None
            if record.value is None
            else self._view.last(record.topic, (record.key or b"").decode("utf-8", "replace"))
        )
        return pack(data) if known is None else known

    def _grouped(self, topics: tuple[str, ...]) -> Group:
        """A new group; those that nobody is in any more go."""
        for empty in [group for group in self._groups.values() if not group.streams]:
            del self._groups[empty.topics]
            for topic in empty.topics:
                self._of_topic[topic].discard(empty)
        made = self._groups[topics] = Group(topics)
        for topic in topics:
            self._of_topic[topic].add(made)
        return made

    def _missed(self, last_id: str | None, topics: tuple[str, ...]) -> Iterable[bytes] | str:
        """What a client that saw `last_id` hasn't seen, or why that can't be told."""
        if not last_id:
            return "new"
        seen = stream_positions.read(last_id, topics)
        if seen is None:
            return Lost.UNKNOWN.value
        missed = self._rings.missed(seen)
        if isinstance(missed, Lost):
            return missed.value
        return self._again(dict(seen), missed)

    def _again(self, seen: dict[str, int], missed: Iterable[Kept]) -> Iterable[bytes]:
        yield stream_frames.resumed(next(self._retries))
        for each in missed:
            seen[each.topic] = each.offset
            body = stream_frames.frame(each.kind, unpack(each.packed))
            yield stream_frames.numbered(stream_positions.written(seen), body)

    def _anew(self, topics: tuple[str, ...], reason: str) -> Iterable[bytes]:
        found = [packed for topic in topics for packed in self._view.packed(Skill(topic.removeprefix(PREFIX)))]
        position = self._position(topics)
        snapshot = (stream_frames.frame(stream_frames.SNAPSHOT, unpack(packed)) for packed in found)
        return itertools.chain(
            [stream_frames.reset(reason, next(self._retries))], snapshot, [stream_frames.live(position)]
        )

    def _position(self, topics: tuple[str, ...]) -> str:
        return stream_positions.written(self._rings.ends(topics))

    def _soon(self) -> None:
        if self._flushing:
            return
        self._flushing = True
        loop = asyncio.get_running_loop()
        wait = self._not_before - loop.time()
        if wait > 0:
            loop.call_later(wait, self.flush)
        else:
            loop.call_soon(self.flush)

    def flush(self) -> None:
        """Hands everything that waits to the streams."""
        told = [stream for group in self._groups.values() for stream in self._flush_group(group)]
        self._send(told, 0, time.thread_time())

    def _send(self, told: Sequence[Stream], first: int, began: float) -> None:
        """Some at a time, so that the first needn't wait for the last, and webhooks for neither."""
        for stream in told[first : first + AT_ONCE]:
            stream.wake()
        loop = asyncio.get_running_loop()
        # Whoever was woken sends before this is called: the loop keeps their order.
        if first + AT_ONCE < len(told):
            loop.call_soon(self._send, told, first + AT_ONCE, began)
        else:
            loop.call_soon(self._sent, began)

    def _sent(self, began: float) -> None:
        self._flushing = False
        took = time.thread_time() - began
        self._not_before = asyncio.get_running_loop().time() + min(took, LONGEST_PAUSE_S)
        if any(group.pending for group in self._groups.values()):
            self._soon()

    def _flush_group(self, group: Group) -> Sequence[Stream]:
        """Lets what is pending wait for each of the group's streams. Those that are to be woken."""
        if not group.pending:
            return ()
        chunk, events = b"".join(group.pending), len(group.pending)
        group.pending = []
        streams = list(group.streams)
        for stream in [stream for stream in streams if not stream.offer(chunk, events)]:
            self._cut(stream, Cut.BEHIND)
        return streams

    def _cut(self, stream: Stream, why: Cut) -> None:
        abort = self._aborts.get(stream)
        if abort is None or stream.cut_off:
            return
        stream.cut(why)
        self._metrics.streams_cut.labels(why.value).inc()
        self.left(stream)
        abort()
