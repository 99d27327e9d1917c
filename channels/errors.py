"""The one tree of errors. Here, because channels is the lowest layer; scoring and router derive from Problem.

A Problem says who is wrong: the sender (Forged, Unauthenticated, NotTheirs, Malformed) or we. Only the edge
turns one into an HTTP status or an exit status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from channels.contact import Contact


class Problem(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class ChannelProblem(Problem):
    """A request that a channel can't take."""


class Forged(ChannelProblem):
    """The signature doesn't hold."""


class Unauthenticated(ChannelProblem):
    """The request carries no credentials."""


class NotTheirs(ChannelProblem):
    """The request isn't in the provider's shape at all, signed or not (wrong method or content type)."""


class Malformed(ChannelProblem):
    """A verified request whose content can't be read.

    field: the provider's own name of the field, with its path ("FromFull.Email").
    expected: what was expected there, in words. got: the kind of thing found; never the content.
    """

    def __init__(self, field: str, expected: str, got: str) -> None:
        super().__init__(f"{field}: expected {expected}, got {got}")
        self.field = field
        self.expected = expected
        self.got = got


class PartlyMalformed(Malformed):
    """A verified request of several contacts, one of which can't be read.

    contacts: the others. They are taken; the request is dead-lettered for the one. None of a large body are: its
    parser is another process, which tells no more than a Malformed does.
    """

    def __init__(self, field: str, expected: str, got: str, contacts: tuple[Contact, ...] = ()) -> None:
        super().__init__(field, expected, got)
        self.contacts = contacts


class Misconfigured(Problem):
    """A setting of ours can't be used."""
