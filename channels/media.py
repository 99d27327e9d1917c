"""Files that stay with a provider and come as links. Whoever fetches one reads `Attachment.url`, so it only ever
names a host that is the provider's own; a link to any other is dropped, and that there was a file stays."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from channels.contact import Attachment
from channels.names import safe_media_type, safe_name

EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "audio/x-wav": ".wav",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "video/quicktime": ".mov",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}

LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
"""One part of a host's name."""


def links(hosts: str) -> re.Pattern[str]:
    """What a link to one of `hosts` (a pattern) looks like: HTTPS, its own port, no user, ASCII without blanks."""
    return re.compile(rf"https://(?:{hosts})(?::443)?/[!-\[\]-~]{{1,2000}}")


def linked(url: str | None, media_type: str | None, theirs: re.Pattern[str], otherwise: str) -> Attachment:
    """The file that `url` names. theirs: see `links`. otherwise: its name where the link has none."""
    ours = url if url is not None and theirs.fullmatch(url) else None
    known = media_type is not None and media_type.strip() != ""
    name = safe_name(urlsplit(ours).path, otherwise) if ours else otherwise
    media_type = safe_media_type(media_type)
    if known:
        name = safe_name(name.partition(".")[0] + EXTENSIONS.get(media_type, ""), otherwise)
    return Attachment(name=name, media_type=media_type, url=ours)
