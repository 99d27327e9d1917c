"""router.yaml: which pool a recipient belongs to, and on which partition each pool's log stands."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from channels.contact import Address, AddressKind, Frozen
from channels.contract import Texts
from channels.errors import Problem

DEFAULT = Path(__file__).with_name("router.yaml")


class BadDeployment(Problem):
    """router.yaml can't be used."""


class Pool(Frozen):
    partition: int = Field(ge=0, lt=4)


class Greeting(Frozen):
    text: str
    language: str = "en-US"
    queue: str = "safety"


class Deployment(Frozen):
    pools: dict[str, Pool] = Field(min_length=1)
    default_pool: str
    recipients: dict[str, str] = Field(default_factory=dict)
    greeting: Greeting

    @model_validator(mode="after")
    def _known(self) -> Deployment:
        for name in self.pools:
            if not (name.replace("-", "").isalnum() and name == name.lower()):
                raise ValueError(f"pool {name!r}: expected lower-case letters, digits and hyphens")
        for name in (self.default_pool, *self.recipients.values()):
            if name not in self.pools:
                raise ValueError(f"pool {name!r} isn't listed under pools")
        partitions = [pool.partition for pool in self.pools.values()]
        if len(set(partitions)) != len(partitions):
            raise ValueError("pools: two of them have the same partition")
        return self

    def pool_for(self, recipients: tuple[Address, ...]) -> str:
        """The pool of the first recipient that is listed, by address or domain; else the default one."""
        for address in recipients:
            names = [address.value]
            if address.kind is AddressKind.EMAIL:
                names.append("@" + address.value.rpartition("@")[2])
            for name in names:
                if name in self.recipients:
                    return self.recipients[name]
        return self.default_pool

    def pools_on(self, partition: int) -> tuple[str, ...]:
        return tuple(name for name, pool in self.pools.items() if pool.partition == partition)

    def texts(self) -> Texts:
        return Texts(self.greeting.text, self.greeting.language, self.greeting.queue)


def load(path: Path | None = None) -> Deployment:
    """Raises BadDeployment with the file and the field that is wrong."""
    path = path or DEFAULT
    try:
        return Deployment.model_validate(yaml.safe_load(path.read_text()))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadDeployment(f"{path}: {where}: {first['msg']}") from None
    except (OSError, yaml.YAMLError) as error:
        raise BadDeployment(f"{path}: {error}") from None
