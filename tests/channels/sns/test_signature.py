from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contract import Request, Secrets
from channels.errors import ChannelProblem, Forged, Misconfigured, NotTheirs
from channels.sns.envelope import SIGNED
from channels.sns.signature import sign
from tests.channels.sns.messages import (
    ARN,
    AT,
    LISTED,
    TOPICS,
    URL,
    altered,
    certificate,
    key,
    message,
    request,
    signed,
)
from tests.shared import SHARED, needs_shared

SUBSCRIPTION = {
    "Type": "SubscriptionConfirmation",
    "Token": "t0",
    "SubscribeURL": f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={ARN}&Token=t0",
}


def passes(found: Request, secrets: Secrets = LISTED) -> bool:
    try:
        TOPICS.verify(found, secrets)
    except Forged:
        return False
    return True


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "fields", [{}, {"Subject": "Hello"}, SUBSCRIPTION, SUBSCRIPTION | {"Type": "UnsubscribeConfirmation"}]
)
def test_each_type_of_message_holds_in_both_versions_and_none_once_a_signed_field_changed(
    version: str, fields: dict[str, str]
) -> None:
    found = sign(request(message(SignatureVersion=version, **fields)), key("ours"))
    assert passes(found)
    for name in ("Message", "MessageId", "Subject", "Token", "SubscribeURL"):
        if name in json.loads(found.body):
            assert not passes(altered(found, **{name: "another"}))
    assert not passes(altered(found, SignatureVersion="2" if version == "1" else "1"))


def test_a_subject_that_was_added_or_taken_away_is_forged() -> None:
    assert not passes(altered(signed(), Subject="Hello"))
    assert not passes(altered(signed(Subject="Hello"), Subject=None))


def test_another_topic_is_forged_before_anything_is_fetched() -> None:
    elsewhere = signed(TopicArn=f"{ARN}-2")
    for act in (TOPICS.needs, TOPICS.verify):
        with pytest.raises(Forged, match="ROUTER_TOPIC_ARNS"):
            act(elsewhere, LISTED)


def test_what_is_needed_is_the_certificate_from_the_host_of_the_topics_region() -> None:
    (need,) = TOPICS.needs(signed(), LISTED)
    assert (need.url, need.host, need.instead) == (URL, "sns.eu-west-1.amazonaws.com", "CERTIFICATES")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        URL.replace("https", "http"),
        URL.replace("eu-west-1", "us-east-1"),
        URL.replace("amazonaws.com", "amazonaws.com.evil.example"),
        URL.replace("amazonaws.com", "amazonaws.com.cn"),
        URL.replace("amazonaws.com", "amazonaws.com:8443"),
        URL.replace("https://", "https://user@"),
        URL.replace("https://sns", "https://evil.example/sns"),
        URL.replace("Simple", "folder/Simple"),
        f"{URL}?a=b",
        f"{URL}#a",
        f"{URL}\n",
        URL.replace("0a1b2c", "../0a1b2c"),
    ],
)
def test_a_certificate_from_anywhere_else_is_never_asked_for(url: str | None) -> None:
    found = altered(signed(), SigningCertURL=url)
    for act in (TOPICS.needs, TOPICS.verify):
        with pytest.raises(Forged, match="SigningCertURL"):
            act(found, LISTED)


@pytest.mark.parametrize(
    ("since", "till", "holds"),
    [
        (AT - timedelta(days=400), AT - timedelta(days=1), True),
        (AT - timedelta(days=400), AT - timedelta(days=3), False),
        (AT - timedelta(days=1), AT + timedelta(days=400), False),
    ],
    ids=["in force then, not now", "not any more then", "not yet then"],
)
def test_a_certificate_is_judged_at_the_time_of_the_message(since: datetime, till: datetime, holds: bool) -> None:
    then = (AT - timedelta(days=2)).isoformat()
    assert passes(signed(certificate(key("ours"), since=since, till=till), Timestamp=then)) is holds


def test_of_several_certificates_one_must_hold() -> None:
    several = certificate(None) + certificate(key("another")) + certificate(key("ours"))
    assert passes(signed(several))
    assert not passes(signed(certificate(None) + certificate(key("another"))))
    assert not passes(signed(certificate(None)))


@pytest.mark.parametrize(
    ("subject", "theirs"),
    [
        ("sns.amazonaws.com", True),
        ("sns-signing.af-south-1.amazonaws.com", True),
        ("sns-us-gov-west-1.amazonaws.com", True),
        ("sns-cn-north-1.amazonaws.com.cn", True),
        ("sqs.amazonaws.com", False),
        ("sns.amazonaws.com.evil.example", False),
    ],
)
def test_a_fetched_certificate_is_of_sns_and_the_operator_vouches_for_files(subject: str, theirs: bool) -> None:
    found = signed(certificate(key("ours"), subject))
    assert passes(found) is theirs
    assert passes(found, Secrets((ARN,), {"CERTIFICATES": ("/etc/sns.pem",)}))


