"""A worker of the counting stage as a process of its own, to be killed: `python -m … BOOTSTRAP SUFFIX NAME`."""

from __future__ import annotations

import asyncio
import sys

from router.runtime.kafka import KafkaCluster
from router.runtime.ports import Slot
from tests.router.runtime.counting import Counting, Worker


def worker(bootstrap: str, suffix: str, name: str) -> Worker:
    stage = Counting(name=f"counting-{suffix}", source=f"letters-{suffix}", out=f"counts-{suffix}")
    return Worker(KafkaCluster(bootstrap, name), name, stage, Slot(stage.source, 0))


async def main(bootstrap: str, suffix: str, name: str) -> None:
    counting = worker(bootstrap, suffix, name)
    await counting.build().run(counting.stop)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
