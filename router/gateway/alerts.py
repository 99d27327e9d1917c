"""A burst of refused signatures on one provider raises an alert: most likely our secret is wrong.

The figures stand in BURST. It clears once a request of the provider verifies, or once nothing was refused for
a while.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from router.gateway.metrics import Metrics

ALERT = "signatures_failing"

log = structlog.get_logger()


@dataclass(frozen=True)
class Burst:
    """count refusals within within_s seconds raise the alert; quiet_s without one clear it."""

    count: int
    within_s: float
    quiet_s: float


BURST = Burst(count=5, within_s=60, quiet_s=300)


@dataclass
class _Seen:
    refused: deque[float] = field(default_factory=deque)
    verified: bool = False
    raised: bool = False


class SignatureAlerts:
    def __init__(self, metrics: Metrics, burst: Burst = BURST, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._burst = burst
        self._clock = clock
        self._providers: dict[str, _Seen] = defaultdict(_Seen)

    def refused(self, provider: str, secret: str) -> None:
        """One more signature or password of `provider` didn't hold. secret: the variable with its secrets."""
        seen, now = self._providers[provider], self._clock()
        seen.refused.append(now)
        while seen.refused and now - seen.refused[0] > self._burst.within_s:
            seen.refused.popleft()
        if not seen.raised and len(seen.refused) >= self._burst.count:
            seen.raised = True
            seen.refused = deque(seen.refused, maxlen=self._burst.count)
            self._metrics.alerts.labels(ALERT, provider).set(1)
            log.error("alert.raised", alert=ALERT, provider=provider, cause=_cause(secret, worked=seen.verified))

    def verified(self, provider: str) -> None:
        seen = self._providers[provider]
        seen.verified = True
        seen.refused.clear()
        self._clear(provider, seen, "one verified")

    def tick(self) -> None:
        """Called now and then: clears what has been quiet for long enough."""
        for provider, seen in self._providers.items():
            if seen.raised and self._clock() - seen.refused[-1] >= self._burst.quiet_s:
                self._clear(provider, seen, "quiet")

    def raised(self) -> tuple[str, ...]:
        """Providers whose alert stands."""
        return tuple(provider for provider, seen in self._providers.items() if seen.raised)

    def _clear(self, provider: str, seen: _Seen, why: str) -> None:
        if seen.raised:
            seen.raised = False
            self._metrics.alerts.labels(ALERT, provider).set(0)
            log.info("alert.cleared", alert=ALERT, provider=provider, why=why)


def _cause(secret: str, *, worked: bool) -> str:
    if worked:
        return f"{secret} worked before: it was changed at the provider, or somebody else is posting"
    return f"{secret} is most likely wrong, or ROUTER_PUBLIC_URL isn't the address that the provider posts to"
