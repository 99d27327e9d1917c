"""Reads the gateway's answers off a connection, as little of them as there is need of."""

from __future__ import annotations

END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Answers:
    """Bytes in, statuses out. Only for what our gateway answers: HTTP/1.1 with Content-Length, one after the other."""

    def __init__(self) -> None:
        self._left = b""

    def feed(self, data: bytes) -> list[int]:
        """Statuses of the answers that are complete now. Raises ValueError for what is no such answer."""
        self._left += data
        found: list[int] = []
        while (end := self._left.find(END)) >= 0:
            head = self._left[:end].lower()
            size = end + len(END) + _length(head)
            if len(self._left) < size:
                break
            found.append(int(head[9:12]))
            self._left = self._left[size:]
        return found


def _length(head: bytes) -> int:
    at = head.find(LENGTH)
    if not head.startswith(b"http/1.1 ") or at < 0:
        raise ValueError("expected an answer of HTTP/1.1 with Content-Length")
    return int(head[at + len(LENGTH) :].partition(b"\r\n")[0])
