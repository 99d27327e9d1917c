"""Nonces that a provider's signature carries: each belongs to one body, and is remembered for its time.

The same nonce with the same body is a redelivery; with another body it is a signature used again.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from channels.contract import Verified
from channels.errors import Forged


class Nonces:
    """most: how many are kept; beyond it the oldest are forgotten first."""

    def __init__(self, most: int = 100_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()

    def check(self, provider: str, verified: Verified, body: Callable[[], str]) -> None:
        """Raises Forged where the nonce came before with another body. body: gives its hash, where it is needed."""
        if verified.nonce is None:
            return
        until, known = self._seen.get((provider, verified.nonce), (0.0, ""))
        if self._clock() < until and known != body():
            raise Forged("the signature was used before, for another body")

    def remember(self, provider: str, verified: Verified, body: Callable[[], str]) -> None:
        """Called once a delivery is on the log, so that one that failed may come again."""
        if verified.nonce is None:
            return
        key = (provider, verified.nonce)
        self._seen[key] = (self._clock() + verified.keep.total_seconds(), body())
        self._seen.move_to_end(key)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
