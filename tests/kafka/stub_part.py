"""A part that serves nothing: `stub_part.py NAME … --parent-fd N`. What it does stands in <data>/stub-<NAME>:

(no such file)   says that it is ready, and ends when it is told to
bug              ends at once with exit status 1
refuse           says why, with exit status 2
for-good         says why, with exit status 78
capped           says why, with exit status 79
deaf             is ready, and then hears no SIGTERM
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from channels.errors import Problem
from router.cli import part


def main() -> None:
    name, data = sys.argv[1], Path(os.environ["ROUTER_DATA_DIR"])
    (data / f"pid-{name}").write_text(str(os.getpid()))
    order = data / f"stub-{name}"
    does = order.read_text() if order.exists() else ""

    async def body(ready: Callable[[], None], stop: asyncio.Event) -> None:
        if does == "bug":
            raise KeyError(name)
        if does in ("refuse", "for-good", "capped"):
            raise Problem(f"the stub {name} won't.")
        if does == "deaf":
            asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ready()
        await stop.wait()

    status = {"for-good": 78, "capped": 79}.get(does, 2)
    part.run(lambda: part.Ready(body, {"ready": True}, status), int(sys.argv[sys.argv.index("--parent-fd") + 1]))


if __name__ == "__main__":
    main()
