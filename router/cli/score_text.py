"""What `router score TEXT` does."""

from __future__ import annotations

import json
import sys

from router.cli.pipes import PipedConsole, quiet_end
from router.cli.score_view import view
from router.cli.score_why import why
from scoring.assess import assess
from scoring.evaluation.rows import Row, added, contact
from scoring.rules import load_rules


def score(text: str, subject: str | None, channel: str, *, as_json: bool) -> None:
    given = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\n") if text == "-" else text
    # What a terminal gave that is no text comes as lone surrogates; the same length, so that spans still fit.
    told = contact(Row(id="-", channel=channel, subject=_clean(subject), text=_clean(given)))
    assessment = assess(told)
    with quiet_end():
        if as_json:
            found = {
                **added(assessment),
                "languages": list(assessment.languages),
                "floor": assessment.floor,
                "resolves": assessment.resolves,
                "why": why(assessment),
                "version": assessment.version,
            }
            sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
            return
        about = {rule.id: rule.about for rule in load_rules().rules}
        PipedConsole(highlight=False).print(view(told.subject, told.text, assessment, about))


def _clean(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "replace").decode()
