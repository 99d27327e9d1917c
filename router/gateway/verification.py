"""Is a request the provider's? Secrets are read anew for each, so that a rotation needs no restart."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from channels.contract import Channel, Need, Request, Secrets, Verified
from channels.errors import Forged, Malformed, NotTheirs, Problem, Unauthenticated
from router.gateway.alerts import SignatureAlerts
from router.gateway.fetching import Fetcher, FetchFailed
from router.gateway.large import Large
from router.gateway.nonces import Nonces
from router.gateway.providers import is_on, secret_name, secrets_of
from router.settings import SecretFiles

log = structlog.get_logger()


class ProviderOff(Problem):
    """The provider has no secret, so nothing of it is taken."""


class CannotVerify(Problem):
    """We can't tell whose the request is, for reasons of ours."""


@dataclass(frozen=True)
class Verification:
    """unsigned: providers that are accepted unverified (ROUTER_ALLOW_UNSIGNED)."""

    secrets: SecretFiles
    nonces: Nonces
    alerts: SignatureAlerts
    unsigned: Collection[str]
    fetcher: Fetcher

    def secrets_of(self, channel: Channel) -> Secrets | None:
        """As they are now; None where the provider is accepted unverified. Raises ProviderOff."""
        if channel.provider in self.unsigned:
            return None
        secrets = secrets_of(channel, self.secrets)
        if not is_on(channel, secrets):
            raise ProviderOff(f"{secret_name(channel)} to be set")
        return secrets

    async def check(
        self, channel: Channel, request: Request, secrets: Secrets, sha256: Callable[[], str], large: Large | None
    ) -> Verified:
        """sha256: gives the body's. large: where the body lies, if not in the request.

        Raises CannotVerify, Unauthenticated, Forged, NotTheirs.
        """
        provider = channel.provider
        try:
            verified = await self._verified(channel, request, secrets, large)
            self.nonces.check(provider, verified, sha256)
        except (Forged, Unauthenticated):
            self.alerts.refused(provider, secret_name(channel))
            raise
        except (NotTheirs, CannotVerify):
            raise
        except Malformed:
            raise NotTheirs("expected the provider's form, which its signature is made of") from None
        except Exception as error:
            log.error("verify.failed", channel=channel.name, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the content
            raise CannotVerify from None
        self.alerts.verified(provider)
        return verified

    async def _verified(self, channel: Channel, request: Request, secrets: Secrets, large: Large | None) -> Verified:
        needs = channel.needs(request, secrets) if large is None else await large.needs(channel, request, secrets)
        if needs:
            request = replace(request, fetched={need.url: await self._got(need) for need in needs})
        return channel.verify(request, secrets) if large is None else await large.verify(channel, request, secrets)

    async def _got(self, need: Need) -> bytes:
        paths = self.secrets.get(need.instead).values if need.instead else ()
        if need.instead and paths:
            return _contents(paths, f"ROUTER_{need.instead}")
        try:
            return await self.fetcher.get(need.url, need.host)
        except FetchFailed:
            raise CannotVerify from None

    def done(self, channel: Channel, verified: Verified | None, sha256: Callable[[], str]) -> None:
        """The delivery is on the log: its nonce holds for no other body from now on."""
        if verified is not None:
            self.nonces.remember(channel.provider, verified, sha256)


def _contents(paths: tuple[str, ...], setting: str) -> bytes:
    """Of all files, read anew each time: they are small, and may be replaced. Raises CannotVerify."""
    try:
        return b"\n".join(Path(path).read_bytes() for path in paths)
    except OSError as error:
        log.error("files.unreadable", setting=setting, error=type(error).__name__)  # noqa: TRY400 - the setting says where to look
        raise CannotVerify from None
