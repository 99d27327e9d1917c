"""What takes back a rule's words (rubric, rules 1, 2, 3 and 6), and what looks so and doesn't."""

from __future__ import annotations

import pytest

from scoring.model import Effect, Severity
from tests.scoring.contacts import ruled

S1, S2, S3, S4 = Severity


def lowered_by(text: str) -> set[str]:
    """The scopes that spoke in `text`."""
    return {item.scope for item in ruled(text).evidence if item.effect is Effect.LOWERS and item.scope}


@pytest.mark.parametrize(
    "text",
    [
        "He is not bleeding and has no wounds",
        "no trouble breathing, just wanted a quick check",
        "she never escaped from the garden",
        "el perro no sangra mucho, solo un rasguño en la oreja",
        "il n'a pas mangé de chocolat",
        "Er hat keine Schokolade gefressen",
        "non ha mangiato il cioccolato",
        "no ha menjat xocolata",
        "não comeu chocolate nenhum",
        "hij heeft geen chocola gegeten",
    ],
)
def test_a_negation_takes_it_back(text: str) -> None:
    assert not ruled(text).floor
    assert lowered_by(text) == {"negation"}


@pytest.mark.parametrize(
    "text",
    [
        "He is not breathing",
        "she is not only limping, she is bleeding everywhere",
        "I don't know if he is breathing, he is unconscious",
        "not sure what to do, she is having a seizure",
        "oh no he was hit by a car",
        "no no no she collapsed",
        "he's not moving but he was bleeding heavily",
        "no respira",
        "no sé qué hacer, no respira",
        "il ne respire plus",
        "Er atmet nicht",
        "non respira",
        "não respira",
        "hij ademt niet",
        "the bleeding won't stop",
        "I can't stop the bleeding",
        "he has not stopped seizing",
        "there's no vet open and she's having a seizure",
    ],
)
def test_what_only_looks_negated_stays(text: str) -> None:
    assert (ruled(text).severity, ruled(text).floor) == (S1, True)


@pytest.mark.parametrize(
    "text",
    [
        "He was hit by a car last year and has a limp since",
        "she had a seizure two years ago",
        "he got bloat as a puppy, just so the sitter knows",
        "lo atropellaron hace dos años",
        "elle a fait une crise d'épilepsie il y a trois ans",
        "Er wurde letztes Jahr angefahren",
        "è stato investito due anni fa",
        "el van atropellar fa tres anys",
        "foi atropelado há dois anos",
        "hij is vorig jaar aangereden",
    ],
)
def test_what_was_is_outweighed(text: str) -> None:
    assert not ruled(text).floor
    assert "past" in lowered_by(text)


@pytest.mark.parametrize(
    "text",
    [
        "she had a seizure two years ago and now she is having a seizure again",
        "He was hit by a car just now, he was also hit last year",
        "He had bloat as a puppy. His stomach is hard and swollen and he is retching.",
        "foi atropelado agora mesmo, como o irmão há dois anos",
    ],
)
def test_what_goes_on_now_outweighs_what_was(text: str) -> None:
    assert ruled(text).floor


@pytest.mark.parametrize(
    "text",
    [
        "What happens if a dog bites someone?",
        "what if my dog is hit by a car during a walk?",
        "Are we covered if he swallows something and needs surgery?",
        "Can dogs eat grapes?",
        "How do I keep him from eating chocolate?",
        "¿qué pasa si el perro se escapa?",
        "Que se passe-t-il si mon chien mord quelqu'un ?",
        "Was passiert, wenn der Hund gebissen wird?",
        "Cosa succede se il cane scappa?",
        "Què passa si el gos s'escapa?",
        "O que acontece se o cachorro fugir e for atropelado?",
        "Wat gebeurt er als de hond wordt aangereden?",
    ],
)
def test_a_question_of_policy_is_no_emergency(text: str) -> None:
    assert not ruled(text).floor
    assert ruled(text).severity >= S3


@pytest.mark.parametrize(
    "text",
    [
        "What happens if a dog is bitten? Because mine was just hit by a car",
        "what do I do if he ate chocolate? He just ate a whole bar of chocolate",
        "Can dogs eat grapes? He ate a whole bowl of grapes.",
    ],
)
def test_unless_something_else_says_that_it_happened(text: str) -> None:
    assert ruled(text).floor


@pytest.mark.parametrize(
    "text",
    [
        "my dog is dying to meet you",
        "you're killing it, thank you",
        "I died laughing at that photo",
        "the walker is killing it",
        "he attacked me with kisses",
        "my phone died, sorry for the late answer",
        "this queue gave me a heart attack",
        "me muero de risa con las fotos",
        "je suis mort de rire",
        "ich lach mich tot",
        "sto morendo dal ridere",
        "em moro de riure",
        "morri de rir com as fotos",
        "ik lach me dood",
    ],
)
def test_a_figure_of_speech_is_no_harm(text: str) -> None:
    assert not ruled(text).floor
    assert ruled(text).severity >= S3


