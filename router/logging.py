"""Logs: one line an event, to stderr, as `event  key=value` or JSON. Ids only: no text, number, address or name."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from channels.errors import Problem

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
# Libraries say how they reconnect; what it means for us, we say ourselves. aiosmtpd and httpx log addresses,
# python_multipart characters of a form.
QUIET = {
    "aiokafka": logging.CRITICAL,
    "mail.log": logging.CRITICAL,
    "python_multipart": logging.CRITICAL,
    "httpx": logging.WARNING,
    "asyncio": logging.ERROR,
}

_PLAIN = re.compile(r'[^\s"]+')


class BadLevel(Problem):
    """ROUTER_LOG_LEVEL names no level."""


def configure(level: str = "info", stream: TextIO | None = None, *, as_json: bool = False) -> None:
    """Sets structlog and the standard library's logging up for this process. stream: stderr by default.

    Raises BadLevel unless `level` is debug, info, warning or error.
    """
    if level.lower() not in LEVELS:
        raise BadLevel(f"ROUTER_LOG_LEVEL is {level!r}, expected one of {', '.join(LEVELS)}.")
    number = LEVELS[level.lower()]
    out = stream or sys.stderr
    writer = structlog.WriteLogger(out)
    render = structlog.processors.JSONRenderer() if as_json else _line
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: writer,  # one for all: making one takes as long as writing a line
        cache_logger_on_first_use=False,  # tests and commands may configure it again
    )
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=out, format="%(levelname)s %(name)s %(message)s", force=True
    )
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(floor)


def _where(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and place; its words may hold what somebody wrote."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["at"] = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return event


def _line(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    at, level, name = event.pop("timestamp"), event.pop("level"), event.pop("event")
    pairs = " ".join(f"{key}={_value(value)}" for key, value in event.items())
    return f"{at} {level:<7} {name}  {pairs}".rstrip()


def _value(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else repr(text)
