"""Everything under tests/faults runs processes and a broker of its own: marked `kafka` by lying here."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
BESIDE = ("test_alarms.py", "test_proxy.py", "test_report.py", "test_sequence.py")
"""These need none."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and item.path.name not in BESIDE:
            item.add_marker(pytest.mark.kafka)
