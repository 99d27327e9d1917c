from hypothesis import given
from hypothesis import strategies as st

from router.cli.searching import candidates
from router.model.ids import contact_id

PROVIDERS = ("twilio", "postmark", "smtp")


def test_our_own_ids_mean_themselves() -> None:
    ours = contact_id("twilio", "SM1")
    assert candidates(ours, PROVIDERS) == (ours,)
    assert candidates("i_petcare_" + ours[2:], PROVIDERS) == ()


@given(st.text(min_size=1, max_size=60))
def test_whatever_a_provider_calls_a_contact_is_among_the_candidates(theirs: str) -> None:
    if not theirs.startswith(("c_", "i_")):
        assert {contact_id(one, theirs) for one in PROVIDERS} <= set(candidates(theirs, PROVIDERS))


def test_a_later_delivery_of_a_call_and_a_message_id_in_brackets_are_understood() -> None:
    assert contact_id("twilio", "CA1") in candidates("CA1:3", PROVIDERS)
    assert contact_id("smtp", "x@example.com") in candidates("<x@example.com>", PROVIDERS)
