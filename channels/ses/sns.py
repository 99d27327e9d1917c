"""Mail that Amazon SES received, published by a receipt rule to a topic of SNS.

An SNS action publishes the raw mail, up to 150 KB. Every other action only tells that there was one: then the
contact is made of its headers, and says where the rest lies, so that nobody's mail is lost. Its id differs from that
of the whole mail, which another action of the same rule may publish: the later one would be taken for a repetition.

A topic is on once ROUTER_SES_TOPIC_ARNS lists it: its subscription is confirmed, its messages are taken. What tells
of mail that was sent (bounces, complaints, deliveries) is no contact.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

from channels.contact import Address, Contact, Medium
from channels.contract import MIB, Channel, Confirmation, Request
from channels.errors import Malformed
from channels.mail import contact, message
from channels.mail.address import address
from channels.mail.fingerprint import fingerprint
from channels.ses.notification import Received, received
from channels.sns import addresses, envelope, signature
from channels.sns.envelope import Envelope
from channels.texts import line
from channels.times import iso8601

PROVIDER = "ses"

LONGEST_ID = 200

HEADERS_ONLY = ":headers"
"""Follows the id of a mail of which only the headers came."""

BOUNCED = "Bounce"
"""The action that sent the mail back: its sender was told, and nobody is to read it."""

TOPICS = signature.Topics(secrets="SES_TOPIC_ARNS", certificates="SES_CERTIFICATES", max_age="SES_MAX_AGE")


def parse(request: Request) -> list[Contact] | Confirmation:
    """One contact a mail; a subscription to confirm. Raises Malformed with the field's path."""
    told = envelope.of_verified(request)
    if told.type == envelope.SUBSCRIPTION:
        return _confirmation(told)
    if told.type == envelope.UNSUBSCRIPTION:
        return []
    if told.type != envelope.NOTIFICATION:
        raise Malformed("Type", envelope.NOTIFICATION, "another type")
    found = received(told.message)
    if found is None or (found.content is None and found.receipt.action.type == BOUNCED):
        return []
    return [_contact(found, told, request)]


def _confirmation(told: Envelope) -> Confirmation:
    host, url = addresses.host_of(told.topic_arn), told.subscribe_url
    if host is None or url is None or not addresses.confirms(url, host, told.topic_arn):
        raise Malformed("SubscribeURL", "an address of SNS that confirms the topic's subscription", "another address")
    return Confirmation(url, host)


def _contact(found: Received, told: Envelope, request: Request) -> Contact:
    raw, whole = _raw(found), found.content is not None
    mail = message.read(raw, found.mail.source)
    delivered = _addresses(found.receipt.recipients) or _addresses(found.mail.destination)
    mail = replace(
        mail if whole else replace(mail, text="", attachments=(), left_out=True),
        date=mail.date or iso8601(found.mail.timestamp),
    )
    known = line(found.mail.message_id, LONGEST_ID) or fingerprint(raw, (one.value for one in delivered))
    made = contact.contact(
        mail,
        provider=PROVIDER,
        provider_id=known if whole else f"{known}{HEADERS_ONLY}",
        received_at=request.received_at,
        delivered_to=delivered,
        extra=_extra(found),
    )
    delivery = line(told.message_id, LONGEST_ID) or made.provider_id
    return made.model_copy(update={"delivery": delivery})


def _raw(found: Received) -> bytes:
    """The mail as it was sent, or its headers alone. Raises Malformed where base64 can't be decoded."""
    content = found.content
    if content is None:
        return "".join(f"{_bare(name)}: {_bare(value)}\r\n" for name, value in found.mail.pairs).encode() + b"\r\n"
    if (found.receipt.action.encoding or "").strip().upper() != "BASE64":
        return content.encode("utf-8", "replace")
    try:
        return b64decode("".join(content.split()), validate=True)
    except ValueError:
        raise Malformed("Message.content", "base64", "other text") from None


def _extra(found: Received) -> dict[str, str]:
    action, facts = found.receipt.action, dict(found.receipt.verdicts)
    if found.content is None:
        facts |= {"action": action.type, "bucketName": action.bucket_name, "objectKey": action.object_key}
        facts["content"] = "in S3, not fetched" if action.object_key else "not sent"
    lines = ((name, line(value)) for name, value in facts.items())
    return {name: value for name, value in lines if value}


def _addresses(listed: list[str | None]) -> tuple[Address, ...]:
    return tuple(dict.fromkeys(found for found in map(address, listed) if found is not None))


def _bare(text: str) -> str:
    return " ".join(text.split())


CHANNEL = Channel(
    "ses-sns",
    PROVIDER,
    "/hooks/ses/sns",
    Medium.EMAIL,
    verify=TOPICS.verify,
    parse=parse,
    secrets=TOPICS.secrets,
    sign=signature.sign,
    options=TOPICS.options,
    limit=4 * MIB,
    takes=("text/plain",),
    reads=(envelope.RAW,),
    needs=TOPICS.needs,
)
