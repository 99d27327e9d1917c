"""What holds for the end result whatever the text: with the encoder never asked, and, on fewer texts, always."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from channels.contact import Contact, Medium
from scoring.assess import assess, by_rules
from scoring.classifier.asked import Asked
from scoring.model import Assessment, Effect, Severity
from scoring.rules import load_rules
from tests.scoring.contacts import contact
from training.rows import HERE, Row, rows

NEVER, ALWAYS = Asked.NEVER, Asked.ALWAYS
MANY, FEW = 120, 15
ASKED = pytest.mark.parametrize(("asked", "examples"), [(NEVER, MANY), (ALWAYS, FEW)], ids=["never", "always"])
NUMBERS = st.sampled_from(range(10_000))

GREETINGS = (
    "Hi,\n\n{}", "Hello there! {}", "Good morning all,\n{}", "Hey {}", "Hola, buenas tardes. {}", "Bonjour,\n\n{}",
    "Guten Tag,\n\n{}", "Ciao a tutti,\n{}", "Bon dia,\n{}", "Boa tarde,\n\n{}", "Goedemorgen,\n{}",
)  # fmt: skip
SIGNATURES = (
    "{}\n\nKind regards,\nAnn Lee", "{}\n\nThanks,\nAnn", "{}\n--\nAnn Lee\nSales Manager | +44 20 7946 0000",
    "{}\n\nBest wishes,\nRavi Menon\nSenior Paramedic | Cardiac Arrest Lead", "{}\n\nSent from my iPhone",
    "{}\n--\nOak Veterinary Clinic, vomiting and limping, 24 h", "{}\n\nUn saludo,\nAna", "{}\n\nCordialement,\nZoé",
    "{}\n\nMit freundlichen Grüßen\nJörg Weiß", "{}\n\nGrazie,\nLuca", "{}\n\nGràcies,\nNúria", "{}\n\nObrigada,\nInês",
    "{}\n\nMet vriendelijke groet,\nSanne",
)  # fmt: skip
EMOJI = ("😭", "🙏🙏", "🆘", "❤️", "👍🏽", "😂", "💀", "😱😱", "🇪🇸", "🐶", "🚨", "👨‍👩‍👧", "🙂", "⚠️", "☠️", "→", "✅")


@lru_cache
def drawn(*, level: Severity | None = None, short: bool = False) -> tuple[Row, ...]:
    found = [row for row in rows(HERE / "rows") if level is None or row.severity is level]
    if short:
        found = [row for row in found if independent(row)]
    return tuple(found)


def independent(row: Row) -> bool:
    """One sentence without a word that a rule might join to another's, or that a stop doesn't end."""
    text = row.contact.text
    plain = row.contact.subject is None and text.replace(" ", "").replace("'", "").replace(",", "").isalpha()
    return plain and row.language == "en" and 20 < len(text) < 120 and len(text.split()[-1]) > 1


@lru_cache(maxsize=4096)
def emergency(number: int, asked: Asked) -> Contact | None:
    """A row that is S1, and is found to be; None where it isn't found."""
    choice = drawn(level=Severity.S1)
    told = choice[number % len(choice)].contact
    return told if assess(told, asked).severity is Severity.S1 else None


def spans_fit(found: Assessment, told: Contact) -> bool:
    lengths = {"text": len(told.text), "subject": len(told.subject or "")}
    return all(0 <= item.start <= item.end <= lengths[item.field] for item in found.evidence)


def sound(found: Assessment, told: Contact) -> None:
    assert spans_fit(found, told)
    assert found.skill is found.skills[0]
    assert not found.floor or found.severity <= Severity.S2
    assert found.probabilities == () or len(found.probabilities) == len(Severity)
    assert all(0 <= each <= 1 for each in found.probabilities)
    assert sum(found.probabilities or (1,)) == pytest.approx(1, abs=1e-3)


def stays_s1(number: int, template: str, asked: Asked) -> None:
    told = emergency(number, asked)
    assume(told is not None)
    assert told is not None
    changed = told.model_copy(update={"text": template.replace("{}", told.text)})
    assert assess(changed, asked).severity is Severity.S1, (told.subject, told.text)


