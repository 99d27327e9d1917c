"""The one tree of errors. Here, because channels is the lowest layer; scoring and router derive from Problem.

A Problem says who is wrong: the sender (Forged, Unauthenticated, NotTheirs, Malformed) or we. Only the edge
turns one into an HTTP status or an exit status.
"""


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


class Misconfigured(Problem):
    """A setting of ours can't be used."""