@pytest.mark.parametrize(
    "text",
    [
        "he died of heatstroke",
        "she is dying of bloat",
        "found dead on the floor",
        "my dad had a heart attack while walking the dog, he collapsed",
        "we lost track of her in the park, she ran off",
        "my dog got out of the car and ran off",
    ],
)
def test_the_same_words_in_earnest_are_heard(text: str) -> None:
    assert ruled(text).floor


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("False alarm, found her asleep in the wardrobe", S3),
        ("Luna escaped this morning. Update: found her, all good", S3),
        ("falsa alarma, ya apareció el gato", S3),
        ("fausse alerte, on l'a retrouvée", S3),
        ("Fehlalarm, die Katze ist wieder da", S3),
        ("falso allarme, il cane è tornato", S3),
        ("falsa alarma, ja l'hem trobat", S3),
        ("falso alarme, o gato apareceu", S3),
        ("loos alarm, de kat is weer thuis", S3),
        ("He had a seizure this morning but he is fine now", S2),
        ("she was hit by a car, she's stable at the vet", S2),
    ],
)
def test_what_is_over_is_lower_and_says_so(text: str, severity: Severity) -> None:
    found = ruled(text)
    assert (found.severity, found.resolves, found.floor) == (severity, True, False)
    assert any(item.effect is Effect.LOWERS and item.rule.startswith("resolution.") for item in found.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "we haven't found her, she ran off an hour ago",
        "If we found her we would call. She escaped from the garden",
        "found him but he's not breathing",
        "found her, she was hit by a car",
        "he seemed fine this morning but now he is having a seizure",
        "found the cat dead in the bathroom",
        "no la hemos encontrado, se ha escapado la perra",
        "wir haben ihn nicht gefunden, der Hund ist entlaufen",
    ],
)
def test_what_is_not_over_stays(text: str) -> None:
    found = ruled(text)
    assert (found.severity, found.floor, found.resolves) == (S1, True, False)


def test_a_death_is_not_resolved() -> None:
    assert ruled("All good now, but our cat died during the stay").floor


EVERYDAY = [
    ("the puppy follows me to the loo", "a man follows me home every night"),
    ("il gatto mi segue ovunque", "un uomo mi segue fino a casa"),
    ("me sigue hasta el baño, qué pesado", "me sigue hasta casa, tengo miedo"),
    ("mein Hund folgt mir überall hin", "der Kunde folgt mir bis nach Hause"),
    ("Rauchmelder piept, die Batterie ist leer", "Rauchmelder piept, überall Qualm in der Küche"),
    ("rookmelder piept want de batterij is bijna op", "de rookmelder gaat af, er is brand in de keuken"),
    ("mort de son després del parc, no es mou del sofà", "el gos no es mou i no respira"),
    ("todmüde vom Wandern, rührt sich nicht", "er liegt da und rührt sich nicht mehr, atmet kaum"),
    ("can't breathe for laughing", "she can't breathe"),
    ("on attend en voiture avec ma mère, vitres baissées", "chien enfermé en voiture au soleil, vitres fermées"),
    ("aspetta in macchina con mia sorella, finestrini giù", "cane in macchina al sole, finestrini chiusi"),
    ("mon chef va me tuer si j'oublie encore", "mon ex va me tuer, il est devant la porte"),
    ("mijn baas vermoordt me als ik weer te laat kom", "hij zegt dat hij me vermoordt"),
    ("se n'ha anat amb la meva mare a comprar el pa", "se n'ha anat i no el trobem"),
    ("se ha ido con mi padre a dar una vuelta", "se ha escapado por la puerta y no aparece"),
    ("he perdut el tiquet de compra", "he perdut la gossa al parc"),
    ("het raam staat op een kier, daar kan ze niet door", "ik kan haar nergens vinden"),
    ("liegt unterm Bett und kommt nicht raus", "er ist im Teich und kommt nicht mehr raus"),
    ("o homem na escada é o pintor", "um homem na escada não me deixa sair, me segue"),
    ("onze oude kat is twee jaar terug ingeslapen", "onze kat is dood"),
]


@pytest.mark.parametrize(("everyday", "emergency"), EVERYDAY)
def test_what_pets_and_people_do_all_day_is_no_emergency(everyday: str, emergency: str) -> None:
    assert not ruled(everyday).floor
    assert ruled(emergency).floor


@pytest.mark.parametrize(
    "text",
    [
        "growls when we play tug of war",
        "knurrt beim Zerrspiel",
        "ringhia quando gioca con la corda",
        "rosna quando brinca com a corda",
    ],
)
def test_a_growl_in_play_threatens_nobody(text: str) -> None:
    assert ruled(text).severity > S2


@pytest.mark.parametrize("text", ["er knurrt mich an und schnappt", "ringhia a tutti e non mi fa passare"])
def test_a_growl_at_people_does(text: str) -> None:
    assert ruled(text).severity is S2
