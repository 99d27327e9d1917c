"""Everything that `router up` runs, in one context: the broker, the gateway, a worker and the watchdog, kept running.

    async with Platform(options, settings, tell) as platform:
        print(platform.endpoints)      # ready: it can serve
        await platform.failed()        # raises the Problem that ends it; else waits

Start it from the main thread: the children are killed by the kernel once the thread that started them ends.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from router import id_key
from router.runtime import farewell, running, topics
from router.runtime.broker import Broker, BrokerProblem
from router.runtime.data_lock import DataLock
from router.runtime.running import Endpoints
from router.runtime.supervision import sockets
from router.runtime.supervision.backoff import Backoff
from router.runtime.supervision.happening import Happening, Tell, ended_how
from router.runtime.supervision.part import Part, PartFailed, Recipe
from router.settings import SecretFiles, Settings

START_S = 60.0
# In this order, 4.5 s in all; what hangs is killed.
STOP_GATEWAY_S, STOP_WORKER_S, STOP_BROKER_S = 1.75, 1.0, 1.5
STOP_WATCHDOG_S = 1.0  # beside the others
WATCHDOG_AGAIN_S = 30.0

ROUTER = (sys.executable, "-m", "router")


@dataclass(frozen=True)
class Options:
    """host: that HTTP and SMTP listen on. Ports: 0 picks a free one; kafka_port as in kept_ports.decide.

    command: what a second start on the folder is told of us. stderr: a file descriptor for the parts' logs, None for
    our own. gateway, worker, watchdog: the parts' commands.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    smtp_port: int = 2525
    kafka_port: int | None = None
    replication: int | None = None
    command: str = "router up"
    stderr: int | None = None
    gateway: tuple[str, ...] = (*ROUTER, "gateway")
    worker: tuple[str, ...] = (*ROUTER, "worker")
    watchdog: tuple[str, ...] = (*ROUTER, "watchdog")


