from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from rich.console import Console

from channels.contact import Medium
from router.cli import run_lines
from router.cli.run_lines import Next
from router.cli.run_view import view
from router.model.ids import incident_id
from router.play.board import Board
from router.play.sample import Keys, Sample
from router.play.scenario import Scenario, scenario
from router.play.sender import Answer
from scoring.model import Severity, Skill
from tests.router.cli.incidents import AT, CHOCOLATE, opened, ref

CHANNELS = (Medium.SMS, Medium.CALL, Medium.EMAIL)


@pytest.fixture
def play() -> Scenario:
    return scenario(7, Keys("http://127.0.0.1:8080", "token", "a:b"))


@pytest.fixture
def board(play: Scenario) -> Board:
    """Every request of the play sent and on a queue; the emergency's three contacts in one incident."""
    board = Board()
    board.starts()
    emergency: list[str] = []
    severities, skills = cycle(Severity), cycle(Skill)
    for number, move in enumerate(play.moves):
        contact = move.send.contact_id if isinstance(move.send, Sample) else f"c_{number:026}"
        at = AT + timedelta(seconds=move.at)
        board.sent(board.sends(move, contact), answer=Answer(at, 4, 200, contact, ""))
        if move.repeat or move.update:
            continue
        if move.automatic:
            continue
        event = opened().model_copy(
            update={
                "incident_id": incident_id("petcare", contact),
                "contact_ids": (contact,),
                "contacts": (ref(contact, move.medium, at),),
                "evidence": (CHOCOLATE.model_copy(update={"contact_id": contact}),),
            }
        )
        if move.emergency:
            emergency.append(contact)
            refs = tuple(ref(one, medium, at) for one, medium in zip(emergency, CHANNELS, strict=False))
            update = {"incident_id": incident_id("petcare", emergency[0]), "contact_ids": tuple(emergency)}
            event = event.model_copy(update={**update, "contacts": refs, "revision": len(emergency)})
        else:
            event = event.model_copy(update={"severity": next(severities), "skill": next(skills)})
        seen = at + timedelta(milliseconds=20)
        board.saw(event.skill, event.incident_id, event, (1, event.revision), at=seen, now=seen)
    return board


def drawn(board: Board, play: Scenario, width: int, height: int) -> list[str]:
    console = Console(width=width, height=height, color_system=None)
    with console.capture() as captured:
        console.print(view(board, elapsed_s=13.1, moves=len(play.moves), width=width, height=height - 1))
    return captured.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (140, 40), (220, 60)])
def test_the_view_fits_the_terminal_and_shows_what_matters(
    board: Board, play: Scenario, width: int, height: int
) -> None:
    lines = drawn(board, play, width, height)
    assert len(lines) < height
    assert all(len(line) <= width for line in lines)
    text = "\n".join(lines)
    for part in ("28 contacts on a queue", "S1 emergency-vet", "fraud-payments", "vet.toxic", "p50 20 ms"):
        assert part in text
    assert all(f"● {medium}" in text for medium in ("sms", "call", "email"))


def test_before_anything_has_happened_the_view_is_drawn_too(play: Scenario) -> None:
    text = "\n".join(drawn(Board(), play, 80, 24))
    assert "0 of 32 requests sent" in text
    assert "waiting for it" in text


def test_what_was_refused_and_what_came_again_is_told(play: Scenario) -> None:
    board = Board()
    board.sent(board.sends(play.moves[0], "c_x"), answer=Answer(AT, 4, 503, None, ""))
    again = next(move for move in play.moves if move.repeat)
    board.sent(board.sends(again, "c_y"), answer=Answer(AT, 4, 200, "c_y", ""))
    text = "\n".join(drawn(board, play, 80, 24))
    assert "refused 503" in text
    assert "the same contact" in text


def test_the_summary_counts_names_the_emergency_and_says_what_failed(board: Board, play: Scenario) -> None:
    board.sent(board.sends(play.moves[0], None), answer=Answer(AT, 4, 403, None, ""))
    told = "\n".join(run_lines.summary(board))
    assert "28 of 28 contacts are on a queue, in 26 incidents" in told
    assert "1 automatic reply is recorded and kept out of the queues" in told
    assert "The emergency is one incident of one person" in told
    assert "answered 403" in told


def test_the_next_steps_can_be_typed_as_they_stand() -> None:
    hooks = (("twilio-sms", "/hooks/twilio/sms"),)
    facts = Next(
        Path("/tmp/my data"), "http://127.0.0.1:8080", "127.0.0.1:2525", hooks, Path("/tmp/my data/t"), "i_x_y"
    )
    told = run_lines.next_steps(facts)
    assert "  twilio-sms  http://127.0.0.1:8080/hooks/twilio/sms" in told
    assert "  router tail emergency-vet --data '/tmp/my data'" in told
    assert any("explain i_x_y" in line for line in told)
    assert any("$(head -1 '/tmp/my data/t')" in line for line in told)
