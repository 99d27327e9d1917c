"""Which setting holds a provider's secrets, and whether the provider is on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import structlog

from channels.contract import Channel
from channels.errors import Problem
from router.settings import SecretFiles

SECRETS = {
    "twilio": "TWILIO_AUTH_TOKENS",
    "postmark": "POSTMARK_BASIC_AUTH",
}

log = structlog.get_logger()


class UnknownProvider(Problem):
    """A channel names a provider that has no setting for its secrets."""


def secret_name(provider: str) -> str:
    """The variable that holds the provider's secrets."""
    return f"ROUTER_{SECRETS[provider]}"


def announce(channels: Iterable[Channel], secrets: SecretFiles, unsigned: Collection[str]) -> None:
    """Says at start which providers are off, and which are accepted unverified. Raises UnknownProvider."""
    providers = sorted({channel.provider for channel in channels})
    for provider in providers:
        if provider not in SECRETS:
            raise UnknownProvider(f"provider {provider}: add its setting to router/gateway/providers.py")
        if provider in unsigned:
            log.warning("provider.unsigned", provider=provider, why="ROUTER_ALLOW_UNSIGNED lists it")
        elif not secrets.get(SECRETS[provider]):
            log.warning("provider.off", provider=provider, missing=secret_name(provider))
    for provider in sorted(set(unsigned) - set(providers)):
        log.warning("provider.unknown", provider=provider, why="ROUTER_ALLOW_UNSIGNED lists it")
