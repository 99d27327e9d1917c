"""A reader of the queues' topics who knows nothing but the records, as any Kafka client would."""

from __future__ import annotations

from dataclasses import dataclass, field

from router.model.events import QueueEvent
from router.stages.contract import Outcome


@dataclass
class Reader:
    """Keeps the last record of each key of each topic whose (epoch, revision) isn't lower than what it knows."""

    known: dict[tuple[str, str], tuple[tuple[int, int], bytes | None, Outcome]] = field(default_factory=dict)

    def read(self, outcome: Outcome, epoch: int = 1) -> None:
        if not outcome.topic.startswith("queue."):
            return
        assert outcome.revision is not None
        version, key = (epoch, outcome.revision), (outcome.topic, outcome.key)
        if key in self.known and version < self.known[key][0]:
            return
        value = None if outcome.value is None else outcome.value.model_dump_json().encode()
        self.known[key] = (version, value, outcome)

    def live(self) -> dict[tuple[str, str], bytes]:
        """What stands on the topics once tombstones have done their work, as bytes."""
        return {key: value for key, (_, value, _) in self.known.items() if value is not None}

    def waiting_or_owned(self) -> dict[str, tuple[str, QueueEvent]]:
        """Open incidents with the topic that they are on."""
        found: dict[str, tuple[str, QueueEvent]] = {}
        for (topic, key), value in self.live().items():
            event = QueueEvent.model_validate_json(value)
            if event.state.open:
                assert key not in found, "an incident stands on two queues"
                found[key] = (topic, event)
        return found

    def last(self, topic: str, key: str) -> Outcome:
        return self.known[topic, key][2]
