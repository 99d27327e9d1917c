"""Every sample passes the real channel that it is made for."""

from datetime import UTC, datetime
from random import Random

import pytest

from channels import smtp
from channels.contact import AddressKind, CallStatus, Contact, Medium
from channels.contract import Channel, Confirmation, Request, Secrets
from channels.errors import Forged
from channels.registry import CHANNELS
from router.model.ids import contact_id
from router.play import mime, postmark, twilio
from router.play.people import Person, someone
from router.play.sample import Keys, Mail, Sample
from router.play.scenario import scenario

KEYS = Keys("https://router.example.com", "0123456789abcdef", "postmark:secret")
SECRETS = {"twilio": Secrets(("older", "0123456789abcdef")), "postmark": Secrets(("postmark:secret",))}
AT = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
BY_PATH = {channel.path: channel for channel in CHANNELS}


@pytest.fixture
def rng() -> Random:
    return Random(5)


@pytest.fixture
def person(rng: Random) -> Person:
    return someone(rng)


def requested(sample: Sample) -> tuple[Channel, Request]:
    channel = BY_PATH[sample.path]
    return channel, Request(sample.method, KEYS.public_url + sample.path, sample.headers, sample.body, AT)


def read(sample: Sample) -> Contact:
    """The contact that the real channel makes of it, once it has verified it."""
    channel, request = requested(sample)
    channel.verify(request, SECRETS[channel.provider])
    found = channel.parse(request)
    assert not isinstance(found, Confirmation)
    assert len(found) == 1
    return found[0]


def test_every_request_of_the_scenario_is_taken_and_has_the_id_foretold() -> None:
    for move in scenario(11, KEYS).moves:
        if isinstance(move.send, Mail):
            contact = smtp.parse_mail(move.send.data, move.send.sender, move.send.recipients, AT)
        else:
            contact = read(move.send)
            assert contact_id(contact.provider, contact.provider_id) == move.send.contact_id
        assert contact.medium is move.medium
        assert contact.update is move.update


def test_a_text_is_from_the_person_to_us_in_their_words(person: Person, rng: Random) -> None:
    contact = read(twilio.text(person, "¿Dónde está? 100 % sure & <well>", KEYS, rng))
    assert contact.text == "¿Dónde está? 100 % sure & <well>"
    assert contact.sender is not None
    assert contact.sender.value == person.phone
    assert [recipient.value for recipient in contact.recipients] == [twilio.OFFICE_NUMBER]


def test_a_picture_message_brings_its_picture(person: Person, rng: Random) -> None:
    contact = read(twilio.text(person, "look", KEYS, rng, media=("image/jpeg", "image/png")))
    assert [one.media_type for one in contact.attachments] == ["image/jpeg", "image/png"]
    assert all(one.url for one in contact.attachments)


def test_a_withheld_call_has_no_sender(person: Person, rng: Random) -> None:
    assert read(twilio.call(person, KEYS, rng, withheld=True)).sender is None


def test_the_callbacks_of_a_call_are_updates_of_the_same_contact(person: Person, rng: Random) -> None:
    ring = twilio.call(person, KEYS, rng)
    ended = twilio.call_status(ring.provider_id, person, KEYS, rng, status="completed", sequence=1, at=AT, seconds=43)
    contact = read(ended)
    assert (contact.provider_id, contact.sequence) == (read(ring).provider_id, 1)
    assert contact.call is not None
    assert (contact.call.status, contact.call.duration_s) == (CallStatus.COMPLETED, 43)


def test_a_mail_has_the_same_words_by_postmark_and_by_smtp(person: Person, rng: Random) -> None:
    files = (("invoice.pdf", "application/pdf", b"%PDF-1.4 x"),)
    hooked = read(postmark.email(person, "Rückfrage", "Grüße", KEYS, rng, at=AT, files=files))
    mailed_in = mime.mail(person, "Rückfrage", "Grüße", rng, at=AT, files=files)
    mailed = smtp.parse_mail(mailed_in.data, mailed_in.sender, mailed_in.recipients, AT)
    for contact in (hooked, mailed):
        assert contact.medium is Medium.EMAIL
        assert (contact.subject, contact.text.strip()) == ("Rückfrage", "Grüße")
        assert contact.sender is not None
        assert (contact.sender.kind, contact.sender.value) == (AddressKind.EMAIL, person.email)
        assert [(one.name, one.size) for one in contact.attachments] == [("invoice.pdf", 10)]


def test_a_sample_signed_for_another_address_or_secret_is_refused(person: Person, rng: Random) -> None:
    for keys in (Keys("https://elsewhere.example.com", KEYS.twilio_token), Keys(KEYS.public_url, "wrong")):
        channel, request = requested(twilio.text(person, "hello", keys, rng))
        with pytest.raises(Forged):
            channel.verify(request, SECRETS["twilio"])
