"""The parts of a MIME message: its readable text, and its attachments. Reads any message, however broken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message as Plain
from typing import Any

from channels.contact import Attachment
from channels.mail import armour, flowed, html, mime, smime, uuencoded
from channels.mail.charsets import decoded
from channels.mail.headers import Mime, value
from channels.mail.parsing import BROKEN, parsed
from channels.names import safe_name
from channels.texts import cleaned, line

DEEPEST = 30
"""Levels of nesting that are read; parts below are left in the raw mail."""

MOST_ATTACHMENTS = 100

LONGEST_TEXT = 2_000_000
"""Bytes of all parts' text that are read; text is capped far below."""

MOST_TEXTS = 500
"""Parts of text that are read."""

EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "application/ms-tnef": ".dat",
    "application/vnd.ms-tnef": ".dat",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
}

NO_WORDS = (
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "text/csv",
    "text/rfc822-headers",
    "text/css",
)
"""Types of text that no person wrote to be read; any other text without a name is words (RFC 2046, 4.1.4)."""

_MARKUP = re.compile(r"<[^<>]{0,200}>")

_CONTENT_ID = re.compile(r"[^\s<>]{1,250}")


@dataclass
class Reading:
    """What was found so far; one is filled in a walk over a message's parts."""

    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Mime] = field(default_factory=list)
    left_out: bool = False
    to_read: int = LONGEST_TEXT
    texts: int = 0


@dataclass(frozen=True)
class Text:
    """The text of a part. plain: it came as text/plain."""

    words: str = ""
    plain: bool = True

    @property
    def blank(self) -> bool:
        return not self.words.strip()


def text_of(message: Mime, reading: Reading, depth: int = 0) -> Text:
    """The words of a message; fills `reading` with what isn't read as text."""
    if depth > DEEPEST:
        reading.left_out = True
        return Text()
    media_type = mime.media_type(message)
    children = mime.children(message)
    if media_type == "message/rfc822" and children:
        reading.enclosed += [_enclosed(message, children[0])]
        _attach(message, media_type, reading)
        return Text()
    if children and media_type.startswith("multipart/"):
        return _several(children, media_type, reading, depth)
    if media_type in smime.MEDIA_TYPES:
        return _signed(message, media_type, reading, depth)
    words = media_type.startswith("text/") and media_type not in NO_WORDS and not (depth and mime.is_file(message))
    if words or media_type.startswith("multipart/"):  # a multipart without parts: its boundary never came
        return _words(message, media_type, reading)
    _attach(message, media_type, reading)
    return Text()


def _several(children: list[Mime], media_type: str, reading: Reading, depth: int) -> Text:
    if media_type == "multipart/alternative":
        return _alternative(children, reading, depth)
    if media_type == "multipart/appledouble":  # the first is what only a Macintosh needs of the file
        children = children[1:] or children
    return _joined([text_of(child, reading, depth + 1) for child in children])


def _words(message: Mime, media_type: str, reading: Reading) -> Text:
    reading.texts += 1
    if reading.texts > MOST_TEXTS:
        reading.left_out = True
        return Text()
    text = _decoded(message, reading)
    if media_type == "text/html":
        return Text(html.to_text(text), plain=False)
    if media_type in ("text/enriched", "text/richtext"):
        return Text(_MARKUP.sub("", text), plain=False)
    if "flowed" in value(message, "content-type").lower() and mime.parameter(message, "format") == "flowed":
        text = flowed.joined(text, delete_space=mime.parameter(message, "delsp") == "yes")
    text, files = uuencoded.taken_out(text)
    for name, content in files:
        _add(reading, safe_name(line(name), _otherwise(reading)), "application/octet-stream", content)
    return Text(armour.without(text))


def _signed(message: Mime, media_type: str, reading: Reading, depth: int) -> Text:
    """The words of what an S/MIME part signs; the part itself is kept as a file."""
    _attach(message, media_type, reading)
    inner = smime.content(mime.content(message))
    return Text() if inner is None else text_of(parsed(inner)[0], reading, depth + 1)


def _enclosed(message: Mime, child: Mime) -> Mime:
    """The mail that is enclosed; encoded, against the rule, it is decoded first (RFC 2046, 5.2.1)."""
    if value(message, "content-transfer-encoding").lower() not in ("base64", "quoted-printable") or child.keys():
        return child
    try:
        payload: Any = child.get_payload(decode=False)
        carrier = Plain()
        carrier["Content-Transfer-Encoding"] = value(message, "content-transfer-encoding")
        carrier.set_payload(payload)
        decoded_content: Any = carrier.get_payload(decode=True)
        return parsed(decoded_content)[0]
    except BROKEN:
        return child


def _alternative(children: list[Mime], reading: Reading, depth: int) -> Text:
    """Of alternatives the plain one, or else the last and richest; never a blank one.

    HTML is left alone where plain words were found, since making text of it is the dearest part of reading a mail.
    """
    plain, said = Text(), Text()
    for child in sorted(children, key=lambda each: mime.media_type(each) != "text/plain"):
        if not plain.blank and mime.media_type(child) == "text/html" and not mime.is_file(child):
            continue
        text = text_of(child, reading, depth + 1)
        if not text.blank:
            plain, said = (text if plain.blank and text.plain else plain), text
    return said if plain.blank else plain


def _joined(texts: list[Text]) -> Text:
    said = [text for text in texts if not text.blank]
    return Text("\n\n".join(text.words.strip("\n") for text in said), all(text.plain for text in said))


def _decoded(message: Mime, reading: Reading) -> str:
    content = mime.content(message)
    reading.left_out |= len(content) > reading.to_read
    content = content[: reading.to_read]
    reading.to_read -= len(content)
    return cleaned(decoded(content, mime.charset(message)))


def _attach(message: Mime, media_type: str, reading: Reading) -> None:
    if len(reading.attachments) >= MOST_ATTACHMENTS:  # before anything of it is decoded
        reading.left_out = True
        return
    found = _CONTENT_ID.search(value(message, "content-id"))
    _add(
        reading,
        safe_name(line(mime.filename(message)), _otherwise(reading, media_type)),
        media_type,
        mime.content(message),
        content_id=line(found[0], 250) if found else None,
        inline=mime.disposition(message) == "inline" or (found is not None and mime.disposition(message) == ""),
    )


def _otherwise(reading: Reading, media_type: str = "") -> str:
    return f"attachment-{len(reading.attachments) + 1}{EXTENSIONS.get(media_type, '')}"


def _add(
    reading: Reading, name: str, media_type: str, content: bytes, *, content_id: str | None = None, inline: bool = False
) -> None:
    if len(reading.attachments) >= MOST_ATTACHMENTS:
        reading.left_out = True
        return
    reading.attachments.append(Attachment.of(name, media_type, content, content_id=content_id, inline=inline))