@ASKED
def test_a_greeting_never_lowers_an_s1(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    @given(NUMBERS, st.sampled_from(GREETINGS))
    def holds(number: int, template: str) -> None:
        stays_s1(number, template, asked)

    holds()


@ASKED
def test_a_signature_never_lowers_an_s1(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    @given(NUMBERS, st.sampled_from(SIGNATURES))
    def holds(number: int, template: str) -> None:
        stays_s1(number, template, asked)

    holds()


@ASKED
def test_an_emoji_never_lowers_an_s1(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    @given(NUMBERS, st.sampled_from(EMOJI), st.sampled_from(["{} E", "{}E", "E {}", "E\n{}", "E {} E"]))
    def holds(number: int, emoji: str, template: str) -> None:
        stays_s1(number, template.replace("E", emoji), asked)

    holds()


@ASKED
def test_capitals_never_lower_an_s1(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    @given(NUMBERS)
    def holds(number: int) -> None:
        told = emergency(number, asked)
        assume(told is not None)
        assert told is not None
        for text in (told.text.upper(), told.text.capitalize(), told.text.title()):
            changed = told.model_copy(update={"text": text})
            assert assess(changed, asked).severity is Severity.S1, (told.subject, told.text)

    holds()


@pytest.mark.parametrize("template", [*GREETINGS, *SIGNATURES, "🙏🙏 {}"])
@pytest.mark.parametrize("text", ["I want to die", "de hond ademt niet meer", "Il ne respire plus"])
def test_words_of_another_language_before_or_behind_a_cry_change_no_level(template: str, text: str) -> None:
    assert assess(contact(text), NEVER).severity is Severity.S1
    assert assess(contact(template.replace("{}", text)), NEVER).severity is Severity.S1


def spoken(text: str) -> set[tuple[str, Effect, str | None]]:
    return {(item.rule, item.effect, item.scope) for item in by_rules(contact(text)).evidence}


@ASKED
def test_the_order_of_independent_sentences_does_not_matter(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
    @given(st.lists(NUMBERS, min_size=2, max_size=4, unique=True))
    def holds(numbers: list[int]) -> None:
        choice = drawn(short=True)
        told = sorted({choice[number % len(choice)].contact.text for number in numbers})
        one, other = ". ".join(told) + ".", ". ".join(told[1:] + told[:1]) + "."
        assume(spoken(one) == spoken(other) == set().union(*map(spoken, told)))
        first, second = assess(contact(one), asked), assess(contact(other), asked)
        assert (first.severity, first.skills) == (second.severity, second.skills), (one, other)
        assert first.probabilities == pytest.approx(second.probabilities, abs=1e-3)

    holds()


@ASKED
def test_rows_have_sound_answers_and_the_same_ones_twice(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(NUMBERS)
    def holds(number: int) -> None:
        told = drawn()[number % len(drawn())].contact
        found = assess(told, asked)
        sound(found, told)
        assert assess(told, asked) == found

    holds()


@ASKED
def test_any_text_has_a_sound_answer(asked: Asked, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.text(max_size=300), st.none() | st.text(max_size=60), st.sampled_from(list(Medium)))
    def holds(text: str, subject: str | None, medium: Medium) -> None:
        told = contact(text, subject=subject, medium=medium)
        sound(assess(told, asked), told)

    holds()


def test_a_floor_never_ends_below_s2() -> None:
    fires = [text for rule in load_rules().rules if rule.severity is Severity.S1 for text in rule.examples.fires]
    below = [text for text in fires if assess(contact(text), NEVER).severity > Severity.S2]
    assert [text for text in below if by_rules(contact(text)).floor] == []


@pytest.mark.parametrize("asked", [NEVER, ALWAYS])
@pytest.mark.parametrize(
    "text",
    ["\x00\x01", "\ufeff\u202e", "\ud800", "half \ud83d a smile", "a\u0301" * 500, "'" * 999, "?!" * 500, "🆘" * 99],
)
def test_garbage_is_judged(text: str, asked: Asked) -> None:
    told = contact(text)
    sound(assess(told, asked), told)
