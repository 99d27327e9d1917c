"""The id of an event: where a stream stands after it.

Of a stream over one queue it is `<partition>-<offset>`, as the queue's topic has it. Over several it lists each queue:
`general:0-17,claims:0-3`; it then resumes all of them. A queue's topic has one partition, 0. The offset is -1 where
nothing stood on the topic yet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from router.gateway.queues import PREFIX

# By topic: the offset of the last record that has been seen of it.
Offsets = Mapping[str, int]

LONGEST = 1000
PLACE = re.compile(r"0-(-1|[0-9]{1,18})", re.ASCII)


def written(offsets: Offsets) -> str:
    if len(offsets) == 1:
        return f"0-{next(iter(offsets.values()))}"
    return ",".join([f"{topic[len(PREFIX) :]}:0-{offset}" for topic, offset in offsets.items()])


def read(text: str, topics: Sequence[str]) -> Offsets | None:
    """Where a stream over `topics` stood; None where the id is none of such a stream. Queues that aren't among
    `topics` may be listed too: who watches fewer from now on loses nothing."""
    if len(text) > LONGEST:
        return None
    if ":" not in text:
        alone = PLACE.fullmatch(text)
        return {topics[0]: int(alone[1])} if alone and len(topics) == 1 else None
    listed: dict[str, int] = {}
    for part in text.split(","):
        skill, _, place = part.partition(":")
        found = PLACE.fullmatch(place)
        if found is None:
            return None
        listed[PREFIX + skill] = int(found[1])
    return {topic: listed[topic] for topic in topics} if listed.keys() >= set(topics) else None
