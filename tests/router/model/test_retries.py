from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.model import retries
from router.model.cloudevents import Headers
from router.model.dead_letters import PREFIX, Place, letter_of, message
from router.model.events import DeadLetter
from tests.router.runtime.memory_log import START

NAME = Place("intake.dlq", 0, 5)
WHY = DeadLetter(stage="intake", reason="malformed", topic="inbound.sms", partition=3, offset=41, at=START)
NAMES = st.sampled_from(["ce_type", "ce_id", "traceparent", "content-type", "x"])
HEADERS = st.dictionaries(NAMES, st.binary(max_size=9)).map(lambda found: tuple(found.items()))


@given(HEADERS, st.binary(), st.binary(), st.integers(1, 5))
def test_a_letter_that_is_refused_resubmitted_and_refused_again_keeps_payload_key_and_headers(
    headers: Headers, key: bytes, value: bytes, tries: int
) -> None:
    for _ in range(tries):
        letter = message(WHY, key, value, headers)
        again = retries.retry(letter_of(letter.headers), NAME, letter.key, letter.value, letter.headers)
        assert again is not None
        assert (again.topic, again.key, again.value) == ("intake.retry", key, value)
        assert dict(again.headers)["ce_type"] == b"record.retried"
        assert retries.earlier(again.headers) == WHY
        assert dict(retries.as_it_was(again.headers)) == dict(headers)


def test_a_record_that_was_never_refused_has_no_earlier_letter() -> None:
    assert retries.earlier((("ce_type", b"contact.received"),)) is None


def test_a_pools_letter_goes_back_to_the_partition_that_it_stood_on() -> None:
    stood = WHY.model_copy(update={"stage": "pool", "topic": "pool", "partition": 2})
    again = retries.retry(stood, Place("pool.dlq", 0, 1), b"petcare", b"{}", (("ce_type", b"contact.scored"),))
    assert again is not None
    assert (again.topic, again.partition) == ("pool", 2)
    assert not any(name.startswith(PREFIX) for name, _ in retries.as_it_was(again.headers))


def test_what_no_stage_would_read_again_is_not_written() -> None:
    assert retries.retry(WHY.model_copy(update={"stage": "elsewhere"}), NAME, b"", b"", ()) is None


def test_a_command_speaks_of_a_moment_that_has_passed_and_a_contact_does_not() -> None:
    assert retries.passed((("ce_type", b"command.claim"),)) == "command.claim"
    assert retries.passed((("ce_type", b"policy.applied"),)) == "policy.applied"
    assert retries.passed((("ce_type", b"contact.scored"),)) is None
    assert retries.passed(()) is None
