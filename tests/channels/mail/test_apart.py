from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Address, AddressKind, Attachment, Automatic
from channels.mail.apart import Apart, identity, mail, pairs
from channels.mail.parts import MOST_ATTACHMENTS

HEADERS = (
    ("Received", "from a by b"),
    ("From", "=?utf-8?q?Zo=C3=AB?= <Zoe@Example.org>"),
    ("To", "help@pets.example.com,\r\n night@pets.example.com"),
    ("Subject", "=?iso-8859-1?q?caf=E9?="),
    ("Message-ID", "<a@b>"),
    ("In-Reply-To", "<c@d>"),
    ("Date", "Sun, 22 Nov 2026 15:02:55 +0100"),
)
GIVEN = Apart(headers=HEADERS, text="help\r\n")
HELP = Address(kind=AddressKind.EMAIL, value="help@pets.example.com")
NIGHT = Address(kind=AddressKind.EMAIL, value="night@pets.example.com")
FILE = Attachment.of("a.txt", "application/octet-stream", b"a")


def test_what_the_provider_didnt_read_is_read_of_the_headers() -> None:
    found = mail(GIVEN)
    assert found.sender is not None
    assert (found.sender.value, found.sender_name, found.subject) == ("zoe@example.org", "Zoë", "café")
    assert found.recipients == (HELP, NIGHT)
    assert (found.message_id, found.in_reply_to, found.text.strip()) == ("<a@b>", "<c@d>", "help")
    assert found.date is not None
    assert found.date.isoformat() == "2026-11-22T14:02:55+00:00"


def test_what_the_provider_read_comes_first() -> None:
    found = mail(replace(GIVEN, sender="Kit <kit@example.org>", to="help@pets.example.com", subject="theirs"))
    assert found.sender is not None
    assert (found.sender.value, found.sender_name, found.subject) == ("kit@example.org", "Kit", "theirs")
    assert found.recipients == (HELP,)


def test_the_words_that_decide_whether_a_machine_wrote_it_are_those_of_the_mail() -> None:
    bounce = Apart(sender="MAILER-DAEMON@example.org", subject="Undelivered", text="no", envelope_from="")
    assert mail(bounce).automatic is Automatic.BOUNCE
    assert mail(GIVEN).automatic is None


def test_more_files_than_are_kept_are_told() -> None:
    found = mail(replace(GIVEN, attachments=(FILE,) * (MOST_ATTACHMENTS + 1)))
    assert (len(found.attachments), found.left_out) == (MOST_ATTACHMENTS, True)


def test_an_id_is_of_what_stays_the_same() -> None:
    told = identity(GIVEN, (HELP, NIGHT))
    moved = replace(GIVEN, headers=(*reversed(HEADERS), ("X-Spam", "no"), ("received", "elsewhere")))
    assert identity(moved, (NIGHT, HELP, HELP)) == told
    folded = replace(GIVEN, headers=tuple((name.upper(), value.replace(" ", "\r\n ")) for name, value in HEADERS))
    assert identity(folded, (HELP, NIGHT)) == told
    assert identity(GIVEN, (HELP, NIGHT), b"help\r\n", b"") == told


def test_an_id_is_of_everything_that_makes_it_another_mail() -> None:
    others = [
        replace(GIVEN, text="another"),
        replace(GIVEN, text="", html="help\r\n"),
        replace(GIVEN, subject="x"),
        replace(GIVEN, sender="x"),
        replace(GIVEN, headers=HEADERS[:-1]),
        replace(GIVEN, attachments=(FILE,)),
        replace(GIVEN, attachments=(FILE, FILE)),
    ]
    ids = {identity(one, (HELP,)) for one in [GIVEN, *others]} | {identity(GIVEN, ()), identity(GIVEN, (HELP, NIGHT))}
    assert len(ids) == len(others) + 3


def test_headers_of_a_head_keep_their_order_and_their_bytes() -> None:
    assert pairs(b"A: 1\r\nb: 2\r\n 3\r\nA: 4\r\n\r\nC: no header\r\n") == (("A", "1"), ("b", "2\r\n 3"), ("A", "4"))
    assert mail(Apart(headers=pairs(b"Subject: caf\xe9\r\n"))).subject == "café"
    assert pairs(b"") == pairs(b"\r\n\r\n") == ()


NAMES = st.sampled_from([name for name, _ in HEADERS] + ["Cc", "Sender", "Content-Type", "Auto-Submitted"]) | st.text()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.text(st.characters(), max_size=40)), max_size=6),
    st.lists(st.text(st.characters(), max_size=40), min_size=6, max_size=6),
    st.none() | st.text(max_size=20),
)
def test_any_headers_and_texts_are_a_mail_with_an_id(
    told: list[tuple[str, str]], texts: list[str], envelope_from: str | None
) -> None:
    sender, to, cc, subject, text, html = texts
    given = Apart(told, sender, to, cc, subject, text, html, envelope_from=envelope_from)
    found = mail(given)
    found.text.encode()
    assert len(identity(given, found.recipients)) == 64


@given(st.binary(max_size=200))
def test_any_head_is_read(head: bytes) -> None:
    mail(Apart(headers=pairs(head)))
