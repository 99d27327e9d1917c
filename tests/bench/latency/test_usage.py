from __future__ import annotations

import os

from bench.latency.usage import TICKS, cpu_seconds, memory, usage


def test_cpu_time_is_read_past_a_name_with_brackets_and_blanks() -> None:
    stat = "7 (a ) (b) S 1 7 7 0 -1 4194304 1 0 0 0 250 150 0 0 20 0 1 0 9 0 0"
    assert cpu_seconds(stat) == 400 / TICKS


def test_memory_is_told_in_megabytes() -> None:
    assert memory("Name:\tx\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n") == (1, 2)


def test_a_process_that_runs_uses_something() -> None:
    found = usage(os.getpid())
    assert found.cpu_s > 0
    assert 0 < found.rss_mb <= found.peak_mb
