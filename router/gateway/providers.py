"""Which settings a provider's secrets stand in, and whether the provider is on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import structlog

from channels.contract import Channel, Secrets
from router.settings import SecretFiles

log = structlog.get_logger()


def secret_name(channel: Channel) -> str:
    """The variable that holds the secrets of the channel's provider, with "or" where another one does too."""
    return " or ".join(f"ROUTER_{name}" for name in (channel.secrets, *channel.switches))


def is_on(channel: Channel, secrets: Secrets) -> bool:
    """True where one of the settings that turn the provider on has a value."""
    return bool(secrets) or any(secrets.option(name) for name in channel.switches)


def secrets_of(channel: Channel, files: SecretFiles) -> Secrets:
    """The secrets of the channel's provider with its further settings, as they are now."""
    options = {name: files.get(name).values for name in channel.options}
    return Secrets(files.get(channel.secrets).values, {name: values for name, values in options.items() if values})


def announce(channels: Iterable[Channel], files: SecretFiles, unsigned: Collection[str]) -> None:
    """Says at start which providers are off, and which are accepted unverified."""
    providers = {channel.provider: channel for channel in channels}
    off: dict[str, str] = {}
    for provider, channel in sorted(providers.items()):
        if provider in unsigned:
            log.warning("provider.unsigned", provider=provider, why="ROUTER_ALLOW_UNSIGNED lists it")
        elif not is_on(channel, secrets_of(channel, files)):
            off[provider] = secret_name(channel)
    if off:
        log.warning("providers.off", **off)
    for provider in sorted(set(unsigned) - set(providers)):
        log.warning("provider.unknown", provider=provider, why="ROUTER_ALLOW_UNSIGNED lists it")