@pytest.mark.parametrize(
    ("age", "setting", "holds"),
    [
        (timedelta(days=3), (), True),
        (timedelta(days=5), (), False),
        (timedelta(days=5), ("6d",), True),
        (timedelta(minutes=2), ("60",), False),
        (timedelta(minutes=-4), (), True),
        (timedelta(minutes=-6), ("6d",), False),
    ],
)
def test_a_message_may_be_as_old_as_the_operator_says_and_never_from_the_future(
    age: timedelta, setting: tuple[str, ...], holds: bool
) -> None:
    secrets = Secrets((ARN,), {"MAX_AGE": setting} if setting else {})
    assert passes(signed(Timestamp=(AT - age).isoformat()), secrets) is holds


def test_an_age_that_cant_be_read_is_our_fault() -> None:
    with pytest.raises(Misconfigured, match="ROUTER_MAX_AGE"):
        TOPICS.verify(signed(), Secrets((ARN,), {"MAX_AGE": ("soon",)}))


@pytest.mark.parametrize(
    "fields",
    [
        {"Signature": None},
        {"Signature": ""},
        {"Signature": "*"},
        {"Signature": "AAAA"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": None},
        {"Timestamp": None},
        {"Timestamp": "soon"},
        {"Type": "Another"},
        {"MessageId": "m\n1"},
    ],
)
def test_what_isnt_signed_as_sns_signs_is_forged(fields: dict[str, str | None]) -> None:
    assert not passes(altered(signed(), **fields))


def test_raw_delivery_is_refused_since_nothing_signs_it() -> None:
    raw = request({"notificationType": "Received"}).having(("x-amz-sns-rawdelivery", "true"))
    with pytest.raises(Forged, match="raw message delivery"):
        TOPICS.verify(raw, LISTED)


@pytest.mark.parametrize("body", [[], "x", 7, None, {}, {"Type": "Notification"}, {"Type": 1, "Message": "x"}])
def test_what_is_no_message_of_sns_isnt_theirs(body: object) -> None:
    with pytest.raises(NotTheirs, match="expected a message of SNS"):
        TOPICS.verify(request(body), LISTED)
    with pytest.raises(NotTheirs):
        sign(request(body), key("ours"))


def test_a_certificate_that_is_missing_or_broken_is_never_their_fault() -> None:
    for fetched in (b"", b"no certificate"):
        with pytest.raises(ValueError):
            TOPICS.verify(signed(fetched), LISTED)
    elsewhere = altered(signed(), SigningCertURL=URL.replace("0a1b2c", "ffffff"))
    with pytest.raises(LookupError):
        TOPICS.verify(elsewhere, LISTED)


FIELDS = st.sampled_from([*message(), "Signature", "SignatureVersion", "Subject", "Token", "SubscribeURL"])
VALUES = st.none() | st.text(max_size=60) | st.integers() | st.sampled_from([*message().values()])


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(FIELDS, VALUES))
def test_nothing_that_was_changed_holds(fields: dict[str, str | None]) -> None:
    whole = signed()
    found = altered(whole, **fields)
    try:
        TOPICS.verify(found, LISTED)
    except ChannelProblem:
        return
    told, before = json.loads(found.body), json.loads(whole.body)
    assert {name: told.get(name) for name in SIGNED["Notification"]} == {
        name: before.get(name) for name in SIGNED["Notification"]
    }


@needs_shared
def test_real_messages_hold_in_their_time_and_not_once_changed() -> None:
    folder = SHARED / "fixtures/sns/aws-sdk-java-v2"
    (pem,) = folder.glob("*.pem")
    paths = sorted(folder.glob("*.json"))
    assert len(paths) >= 4
    for path in paths:
        told = json.loads(path.read_text())
        fetched = {told["SigningCertURL"]: pem.read_bytes()}
        real = Request("POST", "", (), path.read_bytes(), datetime(2026, 3, 7, tzinfo=UTC), fetched)
        secrets = Secrets((told["TopicArn"],))
        TOPICS.verify(real, secrets)
        with pytest.raises(Forged, match="doesn't match"):
            TOPICS.verify(altered(real, Message="another"), secrets)
        later = Request("POST", "", (), path.read_bytes(), AT, fetched)
        with pytest.raises(Forged, match="older"):
            TOPICS.verify(later, secrets)
        TOPICS.verify(later, Secrets((told["TopicArn"],), {"MAX_AGE": ("400d",)}))
