"""What happens in a simulation: people who write and call, agents who claim, and the gateway that takes it all in.

All of it is drawn from the seed before anything runs; only what agents claim depends on what stands on the queues.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Coroutine, Sequence
from functools import lru_cache
from typing import Any

from channels.contact import Address, AddressKind, Call, CallStatus, Contact, Direction, Medium
from router.deployment import Deployment, Greeting, Pool
from router.model import ids
from router.model.cloudevents import Attributes, Message, message
from router.model.commands import Claim, Command, Presence, Release, Resolve, SetPresence
from router.model.events import ContactReceived, PeopleChanged
from router.runtime.ports import SendFailed
from router.stages.contract import Record
from scoring.model import Skill
from tests.checker.ledger import Asked, Ledger, Sent
from tests.simulation.broker import Broker
from tests.simulation.cluster import Connection, SimulatedWriter
from tests.simulation.gateway import Gateway
from tests.simulation.loop import Process
from tests.simulation.words import SEVERITIES, SKILLS, text

SECONDS = 40.0
RESULT_S = 2.0
TRIES = 4
KEY = b"a key for simulations"
OURS = {"petcare": "+12065550100", "walkers": "+12065550199"}
DEPLOYMENT = Deployment(
    pools={"petcare": Pool(partition=0), "walkers": Pool(partition=1)},
    default_pool="petcare",
    recipients={OURS["walkers"]: "walkers"},
    greeting=Greeting(text="Hello"),
)
AGENTS = ("maria", "noah", "olga", "pete", "quinn")
LEVELS = {skill.value: 3 for skill in Skill} | {"lang-en": 3}


class Story:
    """people: how many. events: contacts, their updates and repetitions, and commands. gateway: None where what the
    gateway takes goes onto the log without a spool, by a gateway that nothing happens to."""

    def __init__(self, broker: Broker, chance: random.Random, events: int, gateway: Gateway | None) -> None:
        self._broker = broker
        self._loop = broker.loop
        self._chance = chance
        self._gateway = gateway
        self._direct = Connection(broker, Process("gateway"))
        self._results: dict[str, asyncio.Future[int]] = {}
        self._seen: dict[str, Record] = {}
        self._calls: list[tuple[str, str, str]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._people = 12 + int(chance.random() * 24)
        self.ledger = Ledger()
        broker.watchers.append(self._watch)
        for agent in AGENTS:
            self._loop.after(chance.random() * 3, self._begin, self._presence(agent, available=True))
        for number in range(events - len(AGENTS)):
            self._loop.after(chance.random() * SECONDS, self._happen, number)

    async def end(self) -> None:
        """Once everybody has their answer, or has given up."""
        while waiting := [task for task in self._tasks if not task.done()]:
            await asyncio.wait(waiting)
        for task in self._tasks:
            task.result()

    def _begin(self, doing: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(self._loop.create_task(doing))

    def _happen(self, number: int) -> None:
        drawn = self._chance.random()
        if drawn < 0.45:
            self._begin(self._contact(number))
        elif drawn < 0.55:
            self._begin(self._call(number))
        elif drawn < 0.58:
            self._begin(self._rubbish(number))
        elif drawn < 0.61:
            self._begin(self._link(number))
        elif drawn < 0.66:
            self._begin(self._presence(self._pick(AGENTS), available=self._chance.random() < 0.8))
        elif drawn < 0.82:
            self._claims()
        else:
            self._begin(self._settle())

    def _pick(self, several: Sequence[Any]) -> Any:
        return several[int(self._chance.random() * len(several))]

    def _watch(self, record: Record) -> None:
        if record.topic.startswith("queue."):
            self._seen[(record.key or b"").decode()] = record
        elif record.topic == "desk" and record.header("ce_type") == "command.result":
            waiting = self._results.get(record.header("ce_subject") or "")
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(record.value or b"{}")["status"])

    async def _contact(self, number: int) -> None:
        medium = self._pick((Medium.SMS, Medium.SMS, Medium.EMAIL, Medium.TICKET, Medium.SOCIAL))
        severity = self._pick(SEVERITIES)
        words = text(severity, self._pick(SKILLS), over=self._chance.random() < 0.1 and severity > "S2")
        outbound = self._chance.random() < 0.05
        await self._deliver(self._made(medium, f"{medium}-{number}", f"{medium}-{number}", words, outbound=outbound))

    async def _call(self, number: int) -> None:
        """A call that rings, or what is told of one later: its end, its recording, what was said."""
        if self._calls and self._chance.random() < 0.7:
            call, who, pool = self._pick(self._calls)
            part = self._pick((None, None, "recording:RE1", "transcription:TR1"))
            words = text(self._pick(SEVERITIES), self._pick(SKILLS), over=False) if part and part[0] == "t" else ""
            sequence = 1 + int(self._chance.random() * 3)
            delivery = f"{call}:{part}:{sequence}:{number}"
            await self._deliver(self._made(Medium.CALL, call, delivery, words, who, pool, sequence, part))
            return
        pool = self._pick(tuple(OURS))
        contact = self._made(Medium.CALL, f"CA{number}", f"CA{number}", "", pool=pool)
        sender = "" if contact.sender is None else contact.sender.value
        self._calls.append((f"CA{number}", sender, pool))
        await self._deliver(contact)

    def _made(
        self,
        medium: Medium,
        provider_id: str,
        delivery: str,
        words: str,
        who: str | None = None,
        pool: str | None = None,
        sequence: int | None = None,
        part: str | None = None,
        *,
        outbound: bool = False,
    ) -> Contact:
        number = int(self._chance.random() * self._people)
        # Most of a person's contacts go to one pool.
        pool = pool or tuple(OURS)[(number % 3 == 0) != (self._chance.random() < 0.05)]
        theirs = Address(kind=AddressKind.HANDLE, value=who or f"{medium if number % 2 else 'any'}:{number}")
        ours = Address(kind=AddressKind.PHONE, value=OURS[pool])
        call = Call(status=self._pick(tuple(CallStatus))) if medium is Medium.CALL and part is None else None
        return Contact(
            provider="sim",
            provider_id=provider_id,
            delivery=delivery,
            sequence=sequence,
            part=part,
            medium=medium,
            direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
            sender=ours if outbound else theirs,
            recipients=(theirs if outbound else ours,),
            text=words,
            call=call,
            happened_at=self._broker.now(),
        )

    async def _deliver(self, contact: Contact) -> None:
        """The provider posts it until it is acknowledged, and sometimes once more."""
        message_ = self._received(contact)
        again = self._chance.random() < 0.15
        while True:
            began = self._loop.time()
            acknowledged = await (self._sent(message_) if self._gateway is None else self._gateway.take(message_))
            times = began, self._loop.time()
            self.ledger.sent.append(Sent(contact.provider, contact.provider_id, contact.delivery, acknowledged, *times))
            if acknowledged and not again:
                return
            again = again and not acknowledged
            await asyncio.sleep(self._chance.random() * 4)

    def _received(self, contact: Contact) -> Message:
        sender = contact.sender
        key = None if sender is None else _key_of(sender)
        value = ContactReceived(
            contact_id=ids.contact_id(contact.provider, contact.provider_id),
            address_key=key,
            contact=contact,
            received_at=self._broker.now(),
        )
        kind = "contact.updated" if contact.update else "contact.received"
        headers = Attributes(
            contact.delivery, kind, f"/channels/{contact.provider}", value.contact_id, value.received_at
        )
        line = contact.provider_id if contact.medium is Medium.CALL else key or value.contact_id
        return message(f"inbound.{contact.medium}", line, value, headers)

    async def _rubbish(self, number: int) -> None:
        """A record that can't be read, on an inbound topic or on the pool's log."""
        headers = (("ce_specversion", b"1.0"), ("ce_id", b"rubbish-%d" % number))
        topic = self._pick(("inbound.sms", "pool"))
        await self._sent(Message(topic, b"rubbish", b"{", headers, int(self._chance.random() * 2)))

    async def _link(self, number: int) -> None:
        several = tuple(
            ids.address_key(KEY, Address(kind=AddressKind.HANDLE, value=f"{self._pick(('any', 'sms', 'email'))}:{at}"))
            for at in {int(self._chance.random() * self._people) for _ in range(2)}
        )
        person = ids.known_person_id(KEY, f"crm-{int(self._chance.random() * 5)}")
        value = PeopleChanged(person_id=person, address_keys=several)
        pool = self._pick(tuple(OURS))
        headers = Attributes(f"people-{number}", "people.changed", "/gateway", person, self._broker.now())
        await self._sent(message("pool", pool, value, headers, DEPLOYMENT.pools[pool].partition))

    def _claims(self) -> None:
        """One agent claims, or two at the same moment."""
        incident = self._incident()
        if incident is None:
            return
        agents = [self._pick(AGENTS) for _ in range(1 + (self._chance.random() < 0.3))]
        for agent in dict.fromkeys(agents):
            self._begin(self._ask(Claim(command_id=self._command(), agent_id=agent, incident_id=incident)))

    async def _settle(self) -> None:
        """An owner releases or resolves; now and then somebody who isn't the owner tries."""
        incident = self._incident()
        if incident is None:
            return
        body = self._seen[incident].value
        owner = None if body is None else json.loads(body)["owner"]
        agent = owner if owner and self._chance.random() < 0.9 else self._pick(AGENTS)
        make = self._pick((Release, Resolve, Resolve))
        await self._ask(make(command_id=self._command(), agent_id=agent, incident_id=incident))

    async def _presence(self, agent: str, *, available: bool) -> None:
        presence = Presence.AVAILABLE if available else Presence.AWAY
        capacity = 1 + int(self._chance.random() * 4)
        command = SetPresence(
            command_id=self._command(), agent_id=agent, presence=presence, skills=LEVELS, capacity=capacity
        )
        await self._ask(command)

    def _incident(self) -> str | None:
        return self._pick(list(self._seen)[-25:]) if self._seen else None

    def _command(self) -> str:
        return f"m_{int(self._chance.random() * 1e12):012}"

    async def _ask(self, command: Command) -> None:
        """As the gateway does: onto the log, and wait for the result; without one the desktop asks again."""
        incident = getattr(command, "incident_id", None)
        # An agent works in one pool.
        pool = ids.pool_of(incident or "") or tuple(OURS)[AGENTS.index(command.agent_id) % 2]
        kind = {SetPresence: "presence", Claim: "claim", Release: "release", Resolve: "resolve"}[type(command)]
        headers = Attributes(
            command.command_id, f"command.{kind}", "/gateway", incident or command.agent_id, self._broker.now()
        )
        asking = message("pool", pool, command, headers, DEPLOYMENT.pools[pool].partition)
        answer = self._results[command.command_id] = self._loop.create_future()
        for _ in range(TRIES):
            if await (self._sent(asking) if self._gateway is None else self._gateway.tell(asking)):
                await asyncio.wait({answer}, timeout=RESULT_S)
            if answer.done():
                break
        status = answer.result() if answer.done() else None
        self.ledger.asked.append(Asked(command.command_id, command.agent_id, status, incident))

    async def _sent(self, message_: Message) -> bool:
        try:
            await SimulatedWriter(self._direct).append([message_])
        except SendFailed:
            return False
        return True


@lru_cache(maxsize=1000)
def _key_of(sender: Address) -> str:
    return ids.address_key(KEY, sender)
