"""Whose addresses these are, as somebody else's records say (a CRM): `people.changed` in every pool's log."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from channels.contact import Address, AddressKind
from channels.errors import Malformed
from channels.handles import handle
from channels.mail.address import address as mail_address
from channels.phones import phone
from router.deployment import Deployment
from router.gateway.commands import POOL, SOURCE
from router.gateway.log import Log
from router.model import cloudevents, ids
from router.model.cloudevents import Attributes
from router.model.events import PeopleChanged

EXPECTED = "an e-mail address, a phone number with + and country code, or scheme:name"
_HANDLE = re.compile(r"([a-z][a-z0-9+.-]{1,30}):(.+)", re.DOTALL)


@dataclass(frozen=True)
class People:
    log: Log
    deployment: Deployment
    id_key: bytes
    clock: Callable[[], datetime]

    async def link(self, reference: str, addresses: Sequence[str], traceparent: str) -> str:
        """The person's id, once every pool's log says that they are behind all of `addresses`.

        Raises Malformed naming the address by its place, Unavailable.
        """
        person_id = ids.known_person_id(self.id_key, reference)
        keys = [ids.address_key(self.id_key, read(text, place)) for place, text in enumerate(addresses)]
        event = PeopleChanged(person_id=person_id, address_keys=tuple(dict.fromkeys(keys)))
        for name, pool in self.deployment.pools.items():
            attributes = Attributes(
                id=f"people_{uuid4().hex}",
                type="people.changed",
                source=SOURCE,
                subject=person_id,
                time=self.clock(),
                traceparent=traceparent,
            )
            await self.log.append(cloudevents.message(POOL, name, event, attributes, partition=pool.partition))
        return person_id


def read(text: str, place: int = 0) -> Address:
    """An address in its final form, as channels make it. Raises Malformed without quoting it."""
    text = text.strip()
    found: Address | None
    if scheme := _HANDLE.fullmatch(text):
        found = handle(scheme[1], scheme[2])
    elif "@" in text:
        found = mail_address(text)
        if found is not None and found.kind is not AddressKind.EMAIL:
            found = None
    else:
        found = phone(text)
    if found is None:
        raise Malformed(f"addresses.{place}", EXPECTED, "something else")
    return found
