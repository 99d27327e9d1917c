"""Sends mails as their providers do: what is put off comes again, until it is taken."""

from __future__ import annotations

import asyncio
import smtplib
import time
from dataclasses import dataclass, field

import httpx

from bench.mails.bodies import OFFICE, Kind, Mail, mails

MOST_TRIES = 60
AGAIN_S = 5.0
ANSWER_S = 120.0
CUT = 0


@dataclass
class Sent:
    """put_off: answers that said to come again. cut: connections that ended without an answer, which a provider takes
    for the same. took_s: until each was taken.

    failed: mails that nobody took within the tries, by what was said last.
    """

    taken: int = 0
    taken_at_once: int = 0
    put_off: int = 0
    cut: int = 0
    took_s: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def sent(count: int, size: int, gateway: str, smtp: tuple[str, int], within_s: float) -> Sent:
    """For a process of its own: what it does must not delay who measures. Raises TimeoutError."""

    async def sending() -> Sent:
        async with asyncio.timeout(within_s):
            return await send_all(mails(count, size), gateway, smtp)

    return asyncio.run(sending())


async def send_all(batch: list[Mail], gateway: str, smtp: tuple[str, int]) -> Sent:
    """All at once."""
    done = Sent()
    async with httpx.AsyncClient(
        base_url=gateway, timeout=ANSWER_S, limits=httpx.Limits(max_connections=100)
    ) as client:
        await asyncio.gather(*(_send(mail, client, smtp, done) for mail in batch))
    return done


async def _send(mail: Mail, client: httpx.AsyncClient, smtp: tuple[str, int], sent: Sent) -> None:
    began, said = time.perf_counter(), ""
    for attempt in range(MOST_TRIES):
        if mail.kind is Kind.SMTP:
            status = await asyncio.to_thread(_mailed, mail, smtp)
        else:
            status = await _posted(mail, client)
        if status // 100 == 2:
            sent.taken += 1
            sent.taken_at_once += attempt == 0
            sent.took_s.append(time.perf_counter() - began)
            return
        said = f"{mail.kind}: {status}"
        if status not in (CUT, 451, 503):
            break
        sent.put_off += status != CUT
        sent.cut += status == CUT
        await asyncio.sleep(AGAIN_S)
    sent.failed.append(said)


async def _posted(mail: Mail, client: httpx.AsyncClient) -> int:
    async def body() -> object:
        for piece in mail:
            yield piece

    headers = [*mail.headers, ("Content-Length", str(mail.size))]
    try:
        return (await client.post(mail.path, content=body(), headers=headers)).status_code  # type: ignore[arg-type]
    except httpx.HTTPError:
        return CUT


def _mailed(mail: Mail, smtp: tuple[str, int]) -> int:
    """In pieces, after SIZE was told (RFC 1870)."""
    try:
        with smtplib.SMTP(*smtp, timeout=ANSWER_S) as client:
            client.ehlo("bench.example.com")
            client.mail("ann@example.com", [f"SIZE={mail.size}"])
            client.rcpt(OFFICE)
            status, _ = client.docmd("DATA")
            if status != 354 or client.sock is None:
                return status
            for piece in mail:  # no line of it begins with a dot
                client.sock.sendall(piece)
            client.sock.sendall(b".\r\n")
            return client.getreply()[0]
    except (smtplib.SMTPException, OSError):
        return CUT
