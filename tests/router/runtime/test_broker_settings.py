from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from router.runtime.broker_settings import properties


def read(text: str) -> dict[str, str]:
    """As Java reads properties, of the kind that we write."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {name: value.encode().decode("unicode_escape") for name, _, value in pairs}


@given(st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF, exclude_categories=["Cs"]), min_size=1))
def test_any_folder_name_reaches_java_as_it_is(folder: str) -> None:
    text = properties(folder, 9092, 9093)
    assert text.isascii()
    assert read(text)["log.dirs"] == folder


def test_it_listens_on_this_machine_only_and_makes_no_topic_by_itself() -> None:
    settings = read(properties("data", 9092, 20001))
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:20001"
    assert settings["auto.create.topics.enable"] == "false"


def test_a_workers_session_of_6_s_and_a_quick_first_rebalance_are_allowed() -> None:
    settings = read(properties("data", 9092, 20001))
    assert int(settings["group.min.session.timeout.ms"]) <= 6000
    assert settings["group.initial.rebalance.delay.ms"] == "0"
