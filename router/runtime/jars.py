"""The broker's jars: 44 of Kafka's own and a log binding, each pinned by its SHA-256 in jars.lock.

They lie in the environment that the router is installed in, one folder, flat, and that folder is the classpath.
jgo fetches each by its coordinates; it resolves nothing here, since its own lock is never read and its sums are
not compared with ours. A jar is moved to its place only once its sum holds.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from channels.errors import Problem

LOCK = Path(__file__).with_name("jars.lock")
THREADS = 8
ATTEMPTS = 2


class MissingJars(Problem):
    """Kafka isn't set up yet. Run `router setup`."""


class BrokenJar(Problem):
    """A jar isn't what jars.lock says."""


@dataclass(frozen=True)
class Jar:
    """One line of jars.lock: `group:artifact:version:sha256`."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}:{self.sha256}"


def parse(text: str) -> tuple[Jar, ...]:
    """The jars of a lock; blank lines and `#` lines are skipped. Raises ValueError with the line's number."""
    jars = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.strip().split(":")
        if len(parts) != 4 or len(parts[3]) != 64 or not all(parts):
            raise ValueError(f"line {number}: expected group:artifact:version:sha256")
        jars.append(Jar(*parts))
    return tuple(jars)


def locked() -> tuple[Jar, ...]:
    return parse(LOCK.read_text())


def folder() -> Path:
    """Where the jars lie: with the environment, so that a second checkout's environment has its own."""
    return Path(sys.prefix) / "share" / "router" / "jars"


def classpath(jars: Iterable[Jar], folder: Path) -> str:
    """Raises MissingJars or BrokenJar where a jar isn't there or isn't the pinned one (all are read: 43 MB, 0.1 s)."""
    for jar, whole in (checked := _checked(jars, folder)):
        if whole is None:
            raise MissingJars(f"Kafka's jar {jar.name} is missing. Run `router setup` to fetch it.")
        if not whole:
            raise BrokenJar(
                f"Kafka's jar {folder / jar.name} is broken (its SHA-256 isn't the one in jars.lock). "
                "Run `router setup` to fetch it again."
            )
    return ":".join(str(folder / jar.name) for jar, _ in checked)


def missing(jars: Iterable[Jar], folder: Path) -> tuple[Jar, ...]:
    """Those that aren't there, or aren't the pinned ones."""
    return tuple(jar for jar, whole in _checked(jars, folder) if not whole)


def _checked(jars: Iterable[Jar], folder: Path) -> list[tuple[Jar, bool | None]]:
    jars = tuple(jars)
    with ThreadPoolExecutor(THREADS) as pool:
        return list(zip(jars, pool.map(lambda jar: _is_whole(jar, folder / jar.name), jars), strict=True))


def fetch(jars: Iterable[Jar], folder: Path, done: Callable[[Jar], None] = lambda _: None) -> None:
    """Fetches what `missing` names; `done` is called with each jar once it is in its place.

    Raises BrokenJar, naming the jar, if it can't be had whole in two attempts, and Problem where `folder` can't be
    written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder.parent))
    except OSError as error:
        raise Problem(f"can't write Kafka's jars to {folder}: {error.strerror}.") from None
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            waiting = [pool.submit(_fetch_one, jar, folder, scratch) for jar in jars]
            try:
                for result in waiting:
                    done(result.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fetch_one(jar: Jar, folder: Path, scratch: Path) -> Jar:
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            path = resolve(jar, scratch)
        except OSError as error:
            # Requests' errors are OSErrors too; a full disk is told by its errno.
            reason = error.strerror or f"no answer, {type(error).__name__}"
        except RuntimeError:
            reason = "not found"
        else:
            if _is_whole(jar, path):
                path.replace(folder / jar.name)
                return jar
            reason = "its SHA-256 isn't the one in jars.lock"
        shutil.rmtree(_cached(jar, scratch).parent, ignore_errors=True)
    raise BrokenJar(f"can't fetch Kafka's jar {jar.group}:{jar.artifact}:{jar.version}: {reason}.")


def _cached(jar: Jar, scratch: Path) -> Path:
    return scratch.joinpath(*jar.group.split("."), jar.artifact, jar.version, jar.name)


def resolve(jar: Jar, cache: Path) -> Path:
    """The jar in `cache`, fetched where it isn't there; not checked. Raises OSError or RuntimeError."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - 0.4 s that only a set-up needs

    context = MavenContext(repo_cache=cache, timeout=30)
    path: Path = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    return path


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_whole(jar: Jar, path: Path) -> bool | None:
    """True if the file is the pinned jar, None if there is none."""
    try:
        return sha256_of(path) == jar.sha256
    except FileNotFoundError:
        return None
    except OSError:
        return False
