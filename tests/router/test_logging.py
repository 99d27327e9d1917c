from __future__ import annotations

import io
import json
import logging as standard
from collections.abc import Iterator

import pytest
import structlog

from router import logging


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = standard.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_a_line_is_an_event_with_its_keys() -> None:
    out = io.StringIO()
    logging.configure("info", out)
    structlog.get_logger().info("contact.accepted", channel="postmark", note="two words")
    structlog.get_logger().debug("not.shown")
    at, level, event, *pairs = out.getvalue().split(maxsplit=3)
    assert (level, event, pairs) == ("info", "contact.accepted", ["channel=postmark note='two words'\n"])
    assert at.endswith("Z")


def test_as_json_a_line_is_an_object() -> None:
    out = io.StringIO()
    logging.configure("warning", out, as_json=True)
    structlog.get_logger().warning("stage.waiting", stage="pool")
    assert {"event": "stage.waiting", "stage": "pool", "level": "warning"}.items() <= json.loads(out.getvalue()).items()


def test_an_exception_is_told_by_its_type_and_place_and_never_by_its_words() -> None:
    out = io.StringIO()
    logging.configure("info", out)
    try:
        int("she wrote from +12065550100")
    except ValueError:
        structlog.get_logger().exception("part.failed")
    assert "error=ValueError" in out.getvalue()
    assert f"at={__name__}:" in out.getvalue()
    assert "+1206" not in out.getvalue()


def test_a_level_that_is_none_names_those_that_are() -> None:
    with pytest.raises(
        logging.BadLevel, match="ROUTER_LOG_LEVEL is 'loud', expected one of debug, info, warning, error"
    ):
        logging.configure("loud")
