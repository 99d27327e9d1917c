"""Which problem of a delivery gets which HTTP status. What is our trouble is 503, and never 429 or another 5xx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.responses import Response

from channels.errors import Forged, NotTheirs, Problem, Unauthenticated
from router.gateway.blobs import StoreFailed, StoreFull
from router.gateway.body import BodyCutOff, BodyTooLarge
from router.gateway.fetching import FetchFailed
from router.gateway.log import Unavailable
from router.gateway.places import Full
from router.gateway.problems import LONG_RETRY_AFTER_S, RETRY_AFTER_S, refusal
from router.gateway.spool.rows import SpoolFailed, SpoolFull
from router.gateway.verification import CannotVerify, ProviderOff


@dataclass(frozen=True)
class Refusal:
    """reason: in a word; also the metric's label. tells: the problem's message says what was expected."""

    status: int
    reason: str
    tells: bool = False
    retry_after_s: int | None = None


FAILED = Refusal(503, "failed", retry_after_s=RETRY_AFTER_S)

REFUSALS: Mapping[type[Problem], Refusal] = MappingProxyType(
    {
        NotTheirs: Refusal(400, "not-theirs", tells=True),
        Unauthenticated: Refusal(401, "unauthenticated"),
        Forged: Refusal(403, "forged"),
        BodyTooLarge: Refusal(413, "too-large", tells=True),
        BodyCutOff: Refusal(503, "cut-off", tells=True, retry_after_s=RETRY_AFTER_S),
        CannotVerify: Refusal(503, "cannot-verify", retry_after_s=LONG_RETRY_AFTER_S),
        FetchFailed: Refusal(503, "cannot-confirm", retry_after_s=RETRY_AFTER_S),
        Full: Refusal(503, "full", retry_after_s=RETRY_AFTER_S),
        ProviderOff: Refusal(503, "off", tells=True, retry_after_s=LONG_RETRY_AFTER_S),
        SpoolFailed: Refusal(503, "spool-failed", retry_after_s=LONG_RETRY_AFTER_S),
        SpoolFull: Refusal(503, "spool-full", retry_after_s=LONG_RETRY_AFTER_S),
        StoreFailed: Refusal(503, "store-failed", retry_after_s=LONG_RETRY_AFTER_S),
        StoreFull: Refusal(503, "disk-full", retry_after_s=LONG_RETRY_AFTER_S),
        Unavailable: Refusal(503, "log-away", retry_after_s=RETRY_AFTER_S),
    }
)

HOPELESS = (BodyTooLarge, BodyCutOff)
"""The rest of the body isn't waited for. After any other refusal the server reads it to its end and drops it: a client
that is cut off while it writes doesn't see the answer, and 503 is what providers promise to come again after."""


def refusal_of(problem: Problem) -> Refusal:
    return REFUSALS.get(type(problem), FAILED)


def response(problem: Problem, provider: str) -> Response:
    """provider: names the realm that a 401 asks credentials for."""
    known = refusal_of(problem)
    headers: dict[str, str] = {}
    if known.retry_after_s is not None:
        headers["Retry-After"] = str(known.retry_after_s)
    if known.status == 401:
        headers["WWW-Authenticate"] = f'Basic realm="{provider}", charset="UTF-8"'
    if isinstance(problem, HOPELESS):
        headers["Connection"] = "close"
    expected = str(problem) if known.tells else None
    return refusal(known.status, known.reason, expected=expected, headers=headers)
