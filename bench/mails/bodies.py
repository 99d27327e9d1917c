"""Large mails, each its own, in pieces: what they have in common is made once, so that the sender stays small."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from bench.latency.system import POSTMARK_AUTH

SENDGRID_AUTH = "bench:secret"
OFFICE = "safety@example.com"
LINE = 76
PIECE = 64 * 1024


class Kind(StrEnum):
    SENDGRID = "SendGrid, raw"
    POSTMARK = "Postmark"
    SMTP = "SMTP"


@dataclass(frozen=True)
class Mail:
    """path, headers: of the hook; empty for SMTP. pieces: of the body, in order."""

    kind: Kind
    path: str
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            for start in range(0, len(piece), PIECE):
                yield piece[start : start + PIECE]


def mails(count: int, size: int) -> list[Mail]:
    """Of the three kinds in turn, each with a file that makes it about `size` bytes."""
    encoded = b64encode(Random(1).randbytes(size * 3 // 4 // 57 * 57))  # noqa: S311 - bytes that don't compress
    wrapped = b"\r\n".join(encoded[at : at + LINE] for at in range(0, len(encoded), LINE)) + b"\r\n"
    kinds = list(Kind)
    return [_mail(kinds[number % len(kinds)], number, encoded, wrapped) for number in range(count)]


def _mail(kind: Kind, number: int, encoded: bytes, wrapped: bytes) -> Mail:
    # The file's first bytes differ from mail to mail, so that each is stored.
    own = b64encode(f"{number:057}".encode())
    head, tail = _mime(number, own)
    match kind:
        case Kind.SMTP:
            return Mail(kind, "", (), (head, wrapped, tail))
        case Kind.SENDGRID:
            before, after = _form(number)
            headers = (("Content-Type", "multipart/form-data; boundary=xYzZY"), _basic(SENDGRID_AUTH))
            return Mail(kind, "/hooks/sendgrid/inbound", headers, (before + head, wrapped, tail + after))
        case Kind.POSTMARK:
            before, after = _json(number, own)
            headers = (("Content-Type", "application/json"), _basic(POSTMARK_AUTH))
            return Mail(kind, "/hooks/postmark/inbound", headers, (before, encoded, after))


def _basic(auth: str) -> tuple[str, str]:
    return "Authorization", f"Basic {b64encode(auth.encode()).decode()}"


def _mime(number: int, own: bytes) -> tuple[bytes, bytes]:
    head = (
        f"From: Ann Example <ann.{number}@example.com>\r\nTo: {OFFICE}\r\nSubject: Photos of stay {number}\r\n"
        f"Message-ID: <large-{number}@example.com>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=bOuNd\r\n\r\n--bOuNd\r\nContent-Type: text/plain\r\n\r\n"
        f"The sofa is broken, see the photos of stay {number}.\r\n--bOuNd\r\nContent-Type: image/jpeg\r\n"
        f"Content-Disposition: attachment; filename=sofa-{number}.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + own + b"\r\n", b"--bOuNd--\r\n"


def _form(number: int) -> tuple[bytes, bytes]:
    envelope = json.dumps({"to": [OFFICE], "from": f"ann.{number}@example.com"})
    fields = {"to": OFFICE, "from": f"ann.{number}@example.com", "envelope": envelope, "charsets": "{}"}
    parts = [
        f'--xYzZY\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()
    ]
    parts.append('--xYzZY\r\nContent-Disposition: form-data; name="email"\r\n\r\n')
    return "".join(parts).encode(), b"\r\n--xYzZY--\r\n"


def _json(number: int, own: bytes) -> tuple[bytes, bytes]:
    body = {
        "MessageID": f"00000000-0000-4000-8000-{number:012}",
        "FromFull": {"Email": f"ann.{number}@example.com", "Name": "Ann Example"},
        "To": OFFICE,
        "Subject": f"Photos of stay {number}",
        "TextBody": f"The sofa is broken, see the photos of stay {number}.",
        "Attachments": [{"Name": f"sofa-{number}.jpg", "ContentType": "image/jpeg", "Content": "@"}],
    }
    before, _, after = json.dumps(body).encode().rpartition(b"@")
    return before + own, after
