"""The rule that docs/scoring.md shows could stand in the files as it is."""

from __future__ import annotations

import re
from pathlib import Path

from scoring.evaluation.examples import failures, missing
from scoring.rulefile import read
from scoring.rules import FOLDER, rules_of

PAGE = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")


def test_the_example_of_a_rule_keeps_what_it_promises() -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    rules = rules_of({**read(FOLDER), "shown.yaml": f"rules:\n{found[1]}".encode()})
    only = frozenset({"vet.airway-stuck"})
    assert list(failures(rules, only)) == []
    assert [each for each in missing(rules) if each.rule in only] == []
