from __future__ import annotations

from pathlib import Path

import pytest

from router.cli import where
from router.cli.where import NotRunning, Where
from router.runtime import running
from router.runtime.data_lock import DataLock
from router.runtime.running import Endpoints
from router.settings import Settings

UP = Endpoints("http://127.0.0.1:8080", "127.0.0.1:2525", "127.0.0.1:9092")


def test_what_runs_is_found_only_while_it_has_the_folder(tmp_path: Path) -> None:
    running_settings = Settings(data_dir=tmp_path)
    lock = DataLock(tmp_path, "router up")
    lock.take()
    assert running.find(tmp_path) is None
    running.write(tmp_path, UP)
    assert running.find(tmp_path) == UP
    assert where.find(running_settings) == Where("http://127.0.0.1:8080", ("127.0.0.1", 2525))
    assert where.kafka_servers(tmp_path) == "127.0.0.1:9092"
    lock.release()
    assert running.find(tmp_path) is None
    with pytest.raises(NotRunning, match="no `router up` is ready on the data folder"):
        where.find(running_settings)


def test_a_named_gateway_wins_and_the_environments_kafka_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert where.find(Settings(data_dir=tmp_path), "http://there:1/") == Where("http://there:1", None)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "there:9092")
    assert where.kafka_servers() == "there:9092"
    assert where.kafka_servers(tmp_path) == "there:9092"


@pytest.mark.parametrize("text", ["", "{}", "[]", "\x00"])
def test_a_damaged_file_counts_as_not_running(tmp_path: Path, text: str) -> None:
    lock = DataLock(tmp_path, "router up")
    lock.take()
    (tmp_path / running.NAME).write_text(text)
    assert running.find(tmp_path) is None
    lock.release()
