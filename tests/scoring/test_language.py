from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import language
from scoring.language import OURS, clearly, languages


@pytest.fixture
def fresh_model() -> Iterator[None]:
    load_model = language.load_model
    load_model.cache_clear()
    yield
    load_model.cache_clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The walker never showed up and my dog is still alone", "en"),
        ("hes not eating since yesterday pls advise", "en"),
        ("El cuidador no ha venido y mi perra está sola", "es"),
        ("ayuda mi gato no puede respirar", "es"),
        ("La gardienne ne répond plus et mon chat est tout seul", "fr"),
        ("il a mangé du chocolat, que faire ?", "fr"),
        ("Der Sitter ist nicht gekommen und der Hund ist allein", "de"),
        ("Mein Hund hat etwas gefressen und zittert", "de"),
        ("Il dog sitter non è venuto e il cane è da solo", "it"),
        ("il mio gatto è scappato dalla finestra", "it"),
        ("El cangur no ha vingut i el meu gos està sol a casa", "ca"),
        ("Hem perdut el gat, algú l'ha vist pel barri?", "ca"),
        ("O passeador não apareceu e o cachorro está sozinho", "pt"),
        ("meu gato fugiu pela janela e não volta", "pt"),
        ("De oppas is niet gekomen en de hond zit alleen thuis", "nl"),
        ("mijn kat is weggelopen en ik kan haar niet vinden", "nl"),
    ],
)
def test_each_of_our_languages(text: str, expected: str) -> None:
    assert languages(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    ["", "ok", "OK!", "yes", "no", "si", "12345", "+1 206 555 0123", "😂😂😂", "🆘", "...", "???", "ann@example.com",
     "https://example.com/a/b/c", "Luna", "ok 👍", "\n\n", "ABC-1234", "1 2 3 4 5 6 7 8 9"],
)  # fmt: skip
def test_what_cannot_be_told_is_no_language(text: str) -> None:
    assert languages(text) == ()


@pytest.mark.parametrize(
    "text",
    ["Мой пёс не дышит, помогите пожалуйста", "我的狗不见了请帮忙", "Pies uciekł z ogrodu, nie mogę go znaleźć"],
)
def test_a_language_that_is_not_ours_is_none(text: str) -> None:
    assert languages(text) == ()


def test_what_is_close_is_named_with_the_likelier_first() -> None:
    assert language._believed([("es", 0.45), ("ca", 0.40)]) == ("es", "ca")
    assert language._believed([("ca", 0.8), ("es", 0.1)]) == ("ca",)
    assert language._believed([("en", 0.28), ("fr", 0.2)]) == ()
    assert language._believed([("ru", 0.6), ("en", 0.3)]) == ()


def test_addresses_and_numbers_are_no_evidence() -> None:
    assert languages("+12065550123 mi perro no respira, ayuda https://example.com/the/dog/is/here") == ("es",)


def test_it_asks_no_network(monkeypatch: pytest.MonkeyPatch, fresh_model: None) -> None:
    def refused(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    assert languages("the dog is not breathing") == ("en",)


def test_without_its_model_a_text_has_no_language(monkeypatch: pytest.MonkeyPatch, fresh_model: None) -> None:
    monkeypatch.setattr(language, "load_model", lambda: None)
    assert languages("the dog is not breathing") == ()


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = languages(text)
    assert len(found) <= 2
    assert set(found) <= set(OURS)
    assert found == languages(text)


def test_words_that_are_clearly_in_a_language_may_be_in_that_one_only() -> None:
    assert clearly("the walker never showed up and my dog is still alone") == frozenset({"en"})


@pytest.mark.parametrize("text", ["ok", "no no", ""])
def test_words_of_which_nothing_can_be_told_may_be_in_any_language(text: str) -> None:
    assert clearly(text) is None


@pytest.mark.parametrize(
    "noise", ["https://example.org/der/hund", "anna@example.org", "1234-ABC", "www.example.org", "x9"]
)
def test_addresses_and_numbers_are_no_evidence_wherever_they_stand(noise: str) -> None:
    words = "the walker never showed up and my dog is still alone"
    assert languages(f"({noise} {words} {noise}") == languages(words)
