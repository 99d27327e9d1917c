"""`router doctor` as a command, on a running `up` and on none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.kafka.numbers import phone
from tests.kafka.platform import SECRETS, client, up
from tests.kafka.test_main_path import POISON, sms
from tests.kafka.test_up import router

AGAIN = 5
"""On a busy machine a check may have no answer in its time: that is asked again."""


def levels(out: str) -> dict[str, str]:
    return {each["check"]: each["level"] for each in json.loads(out)["checks"]}


def said(out: str, check: str) -> str:
    found: dict[str, Any] = next(each for each in json.loads(out)["checks"] if each["check"] == check)
    return str(found["says"])


async def test_on_a_running_up_every_check_gives_an_answer_and_no_secret(own_kafka: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with up(own_kafka, data) as process:
        async with client(process) as platform:
            assert (await platform.twilio("sms", sms(phone(), POISON))).status_code == 200
        for _ in range(AGAIN):
            _, out, complaints = await router("doctor", "--data", str(data), "--json", env=SECRETS)
            assert complaints == ""
            found = levels(out)
            failed = {check for check, level in found.items() if level in ("fail", "skipped")}
            if "no answer within" not in out:
                break
        # Nobody is there to take the message: within two seconds of it that is an alert.
        assert failed <= {"alerts"}, out
        assert found["public URL"] == "warn"
        assert said(out, "owners").count("worker-") == 2
        assert said(out, "last contacts").startswith("sms ")
        assert not any(secret in out for secret in SECRETS.values())


async def test_with_kafka_away_it_says_so_and_still_checks_the_machine(tmp_path: Path) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    status, out, complaints = await router("doctor", "--data", str(tmp_path), "--json", env=env)
    assert (status, complaints) == (1, "")
    found = levels(out)
    assert (found["broker"], found["topics"], found["data folder"]) == ("fail", "skipped", "ok")
    status, out, _ = await router("doctor", "--data", str(tmp_path), env=env)
    assert status == 1
    assert "Kafka doesn't answer at 127.0.0.1:9" in out
