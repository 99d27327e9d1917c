"""The embedded broker's settings: a single node that is its own controller, on loopback only."""

from __future__ import annotations

from pathlib import Path

from router.runtime.java import Java

HOST = "127.0.0.1"

LOG4J = Path(__file__).with_name("log4j2.properties")

# Measured with 162 partitions: 168 MB resident at start with the small cleaner buffer, 301 MB without.
JVM = (
    "-Xms128m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Drouter.logs=../logs",  # the working folder is <data>/kafka
    f"-Dlog4j2.configurationFile={LOG4J}",
)
# Since 24 Java warns of what Kafka and its compressors do by design.
JVM_24 = ("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED")


def launcher(runtime: Java, classpath: str, archive: Path | None = None) -> list[str]:
    """The command up to the class. archive: the classes of this very classpath and Java, as class_archive makes it."""
    shared = () if archive is None else (f"-XX:SharedArchiveFile={archive}",)
    newer = JVM_24 if runtime.version >= 24 else ()
    return [str(runtime.path), *JVM, *newer, *shared, "-cp", classpath]


def properties(data: str, port: int, controller_port: int) -> str:
    """The text of server.properties."""
    listeners = f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}"
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.bootstrap.servers": f"{HOST}:{controller_port}",
        "listeners": listeners,
        "advertised.listeners": listeners,
        "controller.listener.names": "CONTROLLER",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "group.initial.rebalance.delay.ms": 0,
        # Three and eight by default: then each request wakes the thread that has slept longest, for a tenth more CPU.
        "num.network.threads": 1,
        "num.io.threads": 2,
        "group.min.session.timeout.ms": 1000,
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        # After a kill -9 the controller keeps the dead broker's place for this long; with the default 9 s a
        # restart took 12.5 s.
        "broker.session.timeout.ms": 2000,
        "broker.heartbeat.interval.ms": 500,
        # A controller writes, and flushes, an empty record every half second for the lag of others to be seen; here
        # are none. It was a third of what the idle broker used.
        "metadata.max.idle.interval.ms": 5000,
    }
    return "".join(f"{name}={_escaped(str(value))}\n" for name, value in settings.items())


def _escaped(value: str) -> str:
    """As Java reads properties: a backslash escapes, and what isn't Latin-1 is written as \\uXXXX."""
    text = value.replace("\\", "\\\\")
    units = text.encode("utf-16-be")
    codes = (int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
    return "".join(chr(code) if 0x20 <= code < 0x7F else f"\\u{code:04x}" for code in codes)
