"""What Twilio's hooks have in common: one form of parameters; new ones come unannounced and pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from channels.contract import Request
from channels.errors import Malformed, NotTheirs
from channels.texts import line

PROVIDER = "twilio"

_SID = re.compile(r"[!-~]{1,100}")

Fields = Mapping[str, str]


def fields(request: Request) -> Fields:
    """The parameters. Raises Malformed where a verified body is no form."""
    try:
        return request.fields()
    except NotTheirs:
        raise Malformed("body", "a form", request.media_type or "no content type") from None


def sid(form: Fields, name: str) -> str:
    """An id that Twilio gave. Raises Malformed where it is missing or can't be one."""
    value = form.get(name, "").strip()
    if not value:
        raise Malformed(name, "an id", "nothing")
    if not _SID.fullmatch(value):
        raise Malformed(name, "an id of at most 100 ASCII characters", "other text")
    return value


def number(value: str | None, highest: int = 2**31 - 1) -> int | None:
    """A whole number from 0; None where the text is none."""
    value = (value or "").strip()
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        return None
    return int(value) if int(value) <= highest else None


def extra(form: Fields, names: Iterable[str]) -> dict[str, str]:
    """Those of the parameters that say something, each one line."""
    found = ((name, line(form.get(name))) for name in names)
    return {name: value for name, value in found if value}
