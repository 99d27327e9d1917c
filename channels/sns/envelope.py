"""A message of Amazon SNS as it comes over HTTP (Amazon SNS, "Parsing message formats"): JSON, sent as text/plain.

What SNS calls raw message delivery has no envelope and no signature; it is switched off on the subscription.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.contract import Request, malformed
from channels.errors import Forged, Malformed, NotTheirs
from channels.times import iso8601

NOTIFICATION: Final = "Notification"
SUBSCRIPTION: Final = "SubscriptionConfirmation"
UNSUBSCRIPTION: Final = "UnsubscribeConfirmation"

SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SUBSCRIPTION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    UNSUBSCRIPTION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
"""The fields that SNS signs, in their order, by the message's type; one that is missing is left out."""

RAW = "x-amz-sns-rawdelivery"


class Envelope(BaseModel):
    """Unknown fields pass. What the signature needs is checked with it, so that unsigned is told from unreadable."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    type: str = Field(alias="Type")
    message_id: str = Field("", alias="MessageId")
    topic_arn: str = Field("", alias="TopicArn")
    message: str = Field(alias="Message")
    subject: str | None = Field(None, alias="Subject")
    timestamp: str | None = Field(None, alias="Timestamp")
    token: str | None = Field(None, alias="Token")
    subscribe_url: str | None = Field(None, alias="SubscribeURL")
    signature_version: str | None = Field(None, alias="SignatureVersion")
    signature: str | None = Field(None, alias="Signature")
    signing_cert_url: str | None = Field(None, alias="SigningCertURL")

    @property
    def at(self) -> datetime | None:
        """When SNS published it, as the message says; None where it doesn't."""
        return iso8601(self.timestamp)

    @property
    def signed(self) -> bytes | None:
        """The bytes that SNS signs: each key and its value on a line. None for a type that isn't known.

        A line more in any field but the message could make two messages look alike, so there must be none.
        """
        told = self.model_dump(by_alias=True, exclude_none=True)
        pairs = [(name, told[name]) for name in SIGNED.get(self.type, ()) if name in told]
        if not pairs or any("\n" in value for name, value in pairs if name != "Message"):
            return None
        return "".join(f"{name}\n{value}\n" for name, value in pairs).encode()


def of_theirs(request: Request) -> Envelope:
    """The message of a request that nobody has verified yet. Raises NotTheirs, and Forged for a raw delivery."""
    if (request.header(RAW) or "").strip().lower() == "true":
        raise Forged("raw message delivery isn't signed; it has to be off")
    try:
        return Envelope.model_validate_json(request.body)
    except ValidationError as error:
        raise NotTheirs(f"expected a message of SNS as JSON ({malformed(error)})") from None


def of_verified(request: Request) -> Envelope:
    """The message of a verified request. Raises Malformed."""
    try:
        return Envelope.model_validate_json(request.body)
    except ValidationError as error:
        problem = malformed(error)
        raise Malformed(problem.field, problem.expected, problem.got) from None
