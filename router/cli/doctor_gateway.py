"""The doctor at the gateway: is it ready, what does it say of itself, does the mail listener greet."""

from __future__ import annotations

import asyncio
import json
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from router.cli.doctor_check import Check, Outcome, aside, fail, ok, skipped, warn
from router.watchdog.facts.gateways import Figures
from router.watchdog.scrape import scraped

ANSWER_S = 1.5


def checks(gateway: str | None, smtp: str | None) -> list[Check]:
    """gateway: its address, None where nothing is known of one."""
    if gateway is None:
        return [Check("gateway", _unknown)]
    mend = "Look at the gateway's log. Providers come again, but not for ever."
    found = [
        Check("gateway", lambda: aside(lambda: _ready(gateway)), mend),
        Check("gateway's metrics", lambda: _metrics(gateway), mend),
        Check("spool", lambda: _spool(gateway), mend),
    ]
    return [*found, Check("mail listener", lambda: _greeting(smtp), mend)] if smtp else found


async def _unknown() -> Outcome:
    return fail("no gateway is known here", "Start `router up`, or name one with --gateway http://HOST:PORT.")


def _ready(gateway: str) -> Outcome:
    try:
        with build_opener(ProxyHandler({})).open(f"{gateway}/readyz", timeout=ANSWER_S):
            return ok(f"{gateway} is ready")
    except HTTPError as error:
        with error:
            parts = json.loads(error.read(10_000)).get("parts", {})
        waiting = ", ".join(name for name, is_ready in parts.items() if not is_ready)
        return fail(f"{gateway} isn't ready: {waiting}", "Most likely the broker is away: see there.")
    except OSError:
        return fail(f"{gateway} doesn't answer", "Look whether it runs, and at its log.")


async def _metrics(gateway: str) -> Outcome:
    figures = await scraped(gateway)
    if figures is None:
        return fail("no metrics can be had", "Look whether the gateway runs, and at its log.")
    if figures.refusing:
        says = f"signatures fail: {', '.join(figures.refusing)}"
        return fail(says, "Compare its secret with the provider's, and ROUTER_PUBLIC_URL with what it calls.")
    return ok("no signatures fail")


async def _spool(gateway: str) -> Outcome:
    figures = await scraped(gateway)
    return skipped("not without the gateway's metrics") if figures is None else spool(figures)


def spool(figures: Figures) -> Outcome:
    """What is worst of it, and how much waits."""
    waits = f"{figures.spooled} contacts wait on its disk, the oldest for {figures.oldest_s:.0f} s"
    if not figures.spool_works:
        says = f"its disk takes nothing: while the broker is away contacts get 503, mails 451; {waits}"
        return fail(says, "Make room on the disk that holds DATA/spool, or mend it. It is tried again by itself.")
    if figures.broken:
        says = f"{figures.broken} damaged spools were set aside as DATA/spool/broken-*.db; {waits}"
        mend = (
            "What could be read of them waits or was sent: the gateway's log says how many (spool.set_aside). Look for "
            'the rest by `sqlite3 FILE ".recover"`, then take the files away.'
        )
        return fail(says, mend)
    if figures.held:
        says = f"{figures.held} contacts are held: too large for their topic, or damaged on the disk; {waits}"
        mend = (
            "The gateway's log names them (spool.held). `router topics check` shows a topic whose max.message.bytes is "
            "too small: once it is mended they go within five minutes, or when the gateway starts. Damaged ones have "
            "to be answered by hand."
        )
        return fail(says, mend)
    if figures.spooled:
        return warn(waits, "They are sent once the broker is back. Never throw this disk away.")
    return ok("nothing waits on its disk")


async def _greeting(smtp: str | None) -> Outcome:
    if smtp is None:
        return skipped("no listener is known")
    host, _, port = smtp.rpartition(":")
    try:
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except OSError:
        return fail(f"{smtp} doesn't answer", "Look whether the gateway runs; mail servers come again for days.")
    try:
        line = await reader.readline()
    finally:
        writer.close()
    says = f"{smtp} greets"
    return ok(says) if line.startswith(b"220") else fail(f"{smtp} says {line[:3]!r}", "Look at the gateway's log.")
