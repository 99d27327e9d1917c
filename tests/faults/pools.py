"""Four pools, one on each partition of the pool's log, so that every worker owns some of it."""

from __future__ import annotations

import yaml

from router.deployment import DEFAULT

POOLS = {"petcare": "+12065550100", "north": "+12065550101", "south": "+12065550102", "east": "+12065550103"}
"""With the number that people of each call. Mail goes to the first."""


def router_yaml() -> str:
    """The deployment's file."""
    told = yaml.safe_load(DEFAULT.read_text())
    told["pools"] = {name: {"partition": partition} for partition, name in enumerate(POOLS)}
    told["recipients"] = {number: name for name, number in POOLS.items()}
    return yaml.safe_dump(told)
