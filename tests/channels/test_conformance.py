"""What holds for every channel. A new one passes this by being in CHANNELS with a folder of golden payloads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import AddressKind, Contact, Medium
from channels.contract import Channel, Confirmation, Request, Secrets, Texts
from channels.errors import ChannelProblem, Forged, Unauthenticated
from channels.registry import CHANNELS
from channels.texts import LIMIT
from router.gateway.delivery import LARGEST_EVENT
from tests.channels.requests import (
    AT,
    PUBLIC,
    expected,
    grown,
    mail,
    payloads,
    shown,
    signed,
    signing,
    unsigned,
)

XML_REPLIES = {"twilio-sms": "text/xml", "twilio-voice": "text/xml", "plivo-sms": "application/xml"}

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


def contacts(channel: Channel, request: Request) -> list[Contact]:
    found = channel.parse(request)
    return [] if isinstance(found, Confirmation) else found


def sample(channel: Channel) -> Path:
    return payloads(channel.name)[0]


def secrets(channel: Channel) -> Secrets:
    known = signing(channel)
    return known.secrets(known.present)


def test_names_and_paths_are_each_used_once() -> None:
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)
    assert len({channel.path for channel in CHANNELS}) == len(CHANNELS)


def test_hooks_of_one_provider_share_their_settings() -> None:
    providers = {channel.provider for channel in CHANNELS}
    assert len({(channel.provider, channel.secrets, channel.options) for channel in CHANNELS}) == len(providers)


@every_payload
def test_a_golden_payload_is_accepted_and_becomes_what_lies_beside_it(channel: Channel, path: Path) -> None:
    request = signed(channel, path)
    channel.verify(request, secrets(channel))
    assert request.method == "GET" or request.media_type in channel.takes
    assert [shown(contact) for contact in contacts(channel, request)] == expected(path)


@every_mail
def test_a_golden_mail_becomes_what_lies_beside_it(path: Path) -> None:
    assert [shown(mail(path.read_bytes()))] == expected(path)


@every_payload
def test_a_redelivery_a_minute_later_is_the_same_delivery_of_the_same_contact(channel: Channel, path: Path) -> None:
    request = signed(channel, path)
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
        channel.verify(signed(channel, sample(channel), keys=signing(channel).other), secrets(channel))


@every_channel
def test_no_secret_at_all_accepts_nothing(channel: Channel) -> None:
    with pytest.raises(Forged):
        channel.verify(signed(channel, sample(channel)), Secrets())


@every_channel
def test_the_old_and_the_new_secret_hold_while_one_is_rotated(channel: Channel) -> None:
    known = signing(channel)
    for keys in (known.old, known.present):
        channel.verify(signed(channel, sample(channel), keys=keys), known.secrets(known.old, known.present))


@every_channel
def test_without_a_signature_it_is_refused(channel: Channel) -> None:
    with pytest.raises((Forged, Unauthenticated)):
        channel.verify(unsigned(channel, sample(channel)), secrets(channel))


@every_channel
def test_header_names_have_no_case(channel: Channel) -> None:
    request = signed(channel, sample(channel))
    shouted = tuple((name.upper(), value) for name, value in request.headers)
    channel.verify(replace(request, headers=shouted), secrets(channel))


@every_channel
def test_a_truncated_request_is_refused_or_malformed_but_never_another_contact(channel: Channel) -> None:
    request = signed(channel, sample(channel))
    path, mark, query = request.url.partition("?")
    cut = replace(request, url=path + mark + query[: len(query) // 2], body=request.body[: len(request.body) // 2])
    try:
        channel.verify(cut, secrets(channel))
        found = contacts(channel, cut)
    except ChannelProblem:
        return
    whole = {contact.provider_id for contact in contacts(channel, request)}
    assert whole.isdisjoint(contact.provider_id for contact in found)


@every_channel
@pytest.mark.parametrize("charset", ["latin-1", "x-unknown", "utf-16"])
def test_a_wrong_charset_in_the_content_type_changes_nothing(channel: Channel, charset: str) -> None:
    request = signed(channel, sample(channel))
    other = replace(
        request,
        headers=tuple(
            (name, f"{value.partition('; charset')[0]}; charset={charset}" if name == "Content-Type" else value)
            for name, value in request.headers
        ),
    )
    channel.verify(other, secrets(channel))
    assert channel.parse(other) == channel.parse(request)


@every_payload
def test_a_huge_one_is_bounded_or_refused(channel: Channel, path: Path) -> None:
    request = signed(channel, path, grown(path, min(channel.limit, 600_000)))
    try:
        channel.verify(request, secrets(channel))
        found = contacts(channel, request)
    except ChannelProblem:
        return
    for contact in found:
        assert len(contact.text.encode()) <= LIMIT
        assert len((contact.full_text or "").encode()) <= LIMIT
        assert len(contact.model_dump_json()) < LARGEST_EVENT


@every_channel
@pytest.mark.parametrize("unit", [b"\0", b"%", b"&", b"[", b'{"a":', b"--x\r\n", b"a=b&", b"\xff\xfe"])
def test_a_huge_body_of_nothing_but_noise_is_only_ever_refused(channel: Channel, unit: bytes) -> None:
    request = unsigned(channel, sample(channel), unit * (600_000 // len(unit)))
    for act in (lambda: channel.verify(request, secrets(channel)), lambda: channel.parse(request)):
        try:
            act()
        except ChannelProblem:
            continue


@every_channel
@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_what_a_channel_may_raise(channel: Channel, garbage: bytes) -> None:
    bare = replace(unsigned(channel, sample(channel), garbage), headers=())
    try:
        requests = (signed(channel, sample(channel), garbage), bare)
    except ChannelProblem:  # what can't even be signed
        requests = (unsigned(channel, sample(channel), garbage), bare)
    acts = (
        lambda request: channel.needs(request, secrets(channel)),
        lambda request: channel.verify(request, secrets(channel)),
        channel.parse,
    )
    for request in requests:
        for act in acts:
            try:
                act(request)
            except ChannelProblem as problem:
                assert garbage.decode("latin-1").strip() not in str(problem) or len(garbage) < 12


@every_channel
@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=40))
def test_garbage_in_headers_and_url_is_only_ever_refused(channel: Channel, values: list[str], tail: str) -> None:
    names = [name for name, _ in signed(channel, sample(channel)).headers]
    headers = tuple((name, value) for value in values for name in names)
    request = Request("POST", f"{PUBLIC}{channel.path}{tail}", headers, b"a=b", AT)
    with pytest.raises(ChannelProblem):
        channel.verify(request, secrets(channel))


@every_payload
def test_what_comes_out_is_final_and_can_be_written(channel: Channel, path: Path) -> None:
    for contact in contacts(channel, signed(channel, path)):
        assert contact.provider == channel.provider
        assert Contact.model_validate_json(contact.model_dump_json()).provider_id == contact.provider_id
        for address in (contact.sender, *contact.recipients):
            assert address is None or address.kind is not AddressKind.PHONE or address.value.startswith("+")


@every_channel
def test_a_reply_is_xml_where_the_provider_reads_one_and_else_empty(channel: Channel) -> None:
    reply = channel.reply(signed(channel, sample(channel)), Texts())
    assert 200 <= reply.status < 300
    assert reply.media_type == XML_REPLIES.get(channel.name) == channel.gives
    if channel.name in XML_REPLIES:
        assert ElementTree.fromstring(reply.body).tag == "Response"
    else:
        assert reply.body == ""


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail_that_can_be_written(content: bytes) -> None:
    contact = mail(content)
    assert contact.medium is Medium.EMAIL
    contact.model_dump_json()
