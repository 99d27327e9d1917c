"""Every mail file of the corpora is read: nearly all tell who wrote and what."""

from __future__ import annotations

import pytest

from channels.mail import message
from channels.mail.contact import contact
from channels.names import safe_name
from tests.channels.requests import AT
from tests.shared import SHARED, needs_shared

CORPUS = SHARED / "fixtures/email"

# Folder, files, how many name a sender in their headers, how many have words. The others are bodies without headers
# (email-reply-parser, most of talon, lists of addresses), pictures, or mails that are empty.
FLOORS = [
    ("cpython", 48, 41, 40),
    ("email-reply-parser", 25, 0, 25),
    ("flanker", 157, 126, 137),
    ("flanker-addresses", 8, 0, 8),
    ("mikel-mail", 103, 100, 93),
    ("sisimai-bounces", 183, 181, 183),
    ("talon", 48, 15, 46),
]


@needs_shared
@pytest.mark.parametrize(("folder", "files", "senders", "texts"), FLOORS)
def test_every_file_is_read_and_nearly_all_say_who_and_what(folder: str, files: int, senders: int, texts: int) -> None:
    paths = [path for path in sorted((CORPUS / folder).rglob("*")) if path.is_file() and path.suffix != ".json"]
    assert len(paths) == files
    mails = [message.read(path.read_bytes()) for path in paths]
    assert sum(mail.sender is not None for mail in mails) >= senders
    assert sum(bool(mail.text.strip()) for mail in mails) >= texts
    assert not any(mail.left_out for mail in mails)
    for mail in mails:
        became = contact(mail, provider="test", provider_id="test", received_at=AT)
        assert bool(became.text) == bool(mail.text.strip())
        assert all(one.name == safe_name(one.name) for one in became.attachments)
