"""What a client sends after DATA, made the mail again: up to CRLF.CRLF, with stuffed dots taken out (RFC 5321, 4.5.2).

Pure. A dot counts only after CRLF, never after a bare LF, so that nobody ends a mail where others see none end.
"""

from __future__ import annotations

END = b"\r\n.\r\n"
LINE = b"\r\n"
STUFFED = b"\r\n."


class Dots:
    """ended: the end has come. rest: what came after it."""

    def __init__(self) -> None:
        self._kept = LINE  # as if a line had ended: a dot at the very beginning is one at a line's beginning
        self._skip = len(LINE)
        self.ended = False
        self.rest = b""

    def feed(self, data: bytes) -> bytes:
        """As much of the mail as is certain by now."""
        data = self._kept + data
        end = data.find(END)
        if end >= 0:
            self.ended, self.rest = True, data[end + len(END) :]
            return self._told(data[: end + len(LINE)])
        cut = _certain(data)
        self._kept = data[cut:]
        return self._told(data[:cut])

    def _told(self, data: bytes) -> bytes:
        if not data:
            return data
        told = data.replace(STUFFED, LINE)[self._skip :]
        self._skip = 0
        return told


def _certain(data: bytes) -> int:
    """How far no byte can still turn out to be of the end, or of a stuffed dot."""
    cut = max(0, len(data) - len(END) + 1)
    while cut and data[:cut].endswith((b"\r", LINE)):
        cut -= 1
    return cut
