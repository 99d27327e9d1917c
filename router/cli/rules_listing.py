"""What `router rules list` does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.table import Table

from router.cli import looks
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.rules_folder import contents_of
from scoring.rulefile import Rule, parse

WIDE = 160


def list_(folder: Path | None, *, as_json: bool) -> None:
    """Raises BadRules."""
    contents = contents_of(folder)
    found = [(name, rule) for name, content in contents.items() for rule in parse(name, content).rules]
    with quiet_end():
        if as_json:
            for name, rule in found:
                sys.stdout.write(json.dumps(_told(name, rule), ensure_ascii=False) + "\n")
            return
        console = PipedConsole(highlight=False)
        if not console.is_terminal:
            console.width = WIDE
        console.print(_table(found))
        console.print(f"{len(found)} rules in {len({name for name, _ in found})} files")


def _told(file: str, rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "skill": rule.skill.value,
        "skills": [skill.value for skill in rule.skills],
        "languages": list(rule.patterns),
        "file": file,
        "about": rule.about,
        "examples": {"fires": len(rule.examples.fires), "silent": len(rule.examples.silent)},
    }


def _table(found: list[tuple[str, Rule]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("id", "level", "skill", "languages", "file"):
        table.add_column(heading, overflow="fold")
    for name, rule in found:
        table.add_row(
            rule.id,
            looks.severity(rule.severity),
            ", ".join(skill.value for skill in dict.fromkeys((rule.skill, *rule.skills))),
            " ".join(rule.patterns),
            name,
        )
    return table
