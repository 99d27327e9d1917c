"""One contact by itself: the rubric row by row, its rules, and what holds for any text."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Attachment, Direction, Medium
from scoring.assess import assess
from scoring.classifier.classifier import MOST, load_classifier
from scoring.model import Assessment, Effect, Severity, Skill
from scoring.rules import load_rules
from scoring.ruling import MAX_EVIDENCE
from tests.scoring.contacts import contact, ruled, scored, words_of

S1, S2, S3, S4 = Severity

CRITICAL = [
    (Skill.EMERGENCY_VET, "My dog is not breathing"),
    (Skill.EMERGENCY_VET, "the cat is unconscious and cold"),
    (Skill.EMERGENCY_VET, "hes having a siezure rn"),
    (Skill.EMERGENCY_VET, "she ate a whole bar of choclate 10 min ago"),
    (Skill.EMERGENCY_VET, "bleeding everywhere and it won't stop"),
    (Skill.EMERGENCY_VET, "Bella was just hit by a car"),
    (Skill.EMERGENCY_VET, "his stomach is hard and swollen, retching but nothing comes up"),
    (Skill.EMERGENCY_VET, "I think she has heatstroke"),
    (Skill.EMERGENCY_VET, "he's choking on a bone"),
    (Skill.EMERGENCY_VET, "the puppy fell in the pool and is drowning"),
    (Skill.EMERGENCY_VET, "two dogs are attacking my spaniel right now"),
    (Skill.EMERGENCY_VET, "I came home and found the cat dead"),
    (Skill.EMERGENCY_VET, "our hamster died while the sitter had her"),
    (Skill.INJURY_PERSON, "the dog bit me, deep wound, they took me to hospital for stitches"),
    (Skill.INJURY_PERSON, "your sitter's dog bit my son on the hand"),
    (Skill.LOST_PET, "Luna slipped her collar and ran off, we can't find her"),
    (Skill.LOST_PET, "our cat has been missing since this morning"),
    (Skill.THREAT_SAFETY, "the owner punched me"),
    (Skill.THREAT_SAFETY, "he has a knife and won't leave"),
    (Skill.THREAT_SAFETY, "someone is trying to break in right now"),
    (Skill.THREAT_SAFETY, "he said he will kill me"),
    (Skill.THREAT_SAFETY, "my ex is outside my door and won't go away"),
    (Skill.THREAT_SAFETY, "I don't want to live any more"),
    (Skill.THREAT_SAFETY, "two kids are home alone here and the oven is on"),
    (Skill.THREAT_SAFETY, "the kitchen is on fire"),
    (Skill.THREAT_SAFETY, "strong smell of gas in the house"),
    (Skill.EMERGENCY_VET, "mi perro no respira, ayuda"),
    (Skill.LOST_PET, "se ha escapado el perro del jardín"),
    (Skill.EMERGENCY_VET, "mon chien a mangé du chocolat"),
    (Skill.INJURY_PERSON, "le chien a mordu ma fille"),
    (Skill.EMERGENCY_VET, "Mein Hund wurde angefahren"),
    (Skill.THREAT_SAFETY, "Jemand ist im Haus und versucht einzubrechen"),
    (Skill.EMERGENCY_VET, "il cane ha le convulsioni"),
    (Skill.LOST_PET, "il gatto è scappato dalla finestra"),
    (Skill.EMERGENCY_VET, "el gos no respira"),
    (Skill.INJURY_PERSON, "el gos ha mossegat la meva filla"),
    (Skill.EMERGENCY_VET, "o cachorro foi atropelado"),
    (Skill.THREAT_SAFETY, "ele disse que vai me matar"),
    (Skill.EMERGENCY_VET, "de hond stikt in een bot"),
    (Skill.LOST_PET, "onze kat is weggelopen"),
]
URGENT = [
    (Skill.INJURY_PERSON, "the dog nipped my hand, just a scratch"),
    (Skill.EMERGENCY_VET, "he has been vomiting since breakfast"),
    (Skill.EMERGENCY_VET, "she is limping on her back leg"),
    (Skill.EMERGENCY_VET, "the cat hasn't eaten since yesterday"),
    (Skill.EMERGENCY_VET, "I forgot to give him his insulin this morning"),
    (Skill.EMERGENCY_VET, "we are at the emergency vet, he is stable"),
    (Skill.EMERGENCY_VET, "the two dogs had a fight, small wound on his ear"),
    (Skill.THREAT_SAFETY, "this dog growls and lunges at everyone, very aggressive"),
    (Skill.BOOKING, "the sitter did not show up and my dog is alone"),
    (Skill.BOOKING, "I can't reach the sitter since this morning, no answer, she has my dog"),
    (Skill.BOOKING, "I'm locked out and the cat is inside"),
    (Skill.ABUSE_NEGLECT, "the dog is kept in a crate without water all day"),
    (Skill.THREAT_SAFETY, "a client keeps harassing me by text"),
    (Skill.THREAT_SAFETY, "our house was burgled while the sitter was away"),
    (Skill.FRAUD_PAYMENTS, "my account was hacked, someone changed my password and email"),
    (Skill.THIRD_PARTY, "This is officer Daly of the city police, calling about one of your walkers"),
    (Skill.THIRD_PARTY, "I am a reporter and writing a story about an incident with one of your sitters"),
]
NORMAL = [
    (Skill.CLAIMS, "please find attached the vet bill, I would like to claim it"),
    (Skill.CLAIMS, "the sitter's dog ruined our sofa, who pays for the damage?"),
    (Skill.FRAUD_PAYMENTS, "I want my refund, you charged me twice"),
    (Skill.FRAUD_PAYMENTS, "the sitter asked me to pay in cash outside the app"),
    (Skill.FRAUD_PAYMENTS, "this profile is fake, those are my cousin's photos"),
    (Skill.CONDUCT, "the walker was rude and the walk took 20 minutes instead of 60"),
]
LOW = [
    "How do I change my password?",
    "Thank you so much, Luna had a great time!",
    "sorry, wrong number",
    "Out of office: I am away until Monday and will answer then.",
    "ok",
    "👍",
]


@pytest.mark.parametrize(("skill", "text"), CRITICAL)
def test_a_life_or_minutes_are_s1_by_a_rule(skill: Skill, text: str) -> None:
    found = ruled(text)
    assert (found.severity, found.skill, found.floor) == (S1, skill, True)


@pytest.mark.parametrize(("skill", "text"), URGENT)
def test_harm_that_is_stable_or_hours_away_is_s2(skill: Skill, text: str) -> None:
    found = ruled(text)
    assert (found.severity, found.skill, found.floor) == (S2, skill, False)


@pytest.mark.parametrize(("skill", "text"), NORMAL)
def test_what_somebody_must_decide_is_s3(skill: Skill, text: str) -> None:
    found = ruled(text)
    assert (found.severity, found.skill) == (S3, skill)


@pytest.mark.parametrize("text", LOW)
def test_questions_thanks_and_noise_are_s4(text: str) -> None:
    assert (ruled(text).severity, ruled(text).skill) == (S4, Skill.GENERAL)


def test_words_that_no_rule_knows_are_looked_at_all_the_same() -> None:
    assert ruled("the purple umbrella of my aunt stands sideways in autumn").severity is S3


def test_of_several_skills_the_rubrics_first_is_primary() -> None:
    found = ruled("he threatened to kill me and his dog bit my son, the dog is bleeding heavily")
    assert found.skill is Skill.THREAT_SAFETY
    assert found.skills[:3] == (Skill.THREAT_SAFETY, Skill.INJURY_PERSON, Skill.EMERGENCY_VET)


def test_the_more_urgent_level_is_taken() -> None:
    assert ruled("please refund the walk. He was limping and now he has a seizure").severity is S1


def test_the_subject_is_read_too_and_named() -> None:
    mail = contact("see attached", subject="My dog is not breathing", medium=Medium.EMAIL)
    found = assess(mail)
    assert found.severity is S1
    spoken = {(item.rule, item.field, words_of(item, mail)) for item in found.evidence}
    assert ("vet.airway-breathing", "subject", "not breathing") in spoken
    assert {field for rule, field, _ in spoken if rule.startswith("model.")} <= {"subject", "text"}


def test_evidence_points_at_the_words_as_they_were_written() -> None:
    sms = contact("Hé! Señor — mi perro NO respira 😭")
    words = [words_of(item, sms) for item in assess(sms).evidence if item.rule == "vet.airway-breathing"]
    assert words == ["NO respira"]


def test_a_long_mail_has_a_few_places_of_each_rule() -> None:
    found = scored("She is not breathing. " * 500, medium=Medium.EMAIL)
    assert len(found.evidence) <= MAX_EVIDENCE + MOST + 1
    assert sum(item.rule == "vet.airway-breathing" for item in found.evidence) == 3


def test_a_call_without_words_is_s2() -> None:
    found = assess(contact(medium=Medium.CALL))
    assert (found.severity, found.skill, found.wordless, found.floor) == (S2, Skill.GENERAL, True, False)
    assert [(item.rule, item.start, item.end) for item in found.evidence] == [("call.no-words", 0, 0)]


def test_a_call_with_a_transcript_is_judged_by_its_words() -> None:
    found = scored("my dog is not breathing", medium=Medium.CALL)
    assert (found.severity, found.wordless) == (S1, False)


def test_nothing_but_attachments_has_to_be_looked_at() -> None:
    photo = Attachment(name="photo.jpg", media_type="image/jpeg")
    assert assess(contact(attachments=(photo,))).severity is S3


def test_nothing_at_all_is_s4() -> None:
    assert assess(contact(" \n")).severity is S4


def test_what_we_sent_ourselves_is_s4_whatever_it_says() -> None:
    found = assess(contact("is your dog not breathing?", direction=Direction.OUTBOUND))
    assert (found.severity, found.floor) == (S4, False)


def test_the_version_names_the_rules_and_the_model() -> None:
    rules = load_rules().version
    assert scored("ok").version == f"{rules}+{load_classifier().version}"
    assert assess(contact(medium=Medium.CALL)).version == ruled("ok").version == rules


def test_the_language_is_told() -> None:
    assert scored("mi perro no respira, ayuda por favor").languages == ("es",)
    assert scored("👍").languages == ()


@pytest.mark.parametrize(
    "text",
    [
        "help me link my new card to the account please",
        "come and pick up my chocolate lab at five please",
        "what in a sense is the best time for a walk with the pup",
    ],
)
def test_words_of_another_language_say_nothing(text: str) -> None:
    assert scored(text).severity >= S3


@pytest.mark.parametrize(
    "text",
    [
        "Third fois que ça arrive, my dog is not breathing, aidez moi",
        "hola buenas my dog was hit by a car, ayuda",
    ],
)
def test_mixed_languages_are_heard(text: str) -> None:
    assert scored(text).floor


EMERGENCIES = st.sampled_from([text for _, text in CRITICAL])
AROUND = st.sampled_from(
    [
        "",
        "Hi,",
        "Hello there!",
        "Thanks!",
        "Sent from my phone",
        "Best regards, Ann",
        "My name is Ann Lee.",
        "😭😭",
        "(1/2)",
    ]
)


def spans_fit(found: Assessment, text: str, subject: str = "") -> bool:
    lengths = {"text": len(text), "subject": len(subject)}
    return all(
        0 <= item.start < item.end <= lengths[item.field] or item.rule == "contact.empty" for item in found.evidence
    )


@settings(max_examples=60)
@given(EMERGENCIES, AROUND, AROUND)
def test_a_greeting_or_a_signature_never_lowers_a_floor(text: str, before: str, after: str) -> None:
    found = scored(f"{before}\n{text}\n\n{after}")
    assert found.severity <= S2
    assert found.floor


@settings(max_examples=60)
@given(EMERGENCIES, st.text(alphabet="qwxyzjk ", max_size=80))
def test_words_of_no_language_after_it_never_lower_a_floor(text: str, after: str) -> None:
    assert scored(f"{text}. {after}").floor


@pytest.mark.parametrize("text", [text for _, text in CRITICAL])
def test_capitals_accents_and_apostrophes_do_not_matter(text: str) -> None:
    bare = text.translate(str.maketrans("áàâéèêíìîóòôúùûçñãõäöüï", "aaaeeeiiiooouuucnaoaoui"))
    for written in (text.upper(), text.capitalize(), bare, bare.replace("'", "’"), text + "!!!", text + " 😭"):
        assert scored(written).floor, written


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_is_judged_and_its_spans_are_inside(text: str, subject: str) -> None:
    given_contact = contact(text, subject=subject, medium=Medium.EMAIL)
    found = assess(given_contact)
    assert found == assess(given_contact)
    assert spans_fit(found, text, subject)
    assert found.skill is found.skills[0]


PIECES = st.lists(
    st.sampled_from(
        ["not", "no", "dog", "breathing", "he", "ate", "chocolate", "last year", "what if", "found her", "fine now",
         "bit", "my son", "ayuda", "ne", "pas", "respire", ".", "?", ",", "\n\n", "😂", "dead", "of", "help", "x" * 40,
         "\u200b", "🆘"]
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=100)
@given(PIECES)
def test_any_order_of_telling_words_is_judged(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = scored(text)
    assert spans_fit(found, text)
    assert not found.floor or found.severity <= S2
    rules = [item for item in found.evidence if not item.rule.startswith("model.")]
    assert found.floor == any(item.severity is S1 and item.effect is Effect.RAISES for item in rules)


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x02",
        "\ud800",
        "\ufeff\u202e\u200f",
        "a\u0301" * 500,
        "ﷺ" * 300,
        "𝐡𝐞 𝐢𝐬 𝐧𝐨𝐭 𝐛𝐫𝐞𝐚𝐭𝐡𝐢𝐧𝐠",
        string.printable * 5,
        "'" * 1000,
        "?" * 1000,
    ],
)
def test_garbage_is_judged(text: str) -> None:
    assert spans_fit(scored(text), text)


def test_letters_that_only_look_plain_are_read() -> None:
    assert scored("𝐡𝐞 𝐢𝐬 𝐧𝐨𝐭 𝐛𝐫𝐞𝐚𝐭𝐡𝐢𝐧𝐠").floor


HOSTILE = [
    "not ", "no se ", "he is not not breathing ", "ate .. chocolate ", "a'", "\n\n \n", "(((", "a\u0301", "x" * 50,
    "ayuda help hilfe aiuto ajuda socorro ",
]  # fmt: skip


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_text_of_anything_is_done_soon(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert spans_fit(scored(text, medium=Medium.EMAIL), text)


@pytest.mark.timeout(20)
def test_200_kb_of_rules_and_scopes_are_done_soon() -> None:
    text = ("dog bit my son what if found her now " * 6_000)[:200_000]
    assert spans_fit(scored(text, medium=Medium.EMAIL), text)
