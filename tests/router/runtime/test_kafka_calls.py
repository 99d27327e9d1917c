"""What we set in aiokafka's client is what it goes by."""

from __future__ import annotations

from aiokafka.consumer.fetcher import Fetcher


def test_the_fetcher_still_waits_by_the_private_name_that_we_set() -> None:
    """Else a consumer's records wait for idle partitions' fetches again: see kafka_calls.started."""
    users = [
        name
        for name, part in vars(Fetcher).items()
        if "_prefetch_backoff" in getattr(getattr(part, "__code__", None), "co_names", ())
    ]
    assert "__init__" in users
    assert len(users) > 1, "aiokafka has renamed Fetcher._prefetch_backoff: find what took its place"
