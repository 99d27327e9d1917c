"""What `router rules test` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from channels.errors import Problem
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.rules_folder import rules_in
from router.cli.score_view import coloured
from scoring.evaluation.examples import Failure, Missing, failures, missing
from scoring.rulefile import Rule
from scoring.rules import Rules

FAILED = 1


class NoRule(Problem):
    """There is no rule of that name; `router rules list` shows all."""


def test(folder: Path | None, ids: Sequence[str], *, as_json: bool) -> int:
    """The exit status. Raises BadRules, NoRule."""
    rules = rules_in(folder)
    chosen = _chosen(rules, ids)
    names = frozenset(rule.id for rule in chosen)
    failed = list(failures(rules, names))
    absent = [each for each in missing(rules) if each.rule in names]
    with quiet_end():
        if as_json:
            for line in (*map(_failure_told, failed), *map(_missing_told, absent)):
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        else:
            PipedConsole(highlight=False).print(_view(rules, chosen, failed, absent))
    return FAILED if failed or absent else 0


def _chosen(rules: Rules, ids: Sequence[str]) -> list[Rule]:
    for name in ids:
        if not any(rule.id.startswith(name) for rule in rules.rules):
            raise NoRule(f"no rule's id begins with {name!r}; `router rules list` shows all.")
    return [rule for rule in rules.rules if not ids or rule.id.startswith(tuple(ids))]


def _view(rules: Rules, chosen: Sequence[Rule], failed: Sequence[Failure], absent: Sequence[Missing]) -> RenderableType:
    parts = [_failure(each) for each in failed]
    parts += [Text(f"{each.rule} has patterns in {each.language}, and no example that they find") for each in absent]
    examples = sum(len(rule.examples.fires) + len(rule.examples.silent) for rule in chosen)
    said = f"{len(chosen)} rules, {examples} examples, {rules.version}: "
    end = Text(said)
    if failed or absent:
        end.append(f"{len(failed)} fail, {len(absent)} are missing", style="bold red")
    else:
        end.append("all hold", style="green")
    return Group(*parts, end)


def _failure(failure: Failure) -> Text:
    found = Text(failure.rule, style="bold")
    found.append(" should fire on" if failure.fires else " should be silent on", style="not bold")
    found.append("\n    ").append_text(coloured(failure.text, failure.evidence)).append("\n")
    for each in failure.evidence:
        words = failure.text[each.start : each.end]
        level = each.severity.value if each.severity else ""
        scope = f" ({each.scope})" if each.scope else ""
        found.append(f"    {level} {each.rule} {each.effect.value}{scope} “{words}”\n", style="not bold dim")
    return found if failure.evidence else found.append("    no rule spoke\n", style="not bold dim")


def _failure_told(failure: Failure) -> dict[str, object]:
    return {
        "rule": failure.rule,
        "expected": "fires" if failure.fires else "silent",
        "text": failure.text,
        "evidence": [each.model_dump(mode="json", exclude={"contact_id"}) for each in failure.evidence],
    }


def _missing_told(found: Missing) -> dict[str, object]:
    return {"rule": found.rule, "expected": "an example", "language": found.language}
