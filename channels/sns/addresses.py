"""Addresses of Amazon SNS. What a message names is fetched only from the host of its own topic's region."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
"""By the partition that a topic's ARN names."""

_TOPIC = re.compile(r"arn:([a-z-]+):sns:([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?")
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Fa-f]{1,128}\.pem")


def host_of(topic_arn: str) -> str | None:
    """The host that serves a topic: `sns.<region>.amazonaws.com`, in China with `.cn`. None for what is no topic."""
    found = _TOPIC.fullmatch(topic_arn)
    if found is None or found[1] not in SUFFIXES:
        return None
    return f"sns.{found[2]}.{SUFFIXES[found[1]]}"


def is_certificate(url: str, host: str) -> bool:
    """True for a signing certificate at `host`: https, no other port, no user, no query."""
    prefix = f"https://{host}"
    return url.startswith(prefix) and _CERTIFICATE.fullmatch(url[len(prefix) :]) is not None


def confirms(url: str, host: str, topic_arn: str) -> bool:
    """True if `url` at `host` confirms a subscription to `topic_arn`, and does nothing else."""
    prefix = f"https://{host}/?"
    if not url.startswith(prefix) or not url.isascii() or not url.isprintable() or "#" in url or " " in url:
        return False
    pairs = parse_qsl(url[len(prefix) :], keep_blank_values=True)
    told = dict(pairs)
    return (
        len(pairs) == len(told)
        and told.get("Action") == "ConfirmSubscription"
        and told.get("TopicArn") == topic_arn
        and bool(told.get("Token"))
    )


def confirmation(host: str, topic_arn: str, token: str) -> str:
    """The address that confirms a subscription, as SNS writes it."""
    query = urlencode({"Action": "ConfirmSubscription", "TopicArn": topic_arn, "Token": token}, safe=":")
    return f"https://{host}/?{query}"
