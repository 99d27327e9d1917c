from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Verified
from channels.errors import Forged
from router.gateway.nonces import Nonces

ONCE = Verified(nonce="n", keep=timedelta(minutes=5))


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def body(text: str) -> Callable[[], str]:
    return lambda: text * 64


def test_a_nonce_belongs_to_one_body_until_it_is_forgotten() -> None:
    clock = Clock()
    nonces = Nonces(clock=clock)
    nonces.check("p", ONCE, body("a"))
    nonces.check("p", ONCE, body("b"))
    nonces.remember("p", ONCE, body("a"))
    nonces.check("p", ONCE, body("a"))
    nonces.check("other", ONCE, body("b"))
    with pytest.raises(Forged):
        nonces.check("p", ONCE, body("b"))
    clock.now += 301
    nonces.check("p", ONCE, body("b"))


def test_no_more_nonces_are_kept_than_fit() -> None:
    nonces = Nonces(most=2, clock=Clock())
    for number in range(3):
        nonces.remember("p", Verified(nonce=str(number), keep=timedelta(hours=1)), body("a"))
    nonces.check("p", Verified(nonce="0"), body("b"))
    with pytest.raises(Forged):
        nonces.check("p", Verified(nonce="2"), body("b"))


def test_a_restart_opens_no_gap_for_a_signature_used_again(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "data" / "nonces"
    Nonces(file, clock=clock).remember("p", ONCE, body("a"))
    again = Nonces(file, clock=clock)
    again.check("p", ONCE, body("a"))
    with pytest.raises(Forged):
        again.check("p", ONCE, body("b"))
    clock.now += 301
    Nonces(file, clock=clock).check("p", ONCE, body("b"))
    assert file.read_text() == ""


def test_the_file_does_not_grow_without_end(tmp_path: Path) -> None:
    file = tmp_path / "nonces"
    nonces = Nonces(file, most=10, clock=Clock())
    for number in range(100):
        nonces.remember("p", Verified(nonce=str(number), keep=timedelta(hours=1)), body("a"))
    assert len(file.read_text().splitlines()) <= 20
    with pytest.raises(Forged):
        Nonces(file, most=10, clock=Clock()).check("p", Verified(nonce="99"), body("b"))


def test_a_folder_that_takes_nothing_costs_no_delivery(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nonces = Nonces(tmp_path / "file" / "nonces", clock=Clock())
    nonces.remember("p", ONCE, body("a"))
    with pytest.raises(Forged):
        nonces.check("p", ONCE, body("b"))


@given(st.binary(max_size=300))
def test_whatever_stands_in_the_file_a_gateway_starts(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    file = tmp_path_factory.mktemp("data") / "nonces"
    file.write_bytes(text)
    Nonces(file, clock=Clock()).remember("p", ONCE, body("a"))
    with pytest.raises(Forged):
        Nonces(file, clock=Clock()).check("p", ONCE, body("b"))


def test_where_the_channel_says_what_a_nonce_holds_for_the_body_may_change() -> None:
    nonces = Nonces()
    first = replace(ONCE, content="a" * 64)
    nonces.remember("p", first, body("x"))
    nonces.check("p", first, body("y"))
    with pytest.raises(Forged):
        nonces.check("p", replace(first, content="b" * 64), body("x"))
