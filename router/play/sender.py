"""Sends samples to a gateway as their providers would, and says what it answered."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiosmtplib
import httpx

from channels.errors import Problem
from router.play.sample import Mail, Sample

CONTACT_HEADER = "X-Router-Contact-Id"
_CONTACT_ID = re.compile(r"c_[a-z2-7]{26}")


class Unreachable(Problem):
    """The gateway can't be reached."""


@dataclass(frozen=True)
class Answer:
    """What came back. at: when the first byte was sent; ms: until the answer; status: of HTTP or SMTP.

    contact_id: as the gateway says it, None where it says none. text: the answer's body or SMTP line.
    """

    at: datetime
    ms: float
    status: int
    contact_id: str | None
    text: str

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


class Sender:
    """One connection pool to one gateway. smtp: host and port of its SMTP listener. Use as `async with`."""

    def __init__(self, gateway: str, smtp: tuple[str, int] | None = None, timeout_s: float = 15) -> None:
        self.gateway = gateway.rstrip("/")
        self.smtp = smtp
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(timeout=timeout_s, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(self, what: Sample | Mail) -> Answer:
        """Raises Unreachable where nothing answers."""
        return await (self._mail(what) if isinstance(what, Mail) else self._post(what))

    async def link(self, token: str, reference: str, addresses: tuple[str, ...]) -> int:
        """Says, as a CRM would, that one person is behind all of `addresses`; the HTTP status of the answer."""
        try:
            response = await self._http.put(
                f"{self.gateway}/desk/people/{reference}",
                json={"addresses": list(addresses)},
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError as error:
            raise self._unreachable(error) from None
        return response.status_code

    async def _post(self, sample: Sample) -> Answer:
        at, start = datetime.now(UTC), time.perf_counter()
        try:
            response = await self._http.request(
                sample.method, self.gateway + sample.path, content=sample.body, headers=list(sample.headers)
            )
        except httpx.HTTPError as error:
            raise self._unreachable(error) from None
        ms = (time.perf_counter() - start) * 1000
        return Answer(at, ms, response.status_code, response.headers.get(CONTACT_HEADER), response.text)

    async def _mail(self, mail: Mail) -> Answer:
        if self.smtp is None:
            raise Unreachable(f"where the SMTP listener of {self.gateway} is isn't known here; nothing was sent.")
        host, port = self.smtp
        at, start = datetime.now(UTC), time.perf_counter()
        client = aiosmtplib.SMTP(hostname=host, port=port, timeout=self._timeout_s, start_tls=False)
        try:
            async with client:
                await client.mail(mail.sender)
                for recipient in mail.recipients:
                    await client.rcpt(recipient)
                response = await client.data(mail.data)
                status, text = response.code, response.message
        except aiosmtplib.SMTPResponseException as refused:
            status, text = refused.code, refused.message
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"no SMTP listener answers at {host}:{port} ({_reason(error)}).") from None
        ms = (time.perf_counter() - start) * 1000
        found = _CONTACT_ID.search(text)
        return Answer(at, ms, status, found[0] if found else None, text)

    def _unreachable(self, error: httpx.HTTPError) -> Unreachable:
        return Unreachable(f"no gateway answers at {self.gateway} ({_reason(error)}).")


def _reason(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")[:200]
