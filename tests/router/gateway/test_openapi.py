"""The OpenAPI document holds: whatever is asked, the answer is one that it names, in the form that it names.

Schemathesis makes the requests from the document itself: valid ones, every bound and missing field, garbage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import events

from channels.registry import CHANNELS
from tests.router.gateway.described import FILE, described
from tests.router.gateway.parts import BEARER, PoolLog, Running, running

SEED = 7
EXAMPLES = 5
"""Of each operation, besides those for every bound and every missing field."""

SERVER_ERROR = {"expected-statuses": ["2xx", "3xx", "4xx", 503, 504]}
# What a desk asks for is unknown, or somebody else's; its key was used before; its address is none.
MISSED = {"expected-statuses": ["2xx", 401, 403, 404, 409, 422, 503, 504]}
CHECKS = ChecksConfig.from_dict({"not_a_server_error": SERVER_ERROR, "positive_data_acceptance": MISSED})
# What is in a hook's request is for its provider to say: what can't be read is kept and answered 2xx.
OFF = {"enabled": False}
CHECKS_OF_HOOKS = ChecksConfig.from_dict(
    {"not_a_server_error": SERVER_ERROR, "positive_data_acceptance": OFF, "negative_data_rejection": OFF}
)


@dataclass
class Played:
    """problems: what the document doesn't say. statuses: of all answers, by path and method."""

    problems: list[str] = field(default_factory=list)
    statuses: dict[str, set[int]] = field(default_factory=dict)

    def all_statuses(self) -> set[int]:
        return set().union(*self.statuses.values())


def played(up: Running, paths: str, checks: ChecksConfig, headers: dict[str, str] | None = None) -> Played:
    """Every operation whose path fits."""
    project = ProjectConfig(
        headers=headers or {},
        checks=checks,
        max_stream_events=2,
        continue_on_failure=True,
        generation=GenerationConfig(max_examples=EXAMPLES, deterministic=True, database="none"),
        phases=PhasesConfig(stateful=StatefulPhaseConfig(enabled=False)),
    )
    config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))
    schema = schemathesis.openapi.from_asgi("/openapi.json", up.parts.app, config=config)
    found = Played()
    for event in engine.from_schema(schema.include(path_regex=paths)).execute():
        match event:
            case events.ScenarioFinished():
                _note(found, event)
            case events.NonFatalError():
                found.problems.append(f"{event.label}: {event.value!r}")
            case events.FatalError():
                raise event.exception
    return found


def _note(found: Played, event: events.ScenarioFinished) -> None:
    label = event.recorder.label
    for interaction in event.recorder.interactions.values():
        if interaction.response is not None:
            found.statuses.setdefault(label, set()).add(interaction.response.status_code)
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info
                found.problems.append(f"{label}: {check.name}: {failure.failure.message}\n{failure.code_sample}")


@pytest.fixture
def at_work(tmp_path: Path) -> Running:
    """A gateway that takes every provider unsigned, on a log with a pool at work."""
    log = PoolLog()
    providers = tuple(dict.fromkeys(channel.provider for channel in CHANNELS))
    up = running(tmp_path, log=log, result_s=1.0, allow_unsigned=providers)
    log.gateway = up.gateway
    return up


def test_every_answer_of_a_hook_is_one_that_the_document_names(at_work: Running) -> None:
    found = played(at_work, "^/hooks", CHECKS_OF_HOOKS)
    assert found.problems == []
    assert {200, 405} <= found.all_statuses() <= {200, 400, 405}


def test_every_refusal_of_a_hook_is_one_that_the_document_names(tmp_path: Path) -> None:
    found = played(running(tmp_path), "^/hooks", CHECKS_OF_HOOKS)
    assert found.problems == []
    assert {401, 403, 405, 503} <= found.all_statuses() <= {400, 401, 403, 405, 503}


def test_every_answer_to_a_desktop_is_one_that_the_document_names(at_work: Running) -> None:
    found = played(at_work, "^/(?!hooks)", CHECKS, BEARER)
    assert found.problems == []
    assert {200, 404, 405, 422} <= found.all_statuses()


def test_without_a_token_everything_under_desk_is_401(tmp_path: Path) -> None:
    assert played(running(tmp_path), "^/desk", CHECKS).all_statuses() == {401}


async def test_the_document_in_the_repository_is_current(tmp_path: Path) -> None:
    assert FILE.read_text(encoding="utf-8") == await described(tmp_path), "run `make docs`"
