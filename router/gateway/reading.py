"""From a body to contacts: what the edge calls, here or in the process that reads large bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from channels.contact import Contact
from channels.contract import Confirmation, Parse, Request
from channels.errors import Malformed, NotTheirs
from channels.smtp import parse_mail


@dataclass(frozen=True)
class Reading:
    """theirs: the signature held, so nothing in the request makes it somebody else's; it is malformed at worst.

    confirmations: what is to be confirmed, once it has been called. Only what a provider signed is confirmed.
    """

    parse: Parse
    request: Request
    theirs: bool
    confirmations: list[Confirmation] = field(default_factory=list)

    def __call__(self) -> Sequence[Contact]:
        try:
            found = self.parse(self.request)
        except NotTheirs:
            if not self.theirs:
                raise
            raise Malformed("body", "the provider's form", "something else") from None
        if not isinstance(found, Confirmation):
            return found
        if not self.theirs:
            raise Malformed("body", "contacts", "a subscription to confirm")
        self.confirmations.append(found)
        return ()


@dataclass(frozen=True)
class LargeReading:
    """The same in another process. No subscription is that large."""

    parse: Parse
    request: Request
    theirs: bool

    def __call__(self, raw: bytes) -> Sequence[Contact]:
        reading = Reading(self.parse, replace(self.request, body=raw), theirs=self.theirs)
        found = reading()
        if reading.confirmations:
            raise Malformed("body", "contacts", "a subscription to confirm")
        return found


@dataclass(frozen=True)
class MailReading:
    """Of a mail that came over SMTP. sender, recipients: of its envelope."""

    sender: str
    recipients: tuple[str, ...]
    received_at: datetime

    def __call__(self, raw: bytes) -> Sequence[Contact]:
        return [parse_mail(raw, self.sender, self.recipients, self.received_at)]
