"""Is a request the provider's? Secrets are read anew for each, so that a rotation needs no restart."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import structlog

from channels.contract import Channel, Request, Verified
from channels.errors import Forged, Malformed, NotTheirs, Problem, Unauthenticated
from router.gateway.alerts import SignatureAlerts
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

    def check(self, channel: Channel, request: Request, sha256: Callable[[], str]) -> Verified | None:
        """None where the provider is accepted unverified. sha256: gives the body's.

        Raises ProviderOff, CannotVerify, Unauthenticated, Forged, NotTheirs.
        """
        provider = channel.provider
        if provider in self.unsigned:
            return None
        secrets = secrets_of(channel, self.secrets)
        if not is_on(channel, secrets):
            raise ProviderOff(f"{secret_name(channel)} to be set")
        if channel.needs(request, secrets):
            raise CannotVerify(f"channel {channel.name} needs something fetched, which this gateway can't do yet")
        try:
            verified = channel.verify(request, secrets)
            self.nonces.check(provider, verified, sha256)
        except (Forged, Unauthenticated):
            self.alerts.refused(provider, secret_name(channel))
            raise
        except NotTheirs:
            raise
        except Malformed:
            raise NotTheirs("expected the provider's form, which its signature is made of") from None
        except Exception as error:
            log.error("verify.failed", channel=channel.name, error=type(error).__name__)  # noqa: TRY400 - a traceback may quote the content
            raise CannotVerify from None
        self.alerts.verified(provider)
        return verified

    def done(self, channel: Channel, verified: Verified | None, sha256: Callable[[], str]) -> None:
        """The delivery is on the log: its nonce holds for no other body from now on."""
        if verified is not None:
            self.nonces.remember(channel.provider, verified, sha256)
