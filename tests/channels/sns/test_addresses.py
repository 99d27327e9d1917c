from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sns.addresses import confirmation, confirms, host_of, is_certificate

ARN = "arn:aws:sns:eu-west-1:123456789012:inbound"
HOST = "sns.eu-west-1.amazonaws.com"
URL = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={ARN}&Token=t0"


@pytest.mark.parametrize(
    ("arn", "host"),
    [
        (ARN, HOST),
        (f"{ARN}.fifo", HOST),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:a", "sns.us-gov-west-1.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:123456789012:a", "sns.cn-north-1.amazonaws.com.cn"),
        ("arn:aws:sqs:eu-west-1:123456789012:a", None),
        ("arn:aws:sns:evil.example/:123456789012:a", None),
        ("arn:aws:sns:eu-west-1:123456789012:a b", None),
        ("arn:gcp:sns:eu-west-1:123456789012:a", None),
        (f"{ARN}\n", None),
        ("", None),
    ],
)
def test_a_topic_has_one_host(arn: str, host: str | None) -> None:
    assert host_of(arn) == host


def test_a_subscription_is_confirmed_by_its_own_address_only() -> None:
    assert confirms(URL, HOST, ARN)
    assert confirms(confirmation(HOST, ARN, "t0"), HOST, ARN)
    assert confirms(URL.replace(":", "%3A").replace("https%3A", "https:"), HOST, ARN)


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https", "http"),
        URL.replace(HOST, "sns.us-east-1.amazonaws.com"),
        URL.replace(HOST, f"{HOST}@evil.example"),
        URL.replace(HOST, f"{HOST}:8443"),
        URL.replace("/?", "/x?"),
        URL.replace("ConfirmSubscription", "Unsubscribe"),
        URL.replace("inbound", "another"),
        URL.replace("t0", ""),
        f"{URL}&Action=Publish",
        f"{URL}#x",
        f"{URL} x",
        f"{URL}\r\nX: y",
        "",
    ],
)
def test_any_other_address_confirms_nothing(url: str) -> None:
    assert not confirms(url, HOST, ARN)


@given(st.text(max_size=200))
def test_no_text_passes_for_an_address_of_theirs(text: str) -> None:
    assert host_of(text) is None or text.startswith("arn:")
    assert not is_certificate(text, HOST)
    assert not confirms(f"https://{HOST}/?{text}", HOST, ARN)