@dataclass
class Platform:
    options: Options
    settings: Settings
    tell: Tell
    _broker: Broker | None = None
    _parts: list[tuple[Part, float]] = field(default_factory=list)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _endpoints: Endpoints | None = None
    _watchdog: Part | None = None

    def __post_init__(self) -> None:
        self._data = self.settings.data_dir
        self._lock = DataLock(self._data, self.options.command)
        self._listening: list[socket.socket] = []

    @property
    def endpoints(self) -> Endpoints:
        """Where it serves; known once the context is entered."""
        if self._endpoints is None:
            raise ValueError("not started")
        return self._endpoints

    async def __aenter__(self) -> Self:
        """Returns once everything serves. Raises Problem, with nothing left running."""
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def failed(self) -> None:
        """Waits for as long as everything runs or is being started again; raises what ends it."""
        done, _ = await asyncio.wait(self._keepers, return_when=asyncio.FIRST_COMPLETED)
        for keeper in done:
            keeper.result()

    async def _start(self) -> None:
        lock = await asyncio.to_thread(self._lock.take)
        running.remove(self._data)
        id_key.kept(self._data, SecretFiles(self._data))
        http = self._listen(self.options.port, "--port")
        smtp = self._listen(self.options.smtp_port, "--smtp-port")
        bootstrap = self.settings.bootstrap_servers
        if not bootstrap:
            self._broker = Broker(self._data, port=self.options.kafka_port, inherit=(lock,), said=self._kafka_said)
            self._broker.prepare()
            bootstrap = self._broker.bootstrap
        endpoints = Endpoints(f"http://{sockets.address_of(http)}", sockets.address_of(smtp), bootstrap)
        env = self._environment(endpoints)
        fds = ("--http-fd", str(http.fileno()), "--smtp-fd", str(smtp.fileno()))
        # They import while the broker boots; their "go" comes once the topics are there.
        inherited = (lock, http.fileno(), smtp.fileno())
        gateway = self._add("gateway", (*self.options.gateway, *fds), env, inherited, STOP_GATEWAY_S)
        worker = self._add("worker", self.options.worker, env, (lock,), STOP_WORKER_S)
        worker.after = lambda pid: farewell.say(bootstrap, lambda client: client == farewell.worker_name(pid))
        await self._unless_a_part_fails(self._serve_kafka(bootstrap))
        for part in (gateway, worker):
            part.go.set()
        await self._unless_a_part_fails(self._all_ready(gateway, worker))
        self._keepers.append(asyncio.create_task(self._keep_watchdog(endpoints, env, lock), name="watchdog"))
        await asyncio.sleep(0)  # it has begun before anybody is told that all is ready
        running.write(self._data, endpoints)
        self._endpoints = endpoints

    def _listen(self, port: int, option: str) -> socket.socket:
        bound = sockets.listen(self.options.host, port, option)
        self._listening.append(bound)
        return bound

    def _environment(self, endpoints: Endpoints) -> Mapping[str, str]:
        return {
            "ROUTER_PUBLIC_URL": endpoints.gateway,
            **os.environ,
            "ROUTER_DATA_DIR": str(self._data.absolute()),
            "KAFKA_BOOTSTRAP_SERVERS": endpoints.kafka,
        }

    def _add(
        self, name: str, command: tuple[str, ...], env: Mapping[str, str], fds: tuple[int, ...], stop_s: float
    ) -> Part:
        part = Part(Recipe(name, command, env, fds, self.options.stderr), self.tell)
        self._parts.append((part, stop_s))
        self._keepers.append(asyncio.create_task(part.keep(), name=name))
        return part

    async def _keep_watchdog(self, endpoints: Endpoints, env: Mapping[str, str], lock: int) -> None:
        """Started last, and never waited for: who watches must not keep contacts from being taken."""
        recipe = Recipe(
            "watchdog", (*self.options.watchdog, "--gateway", endpoints.gateway), env, (lock,), self.options.stderr
        )
        while True:
            self._watchdog = watchdog = Part(recipe, self._tell_of_watchdog)
            watchdog.go.set()
            try:
                return await watchdog.keep()
            except PartFailed as problem:
                sentence = f"{problem} Trying again in {WATCHDOG_AGAIN_S:.0f} s"
                self.tell(Happening("part.failed", "watchdog", sentence))
            await asyncio.sleep(WATCHDOG_AGAIN_S)

    def _tell_of_watchdog(self, happening: Happening) -> None:
        """Without its being ready: it comes when all is ready already, and says so itself."""
        if happening.event != "part.ready":
            self.tell(happening)

    async def _serve_kafka(self, bootstrap: str) -> None:
        if self._broker is not None:
            began = time.monotonic()
            self.tell(Happening("part.starting", "kafka", "starting Kafka"))
            await self._broker.start()
            took = time.monotonic() - began
            self._keepers.append(asyncio.create_task(self._keep_broker(self._broker, began), name="kafka"))
            sentence = f"Kafka answers at {bootstrap} ({took:.1f} s)"
            self.tell(Happening("part.ready", "kafka", sentence, {"bootstrap": bootstrap, "seconds": round(took, 2)}))
            # Who was killed with -9 before us: nobody else can have workers on a broker that we have just started.
            await asyncio.gather(farewell.say(bootstrap, farewell.has_ended), self._serve_topics(bootstrap))
        else:
            await self._serve_topics(bootstrap)

    async def _serve_topics(self, bootstrap: str) -> None:
        wanted = topics.load()
        async with topics.connected(bootstrap) as admin:
            created = await admin.create(wanted, self.options.replication)
            differences = await admin.differences(wanted, self.options.replication)
        if created:
            self.tell(Happening("topics.created", "kafka", f"created {len(created)} topics", {"count": len(created)}))
        if fatal := [str(difference) for difference in differences if difference.fatal]:
            raise topics.WrongTopics(f"{'; '.join(fatal)}. Partition counts never change.")
        for difference in differences:
            self.tell(Happening("topics.differ", "kafka", str(difference), {"difference": str(difference)}))

    async def _all_ready(self, *parts: Part) -> None:
        try:
            async with asyncio.timeout(START_S):
                for part in parts:
                    await part.settled.wait()
        except TimeoutError:
            slow = ", ".join(part.recipe.name for part in parts if not part.settled.is_set())
            raise PartFailed(f"not ready after {START_S:.0f} s: {slow}.") from None

    async def _unless_a_part_fails(self, step: object) -> None:
        """Awaits a step of the start; a keeper that ends meanwhile ends the start."""
        task = asyncio.ensure_future(step)  # type: ignore[call-overload]  # a coroutine
        try:
            await asyncio.wait((task, *self._keepers), return_when=asyncio.FIRST_COMPLETED)
            for keeper in self._keepers:
                if keeper.done():
                    keeper.result()
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep_broker(self, broker: Broker, began: float) -> None:
        backoff = Backoff()
        while True:
            status = await broker.ended()
            wait, backoff = backoff.after(time.monotonic() - began)
            sentence = f"Kafka ended ({ended_how(status)}); starting it again in {wait:.1f} s"
            self.tell(Happening("part.ended", "kafka", sentence, {"how": ended_how(status), "again_in_s": wait}))
            while True:
                await asyncio.sleep(wait)
                began = time.monotonic()
                try:
                    await broker.start()
                except BrokerProblem as problem:
                    wait, backoff = backoff.after(0)
                    self.tell(Happening("part.failed", "kafka", f"{problem} Trying again in {wait:.1f} s"))
                else:
                    break
            self.tell(Happening("part.ready", "kafka", "Kafka answers again"))

    def _kafka_said(self, line: str) -> None:
        self.tell(Happening("kafka.said", "kafka", f"Kafka says: {line}", {"line": line}))

    async def _stop(self) -> None:
        """Gateway, worker, broker, in this order: what one has taken, the next can still finish. If it is cancelled,
        everything is killed."""
        try:
            if self._lock.held:
                with suppress(OSError):
                    running.remove(self._data)
            for part, _ in self._parts:
                part.stopping = True
            # The watchdog beside the rest: nothing needs it any more, and it shouldn't complain of what stops.
            watchdog = None if self._watchdog is None else asyncio.create_task(self._watchdog.stop(STOP_WATCHDOG_S))
            await asyncio.sleep(0)
            for part, within in self._parts:
                await part.stop(within)
            if watchdog is not None:
                await watchdog
            await self._drop_keepers()
            if self._broker is not None:
                await self._broker.stop(STOP_BROKER_S)
        finally:
            for part in (*(each for each, _ in self._parts), *((self._watchdog,) if self._watchdog else ())):
                await part.kill()
            await self._drop_keepers()
            if self._broker is not None:
                await self._broker.kill()
            for bound in self._listening:
                bound.close()
            self._lock.release()

    async def _drop_keepers(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
