from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.gateway.packed import pack, unpack
from scoring.model import Skill
from tests.router.gateway.test_queues import on_queues
from tests.router.stages.situations import S3, Table, came


@given(st.binary() | st.text().map(str.encode) | st.integers(0, 20_000).map(bytes))
def test_whatever_is_packed_comes_out_the_same_and_the_same_value_makes_the_same_bytes(value: bytes) -> None:
    assert unpack(pack(value)) == value
    assert pack(value) == pack(value)


def test_an_incident_takes_a_quarter_of_its_event_at_most() -> None:
    table = Table()
    table.take(came("c1", "ann", S3, Skill.CLAIMS))
    (opened,) = on_queues(table)
    assert opened.value is not None
    value = opened.value.model_dump_json().encode()
    assert len(pack(value)) < len(value) / 4
