from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from channels.postmark import CHANNEL
from router.gateway.providers import is_on, secret_name, secrets_of
from router.settings import SecretFiles

SWITCHED = replace(CHANNEL, secrets="X_KEYS", options=("X_BASIC_AUTH", "X_OTHER"), switches=("X_BASIC_AUTH",))


@pytest.mark.parametrize(
    ("environ", "on"),
    [
        ({}, False),
        ({"ROUTER_X_KEYS": "a"}, True),
        ({"ROUTER_X_BASIC_AUTH": "a:b"}, True),
        ({"ROUTER_X_OTHER": "7"}, False),
    ],
)
def test_either_of_the_settings_that_turn_a_provider_on_does(tmp_path: Path, environ: dict[str, str], on: bool) -> None:
    assert is_on(SWITCHED, secrets_of(SWITCHED, SecretFiles(tmp_path, environ))) is on


def test_what_is_missing_is_told_with_both_names() -> None:
    assert secret_name(SWITCHED) == "ROUTER_X_KEYS or ROUTER_X_BASIC_AUTH"
