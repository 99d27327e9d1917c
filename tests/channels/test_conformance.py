"""What holds for every channel. A new one passes this by being in CHANNELS with a folder of golden payloads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import AddressKind, Contact, Medium
from channels.contract import Channel, Request, Secrets, Texts
from channels.errors import ChannelProblem, Forged, Malformed, Unauthenticated
from channels.registry import CHANNELS
from tests.channels.requests import AT, PUBLIC, SECRET, SIGN, expected, mail, payloads, shown, signed

every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
every_payload = pytest.mark.parametrize(
    ("channel", "path"),
    [
        pytest.param(channel, path, id=f"{channel.name}-{path.stem}")
        for channel in CHANNELS
        for path in payloads(channel.name)
    ],
)
every_mail = pytest.mark.parametrize("path", payloads("mail"), ids=lambda path: path.stem)

ONE = Secrets((SECRET,))


def contacts(channel: Channel, request: Request) -> list[Contact]:
    found = channel.parse(request)
    assert isinstance(found, list)
    return found


def sample(channel: Channel) -> bytes:
    return payloads(channel.name)[0].read_bytes()


def test_names_and_paths_are_each_used_once_and_every_provider_is_signed_here() -> None:
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)
    assert len({channel.path for channel in CHANNELS}) == len(CHANNELS)
    assert {channel.provider for channel in CHANNELS} == set(SIGN)


@every_payload
def test_a_golden_payload_is_accepted_and_becomes_what_lies_beside_it(channel: Channel, path: Path) -> None:
    request = signed(channel, path.read_bytes())
    channel.verify(request, ONE)
    assert [shown(contact) for contact in contacts(channel, request)] == [expected(path)]


@every_mail
def test_a_golden_mail_becomes_what_lies_beside_it(path: Path) -> None:
    assert shown(mail(path.read_bytes())) == expected(path)


@every_payload
def test_a_redelivery_a_minute_later_is_the_same_delivery_of_the_same_contact(channel: Channel, path: Path) -> None:
    request = signed(channel, path.read_bytes())
    again = replace(request, received_at=request.received_at.replace(minute=4))
    for first, second in zip(contacts(channel, request), contacts(channel, again), strict=True):
        assert (first.provider, first.provider_id, first.delivery) == (
            second.provider,
            second.provider_id,
            second.delivery,
        )


@every_channel
def test_another_secret_is_forged(channel: Channel) -> None:
    with pytest.raises(Forged):
        channel.verify(signed(channel, sample(channel)), Secrets(("another:secret",)))


@every_channel
def test_no_secret_at_all_accepts_nothing(channel: Channel) -> None:
    with pytest.raises(Forged):
        channel.verify(signed(channel, sample(channel)), Secrets())


@every_channel
def test_the_old_and_the_new_secret_hold_while_one_is_rotated(channel: Channel) -> None:
    both = Secrets(("old:secret", SECRET))
    channel.verify(signed(channel, sample(channel), "old:secret"), both)
    channel.verify(signed(channel, sample(channel), SECRET), both)


@every_channel
def test_without_credentials_it_is_refused(channel: Channel) -> None:
    request = signed(channel, sample(channel))
    bare = replace(request, headers=tuple(pair for pair in request.headers if pair[0] == "Content-Type"))
    with pytest.raises((Forged, Unauthenticated)):
        channel.verify(bare, ONE)


@every_channel
def test_header_names_have_no_case(channel: Channel) -> None:
    request = signed(channel, sample(channel))
    channel.verify(replace(request, headers=tuple((name.upper(), value) for name, value in request.headers)), ONE)


@every_channel
def test_a_truncated_body_is_refused_or_malformed_but_never_another_contact(channel: Channel) -> None:
    request = signed(channel, sample(channel))
    cut = replace(request, body=request.body[: len(request.body) // 2])
    with pytest.raises((Forged, Malformed)):
        channel.verify(cut, ONE)
        channel.parse(cut)


@every_channel
@pytest.mark.parametrize("charset", ["latin-1", "x-unknown", "utf-16"])
def test_a_wrong_charset_in_the_content_type_changes_nothing(channel: Channel, charset: str) -> None:
    request = signed(channel, sample(channel))
    kind = request.media_type
    headers = tuple(pair for pair in request.headers if pair[0] != "Content-Type")
    other = replace(request, headers=(*headers, ("Content-Type", f"{kind}; charset={charset}")))
    channel.verify(other, ONE)
    assert channel.parse(other) == channel.parse(request)


@every_channel
@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_what_a_channel_may_raise(channel: Channel, garbage: bytes) -> None:
    for request in (signed(channel, garbage), replace(signed(channel, b""), body=garbage, headers=())):
        for act in (lambda request: channel.verify(request, ONE), channel.parse):
            try:
                act(request)
            except ChannelProblem as problem:
                assert garbage.decode("latin-1").strip() not in str(problem) or len(garbage) < 12


@every_channel
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), max_size=4), st.text(max_size=40))
def test_garbage_in_headers_and_url_is_only_ever_refused(
    channel: Channel, headers: list[tuple[str, str]], tail: str
) -> None:
    known = [(name, value) for _, value in headers for name in ("Authorization", "X-Twilio-Signature", "Content-Type")]
    request = Request("POST", f"{PUBLIC}{channel.path}{tail}", (*headers, *known), b"a=b", AT)
    with pytest.raises(ChannelProblem):
        channel.verify(request, ONE)


@every_payload
def test_what_comes_out_is_final_and_can_be_written(channel: Channel, path: Path) -> None:
    for contact in contacts(channel, signed(channel, path.read_bytes())):
        assert contact.provider == channel.provider
        assert contact.medium is channel.medium
        assert Contact.model_validate_json(contact.model_dump_json()).provider_id == contact.provider_id
        for address in (contact.sender, *contact.recipients):
            assert address is None or address.kind is not AddressKind.PHONE or address.value.startswith("+")


@every_channel
def test_a_reply_to_twilio_is_xml_and_to_others_empty(channel: Channel) -> None:
    reply = channel.reply(signed(channel, sample(channel)), Texts())
    assert 200 <= reply.status < 300
    if channel.provider == "twilio" and channel.name != "twilio-voice-status":
        assert reply.media_type == "text/xml"
        assert ElementTree.fromstring(reply.body).tag == "Response"
    else:
        assert reply.body == ""


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail_that_can_be_written(content: bytes) -> None:
    contact = mail(content)
    assert contact.medium is Medium.EMAIL
    contact.model_dump_json()
