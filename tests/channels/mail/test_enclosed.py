from __future__ import annotations

from base64 import encodebytes

from channels.contact import Attachment
from channels.mail.enclosed import DEEPEST, MOST, with_attached
from channels.mail.message import Mail, read

HEAD = b"From: Ann <ann@example.org>\nTo: help@pets.example.com\nSubject: Fwd: x\n"


def enclosing(*inner: str, words: str = "", kind: str = "mixed") -> str:
    said = [f"Content-Type: text/plain\n\n{words}"] if words else []
    parts = [*said, *(f"Content-Type: message/rfc822\n\n{one}" for one in inner)]
    boundary = f"b{sum(map(len, parts))}"
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--"


def mail(body: str) -> Mail:
    return read(HEAD + body.encode())


SITTER = "From: Sitter <sitter@example.net>\nSubject: Bella\n\nhit by a car"


def test_the_words_of_who_forwards_come_first_and_they_stay_the_sender() -> None:
    found = mail(enclosing(SITTER, words="See this."))
    assert found.text.startswith(
        "See this.\n\n---------- Forwarded message ---------\nFrom: Sitter <sitter@example.net>"
    )
    assert found.text.endswith("hit by a car")
    assert found.sender is not None
    assert found.sender.value == "ann@example.org"


def test_a_mail_within_a_mail_within_a_mail_is_read_and_no_deeper() -> None:
    inner = SITTER
    for depth in range(2, DEEPEST + 2):
        assert "hit by a car" in mail(enclosing(inner, words="See this.")).text
        inner = f"From: x{depth}@example.net\n{enclosing(inner, words='and this')}"
    assert "hit by a car" not in mail(enclosing(inner, words="See this.")).text


def test_of_many_the_first_are_read_and_all_are_kept() -> None:
    found = mail(enclosing(*[SITTER] * (MOST + 5), words="See these."))
    assert found.text.count("hit by a car") == MOST
    assert len(found.attachments) == MOST + 5


def test_an_enclosed_mail_that_was_encoded_against_the_rule_is_read() -> None:
    encoded = encodebytes(SITTER.encode()).decode()
    body = f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{encoded}"
    assert mail(body).text == "hit by a car"
    assert mail(body.replace(encoded, "!!!!")).text is not None


def test_our_own_mail_within_a_report_is_not_the_senders_words() -> None:
    found = mail(enclosing(SITTER, words="Your mail was not delivered.", kind="report; report-type=delivery-status"))
    assert found.text == "Your mail was not delivered."


def test_of_a_mail_that_came_in_parts_enclosed_mails_and_files_are_read_too() -> None:
    enclosed = Attachment.of("x.eml", "message/rfc822", SITTER.encode())
    note = Attachment.of("x.txt", "text/plain", b"he bit me")
    assert with_attached("See this.", [enclosed]).endswith("Subject: Bella\n\nhit by a car")
    assert with_attached(" ", [enclosed, note]) == "hit by a car"
    assert with_attached("", [note]) == "he bit me"
    assert with_attached("words", [note]) == "words"
