"""The documents name what there is."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from pathlib import Path

import typer

from channels.registry import CHANNELS
from router.cli.in_force import SECRETS, in_force
from router.cli.main import build
from router.model import ids

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_readme_lists_every_setting_and_secret() -> None:
    names = [row.name for row in in_force(None, {})] + [f"ROUTER_{name}" for name in SECRETS]
    assert [name for name in names if f"`{name}`" not in README] == []


def test_the_readme_lists_every_command() -> None:
    command = typer.main.get_command(build())
    names = getattr(command, "commands", {})
    assert names
    assert [name for name in names if f"`router {name}" not in README] == []


def test_the_readme_lists_every_hook() -> None:
    assert [channel.path for channel in CHANNELS if channel.path not in README] == []


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)[^)]*\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page}: {link}"


def test_the_formula_of_contact_ids_is_as_documented() -> None:
    page = (ROOT / "docs" / "contact-ids.md").read_text()
    assert "base64.b32encode(digest).decode().lower()[:26]" in page
    digest = hashlib.sha256(b"\0".join((b"contact", b"twilio", b"SM1"))).digest()
    assert ids.contact_id("twilio", "SM1") == "c_" + b32encode(digest).decode().lower()[:26]
