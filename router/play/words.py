"""What the ordinary people of the scenario write, and when. Data: a line each, invented."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a line comes: a text, a text with a picture, a call without a number, a mail by webhook or by SMTP."""

    SMS = "sms"
    MMS = "mms"
    WITHHELD_CALL = "withheld call"
    POSTMARK = "postmark"
    SMTP = "smtp"


@dataclass(frozen=True)
class Line:
    """at: seconds after the start. again: seconds after `at` when the provider sends the same webhook once more."""

    at: float
    way: Way
    text: str = ""
    subject: str = ""
    again: float | None = None
    automatic: bool = False


LINES: tuple[Line, ...] = (
    Line(0.2, Way.SMS, "Hi, how do I change the email address on my account?"),
    Line(
        0.7,
        Way.POSTMARK,
        "Hello,\n\nI cancelled nine days before the stay and got only half of it back. The page says full refund. "
        "Could somebody look into the refund, please?\n\nThank you",
        "Refund for a cancelled stay",
    ),
    Line(1.2, Way.SMS, "Thank you so much, Priya was wonderful with our two old greyhounds. We'll book again!"),
    Line(1.7, Way.SMS, "The sitter wants me to pay her by bank transfer outside the app to save the fee. Is that ok?"),
    Line(
        2.6, Way.SMS, "Our cat slipped out of the front door ten minutes ago and we can't find her anywhere", again=2.2
    ),
    Line(3.1, Way.SMS, "El cuidador no ha venido y mi perro lleva solo en casa desde anoche"),
    Line(
        3.5,
        Way.SMTP,
        "Good morning,\n\nthe dog we looked after chewed the arm of our sofa. The invoice for the repair "
        "is attached, 340 dollars. Where do I hand in the claim?\n\nRegards",
        "Damage to our sofa",
    ),
    Line(4.2, Way.SMS, "Merci beaucoup, Camille a été adorable avec nos deux chats !"),
    Line(4.6, Way.SMS, "The walker's terrier just bit my son on the arm, he is six, it's bleeding a lot"),
    Line(
        5.3,
        Way.SMS,
        "CONGRATULATIONS! You have been selected for a $500 voucher. Claim within 2 hours: prize.example.com",
    ),
    Line(5.8, Way.MMS, "He has been limping since the walk this morning, here is a photo of his paw"),
    Line(
        6.3,
        Way.POSTMARK,
        "This is the county's animal control office. We are calling in the records of the incident "
        "on Birch Lane, report 4471. Please name a contact person.",
        "Request for records, report 4471",
    ),
    Line(6.8, Way.SMS, "¿Cómo cambio la fecha de mi reserva del jueves?"),
    Line(7.2, Way.SMS, "He is outside my door again shouting that he will kill me, please help"),
    Line(7.8, Way.WITHHELD_CALL),
    Line(8.2, Way.SMS, "Walk was meant to be 60 min, the GPS says 20. Third time this month, I want to complain"),
    Line(
        8.6,
        Way.SMTP,
        "Bonjour,\n\nje voudrais un remboursement : la garde a été annulée par la gardienne et j'ai été "
        "débitée deux fois.\n\nMerci d'avance",
        "Remboursement",
    ),
    Line(9.0, Way.SMS, "What happens if a dog bites somebody during a stay? Just filling in my checklist"),
    Line(9.4, Way.SMS, "Bella has vomited twice since dinner, still drinking and wagging. Should we see a vet?"),
    Line(
        9.9,
        Way.POSTMARK,
        "I am out of the office until Monday and will read your message then.",
        "Automatic reply: Your booking",
        automatic=True,
    ),
    Line(10.3, Way.SMS, "Someone changed the bank account on my profile and I can't log in any more"),
    Line(10.7, Way.SMS, "My dog is dying to meet you! What time on Saturday?"),
    Line(
        11.1,
        Way.POSTMARK,
        "I came early to collect her and there were eleven dogs in one garage, no water, mine was soaked "
        "and filthy. Please have somebody look at this place.",
        "Eleven dogs in a garage",
    ),
    Line(11.5, Way.SMS, "Der Hund hat unser Parkett zerkratzt. Wo reiche ich die Rechnung ein?"),
    Line(12.0, Way.SMS, "Sitter never showed up, her phone is off and the cats have been alone since Friday"),
    Line(12.4, Way.SMS, "Found the button myself, all good, thanks!"),
)
