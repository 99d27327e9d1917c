from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Medium
from scoring.asides import asides
from scoring.model import Effect, Severity
from tests.scoring.contacts import ruled

QUOTE = "\n\nOn 2 May 2026 at 23:14 Callum wrote:\n> He can't breathe, please somebody call me now\n> he is choking"
NAME = "\n\nKind regards,\nRavi Menon\nSenior Paramedic | Trauma, Cardiac Arrest and Major Haemorrhage Lead"


def told(text: str, subject: str = "Re: Rex") -> list[str]:
    """What is neither quoted nor signature, in runs."""
    found = asides(subject, None, text)
    return "".join(c if found.at(at) is None else "\0" for at, c in enumerate(text)).replace("\n", "").split("\0")


def test_what_a_reply_quotes_is_s3_at_most_and_still_named() -> None:
    found = ruled("It was only a hairball, he is eating again. Sorry for the fright." + QUOTE,
                   subject="Re: URGENT", medium=Medium.EMAIL)  # fmt: skip
    assert (found.severity, found.floor) == (Severity.S3, False)
    assert ("vet.airway-breathing", Effect.LOWERS, "quoted") in {(e.rule, e.effect, e.scope) for e in found.evidence}


@pytest.mark.parametrize(
    "quote",
    [
        "\n\nOn 2 May 2026 at 23:14 Callum wrote:\n> False alarm, found her, all good!",
        "\n\nAm 2. Mai 2026 um 23:14 schrieb Uwe:\n> Entwarnung, sie ist wieder da.",
        "\n\nIl giorno 2 maggio 2026 alle 23:14 Ugo ha scritto:\n> falso allarme, è tornata",
    ],
)
def test_what_is_over_in_a_quote_says_nothing_of_the_news(quote: str) -> None:
    assert ruled("She is not breathing!" + quote, subject="Re: Luna", medium=Medium.EMAIL).floor
    assert not ruled("She is not breathing!" + quote, subject="Re: Luna", medium=Medium.EMAIL).resolves


@pytest.mark.parametrize("prefix", ["Re: ", "AW: ", "R: ", "RE : ", "Antw: ", "RES: ", "RIF: ", "Re[2]: "])
@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Here is the invoice of the clinic that you asked for.", Severity.S2),
        ("Here is the invoice of the clinic." + QUOTE, Severity.S3),
        ("He is not breathing, what shall we do", Severity.S1),
        ("False alarm, he is fine again, sorry.", Severity.S3),
    ],
)
def test_the_subject_of_an_answer_repeats_old_words(prefix: str, text: str, level: Severity) -> None:
    found = ruled(text, subject=f"{prefix}my dog is choking", medium=Medium.EMAIL)
    assert (found.severity, found.floor) == (level, level is Severity.S1)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("my dog is choking", "Here is a photo of the thing that he ate."),
        ("Re: my dog is choking", "call me"),
        ("WG: my dog is choking", "Here is what my wife just wrote to me."),
        ("Re: found him, false alarm", "He is not breathing, what shall we do"),
    ],
)
def test_a_subject_that_may_be_news_takes_nothing_away(subject: str, text: str) -> None:
    assert ruled(text, subject=subject, medium=Medium.EMAIL).floor


def test_a_forwarded_mail_is_news() -> None:
    assert ruled("please call her" + QUOTE, subject="Fwd: help", medium=Medium.EMAIL).floor


def test_a_reply_of_nothing_but_a_quote_is_news() -> None:
    assert ruled(QUOTE, subject="Re: help", medium=Medium.EMAIL).floor


def test_what_stands_between_quoted_lines_is_news() -> None:
    text = "> how is he?\nHe is not breathing\n> please call\nI am at the park"
    assert told(text)[-1] == "I am at the park"
    assert "He is not breathing" in told(text)
    assert ruled(text, subject="Re: Rex", medium=Medium.EMAIL).floor


def test_a_job_title_in_a_signature_is_no_emergency() -> None:
    found = ruled("She cancelled when she saw us and I want it looked at." + NAME, subject="x", medium=Medium.EMAIL)
    assert not found.floor


@pytest.mark.parametrize(
    "text",
    [
        "Thanks,\nAnn\nPS he is not breathing",
        "Cheers\n" + "\n".join(["a line of the story"] * 8) + "\nhe is not breathing",
        "Thanks for taking my call. He is not breathing",
        "--\n" + "x" * 90 + " he is not breathing",
    ],
)
def test_what_is_no_signature_is_read(text: str) -> None:
    assert ruled(text, subject="Rex", medium=Medium.EMAIL).floor


@given(st.text(alphabet=">-\n abc:.R", max_size=80) | st.text(max_size=80), st.sampled_from(["Re: a", "Fwd: a", ""]))
def test_ranges_lie_in_the_text_in_order(text: str, subject: str) -> None:
    ranges = asides(subject, None, text).ranges
    assert all(0 <= start <= end <= len(text) for start, end, _ in ranges)
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))
