"""A process that loads scoring and judges one contact: prints what this took."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from time import perf_counter, process_time

from bench.latency.usage import usage
from channels.contact import Contact, Medium

TEXT = "Hello, my dog has been limping since this morning. What should I do?"


def main() -> None:
    contact = Contact(
        provider="bench",
        provider_id="1",
        delivery="1",
        medium=Medium.SMS,
        text=TEXT,
        happened_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    before = usage(os.getpid()).rss_mb
    began, cpu = perf_counter(), process_time()
    from scoring.assess import assess  # noqa: PLC0415 - its loading is what is measured

    assess(contact)
    found = {"seconds": perf_counter() - began, "cpu": process_time() - cpu}
    sys.stdout.write(json.dumps({**found, "rss_mb": usage(os.getpid()).rss_mb - before}) + "\n")


if __name__ == "__main__":
    main()
