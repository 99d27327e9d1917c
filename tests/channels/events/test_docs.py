"""docs/sending-events.md is true: its event is a contact, and its code signs as the hook wants it."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.contract import Request, Secrets
from channels.events.channel import CHANNEL, parse, verify
from tests.channels.requests import AT, PUBLIC

PAGE = (Path(__file__).parents[3] / "docs" / "sending-events.md").read_text()
SECRET = "whsec_YSBrZXkgb2YgdGhlIHRlc3Rz"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_event_of_the_page_is_a_contact() -> None:
    headers = (("Content-Type", "application/cloudevents+json"),)
    (contact,) = parse(Request("POST", PUBLIC + CHANNEL.path, headers, block("json").encode(), AT))
    assert contact.provider_id == "https://crm.example.com/cases case-8812/3"
    assert contact.attachments[0].url is not None


def test_the_code_of_the_page_signs_what_the_hook_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[urllib.request.Request] = []

    class Answer:
        status = 200

        def __enter__(self) -> Answer:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    def urlopen(request: urllib.request.Request, timeout: float) -> Answer:
        assert timeout > 0
        sent.append(request)
        return Answer()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    names: dict[str, object] = {}
    exec(block("python"), names)
    send = names["send"]
    assert callable(send)
    body = json.dumps(json.loads(block("json"))).encode()
    assert send(PUBLIC + CHANNEL.path, SECRET, "case-8812/3", body) == Answer.status
    (request,) = sent
    arrived = Request("POST", request.full_url, tuple(request.header_items()), body, datetime.now(UTC))
    verify(arrived, Secrets((SECRET,)))
    assert len(parse(arrived)) == 1
