"""What Amazon SES says of a mail that it received (Amazon SES, "Contents of notifications for Amazon SES email
receiving"). Only what is needed to know who writes what must have its shape."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.contract import malformed
from channels.errors import Malformed
from channels.loose import LISTED, OR_NONE, Loose, Texts, otherwise

RECEIVED: Final = "Received"

NOT_RECEIVED = frozenset(
    {
        "AmazonSnsSubscriptionSucceeded",
        "Bounce",
        "Click",
        "Complaint",
        "Delivery",
        "DeliveryDelay",
        "Open",
        "Reject",
        "Rendering Failure",
        "Send",
        "Subscription",
    }
)
"""Notifications and events of mail that was sent."""

VALIDATED = "Successfully validated SNS topic"
"""How the text begins that SES publishes once it may use a topic."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Header(_Part):
    name: Loose = None
    value: Loose = None


class CommonHeaders(_Part):
    """The headers that most mails have, as SES has read them."""

    from_: Annotated[Texts, Field(alias="from")] = []
    sender: Loose = None
    reply_to: Annotated[Texts, Field(alias="replyTo")] = []
    to: Texts = []
    cc: Texts = []
    subject: Loose = None
    date: Loose = None
    message_id: Loose = Field(None, alias="messageId")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of each that is there."""
        found = {
            "From": _joined(self.from_),
            "Sender": self.sender,
            "Reply-To": _joined(self.reply_to),
            "To": _joined(self.to),
            "Cc": _joined(self.cc),
            "Subject": self.subject,
            "Date": self.date,
            "Message-ID": self.message_id,
        }
        return [(name, value) for name, value in found.items() if value]


class Mail(_Part):
    """source: of MAIL FROM. destination: whom the headers and the envelope named."""

    message_id: Loose = Field(None, alias="messageId")
    source: Loose = None
    timestamp: Loose = None
    destination: Texts = []
    headers: Annotated[list[Annotated[Header | None, OR_NONE]], LISTED] = []
    common_headers: Annotated[CommonHeaders | None, OR_NONE] = Field(None, alias="commonHeaders")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The headers; those that most mails have where SES was told to leave out the rest."""
        listed = [(one.name, one.value) for one in self.headers if one and one.name and one.value is not None]
        return listed or (self.common_headers.pairs if self.common_headers else [])


class Action(_Part):
    """type: what the receipt rule did: SNS published the mail, S3 stored it, others did neither."""

    type: Loose = None
    encoding: Loose = None
    bucket_name: Loose = Field(None, alias="bucketName")
    object_key: Loose = Field(None, alias="objectKey")


class Verdict(_Part):
    status: Loose = None


LooseVerdict = Annotated[Verdict | None, OR_NONE]


class Receipt(_Part):
    """recipients: of RCPT TO, those that the receipt rule was for."""

    recipients: Texts = []
    action: Annotated[Action, otherwise(Action)] = Action()
    spam: LooseVerdict = Field(None, alias="spamVerdict")
    virus: LooseVerdict = Field(None, alias="virusVerdict")
    spf: LooseVerdict = Field(None, alias="spfVerdict")
    dkim: LooseVerdict = Field(None, alias="dkimVerdict")
    dmarc: LooseVerdict = Field(None, alias="dmarcVerdict")

    @property
    def verdicts(self) -> dict[str, str | None]:
        """By the provider's own names."""
        known = {"spam": self.spam, "virus": self.virus, "spf": self.spf, "dkim": self.dkim, "dmarc": self.dmarc}
        return {f"{name}Verdict": one.status for name, one in known.items() if one}


class Received(_Part):
    """content: the raw mail, only where an SNS action published it."""

    mail: Mail
    receipt: Annotated[Receipt, otherwise(Receipt)] = Receipt()
    content: str | None = None


def received(message: str) -> Received | None:
    """The notification in an SNS message; None where it tells of anything but a received mail.

    Raises Malformed for what isn't of SES, or has no mail.
    """
    if message.startswith(VALIDATED):
        return None
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        raise Malformed("Message", "a notification of SES as JSON", "other text") from None
    kind = _kind(told)
    if kind in NOT_RECEIVED:
        return None
    if kind != RECEIVED:
        raise Malformed("Message.notificationType", RECEIVED, "another type" if kind else "nothing")
    try:
        return Received.model_validate(told)
    except ValidationError as error:
        problem = malformed(error)
        raise Malformed(f"Message.{problem.field}", problem.expected, problem.got) from None


def _kind(told: Any) -> str | None:
    """notificationType of what concerns identities, eventType of what a configuration set publishes."""
    if not isinstance(told, dict):
        return None
    kind = told.get("notificationType") or told.get("eventType")
    return kind if isinstance(kind, str) else None


def _joined(values: list[str | None]) -> str:
    return ", ".join(value for value in values if value)
