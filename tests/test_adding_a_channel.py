"""The page on adding a channel is true: its example is run as it stands, and every channel is as it says."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.contract import Channel, Request, Secrets
from channels.errors import Forged, Malformed
from channels.registry import CHANNELS
from router.settings import SecretFiles
from tests.channels.requests import AT, PAYLOADS, PUBLIC, payloads, shown

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "adding-a-channel.md").read_text()
REGISTRY = (ROOT / "channels" / "registry.py").read_text()

every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def acme() -> Channel:
    module: dict[str, Any] = {"__name__": "acme"}
    exec(compile(blocks("python")[0], "adding-a-channel.md", "exec"), module)
    channel = module["CHANNEL"]
    assert isinstance(channel, Channel)
    return channel


def request(channel: Channel, body: str) -> Request:
    headers = (("Content-Type", "application/json"),)
    return channel.sign(Request("POST", PUBLIC + channel.path, headers, body.encode(), AT), "secret")


def test_the_example_verifies_and_reads_its_payload(acme: Channel) -> None:
    body, becomes = blocks("json")
    signed = request(acme, body)
    acme.verify(signed, Secrets(("older", "secret")))
    found = acme.parse(signed)
    assert isinstance(found, list)
    assert [shown(contact) for contact in found] == [json.loads(becomes)]


def test_the_example_refuses_what_is_not_signed_and_names_what_is_missing(acme: Channel) -> None:
    signed = request(acme, blocks("json")[0])
    for wrong in (replace(signed, body=signed.body + b" "), replace(signed, headers=())):
        with pytest.raises(Forged):
            acme.verify(wrong, Secrets(("secret",)))
    with pytest.raises(Malformed) as told:
        acme.parse(request(acme, '{"id": "A-1", "to": "+12065550100"}'))
    assert told.value.field == "sender"


@every_channel
def test_a_channel_is_one_module_one_line_and_its_payloads(channel: Channel) -> None:
    module = importlib.import_module(channel.parse.__module__)
    assert module.__doc__
    assert (PAYLOADS / channel.name).is_dir()
    assert payloads(channel.name)
    owner = channel.parse.__module__.removeprefix("channels.").partition(".")[0]
    assert re.search(rf"\b{owner}\b", REGISTRY)


def test_nothing_else_of_the_project_names_a_provider_that_a_new_one_would_have_to_be_added_to() -> None:
    """The gateway is made of CHANNELS alone."""
    providers = {channel.provider for channel in CHANNELS} - {"events"}
    for path in (ROOT / "router" / "gateway").rglob("*.py"):
        words = set(re.findall(r'"([a-z]+)"', path.read_text()))
        assert not words & providers, path.name


@every_channel
def test_a_channel_is_off_until_its_setting_is_there(channel: Channel, tmp_path: Path) -> None:
    assert not SecretFiles(tmp_path, {}).get(channel.secrets)
    assert SecretFiles(tmp_path, {f"ROUTER_{channel.secrets}": "x"}).get(channel.secrets)
