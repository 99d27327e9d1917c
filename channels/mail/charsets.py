"""Bytes to text by the charset that a mail names, or by the likeliest where it names none that is known.

Labels mean what they mean in practice (WHATWG, "Encoding"): ISO-8859-1 and ASCII are read as Windows-1252,
GB2312 as GB18030, KS C 5601 as CP949, Shift JIS as CP932. An undecodable byte becomes U+FFFD, never an error.
"""

from __future__ import annotations

import codecs
import re

MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}

ALIASES = {"ks_c_5601-1987": "cp949", "x-sjis": "cp932", "x-gbk": "gb18030", "utf8mb4": "utf-8", "cp-850": "cp850"}

NEVER = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Python codecs that are no charset, or cost more than linear time."""


WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"})
"""Charsets whose ASCII letters have a null beside them: text without any is in another."""

_ISO_2022 = re.compile(r"\x1b\$[@B]")


def decoded(content: bytes, charset: str | None = None) -> str:
    """UTF-8 where the bytes are UTF-8 and the charset is none of its own; else by `charset`; else Windows-1252.

    Japanese mail without a charset is told by its escapes (RFC 1468).
    """
    name = codec(charset)
    if name in (None, "cp1252") or (name in WIDE and b"\0" not in content):
        try:
            text = content.decode("utf-8")
            return content.decode("iso2022_jp") if _ISO_2022.search(text) else text
        except UnicodeDecodeError:
            pass
    try:
        return content.decode(name or "cp1252", errors="replace")
    except (LookupError, UnicodeError, ValueError):
        return content.decode("utf-8", errors="replace")


def codec(charset: str | None) -> str | None:
    """Python's name of the charset; None where it is unknown."""
    label = (charset or "").strip().strip("\"'").lower()
    if not label or len(label) > 40 or not label.isascii():
        return None
    try:
        name = codecs.lookup(ALIASES.get(label, label)).name
        "".encode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if name.replace("_", "-") in NEVER else MEANT.get(name, name)
