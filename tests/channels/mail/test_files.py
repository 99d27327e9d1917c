from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Attachment
from channels.mail.files import MOST, READ, in_words

INVITATION = b"BEGIN:VEVENT\nSUMMARY:Check-up\nEND:VEVENT"


def file(media_type: str, content: bytes) -> Attachment:
    return Attachment.of("a", media_type, content)


def test_a_note_a_page_and_an_invitation_are_words() -> None:
    said = in_words(
        [file("text/plain", b"he bit me\n"), file("text/html", b"<p>hard</p>"), file("text/calendar", INVITATION)]
    )
    assert said == "he bit me\n\nhard\n\nAppointment: Check-up"


def test_the_same_invitation_as_part_and_as_file_is_told_once() -> None:
    assert in_words([file("text/calendar", INVITATION), file("application/ics", INVITATION)]) == "Appointment: Check-up"


def test_pictures_and_files_that_are_not_at_hand_say_nothing() -> None:
    silent = [file("image/png", b"x"), Attachment(name="a", media_type="text/plain"), file("text/plain", b" ")]
    assert in_words(silent) == ""


def test_of_many_files_the_first_are_read() -> None:
    assert in_words(file("text/plain", b"%d" % n) for n in range(100)).split() == [str(n) for n in range(MOST)]


@given(st.lists(st.tuples(st.sampled_from(list(READ)), st.binary(max_size=60))))
def test_any_files_are_read(given_files: list[tuple[str, bytes]]) -> None:
    in_words(file(*one) for one in given_files).encode()
