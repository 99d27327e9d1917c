"""What the play sends: HTTP requests in a provider's real shape, signed, and mails for the SMTP listener."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from router.model.ids import contact_id


@dataclass(frozen=True)
class Keys:
    """What samples are signed with. public_url: what the gateway believes its address to be, no slash at its end.

    None where that provider is off.
    """

    public_url: str
    twilio_token: str | None = None
    postmark_auth: str | None = None


@dataclass(frozen=True)
class Sample:
    """One request of a provider. path is the hook's; provider and provider_id decide the contact's id."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    provider: str
    provider_id: str

    @property
    def contact_id(self) -> str:
        return contact_id(self.provider, self.provider_id)


@dataclass(frozen=True)
class Mail:
    """One mail for the SMTP listener: envelope and the message's bytes with CRLF."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


def hex_id(prefix: str, rng: Random) -> str:
    """An id in the form of Twilio's: two letters and 32 hexadecimal digits."""
    return f"{prefix}{rng.getrandbits(128):032x}"
