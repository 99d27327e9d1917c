"""Makes jars.lock: resolves Kafka's runtime scope and writes each jar's sum. Run when Kafka's version changes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from router.runtime.jars import Jar, resolve, sha256_of

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
BINDING = ("org.apache.logging.log4j", "log4j-slf4j-impl")
HEAD = f"""\
# Kafka's broker: the runtime scope of {KAFKA}, and log4j's binding of slf4j for its log.
# Made by `router setup --relock`. One jar a line: group:artifact:version:sha256.
"""


def resolved() -> tuple[Jar, ...]:
    """Kafka alone is resolved: with a second coordinate beside it the resolver takes that one's managed versions, and
    Kafka's client became another version. The binding is taken at the version of the log4j that Kafka brings."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - heavy, and seldom needed

    with tempfile.TemporaryDirectory() as cache:
        context = MavenContext(repo_cache=Path(cache), timeout=30)
        itself, needed = context.resolver.resolve([context.create_dependency(KAFKA)])
        jars = [Jar(found.groupId, found.artifactId, found.version, "") for found in (*itself, *needed)]
        log4j = next(jar for jar in jars if jar.artifact == "log4j-core")
        jars.append(Jar(*BINDING, log4j.version, ""))
        return tuple(Jar(jar.group, jar.artifact, jar.version, sha256_of(resolve(jar, Path(cache)))) for jar in jars)


def write(jars: Iterable[Jar], file: Path) -> None:
    file.write_text(HEAD + "".join(f"{line}\n" for line in sorted(str(jar) for jar in jars)))
