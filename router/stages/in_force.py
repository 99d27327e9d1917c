"""The policy in force: an entry of the state, put there by `policy.applied`. Folding reads nothing from disk."""

from __future__ import annotations

from channels.errors import Problem
from router.model.events import PolicyApplied
from router.policy.load import BadPolicy, parse, sha256
from router.policy.model import Policy
from router.stages.contract import Entries, Undecodable
from router.stages.state import POLICY, PolicyInForce


class NoPolicy(Problem):
    """no policy in force: the state of a new log is seeded with its first policy.applied"""


def in_force(entries: Entries) -> Policy:
    """The policy that the state holds. Raises NoPolicy."""
    entry = entries.get(POLICY)
    if not isinstance(entry, PolicyInForce):
        raise NoPolicy
    return parse(entry.text)


def seeded(entries: Entries, applied: PolicyApplied) -> Entries:
    """The state of a new log, in force what its first `policy.applied` says; one that has a policy keeps it."""
    return put_in_force(entries, applied) if entries.get(POLICY) is None else entries


def put_in_force(entries: Entries, applied: PolicyApplied) -> Entries:
    """The same state under another policy. Raises Undecodable if that can't be used."""
    if sha256(applied.text) != applied.sha256:
        raise Undecodable("bad-policy", "sha256", "the SHA-256 of the text", "another")
    try:
        parse(applied.text)
    except BadPolicy as error:
        raise Undecodable("bad-policy", error.field, error.expected, "something else") from None
    return entries.put(POLICY, PolicyInForce(sha256=applied.sha256, text=applied.text))
