from __future__ import annotations

from pathlib import Path

import pytest

from router.cli.in_force import Row, in_force


def rows(data: Path | None = None) -> dict[str, Row]:
    return {row.name: row for row in in_force(data)}


def test_each_value_says_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_SMTP_HOSTNAME", "mx.example.com")
    found = rows(tmp_path)
    assert found["ROUTER_SMTP_HOSTNAME"] == Row("ROUTER_SMTP_HOSTNAME", "mx.example.com", "environment")
    assert found["ROUTER_DATA_DIR"] == Row("ROUTER_DATA_DIR", str(tmp_path), "--data")
    assert found["ROUTER_LOG_LEVEL"].source == "default"
    assert found["KAFKA_BOOTSTRAP_SERVERS"].value == "not set"


def test_secrets_are_counted_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_TWILIO_AUTH_TOKENS", "hush-one,hush-two")
    (tmp_path / "elsewhere").write_text("hush-three\n")
    monkeypatch.setenv("ROUTER_DESK_TOKENS_FILE", str(tmp_path / "elsewhere"))
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "postmark_basic_auth").write_text("hush:four\n")
    found = rows(tmp_path)
    assert found["ROUTER_TWILIO_AUTH_TOKENS"] == Row("ROUTER_TWILIO_AUTH_TOKENS", "2 set", "environment")
    assert found["ROUTER_DESK_TOKENS"] == Row("ROUTER_DESK_TOKENS", "1 set", str(tmp_path / "elsewhere"))
    assert found["ROUTER_POSTMARK_BASIC_AUTH"].source == str(tmp_path / "secrets" / "postmark_basic_auth")
    assert found["ROUTER_ID_KEY"].value == "not set"
    assert "hush" not in "".join(row.value for row in found.values())
