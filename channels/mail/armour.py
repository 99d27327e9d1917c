"""The words of a clear-signed text without what signs them (RFC 9580, 7)."""

from __future__ import annotations

import re

SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
END = "-----END PGP SIGNATURE-----"

_HEADER = re.compile(r"(?:Hash|Charset|Version|Comment|MessageID|NotDashEscaped): .{0,200}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{1,80}={0,2}|=[A-Za-z0-9+/]{4}")


def without(text: str) -> str:
    """The text as it was before it was signed. Only what is armour goes; a signature that doesn't end stays."""
    if SIGNED not in text:
        return text
    kept: list[str] = []
    held: list[str] = []
    where = "outside"
    for line in text.split("\n"):
        bare = line.rstrip()
        if where != "signature" and bare == SIGNED:
            where = "head"
        elif where == "head" and (not bare or _HEADER.fullmatch(bare)):
            where = "head" if bare else "signed"
        elif where in ("head", "signed") and bare == SIGNATURE:
            where, held = "signature", [line]
        elif where == "signature" and bare == END:
            where, held = "outside", []
        elif where == "signature" and (not bare or _BASE64.fullmatch(bare) or _HEADER.fullmatch(bare)):
            held.append(line)
        else:
            kept += [*held, line.removeprefix("- ") if where != "outside" else line]
            where, held = ("outside" if held else where.replace("head", "signed")), []
    return "\n".join(kept + held)
