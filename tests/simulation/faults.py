"""What goes wrong in a simulation: workers that die, stand still or come back, the network, and the broker."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from router.model.cloudevents import Message
from router.runtime.changelog import FENCE
from router.runtime.ports import Slot
from tests.simulation.gateway import Gateway
from tests.simulation.loop import Process, State
from tests.simulation.story import SECONDS
from tests.simulation.worker import Place, rebuild, work

CHANGELOG = "pool.changelog"
RESTART_SECONDS = 1.0
COMPACTION_LAG = 20.0
"""Longer than anybody takes to write again what a stale worker has covered, as five minutes are on a real broker."""


@dataclass
class Running:
    process: Process
    stop: asyncio.Event
    task: asyncio.Task[None]


class Workers:
    """Starts, kills, pauses and stops workers. died: what ended one by itself. held: none is started for now."""

    def __init__(self, place: Place, chance: random.Random, say: Callable[[str], None]) -> None:
        self._place = place
        self._loop = place.broker.loop
        self._chance = chance
        self._say = say
        self._starts = 0
        self._quiet = False
        self.held = False
        self.killed: list[Process] = []
        self.running: list[Running] = []
        self.died: list[str] = []

    def start(self, name: str) -> None:
        if self.held:
            self._loop.after(0.5, self.start, name)
            return
        self._starts += 1
        process, stop = Process(name), asyncio.Event()
        task = self._loop.start(process, work(self._place, process, self._starts, stop))
        running = Running(process, stop, task)
        self.running.append(running)
        task.add_done_callback(lambda _: self._loop.after(0, self._ended, running))
        self._say(f"{name} starts (start {self._starts})")

    def kill(self, one: Running) -> None:
        """As kill -9; its supervision starts another soon."""
        if one in self.running:
            self._say(f"{one.process.name} is killed")
            self._loop.kill(one.process)
            self.running.remove(one)
            self.killed.append(one.process)
            self._loop.after(0.2 + self._chance.random() * 3, self.start, one.process.name)

    def pause(self, one: Running, seconds: float) -> None:
        """As SIGSTOP, then SIGCONT: past its session it is a zombie that doesn't know."""
        if one in self.running:
            self._say(f"{one.process.name} stands still for {seconds:.1f} s")
            self._loop.pause(one.process)
            self._loop.after(seconds, self.resume, one)

    def stop(self, one: Running) -> None:
        """As SIGTERM; another is started at once, before the first has gone."""
        if one in self.running and one.process.state is State.RUNNING:
            self._say(f"{one.process.name} is asked to stop")
            one.stop.set()
            self._loop.after(self._chance.random(), self.start, one.process.name)

    def quiet(self) -> None:
        self._quiet = True
        for one in self.running:
            self.resume(one)

    async def end(self) -> None:
        for one in self.running:
            one.stop.set()
        await asyncio.wait([one.task for one in self.running])
        for process in self.killed:
            await self._loop.bury(process)

    def resume(self, one: Running) -> None:
        if one.process.state is State.PAUSED:
            self._say(f"{one.process.name} goes on")
            self._loop.resume(one.process)

    def _ended(self, one: Running) -> None:
        if one not in self.running or one.process.gone:
            return
        error = None if one.task.cancelled() else one.task.exception()
        if error is not None:
            self.died.append(f"{one.process.name} died of {type(error).__name__}: {error}")
            self._say(self.died[-1])
            self.running.remove(one)
            self._loop.after(RESTART_SECONDS, self.start, one.process.name)
        elif not self._quiet:
            self.running.remove(one)


