from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from channels.contact import Medium
from router.model.incident import IncidentState
from router.play.board import Board, percentile, rules
from router.play.sample import Keys
from router.play.scenario import scenario
from router.play.sender import Answer
from scoring.model import Effect, Severity, Skill
from tests.router.cli.incidents import AT, CALL, CHOCOLATE, INCIDENT, TEXT, joined, opened

VET = Skill.EMERGENCY_VET
MOVE = scenario(1, Keys("http://localhost")).moves[0]


def started() -> Board:
    board = Board()
    board.starts()
    return board


def later(ms: float) -> datetime:
    return AT + timedelta(milliseconds=ms)


def test_a_contact_is_placed_once_with_its_time_from_the_webhook() -> None:
    board = started()
    first = board.saw(VET, INCIDENT, opened(), (1, 1), at=later(12), now=later(15))
    assert [(one.contact_id, one.queue_ms, one.rules) for one in first] == [(TEXT, 12, ("vet.toxic",))]
    second = board.saw(VET, INCIDENT, joined(), (1, 2), at=later(1511), now=later(1515))
    assert [(one.contact_id, one.channel) for one in second] == [(CALL, Medium.CALL)]


def test_a_late_writers_older_record_changes_nothing() -> None:
    board = started()
    board.saw(VET, INCIDENT, joined(), (2, 2), at=AT, now=AT)
    assert board.saw(VET, INCIDENT, None, (1, 9), at=AT, now=AT) == ()
    assert board.counts()[VET] == {Severity.S1: 1}


def test_what_was_there_before_is_counted_and_not_taken_for_new() -> None:
    board = Board()
    assert board.saw(VET, INCIDENT, opened(), (1, 1), at=AT, now=AT) == ()
    board.starts()
    assert board.before == 1
    board.sent(board.sends(MOVE, TEXT), answer=Answer(AT, 3, 200, TEXT, ""))
    assert board.missing() == ()


def test_resolved_and_removed_incidents_leave_their_queue() -> None:
    board = started()
    board.saw(VET, INCIDENT, opened(), (1, 1), at=AT, now=AT)
    board.saw(VET, INCIDENT, opened().model_copy(update={"state": IncidentState.RESOLVED}), (1, 2), at=AT, now=AT)
    assert list(board.open()) == []


def test_a_contact_that_no_queue_shows_is_missing_and_a_refused_one_has_failed() -> None:
    board = started()
    board.sent(board.sends(MOVE, TEXT), answer=Answer(AT, 3, 200, TEXT, ""))
    board.sent(board.sends(MOVE, CALL), answer=Answer(AT, 3, 503, None, ""))
    board.sent(board.sends(MOVE, CALL), problem="no gateway answers")
    board.sent(board.sends(MOVE, CALL), answer=Answer(AT, 3, 200, None, ""))
    assert board.missing() == (TEXT,)
    assert len(board.failed()) == 3


def test_an_automatic_reply_is_kept_out_and_astray_on_any_queue() -> None:
    board = started()
    move = next(each for each in scenario(1, Keys("http://localhost")).moves if each.automatic)
    board.sent(board.sends(move, TEXT), answer=Answer(AT, 3, 200, TEXT, ""))
    assert (board.expected(), board.missing(), board.kept_out(), board.astray()) == ((), (), (TEXT,), ())
    board.saw(VET, INCIDENT, opened(), (1, 1), at=AT, now=AT)
    assert board.astray() == (TEXT,)


def test_a_rule_that_lowered_is_told_by_a_minus() -> None:
    lowering = CHOCOLATE.model_copy(update={"effect": Effect.LOWERS, "rule": "scope.negation"})
    assert rules((CHOCOLATE, lowering, CHOCOLATE)) == ("vet.toxic", "-scope.negation")


@given(st.lists(st.floats(0, 1000), min_size=1).map(sorted), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_the_last_one_at_1(values: list[float], share: float) -> None:
    told = tuple(values)
    assert percentile(told, share) in told
    assert percentile(told, 1.0) == told[-1]
    assert percentile((), share) is None
