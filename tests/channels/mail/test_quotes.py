from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.quotes import is_reply, new_text

INTRODUCTIONS = [
    "On Sun, Nov 22, 2026 at 2:00 PM Pet Safety <help@pets.example.com> wrote:",
    "On Sun, Nov 22, 2026 at 2:00 PM Pet Safety of a Long Name\n<help@pets.example.com> wrote:",
    "Am 22.11.2026 um 14:00 schrieb Pet Safety <help@pets.example.com>:",
    "Pet Safety <help@pets.example.com> hat am 22.11.2026 14:00 geschrieben:",
    "Le dim. 22 nov. 2026 à 14:00, Pet Safety <help@pets.example.com> a écrit :",
    "El dom, 22 nov 2026 a las 14:00, Pet Safety (<help@pets.example.com>) escribió:",
    "Il giorno dom 22 nov 2026 alle ore 14:00 Pet Safety <help@pets.example.com> ha scritto:",
    "El dg., 22 de nov. 2026, 14:00, Pet Safety <help@pets.example.com> va escriure:",
    "Missatge de Pet Safety <help@pets.example.com> del dia dg., 22 de nov. 2026 a les 14:00 va escriure:",
    "Em dom., 22 de nov. de 2026 às 14:00, Pet Safety <help@pets.example.com> escreveu:",
    "Pet Safety <help@pets.example.com> escreveu no dia domingo, 22/11/2026 à(s) 14:00:",
    "Op zo 22 nov 2026 om 14:00 schreef Pet Safety <help@pets.example.com>:",
    "Op 22 november 2026 14:00 heeft Pet Safety <help@pets.example.com> het volgende geschreven:",
    "-----Original Message-----",
    "-------- Ursprüngliche Nachricht --------",
    "________________________________\nFrom: Pet Safety <help@pets.example.com>\nSent: Sunday\nTo: Ann\nSubject: Bella",
    "Von: Pet Safety\nGesendet: Sonntag, 22. November 2026 14:00\nAn: Ann\nBetreff: Bella",
    "De : Pet Safety\nEnvoyé : dimanche 22 novembre 2026 14:00\nÀ : Ann\nObjet : Bella",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_the_new_words_stand_above_the_quotation(introduction: str, mark: str) -> None:
    text = f"She stopped eating.\nWhat now?\n\n{introduction}\n\n{mark}How is Bella?\n{mark}Regards\n"
    new = new_text(text)
    assert new.startswith("She stopped eating.\nWhat now?")
    assert "How is Bella?" not in new
    assert "help@pets" not in new


def test_words_below_and_between_marked_quotations_are_new() -> None:
    text = "On Nov 22, 2026, at 14:00, Us <us@example.com> wrote:\n> Breathing?\nNo!\n> Since when?\nAn hour.\n"
    assert new_text(text) == "No!\nAn hour."


@pytest.mark.parametrize(
    "text",
    [
        "My neighbour wrote:\nI will kill your dog.",
        "On Friday he wrote:\n\nI will kill your dog.",
        "From: my heart\nThank you",
        "Subject: to change\nHe bit me.",
        "The sitter wrote this at 14:00:\nBella is dead.",
        "Hi,\nwrote:\nBella is dead",
    ],
)
def test_what_only_looks_like_an_introduction_hides_nothing(text: str) -> None:
    assert new_text(text) == text


@pytest.mark.parametrize(
    "above",
    ["See my answers below.", "Antworten unten, in Rot.", "Respuestas más abajo", "Voir ci-dessous.", "Vedi sotto",
     "Respostes a baix, en vermell", "Ver abaixo", "Zie hieronder", "inline"],
)  # fmt: skip
def test_answers_within_an_unmarked_quotation_stay(above: str) -> None:
    text = f"{above}\n\n-----Original Message-----\nIs she breathing? NO SHE IS NOT\nSince when? Ten minutes"
    assert new_text(text) == text


def test_a_marked_quotation_is_introduced_in_any_language() -> None:
    for introduction in (
        '22.11.2026, 14:41, "Us" < us@example.com >:',
        "22.11.2026 14:20 Us <\nus@example.com> napisał:",
    ):
        assert new_text(f"No!\n{introduction}\n> Is she breathing?") == "No!"
        assert new_text(f"> Breathing?\nNo!\n{introduction}\nShe stopped") != "No!"


def test_the_rule_above_quoted_headers_goes_with_them() -> None:
    text = "No!\n\n________________________________\nFrom: Us <us@example.com>\nSent: Sunday\nTo: Ann\nHow is she?"
    assert new_text(text) == "No!"


def test_the_line_above_an_introduction_is_the_writers_own() -> None:
    intro = "On Nov 22, 2026, at 14:00, Us <us@example.com> wrote:"
    assert new_text(f"He is dying\n{intro}\n> Hi") == "He is dying"
    assert new_text(f"He is dying\n{intro}\nHi") == "He is dying"


def test_a_reply_without_words_of_its_own_stays_whole() -> None:
    text = "> Is she breathing?\n> Call us."
    assert new_text(text) == text


@pytest.mark.parametrize(
    "marker",
    ["Begin forwarded message:", "---------- Forwarded message ---------", "-------- Message transféré --------"],
)
def test_what_a_reply_forwards_is_new_to_us(marker: str) -> None:
    text = f"See this.\n\n{marker}\n> From: Ann <ann@example.org>\n>\n> Bella was hit by a car."
    assert "hit by a car" in new_text(text)


@pytest.mark.parametrize(
    ("subject", "in_reply_to", "reply"),
    [
        ("Re: Bella", None, True),
        ("RE[2]: Bella", None, True),
        ("AW: Bella", None, True),
        ("Antw: Bella", None, True),
        ("Bella", "<a@b>", True),
        ("Bella", None, False),
        ("Fwd: Bella", "<a@b>", False),
        ("WG: Bella", "<a@b>", False),
        ("Rex: lost", None, False),
        (None, None, False),
    ],
)
def test_a_reply_is_told_from_a_forward(subject: str | None, in_reply_to: str | None, reply: bool) -> None:
    assert is_reply(subject, in_reply_to) is reply


@given(st.lists(st.sampled_from(["> a", "b", "", "On 1 May 2026 x wrote:", "From: x", "To: y", "Date: z 10:00", ">"])))
def test_nothing_is_made_up_and_something_is_always_left(lines: list[str]) -> None:
    text = "\n".join(lines)
    new = new_text(text)
    assert bool(new) == bool(text.strip())
    remaining = iter(text.split("\n"))
    assert all(line in remaining for line in new.split("\n") if line)


@pytest.mark.parametrize(
    "line", ["a wrote:", ">" * 900, "From: " + "a" * 900, "On 2026 " + "x" * 900, " :" * 400, "-" * 900]
)
def test_a_long_hostile_mail_costs_little(line: str) -> None:
    text = "\n".join([line] * (800_000 // len(line)))
    began = time.perf_counter()
    new_text(text)
    assert time.perf_counter() - began < 1
