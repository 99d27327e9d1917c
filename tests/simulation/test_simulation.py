"""Nothing lost, nothing twice, one owner: whatever dies, stands still, comes late or comes twice.

More seeds: `make simulate-faults`. One again, with all that happened: `python -m tests.simulation SEED -v`.
"""

from __future__ import annotations

import pytest

from tests.simulation.mutations import MUTATIONS
from tests.simulation.run import simulate

SEEDS = 120
AT_ONCE = 10
ENOUGH = 1000
FOUND_BY = {
    "keeps-before-it-tells": 1,
    "commits-under-way": 0,
    "no-fence": 0,
    "same-epoch-after-failure": 0,
    "merges-unread": 69,
    "trusts-the-group": 0,
    "spool-forgets": 20,
    "spool-overtaken": 15,
    "spool-acknowledges-early": 43,
    "checkpoint-unchecked": 4,
    "settles-before-it-writes": 21,
}
"""The first seed from 0 that finds it."""

# A seed takes about half a second of a core, several where cores are shared.
pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_whatever_goes_wrong_the_promises_hold(first: int, request: pytest.FixtureRequest) -> None:
    only = request.config.getoption("--seed", default=None)
    if only is not None and first:
        pytest.skip("one seed was asked for")
    for seed in range(first, first + AT_ONCE) if only is None else [only]:
        outcome = simulate(seed, traced=only is not None)
        print("\n".join(outcome.trace) if only is not None else "", end="")  # noqa: T201 - what happened, if it fails
        assert outcome.fine, f"{outcome}\nagain: python -m tests.simulation {seed} -v"


def test_a_seed_is_the_same_run_byte_for_byte() -> None:
    one, two, other = simulate(7), simulate(7), simulate(8)
    assert (one.digest, one.seconds, one.trace) == (two.digest, two.seconds, two.trace)
    assert one.digest != other.digest


@pytest.mark.parametrize("seed", [3, 7])
def test_that_work_is_shared_changes_nothing(seed: int) -> None:
    one, other = simulate(seed), simulate(seed, shared=False)
    assert (one.digest, one.findings, one.trace) == (other.digest, other.findings, other.trace)


@pytest.mark.parametrize("mutation", FOUND_BY)
def test_a_mistake_in_the_runner_is_found(mutation: str) -> None:
    """From the seed on that found it last; whatever shifts what a seed draws makes that one of the next few dozen."""
    seeds = range(FOUND_BY[mutation], FOUND_BY[mutation] + ENOUGH)
    found = next((seed for seed in seeds if not simulate(seed, MUTATIONS[mutation]).fine), None)
    assert found is not None
