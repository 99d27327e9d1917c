"""Which of what waits for the broker may be an S1: the rules alone, without the languages, the model or the context."""

from __future__ import annotations

import structlog
from pydantic import ValidationError

from channels.contact import Contact
from router.model.cloudevents import Message
from router.model.events import ContactReceived
from scoring.hits import hits
from scoring.model import Severity
from scoring.rules import load_rules
from scoring.scopes import judge
from scoring.text import words

CHARACTERS = 20_000

log = structlog.get_logger()


def urgent(message: Message) -> bool:
    """True where an S1 rule speaks in the first 20,000 characters, or where the rules fail on it. What is no contact is
    never urgent."""
    if not message.topic.startswith("inbound."):
        return False
    try:
        contact = ContactReceived.model_validate_json(message.value or b"").contact
    except ValidationError:
        return False
    try:
        return _speaks(contact)
    except Exception as error:  # whatever it is: the contact has to be kept, and those that came with it
        log.error("spool.unranked", error=type(error).__name__)  # noqa: TRY400 - a trace may quote the content
        return True


def _speaks(contact: Contact) -> bool:
    rules = load_rules()
    text = f"{contact.subject or ''}\n\n{contact.text[:CHARACTERS]}"
    read = words(text)
    findings, _ = judge(rules, read, hits(rules, read, (), None))
    return any(found.scope is None and found.rule.severity is Severity.S1 for found in findings)