class Faults:
    """What happens to whom, and when."""

    def __init__(
        self,
        place: Place,
        workers: Workers,
        gateway: Gateway | None,
        chance: random.Random,
        say: Callable[[str], None],
    ) -> None:
        self._place = place
        self._gateway = gateway
        self._broker = place.broker
        self._workers = workers
        self._chance = chance
        self._say = say
        self._sends: dict[int, str] = {}
        kinds = [self._kill, self._pause, self._away, self._deleted, self._stop, self._another, self._cut]
        if gateway is not None:
            kinds += [self._gateway_killed, self._gateway_paused, self._outage, self._outage, self._full]
        if place.state is not None:
            kinds += [self._kill, self._kill, self._compacted, self._compacted, self._rewritten]
        self._rewriting: asyncio.Task[None] | None = None
        self._another_left = 2
        for _ in range(int(chance.random() * 9)):
            kind = kinds[int(chance.random() * len(kinds))]
            self._broker.loop.after(2 + chance.random() * (SECONDS - 2), self._do, kind)
        # The narrow places: just when a batch of somebody's has landed, before they hear of it.
        self._landings = {20 + int(chance.random() * 700) for _ in range(int(chance.random() * 5))}
        self._landed = 0
        self._taker: Process | None = None
        self._over = False
        self._broker.on_landed = self._on_landed

    def over(self) -> None:
        self._over = True
        self._broker.away_until = 0.0
        if self._gateway is not None:
            self._broker.loop.resume(self._gateway.process)

    def _do(self, fault: Callable[[], None]) -> None:
        if not self._over:
            fault()

    def _one(self) -> object:
        several = self._workers.running
        return several[int(self._chance.random() * len(several))] if several else None

    def _kill(self) -> None:
        if isinstance(one := self._one(), Running):
            self._workers.kill(one)

    def _pause(self) -> None:
        if isinstance(one := self._one(), Running):
            self._workers.pause(one, self._chance.choice((0.5, 3.0, 9.0, 14.0)) * (0.5 + self._chance.random()))

    def _stop(self) -> None:
        if isinstance(one := self._one(), Running):
            self._workers.stop(one)

    def _another(self) -> None:
        """One more worker, or a second one with the name of the first."""
        if self._another_left:
            self._another_left -= 1
            self._workers.start(self._chance.choice(("worker-0", f"worker-{5 + self._another_left}")))

    def _away(self) -> None:
        seconds = 0.3 + self._chance.random() * 9
        self._say(f"the broker is away for {seconds:.1f} s")
        self._broker.away_until = self._broker.loop.time() + seconds

    def _outage(self) -> None:
        """The broker is away, and somewhere in it the gateway is killed; or right when the broker is back."""
        self._away()
        left = self._broker.away_until - self._broker.loop.time()
        for _ in range(1 + int(self._chance.random() * 4)):
            self._broker.loop.after(left * (0.2 + self._chance.random()), self._do, self._gateway_killed)

    def _gateway_killed(self) -> None:
        if self._gateway is not None:
            self._gateway.kill()

    def _gateway_paused(self) -> None:
        if self._gateway is not None:
            seconds = 0.5 + self._chance.random() * 6
            self._say(f"the gateway stands still for {seconds:.1f} s")
            self._broker.loop.pause(self._gateway.process)
            self._broker.loop.after(seconds, self._broker.loop.resume, self._gateway.process)

    def _full(self) -> None:
        if self._gateway is not None:
            seconds = 0.5 + self._chance.random() * 3
            self._say(f"the gateway's disk is full for {seconds:.1f} s")
            self._gateway.full_until = self._broker.loop.time() + seconds

    def _compacted(self) -> None:
        for slot in self._changelogs:
            gone = self._broker.compact(slot, COMPACTION_LAG)
            self._say(f"{slot.topic}/{slot.partition} is compacted, {gone} are gone")

    def _rewritten(self) -> None:
        """The changelog is deleted, and made anew of the log before anybody starts again."""
        if self._rewriting is None:
            self._workers.held = True
            for one in tuple(self._workers.running):
                self._workers.kill(one)
            for slot in self._changelogs:
                self._say(f"{slot.topic}/{slot.partition} is deleted")
                self._broker.make_anew(slot)
            self._rewriting = self._broker.loop.create_task(self._rebuilt())

    async def _rebuilt(self) -> None:
        for slot in self._changelogs:
            await rebuild(self._place, slot.partition)
            self._say(f"{slot.topic}/{slot.partition} is made anew, {self._broker.end(slot)} records")
        self._workers.held = False

    @property
    def _changelogs(self) -> list[Slot]:
        return [slot for slot in self._broker.logs if slot.topic == CHANGELOG]

    def _deleted(self) -> None:
        name = self._chance.choice(("intake", "pool"))
        self._say(f"group {name} is deleted")
        self._place.groups[name].deleted()

    def _cut(self) -> None:
        """The network between one worker and the broker, for a while."""
        if isinstance(one := self._one(), Running):
            seconds = 0.5 + self._chance.random() * 9
            self._say(f"{one.process.name} is cut off for {seconds:.1f} s")
            one.process.cut_until = self._broker.loop.time() + seconds

    def _on_landed(self, sender: Process, messages: Sequence[Message]) -> None:
        if messages[0].topic == CHANGELOG and not self._over:
            self._kept(sender, messages[0])
        self._landed += 1
        if self._landed in self._landings and not self._over:
            if self._gateway is not None and self._gateway.process is sender:
                self._gateway.kill()
                return
            one = next((each for each in self._workers.running if each.process is sender), None)
            if one is not None and sender.state is State.RUNNING:
                if self._chance.random() < 0.5:
                    self._workers.kill(one)
                else:
                    self._workers.pause(one, 5 + self._chance.random() * 10)

    def _kept(self, by: Process, first: Message) -> None:
        """Who stood still wakes up just behind another's fence, or what that has kept first, none of which it can have
        read; and the other dies before it has done more."""
        asleep = [each for each in self._workers.running if each.process.state is State.PAUSED]
        fence = first.key.startswith(FENCE.encode())
        if fence and asleep:
            self._taker = by
        if by is not self._taker or (fence and self._chance.random() < 0.5):
            return
        for one in asleep:
            self._workers.resume(one)
        if not fence:
            self._taker = None
            other = next((each for each in self._workers.running if each.process is by), None)
            if other is not None and self._chance.random() < 0.7:
                self._workers.kill(other)
