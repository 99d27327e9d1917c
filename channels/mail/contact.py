"""From a mail to a contact, whoever brought it."""

from __future__ import annotations

from datetime import datetime

from channels.contact import Address, Contact, Medium
from channels.mail.message import Mail
from channels.mail.quotes import is_reply, new_text
from channels.mail.signatures import without_signature, words_of
from channels.texts import bounded

MOST_RECIPIENTS = 100


def contact(
    mail: Mail,
    *,
    provider: str,
    provider_id: str,
    received_at: datetime,
    delivered_to: tuple[Address, ...] = (),
    new: str | None = None,
    extra: dict[str, str] | None = None,
) -> Contact:
    """The contact of a mail. Its text is what is new in it: no quotation, no signature; full_text has all.

    delivered_to: whom the envelope named; they come before those of the headers. new: the new text, where
    the provider has already taken it apart from the quoted one.
    """
    full = mail.text.strip("\n")
    if not (new or "").strip():
        new = new_text(full) if is_reply(mail.subject, mail.in_reply_to) else full.strip()
    mailbox = mail.sender.value.partition("@")[0] if mail.sender else None
    new = without_signature(new or "", words_of(mail.sender_name, mailbox))
    text, full_text, cut = bounded(new, full)
    facts = dict(extra or {})
    truncated = [word for word, true in (("text", cut), ("parts", mail.left_out)) if true]
    if truncated:
        facts["truncated"] = ",".join(truncated)
    return Contact(
        provider=provider,
        provider_id=provider_id,
        delivery=provider_id,
        medium=Medium.EMAIL,
        sender=mail.sender,
        sender_name=mail.sender_name,
        recipients=tuple(dict.fromkeys(delivered_to + mail.recipients))[:MOST_RECIPIENTS],
        subject=mail.subject,
        text=text,
        full_text=full_text,
        attachments=mail.attachments,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        happened_at=mail.date or received_at,
        automatic=mail.automatic,
        extra=facts,
    )
