"""Who wrote a mail: the first whom its headers name; behind a no-reply address, whom an answer is to go to.

A web form writes for everybody from one address. Its Reply-To tells the person; without it all of them would be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from channels.contact import Address
from channels.mail.address import address

Mailbox = tuple[str | None, str]
"""Display name and address."""

NO_REPLY = re.compile(r"\b(?:no|not|dont|donot|do-not)[._-]?reply(?:[+._-][^@\s]*)?@")
"""In lower case."""


def author(named: Iterable[Mailbox], reply_to: Iterable[Mailbox] = ()) -> tuple[Address | None, str | None]:
    """The address and the name with it; neither where nobody is named.

    named: of the headers that name a writer, the best first. reply_to: of Reply-To.
    """
    first = next(_addressed(named), (None, None))
    if first[0] is None or not NO_REPLY.match(first[0].value):
        return first
    return next((one for one in _addressed(reply_to) if not NO_REPLY.match(one[0].value)), first)


def _addressed(mailboxes: Iterable[Mailbox]) -> Iterator[tuple[Address, str | None]]:
    return ((found, name) for name, bare in mailboxes if (found := address(bare)) is not None)
