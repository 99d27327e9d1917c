from datetime import timedelta

import pytest

from router.model.events import PolicyApplied
from router.policy.load import default_text, sha256
from router.stages.contract import Entries, Undecodable
from router.stages.in_force import NoPolicy, in_force, seeded
from router.stages.pool import Pool
from router.stages.state import POLICY, PolicyInForce
from tests.router.stages.situations import NOON, Said, Table, came, policy_applied, record
from tests.router.stages.situations import POLICY as DEFAULT

HOUR = timedelta(hours=1)


def test_a_log_without_a_policy_is_not_stepped() -> None:
    with pytest.raises(NoPolicy):
        Pool().step(Entries({}), record(came("sms", "ann"), 0, NOON))


def test_a_new_logs_state_is_seeded_with_its_first_policy() -> None:
    applied = PolicyApplied(sha256=sha256(default_text()), text=default_text())
    assert in_force(seeded(Entries({}), applied)) is DEFAULT


def test_a_seed_replaces_no_policy_that_is_in_force() -> None:
    other = default_text().replace("join_within: 24 h", "join_within: 1 h")
    entries = seeded(Entries({POLICY: PolicyInForce(sha256="x", text=other)}), PolicyApplied(sha256="y", text="z"))
    assert in_force(entries).triage.join_within == HOUR


def test_a_policy_holds_from_its_place_in_the_log_on() -> None:
    table = Table()
    table.take(came("one", "ann"))
    table.take(policy_applied(default_text().replace("join_within: 24 h", "join_within: 1 h")))
    table.take(came("two", "ann"), after=2 * HOUR)
    assert len(table.incidents()) == 2


def test_the_first_policy_of_the_log_is_in_force_already_when_it_is_read() -> None:
    table = Table()
    step = table.take(policy_applied())
    assert step.outcomes == ()
    assert table.entry(POLICY, PolicyInForce).text == default_text()


@pytest.mark.parametrize(
    ("applied", "field"),
    [
        (PolicyApplied(sha256="0" * 64, text=default_text()), "sha256"),
        (PolicyApplied(sha256=sha256("version: 1"), text="version: 1"), "name"),
        (PolicyApplied(sha256=sha256("["), text="["), "line 1"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_and_the_one_before_holds(applied: PolicyApplied, field: str) -> None:
    table = Table()
    with pytest.raises(Undecodable) as caught:
        table.take(Said("bad", "policy.applied", applied))
    assert (caught.value.reason, caught.value.field) == ("bad-policy", field)
    assert table.entry(POLICY, PolicyInForce).text == default_text()
