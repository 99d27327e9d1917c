"""A gateway as a process that can be killed, a broker that can be put to sleep, and people who write meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx
from prometheus_client.parser import text_string_to_metric_families

from channels.smtp import PROVIDER as SMTP
from channels.smtp import parse_mail
from router.model.ids import contact_id
from router.play import mime, twilio
from router.play.people import Person, Place
from router.play.sample import Keys, Mail, Sample
from router.play.sender import Answer, Sender, Unreachable
from tests.kafka.gateways import all_of, headers
from tests.kafka.numbers import phone
from tests.kafka.platform import SECRETS, TOKEN
from tests.kafka.upped import Up, upped
from tests.ports import Ports
from tests.until import PATIENCE_S, until

HOME = Place("206", "SEATTLE", "WA", "98101")
AGAIN_S = 0.05


@contextmanager
def asleep(pid: int | None) -> Iterator[None]:
    """A process that is there and answers nothing."""
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@dataclass
class Gateway:
    """`router gateway`, on the same folder and ports whenever it is started."""

    kafka: str
    data: Path
    ports: Ports = field(default_factory=Ports.chosen)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Up]:
        """It answers; whether or not its broker does. Killed at the end, by -9."""
        command = (sys.executable, "-m", "router", "gateway", "--data", str(self.data), *self.ports.options)
        async with upped(self.data, *command, env={**SECRETS, "KAFKA_BOOTSTRAP_SERVERS": self.kafka}) as up:
            async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as http:
                while True:
                    with suppress(httpx.TransportError):
                        if (await http.get(f"{self.ports.url}/healthz")).is_success:
                            break
                    assert up.process.returncode is None, "\n".join(up.said)
                    await asyncio.sleep(AGAIN_S)
            yield up

    async def figures(self) -> dict[str, float]:
        """Of the spool, by name."""
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as http:
            text = (await http.get(f"{self.ports.url}/metrics")).text
        found = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return {
            sample.name.removeprefix("router_spool_"): sample.value
            for sample in found
            if sample.name.startswith("router_spool_")
        }

    async def until(self, **values: float) -> None:
        """Waits until the spool's figures are these."""
        async with asyncio.timeout(PATIENCE_S):
            while not values.items() <= (await self.figures()).items():  # noqa: ASYNC110 - another process
                await asyncio.sleep(AGAIN_S)

    def rows(self) -> int:
        """How many contacts lie in the spool, also of a gateway that is dead."""
        database = sqlite3.connect(self.data / "spool" / "spool.db")
        try:
            (count,) = database.execute("SELECT count(*) FROM row").fetchone()
        finally:
            database.close()
        return int(count)


@dataclass
class Writer:
    """One person. taken: ids of what was acknowledged, in order; sent: of all."""

    who: Person
    rng: Random
    taken: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def text(self, words: str, url: str) -> Sample:
        return twilio.text(self.who, words, Keys(url, TOKEN), self.rng)

    def mail(self, words: str) -> tuple[Mail, str]:
        """And its contact's id."""
        now = datetime.now(UTC)
        mail = mime.mail(self.who, "My booking", words, self.rng, at=now)
        return mail, contact_id(SMTP, parse_mail(mail.data, mail.sender, mail.recipients, now).provider_id)

    async def send(self, sender: Sender, what: Sample | Mail, contact: str) -> None:
        """Until it is acknowledged, as providers do: each time the same."""
        self.sent.append(contact)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(Unreachable):
                    answer: Answer = await sender.send(what)
                    if answer.taken:
                        assert answer.contact_id == contact
                        self.taken.append(contact)
                        return
                await asyncio.sleep(AGAIN_S)


def somebody() -> Writer:
    number = phone()
    return Writer(Person("A Person", number, f"p{number[2:]}@example.com", HOME), Random(number))


async def write(sender: Sender, writer: Writer, *words: str, mails: bool = False) -> None:
    """One after the other, each once the one before is acknowledged."""
    for each in words:
        if mails:
            await writer.send(sender, *writer.mail(each))
        else:
            sample = writer.text(each, sender.gateway)
            await writer.send(sender, sample, sample.contact_id)


@dataclass(frozen=True)
class Told:
    """A contact's first record on its topic. at: when the broker appended it, Unix milliseconds."""

    contact: str
    at: int
    head: Mapping[str, str]


async def told(kafka: str, topic: str) -> list[Told]:
    """The first of each id, in the order of each partition; as the pool reads it, which drops the rest."""
    found: dict[str, Told] = {}
    for record in sorted(await all_of(kafka, topic), key=lambda each: (each.partition, each.offset)):
        head = headers(record)
        found.setdefault(head["ce_id"], Told(head["ce_subject"], record.timestamp, head))
    return list(found.values())


async def check(kafka: str, topic: str, writers: list[Writer]) -> dict[str, Told]:
    """Asserts that each has what was acknowledged, once, in order, and nobody what they didn't send. By contact."""
    found = await told(kafka, topic)
    by_contact = {each.contact: each for each in found}
    assert len(by_contact) == len(found)
    for writer in writers:
        own = [each.contact for each in found if each.contact in writer.sent]
        assert own == writer.taken
    return by_contact


async def ran(*command: str) -> bool:
    """False where it fails, or isn't there."""
    try:
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    except OSError:
        return False
    return await process.wait() == 0


async def acknowledged(writers: list[Writer], count: int) -> None:
    """Waits for so many."""
    await until(lambda: sum(len(writer.taken) for writer in writers) >= count)
