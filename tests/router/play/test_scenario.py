from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Medium
from router.play.sample import Keys, Mail, Sample
from router.play.scenario import Scenario, fresh_seed, scenario

KEYS = Keys("https://router.example.com", "token", "postmark:secret")
seeds = st.integers(0, 2**31)


def contact_ids(play: Scenario) -> list[str]:
    return [move.send.contact_id for move in play.moves if isinstance(move.send, Sample)]


@settings(max_examples=20)
@given(seeds)
def test_a_seed_repeats_a_play_to_the_byte(seed: int) -> None:
    assert scenario(seed, KEYS) == scenario(seed, KEYS)


@settings(max_examples=20)
@given(seeds)
def test_another_seed_has_other_ids_and_no_two_people_share_a_number(seed: int) -> None:
    one, other = scenario(seed, KEYS), scenario(seed + 1, KEYS)
    assert not set(contact_ids(one)) & set(contact_ids(other))
    numbers = {move.who.phone for move in one.moves}
    assert len(numbers) == len({move.who.email for move in one.moves})
    assert not numbers & {move.who.phone for move in other.moves}


def test_the_emergency_comes_by_text_call_and_mail_from_one_person() -> None:
    play = scenario(7, KEYS)
    moves = [move for move in play.moves if move.emergency]
    assert [move.medium for move in moves if not move.update] == [Medium.SMS, Medium.CALL, Medium.EMAIL]
    assert {move.who for move in moves} == {play.victim}
    assert sum(move.update for move in moves) == 2


def test_one_webhook_is_sent_twice_and_some_mail_comes_by_smtp() -> None:
    moves = scenario(7, KEYS).moves
    again = [move for move in moves if move.repeat]
    assert len(again) == 1
    assert sum(move.send == again[0].send for move in moves) == 2
    assert sum(isinstance(move.send, Mail) for move in moves) >= 1


def test_moves_come_in_the_order_of_time_and_are_over_in_fifteen_seconds() -> None:
    times = [move.at for move in scenario(7, KEYS).moves]
    assert times == sorted(times)
    assert times[-1] < 15


def test_a_fresh_seed_dates_the_mails_of_its_play_today() -> None:
    now = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
    mails = [move.send.data for move in scenario(fresh_seed(now), KEYS).moves if isinstance(move.send, Mail)]
    assert all(b"Date: Sun, 22 Nov 2026 14:03:" in mail for mail in mails)
