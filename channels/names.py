"""Names and types of attachments made harmless: whoever stores or shows one needs no care of their own."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
"""UTF-8 bytes of a name; file systems allow 255, and ours may get a prefix."""

_PATH = re.compile(r"[/\\\u2044\u2215\u29f8\uff0f\uff3c]")
_RISKY = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])( *\..*)?", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}")


def safe_name(name: str | None, otherwise: str = "attachment") -> str:
    """A file name without folders, control or direction characters, reserved words or edges that vanish.

    Never empty, "." or ".."; at most `LONGEST` bytes with its extension kept. A safe name stays as it is.
    """
    name = "".join(_harmless(character) for character in (name or "")[:4_000])
    name = next((part for part in reversed(_PATH.split(name)) if part.strip(" .")), "")
    name = unicodedata.normalize("NFC", " ".join(_RISKY.sub("_", name).split())).strip(" .")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name).strip(" .") or otherwise


def safe_media_type(media_type: str | None) -> str:
    """`type/subtype` in lower case without parameters; application/octet-stream for anything else."""
    bare = (media_type or "")[:200].partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else "application/octet-stream"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\r\n":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co") else character


def _shortened(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    suffix = dot + extension if stem and _EXTENSION.fullmatch(dot + extension) else ""
    return encoded[: LONGEST - len(suffix)].decode(errors="ignore").rstrip(" .") + suffix
