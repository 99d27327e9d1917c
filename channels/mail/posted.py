"""A mail that its provider posts as a form, each field in a charset of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from channels.contact import Attachment
from channels.contract import Request
from channels.errors import Malformed, NotTheirs
from channels.mail.parts import LONGEST_TEXT
from channels.multipart import Part, by_name
from channels.names import safe_media_type, safe_name
from channels.texts import line

Read = TypeVar("Read")

NOTHING = memoryview(b"")


@dataclass(frozen=True)
class Posted:
    """The fields of a form; of those with one name the first counts."""

    parts: tuple[Part, ...]
    named: Mapping[str, Part]

    @classmethod
    def of(cls, request: Request) -> Posted:
        """Raises Malformed where a verified body is no form."""
        try:
            return cls(request.parts, by_name(request.parts))
        except NotTheirs:
            raise Malformed("body", "a form", request.media_type or "no content type") from None

    def __contains__(self, name: str) -> bool:
        return name in self.named

    def content(self, name: str) -> memoryview:
        """A field's bytes; empty where it is missing."""
        return self.named[name].content if name in self.named else NOTHING

    def text(self, name: str, charset: str | None = None) -> str:
        """A field by its charset, at most `LONGEST_TEXT` bytes of it; empty where it is missing."""
        return self.named[name].text(charset, LONGEST_TEXT) if name in self.named else ""

    def longer(self, *names: str) -> bool:
        """True if one of the fields is longer than what is read of it."""
        return any(len(self.content(name)) > LONGEST_TEXT for name in names)

    def json(self, name: str, shape: TypeAdapter[Read], otherwise: Read) -> Read:
        """A field of JSON; `otherwise` where it is missing or of another shape."""
        try:
            return shape.validate_json(self.text(name))
        except ValidationError:
            return otherwise

    def files(self, names: Pattern[str]) -> Iterator[Part]:
        """The parts of these names, in order."""
        return (part for part in self.parts if names.fullmatch(part.name))


def attachment(
    n: int, part: Part, *, name: str | None = None, media_type: str | None = None, content_id: str | None = None
) -> Attachment:
    """The file of a part, the `n`th; name and type as told beside it, else the part's own."""
    content_id = line((content_id or "").strip("<> "), 250)
    return Attachment.of(
        safe_name(name or part.filename, f"attachment-{n}"),
        safe_media_type(media_type or part.media_type),
        bytes(part.content),
        content_id=content_id,
        inline=content_id is not None,
    )
