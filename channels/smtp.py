"""A mail that came over SMTP. No hook: the listener hands over what the client sent, and answers it.

The contact's id is a hash of stable headers, body and envelope recipients: a redelivery with other Received
lines is the same contact, another body under the same Message-ID is another one.
"""

from __future__ import annotations

from datetime import datetime

from channels.contact import Contact
from channels.mail import contact, message
from channels.mail.address import address
from channels.mail.fingerprint import fingerprint

PROVIDER = "smtp"


def parse_mail(content: bytes, envelope_from: str, envelope_to: tuple[str, ...], received_at: datetime) -> Contact:
    """The contact of one accepted mail. Reads any content; never raises.

    envelope_from: of MAIL FROM, empty for a null path, as what a machine sends has it; it is the sender only where
    no header names one.
    envelope_to: of each RCPT TO, as addresses.
    """
    mail = message.read(content, envelope_from)
    delivered = tuple(found for found in map(address, envelope_to) if found is not None)
    return contact.contact(
        mail,
        provider=PROVIDER,
        provider_id=fingerprint(content, (one.value for one in delivered)),
        received_at=received_at,
        delivered_to=delivered,
    )
