"""How much of what people wrote is found in real replies, and that none of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from channels.mail import html, message
from channels.mail.quotes import new_text
from channels.mail.signatures import without_signature, words_of
from tests.shared import SHARED, needs_shared

CORPUS = SHARED / "fixtures/email"

REPLIES: dict[str, tuple[tuple[int, int], ...]] = {
    "correct_sig": ((1, 1),),
    "email_1_1": ((1, 5),),
    "email_1_2": ((1, 1), (9, 34)),
    "email_1_3": ((1, 3),),
    "email_1_4": ((1, 1),),
    "email_1_5": ((1, 99),),
    "email_1_6": ((1, 1),),
    "email_1_7": ((1, 1),),
    "email_1_8": ((13, 13), (19, 19)),
    "email_2_1": ((1, 1),),
    "email_2_2": ((1, 1),),
    "email_2_3": ((1, 1),),
    "email_BlackBerry": ((1, 1),),
    "email_bullets": ((1, 9),),
    "email_gmail": ((1, 1),),
    "email_headers_no_delimiter": ((1, 1),),
    "email_iPhone": ((1, 1),),
    "email_multi_word_sent_from_my_mobile_device": ((1, 1),),
    "email_one_is_not_on": ((1, 5),),
    "email_partial_quote_header": ((1, 6),),
    "email_sent_from_my_not_signature": ((1, 99),),
    "email_sig_delimiter_in_middle_of_line": ((1, 99),),
    "greedy_on": ((1, 6),),
    "pathological": ((1, 2),),
}
"""Of each plain-text reply, the lines that are its writer's own, without signature; read by hand."""

SIGNED = ("camel_case", "jeff", "johndoeexamplecom", "long", "short_url", "sparse")

Pair = tuple[str, str, str]
"""Name, the words expected, the words found."""


def pairs() -> Iterator[Pair]:
    for name, ranges in REPLIES.items():
        text = (CORPUS / f"email-reply-parser/{name}.txt").read_text()
        lines = text.split("\n")
        expected = "\n".join(line for first, last in ranges for line in lines[first - 1 : last])
        yield name, expected, without_signature(new_text(text))
    for path in sorted((CORPUS / "talon/standard_replies").glob("*.eml")):
        mail = message.read(path.read_bytes())
        assert mail.sender is not None
        names = words_of(mail.sender_name, mail.sender.value.partition("@")[0])
        yield path.name, "Hello", without_signature(new_text(mail.text), names)
    for path in sorted((CORPUS / "talon/html_replies").glob("*.html")):
        text = html.to_text(path.read_bytes().decode())
        yield path.name, "Hi. I am fine. Thanks, Alex", without_signature(new_text(text))
    for name in SIGNED:
        body, sender, signature = (
            (CORPUS / f"talon/signature/stripped/{name}_{part}").read_text() for part in ("body", "sender", "signature")
        )
        signature = signature.replace("#sig#", "").strip()
        text = body.replace("#sig#", "").strip()
        assert text.endswith(signature)
        yield name, text.removesuffix(signature), without_signature(text, words_of(sender.partition("@")[0]))
    marked = (CORPUS / "talon/signature/P/102682_R_S").read_text().partition("\n\n")[2]
    own = "\n".join(line for line in marked.split("\n") if not line.startswith("#"))
    yield "102682", own, without_signature(new_text(re.sub("(?m)^#(?:reply|sig)#", "", marked)), {"john", "doe"})


def words(text: str) -> str:
    return " ".join(text.split())


@needs_shared
def test_the_new_words_of_real_replies_are_all_there_and_mostly_nothing_else() -> None:
    found = list(pairs())
    assert len(found) == 52
    lost = [name for name, expected, new in found if words(expected) not in words(new)]
    assert lost == []
    exact = [name for name, expected, new in found if words(expected) == words(new)]
    assert len(exact) >= 42
