"""The generator's process: one run's load, and what came of it. `python -m bench.latency.generator SPEC`.

SPEC and what it prints, a line at a time, is JSON: {"phase": …, "number": …}, at last {"offered": …}. As
`forward` it is the bare loop's two hops instead, until its stdin ends.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from dataclasses import asdict, dataclass

import uvloop

from bench.latency import bare, schedule
from bench.latency.bare import Bare, Sizes
from bench.latency.mix import arrivals
from bench.latency.offered import offer
from bench.latency.way import Way
from bench.latency.webhooks import Webhooks
from router.play.sample import Keys


@dataclass(frozen=True)
class Spec:
    """sizes: for the bare loop; without them the load goes to the gateway. forward: be the loop's hops."""

    gateway: str
    kafka: str
    rate: float
    seconds: float
    seed: int
    twilio_token: str
    postmark_auth: str
    sizes: Sizes | None = None
    forward: bool = False

    @classmethod
    def read(cls, text: str) -> Spec:
        fields = json.loads(text)
        sizes = fields.pop("sizes")
        return cls(**fields, sizes=sizes and Sizes(**sizes))

    def written(self) -> str:
        return json.dumps(asdict(self))


def main() -> None:
    spec = Spec.read(sys.argv[1])
    uvloop.run(_forward(spec) if spec.forward else _offer(spec))


async def _offer(spec: Spec) -> None:
    due = schedule.due(spec.rate, spec.seconds)
    way: Way
    if spec.sizes is None:
        keys = Keys(spec.gateway, spec.twilio_token, spec.postmark_auth)
        made = list(arrivals(len(due), keys, spec.seed))
        brings = [one.brings for one in made]
        way = Webhooks(spec.gateway, spec.kafka, made)
    else:
        brings = [True] * len(due)
        way = Bare(spec.kafka, spec.sizes)
    gc.collect()
    gc.freeze()  # what was made before the run needn't be looked through during it
    found = await offer(way, due, brings, lambda phase, number: _say({"phase": phase, "number": number}))
    _say({"offered": asdict(found)})


async def _forward(spec: Spec) -> None:
    if spec.sizes is None:
        raise ValueError("forward needs sizes")
    forwarding = asyncio.create_task(bare.forward(spec.kafka, spec.sizes))
    told = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    await asyncio.wait((forwarding, told), return_when=asyncio.FIRST_COMPLETED)
    if forwarding.done():
        forwarding.result()
    forwarding.cancel()


def _say(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
