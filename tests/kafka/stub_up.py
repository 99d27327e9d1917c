"""`router up` with stubs for its parts, and a real Kafka: python -m tests.kafka.stub_up DATA [PORT]."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from router import logging
from router.cli.main import ended
from router.cli.up import serve
from router.runtime.supervision.platform import Options
from router.settings import Settings

STUB = (sys.executable, "-m", "tests.kafka.stub_part")


def main() -> None:
    data, port = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    options = Options(
        port=port,
        smtp_port=0,
        kafka_port=0,
        gateway=(*STUB, "gateway"),
        worker=(*STUB, "worker"),
        watchdog=(*STUB, "watchdog"),
        command="stub up",
    )
    logging.configure()
    with ended():
        asyncio.run(serve(options, Settings(data_dir=data)))


if __name__ == "__main__":
    main()
