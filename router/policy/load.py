"""From a policy's text to a Policy, and back to its hash. The text is what stands in the log."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from channels.errors import Problem
from router.policy.model import Policy

DEFAULT = Path(__file__).with_name("default.yaml")
LONGEST = 256 * 1024


class BadPolicy(Problem):
    """A policy that can't be used.

    field: its path ("triage.join_within"), or the line of what is no YAML. expected: what should stand there.
    """

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"policy: {field}: {expected}")
        self.field = field
        self.expected = expected


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a key that stands twice in a mapping is an error, and nothing is referred to by alias."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it open
            raise yaml.MarkedYAMLError(problem="expected no aliases", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} stands there twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@lru_cache(maxsize=32)
def parse(text: str) -> Policy:
    """The policy that `text` (YAML) says. Raises BadPolicy. The same text is parsed once."""
    if len(text) > LONGEST:
        raise BadPolicy("text", f"expected at most {LONGEST} characters")
    try:
        return Policy.model_validate(_mapping(text))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        # A misspelt field is one missing and one too many; the second names the slip.
        first = min(found, key=lambda each: each["type"] != "extra_forbidden")
        where = ".".join(str(part) for part in first["loc"] if part != "[key]") or "text"
        raise BadPolicy(where, _expected(first["type"], first["msg"])) from None


def _mapping(text: str) -> dict[Any, Any]:
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f"line {error.problem_mark.line + 1}"
        raise BadPolicy(line or "text", error.problem or "expected YAML") from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        raise BadPolicy("text", "expected YAML") from None
    if not isinstance(found, dict):
        raise BadPolicy("text", "expected a mapping of version, name, skills and the rest")
    return found


def _expected(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "no such field; check its spelling"
        case "missing":
            return "expected a value, found none"
        case _:
            return message.removeprefix("Value error, ")


def default_text() -> str:
    """The text of the default pack."""
    return DEFAULT.read_text(encoding="utf-8")


def sha256(text: str) -> str:
    """SHA-256 of a policy's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
