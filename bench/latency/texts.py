"""What people write in the benchmark, besides the scenario's own lines. Data, invented; `{n}` makes each its own."""

from __future__ import annotations

from router.play.words import LINES

OWN = (
    "Hi, it's about booking {n}: the sitter hasn't sent a photo since this morning, is everything all right?",
    "Our dog has been limping since the walk at {n} Birch Lane, should we see a vet today?",
    "Please cancel stay {n}, our plans have changed",
    "The walker left the gate open and he ran off near {n} Mill Road, please help us find him",
    "Refund for booking {n} still hasn't arrived, it was promised for last week",
    "Thank you, stay {n} was lovely, the cats were calm and happy",
    "She has eaten chocolate, about {n} grams, and she is trembling. What do we do?",
    "Somebody logged into my account from another country {n} minutes ago",
    "The sitter asks for {n} dollars in cash outside the app, is that allowed?",
    "Mi perro lleva {n} horas sin comer y está muy decaído, ¿qué hago?",
    "¿Pueden cambiar la reserva {n} al jueves por la tarde?",
    "La cuidadora no contesta desde hace {n} horas y no puedo entrar en casa",
    "Le chat s'est échappé il y a {n} minutes, personne ne répond au téléphone",
    "Bonjour, la facture {n} a été débitée deux fois",
    "Meine Katze hat seit {n} Stunden nichts getrunken, der Sitter ist nicht erreichbar",
    "Die Buchung {n} war wunderbar, vielen Dank!",
    "O passeador mordeu-se com outro cão na rua {n}, há sangue na pata",
    "De oppas is {n} minuten te laat en neemt niet op",
    "Il cane ha vomitato {n} volte da ieri sera, cosa facciamo?",
    "Where do I find the invoice of booking {n}?",
)

TEXTS = (*(line.text for line in LINES if line.text), *OWN)


def text(number: int) -> str:
    """The text of the contact with this number; texts come again, but never as the very same words."""
    words = TEXTS[number % len(TEXTS)]
    return words.replace("{n}", str(number)) if "{n}" in words else f"{words} ({number})"
