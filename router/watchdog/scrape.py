"""Asks a gateway for its metrics, and keeps the few that the watchdog knows."""

from __future__ import annotations

import asyncio
from http.client import HTTPException
from urllib.request import ProxyHandler, Request, build_opener

from prometheus_client.parser import text_string_to_metric_families

from router.watchdog.facts.gateways import ALERT, SPOOL, Figures, figures

ANSWER_S = 2.0
MOST_BYTES = 4 * 1024 * 1024
WANTED = (ALERT, SPOOL)


async def scraped(gateway: str) -> Figures | None:
    """None where it doesn't answer."""
    return await asyncio.to_thread(_scraped, gateway)


def parsed(text: str) -> Figures:
    """Raises ValueError for what is no text of metrics."""
    lines = "\n".join(line for line in text.splitlines() if line.startswith(WANTED)) + "\n"
    samples = (sample for family in text_string_to_metric_families(lines) for sample in family.samples)
    return figures({(sample.name, sample.labels.get("provider", "")): sample.value for sample in samples})


def _scraped(gateway: str) -> Figures | None:
    if not gateway.startswith(("http://", "https://")):
        return None
    opener = build_opener(ProxyHandler({}))  # a gateway of ours is reached directly
    try:
        with opener.open(Request(f"{gateway}/metrics"), timeout=ANSWER_S) as answer:  # noqa: S310 - http by the check
            return parsed(answer.read(MOST_BYTES).decode("utf-8", "replace"))
    except (OSError, HTTPException, ValueError):
        return None
