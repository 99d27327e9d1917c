"""A delivery whose body lies in a file: it is read in another process, and its files are stored by a rename."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from channels.contact import Contact
from channels.contract import Channel, Need, Needs, Request, Secrets, Verified, Verify, no_needs
from router.gateway.delivery import Delivery, Ready, ready
from router.gateway.workshop import Workshop


class Parse(Protocol):
    """From a body to contacts. Importable by name with all that it holds, since another process calls it."""

    def __call__(self, raw: bytes, /) -> Sequence[Contact]: ...


@dataclass(frozen=True)
class LargeDelivery(Delivery):
    """`raw` is empty; length and digest are the file's."""

    length: int = 0
    digest: str = ""

    @cached_property
    def sha256(self) -> str:
        return self.digest

    @property
    def size(self) -> int:
        return self.length


@dataclass(frozen=True)
class File:
    """An attachment's bytes, written beside the body's file."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Found:
    """ready: without the attachments' bytes, which lie in files."""

    ready: tuple[Ready, ...]
    files: tuple[File, ...]


@dataclass(frozen=True)
class Large:
    """A body's file, and who reads it. Requests are without their body."""

    path: Path
    workshop: Workshop

    async def needs(self, channel: Channel, request: Request, secrets: Secrets) -> tuple[Need, ...]:
        if channel.needs is no_needs:
            return ()
        return await self.workshop.run(needs, self.path, channel.needs, request, secrets)

    async def verify(self, channel: Channel, request: Request, secrets: Secrets) -> Verified:
        return await self.workshop.run(verify, self.path, channel.verify, request, secrets)

    async def read(self, delivery: LargeDelivery, parse: Parse, id_key: bytes) -> Found:
        return await self.workshop.run(read, self.path, delivery, parse, id_key)


def needs(path: Path, ask: Needs, request: Request, secrets: Secrets) -> tuple[Need, ...]:
    """request: without its body."""
    return ask(_whole(path, request), secrets)


def verify(path: Path, check: Verify, request: Request, secrets: Secrets) -> Verified:
    """request: without its body."""
    return check(_whole(path, request), secrets)


def read(path: Path, delivery: LargeDelivery, parse: Parse, id_key: bytes) -> Found:
    """Raises what `parse` raises, Malformed for a contact that no event can hold."""
    contacts = parse(path.read_bytes())
    found = tuple(replace(one, attachments=()) for one in ready(delivery, contacts, id_key))
    contents = {
        part.sha256: part.content
        for contact in contacts
        for part in contact.attachments
        if part.sha256 is not None and part.content is not None
    }
    files = tuple(File(path.with_name(f"{path.name}.{n}"), sha256) for n, sha256 in enumerate(contents))
    for file in files:
        file.path.write_bytes(contents[file.sha256])
    return Found(found, files)


def _whole(path: Path, request: Request) -> Request:
    return replace(request, body=path.read_bytes())
