"""The embedded broker: Apache Kafka itself, one node in KRaft mode, as a child process.

Everything of it lies in <data>/kafka and its log in <data>/logs/kafka.log. Paths in its settings are relative to
its working folder, so the data may be moved.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from uuid import uuid4

from channels.errors import Problem
from router.runtime import class_archive, jars, java, kept_ports
from router.runtime.broker_settings import HOST, launcher, properties
from router.runtime.broker_trouble import explain
from router.runtime.process import Child

ROOM = 100 * 1024 * 1024
START_S = 120.0
STOP_S = 3.0
KEPT_LINES = 400


class BrokerProblem(Problem):
    """The embedded broker can't run."""


class Broker:
    """One broker on one data folder; `start` may be called again after it has ended.

    port: as in kept_ports.decide. inherit: file descriptors that stay open as long as it lives (the folder's lock).
    said: called with each line that the broker prints, which is seldom any; its log goes to a file.
    jvm: more options of Java's.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        inherit: Collection[int] = (),
        said: Callable[[str], None] = lambda _: None,
        jvm: tuple[str, ...] = (),
    ) -> None:
        self._folder = (data / "kafka").absolute()
        self._log = (data / "logs" / "kafka.log").absolute()
        self._asked = port
        self._inherit = inherit
        self._said = said
        self._jvm = jvm
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._reading: asyncio.Task[None] | None = None
        self._ports: kept_ports.Ports | None = None
        self._child: Child | None = None
        self._log_start = 0

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients; known once `prepare` has returned."""
        if self._ports is None:
            raise ValueError("not prepared")
        return f"{HOST}:{self._ports.broker}"

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    def prepare(self) -> None:
        """Decides the ports and checks what can be checked without Java. Raises Problem."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._log.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < ROOM:
                raise BrokerProblem(
                    f"the disk that holds {self._folder} is full (Kafka needs {ROOM >> 20} MB to start)."
                )
            self._ports = kept_ports.decide(self._folder / "ports.json", self._asked)
            self._write_properties("server.properties", "data")
        except OSError as error:
            raise BrokerProblem(f"can't write to {self._folder}: {error.strerror}.") from None

    async def start(self) -> None:
        """Returns once it answers clients. Raises Problem with the cause in one sentence; then nothing is left
        running."""
        if self._ports is None:
            self.prepare()
        runtime, classpath = await asyncio.gather(
            asyncio.to_thread(java.find), asyncio.to_thread(jars.classpath, jars.locked(), jars.folder())
        )
        command = [*launcher(runtime, classpath, class_archive.find(runtime, classpath)), *self._jvm]
        self._lines.clear()
        with contextlib.suppress(OSError):
            self._log_start = self._log.stat().st_size
        try:
            if not (self._folder / "data").is_dir():
                await self._format(command)
            await self._launch([*command, "kafka.Kafka", "server.properties"], self._said)
            await self._serving()
        except BaseException:
            await self.kill()
            raise

    async def ended(self) -> int:
        """Waits for its end; its exit status."""
        if self._child is None:
            raise ValueError("not started")
        status = await self._child.wait()
        if self._reading is not None:
            await self._reading
        return status

    def trouble(self) -> str:
        """Why it ended, as far as its words tell."""
        port = self._ports.broker if self._ports else 0
        words = "\n".join(self._lines) + "\n" + self._logged()
        return explain(words, data=str(self._folder), port=port, log=str(self._log))

    async def stop(self, within: float = STOP_S) -> None:
        """An orderly stop, 0.3 s as a rule; killed after `within` seconds."""
        if self._child is not None:
            await self._child.stop(within)
            await self.ended()
            self._child = None

    async def kill(self) -> None:
        if self._child is not None:
            await self._child.kill()
            await self.ended()
            self._child = None

    async def _format(self, command: list[str]) -> None:
        """Makes an empty data folder, whole or not at all."""
        fresh = self._folder / "formatting"
        shutil.rmtree(fresh, ignore_errors=True)
        self._write_properties("format.properties", fresh.name)
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "-t", _cluster_id(), "-c", "format.properties"]
        await self._launch([*command, *tool])
        if await self.ended() != 0:
            raise BrokerProblem(self.trouble())
        self._child = None
        fresh.rename(self._folder / "data")

    async def _launch(self, command: list[str], said: Callable[[str], None] = lambda _: None) -> None:
        self._child = await Child.start(command, cwd=self._folder, fds=self._inherit, piped=True)
        self._reading = asyncio.create_task(self._read(self._child.output, said))

    async def _read(self, output: asyncio.StreamReader, said: Callable[[str], None]) -> None:
        while line := await output.readline():
            text = line.decode("utf-8", "replace").rstrip()
            self._lines.append(text)
            said(text)

    async def _serving(self) -> None:
        ended = asyncio.create_task(self.ended())
        answering = asyncio.create_task(answers(self.bootstrap))
        try:
            async with asyncio.timeout(START_S):
                await asyncio.wait((ended, answering), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise BrokerProblem(f"Kafka doesn't answer after {START_S:.0f} s. Its log is {self._log}.") from None
        finally:
            for task in (ended, answering):
                task.cancel()
            await asyncio.gather(ended, answering, return_exceptions=True)
        if not answering.cancelled() and answering.exception() is None:
            return
        raise BrokerProblem(self.trouble())

    def _write_properties(self, name: str, data: str) -> None:
        if self._ports is None:
            raise ValueError("not prepared")
        (self._folder / name).write_text(properties(data, self._ports.broker, self._ports.controller))

    def _logged(self) -> str:
        """What it has logged since it was started, the last 200 KB."""
        try:
            with self._log.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(self._log_start if self._log_start <= size else 0, size - 200_000))
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""


async def answers(bootstrap: str) -> None:
    """Returns once a broker there answers with metadata that lists a broker. An open port is not yet one."""
    from aiokafka.client import AIOKafkaClient  # noqa: PLC0415 - not needed by `router --help`
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    host, _, port = bootstrap.partition(",")[0].rpartition(":")
    while True:
        with contextlib.suppress(OSError, KafkaError, TimeoutError):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            writer.close()
            client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=2000)
            try:
                await client.bootstrap()
                if client.cluster.brokers():
                    return
            finally:
                await client.close()
        await asyncio.sleep(0.05)


def _cluster_id() -> str:
    while (text := urlsafe_b64encode(uuid4().bytes).decode()[:22]).startswith("-"):
        pass  # an option, to the tool
    return text
