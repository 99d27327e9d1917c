"""A signature goes; a sentence never does, wherever it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.signatures import without_signature, words_of
from tests.scoring.test_plain_messages import messages

ANN = words_of("Ann Example", "ann.example")

BY_ITSELF = [
    "Sent from my iPhone", "Sent from my iPhone.", "Sent from my Verizon Wireless BlackBerry", "Sent via BlackBerry",
    "Sent from Mail for Windows 10", "Sent from Yahoo Mail on Android", "Sent from Outlook for Android",
    "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent from my Samsung Galaxy smartphone.",
    "Enviado desde mi iPhone", "Enviado desde mi móvil Samsung", "Obtener Outlook para Android",
    "Envoyé de mon iPhone", "Envoyé depuis mon téléphone Samsung", "Télécharger Outlook pour iOS",
    "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Holen Sie sich Outlook für iOS",
    "Diese Nachricht wurde von meinem Android Mobiltelefon gesendet",
    "Inviato da iPhone", "Inviato dal mio telefono Huawei", "Scarica Outlook per iOS",
    "Enviat des del meu iPhone", "Enviat des del meu telèfon mòbil", "Enviado do meu iPhone",
    "Enviado a partir do meu smartphone Samsung Galaxy.", "Obter o Outlook para iOS",
    "Verstuurd vanaf mijn iPhone", "Verzonden vanuit Mail voor Windows", "Outlook voor iOS downloaden",
]  # fmt: skip


@pytest.mark.parametrize("line", BY_ITSELF)
def test_what_a_telephone_puts_below_by_itself_goes(line: str) -> None:
    assert without_signature(f"He is limping.\n\n{line}\n") == "He is limping."
    assert without_signature(f"He is limping.\n{line}") == "He is limping."


SIGNATURES = [
    "-- \nAnn",
    "-- \nAnn Example\nDirector | Example Walks\n+44 20 7946 0000\nwww.walks.example",
    "--\nAnn Example\nann@example.org",
    "--\nTel. +49 30 1234567",
    "-- \nMaria",
    "-- \nDr. Erika Mustermann\nLeiterin der Praxis",
    "Ann Example\nExample Walks\nTel: 030 1234567",
    "Ann\nann@example.org\n\nSent from my iPhone",
    "_______________________________________________\nowners mailing list\nowners@example.org\nhttps://lists.example.org",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_goes_and_what_stands_above_it_stays(signature: str) -> None:
    assert without_signature(f"He is limping.\n\nSince noon.\n\n{signature}\n", ANN) == "He is limping.\n\nSince noon."


TELLING = [
    "--\nMy dog is dying",
    "-- \nMy dog is dying",
    "-- \nhe bit me",
    "-- \nHelp!",
    "-- \nHELP ME",
    "--\nBella Dying",
    "-- \nAnn Example\nCall me on 555 346 9947, my dog is not breathing",
    "-- \nAnn\n+44 20 7946 0000 he bleeds",
    "Sent from my iPhone\nPlease hurry",
    "Sent from my desk, is much easier than my mobile phone.",
    "Sent from my phone my dog is dying",
    "Sent from my neighbour's house, he bit her",
    "Enviado desde mi casa, el perro no respira",
    "Ann Example\nbleeding\nann@example.org",
    "Bella Smith\n+44 20 7946 0000",
    "Ann Example\nExample Walks",
    "Ann\n\nthe number is 555 346 9947\n\nthe dog is at the clinic",
    "---\nthe dog is dead",
    "-- \n狗在流血",
    "-- \n" + "Ann\n" * 20,
]


@pytest.mark.parametrize("end", TELLING)
def test_what_may_tell_something_stays_wherever_it_stands(end: str) -> None:
    text = f"Hello.\n\n{end.strip()}"
    assert without_signature(text, ANN) == text


def test_a_mail_of_nothing_but_a_signature_stays() -> None:
    for text in ("Sent from my iPhone", "-- \nAnn Example", "Ann\nann@example.org", ""):
        assert without_signature(text, ANN) == text


def test_the_delimiter_in_the_middle_of_a_line_is_none() -> None:
    text = "Here is a fix -- not a signature.\n\nBye"
    assert without_signature(text, ANN) == text


FRAMES = [
    "Hello\n\n{}", "Hello\n-- \n{}", "Hello\n--\n{}", "Hello\n-- \nAnn\n{}", "Hello\n--\nann@example.org\n{}",
    "Hello\n\nAnn Example\n{}\n+44 20 7946 0000", "Hello\n{}\nSent from my iPhone", "Hello\n-- \n{} +44 20 7946 0000",
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("written", [str, str.title, str.upper, str.lower])
def test_no_known_emergency_is_cut_away_wherever_and_however_it_is_written(
    frame: str, written: Callable[[str], str]
) -> None:
    known = [written(text) for text in messages("emergencies.txt")]
    assert len(known) > 80
    assert [text for text in known if text not in without_signature(frame.format(text), ANN)] == []


EMERGENCIES = ["he is not breathing", "my dog bit a child", "el perro no respira", "ich blute stark", "help"]
LINES = [
    "-- ",
    "--",
    "",
    "Ann",
    "Ann Example",
    "ann@example.org",
    "+44 20 7946 0000",
    "Sent from my iPhone",
    "____",
    "a, b",
]


@given(st.lists(st.sampled_from(LINES), max_size=8), st.sampled_from(EMERGENCIES), st.integers(0, 8))
def test_an_emergency_is_never_cut_away(lines: list[str], emergency: str, place: int) -> None:
    text = "\n".join([*lines[:place], emergency, *lines[place:]])
    assert emergency in without_signature(text, ANN)


@given(st.text(), st.sets(st.text(max_size=8)))
def test_what_is_left_is_the_beginning_of_what_was_there(text: str, names: set[str]) -> None:
    left = without_signature(text, names)
    assert text.startswith(left)
    assert bool(left.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "-- ", "Sent from my " + "x " * 900, "+1 " * 9_000, "_" * 900, ""]
)
def test_a_long_hostile_mail_costs_little(line: str) -> None:
    text = "Hello\n" + "\n".join([line] * (800_000 // (len(line) + 1)))
    assert without_signature(text, ANN).startswith("Hello")
