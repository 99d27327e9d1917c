"""The doctor's checks of the machine, on folders as they may be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.cli.doctor_check import Level, Outcome, examined
from router.cli.doctor_machine import checks
from router.runtime.data_lock import DataLock
from router.settings import Settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROUTER_TWILIO_AUTH_TOKENS", "ROUTER_DESK_TOKENS", "ROUTER_PUBLIC_URL", "ROUTER_ALLOW_UNSIGNED"):
        monkeypatch.delenv(name, raising=False)


async def found(data: Path, **settings: object) -> dict[str, Outcome]:
    made = Settings.model_validate({"data_dir": data, "KAFKA_BOOTSTRAP_SERVERS": "elsewhere:9092", **settings})
    return dict(await examined(checks(made), within_s=10))


async def test_a_folder_that_isnt_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    outcome = (await found(tmp_path / "none"))["data folder"]
    assert outcome.level is Level.WARN
    assert "--data" in outcome.mend


async def test_a_healthy_folder_is_left_as_it_was(tmp_path: Path) -> None:
    outcomes = await found(tmp_path)
    assert "is writable" in outcomes["data folder"].says
    assert outcomes["who runs"].says.startswith("nobody has")
    assert not [*tmp_path.glob("*")]  # noqa: ASYNC240 - a folder of the test's own


async def test_who_has_the_folder_is_named(tmp_path: Path) -> None:
    lock = DataLock(tmp_path, "router up")
    lock.take()
    try:
        assert "(router up) has" in (await found(tmp_path))["who runs"].says
    finally:
        lock.release()


async def test_secrets_are_counted_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "twilio_auth_tokens").write_text("hush-hush\n")
    outcomes = await found(tmp_path)
    assert outcomes["secrets"].says.startswith("no ROUTER_DESK_TOKENS; set for twilio; off:")
    assert outcomes["public URL"].level is Level.WARN
    assert "twilio signs it" in outcomes["public URL"].says
    assert not any("hush" in each.says + each.mend for each in outcomes.values())


async def test_a_public_url_that_isnt_https_is_doubted(tmp_path: Path) -> None:
    assert (await found(tmp_path, public_url="http://router.example.com"))["public URL"].level is Level.WARN
    assert (await found(tmp_path, public_url="https://router.example.com"))["public URL"].level is Level.OK
