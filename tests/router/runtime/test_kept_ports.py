from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.runtime import kept_ports
from router.runtime.kept_ports import Ports, decide, read
from router.runtime.tcp_ports import KEPT, PortInUse


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


@pytest.fixture
def free() -> int:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        return int(other.getsockname()[1])


def test_0_picks_a_port_that_no_client_connection_is_given_and_keeps_it(tmp_path: Path) -> None:
    file = tmp_path / "kafka" / "ports.json"
    first = decide(file, 0)
    assert first.broker in KEPT
    assert first.controller in KEPT
    assert first.broker != first.controller
    assert decide(file, 0) == first
    assert decide(file, None) == first == read(file)


def test_a_port_that_is_asked_for_is_kept_from_then_on(tmp_path: Path, free: int) -> None:
    file = tmp_path / "ports.json"
    before = decide(file, 0)
    assert decide(file, free) == Ports(free, before.controller)
    assert decide(file, None).broker == free


def test_the_first_choice_is_9092(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_ports, "is_free", lambda *_: True)
    assert decide(tmp_path / "ports.json", None).broker == 9092


def test_a_kept_port_in_use_is_a_sentence_but_with_0_another_is_picked(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    file.write_text(f'{{"broker": {taken}, "controller": {taken}}}')
    with pytest.raises(PortInUse, match=rf"^port {taken} is in use by pid \d+ .*choose another with --kafka-port\.$"):
        decide(file, None)
    assert decide(file, 0).broker in KEPT


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"broker": 1}', '{"broker": "x", "controller": 2}', "\x00"])
def test_a_damaged_file_counts_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ports.json"
    file.write_text(text)
    assert read(file) is None
    assert read(file.with_name("missing.json")) is None
