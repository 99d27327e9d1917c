"""docker-compose.yml runs the same parts. Not run here, where there is no Docker engine: checked against the schema,
and what it names against what there is."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from router.cli.main import build
from router.settings import Settings
from tests.kafka.cluster import IMAGE

HERE = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((HERE / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_it_is_a_compose_file_by_the_compose_specification() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_of_our_services_is_a_command_that_there_is_with_options_that_it_takes() -> None:
    commands = get_command(build())
    for name, service in SERVICES.items():
        if name == "kafka":
            continue
        first, *rest = service["command"]
        command = commands.commands[first]  # type: ignore[attr-defined]  # a group, by build()
        taken = {option for parameter in command.params for option in parameter.opts}
        assert all(word in taken for word in rest if word.startswith("--")), name


def test_every_variable_of_ours_is_a_setting_or_a_secret() -> None:
    known = {f"ROUTER_{name.upper()}" for name in Settings.model_fields} | {"KAFKA_BOOTSTRAP_SERVERS"}
    secrets = {"ROUTER_TWILIO_AUTH_TOKENS", "ROUTER_POSTMARK_BASIC_AUTH", "ROUTER_DESK_TOKENS"}
    for name, service in SERVICES.items():
        if name != "kafka":
            assert set(service["environment"]) <= known | secrets, name


def test_kafka_is_the_same_version_as_the_tests_and_the_embedded_one() -> None:
    assert SERVICES["kafka"]["image"] == IMAGE == "apache/kafka:4.4.0"


def test_parts_start_once_the_topics_are_there() -> None:
    for name in ("gateway", "worker"):
        assert SERVICES[name]["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}


def test_a_worker_can_be_scaled_since_it_keeps_no_port_and_no_folder() -> None:
    assert {"ports", "volumes", "container_name"}.isdisjoint(SERVICES["worker"])


def test_the_image_is_built_from_what_the_wheel_needs() -> None:
    copied = (HERE / "Dockerfile").read_text(encoding="utf-8")
    sent = (HERE / ".dockerignore").read_text(encoding="utf-8").splitlines()
    targets = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    for part in (
        "requirements.lock",
        "pyproject.toml",
        *targets["wheel"]["packages"],
        *targets["wheel"]["force-include"],
    ):
        assert part in copied
        assert f"!{part}" in sent
