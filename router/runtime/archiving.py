"""Makes the class archive: runs Kafka once on an empty folder to see what it loads, then has Java keep that."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from channels.errors import Problem
from router.runtime import class_archive, jars, java
from router.runtime.broker import Broker
from router.runtime.broker_settings import launcher
from router.runtime.process import Child

MAKE_S = 120.0


class NoArchive(Problem):
    """The class archive can't be made."""


async def make() -> bool:
    """True if it made one, False if there is one already; of other Javas and classpaths none is kept.

    Raises NoArchive, or what starting a broker raises; Kafka runs without one too.
    """
    runtime, classpath = java.find(), jars.classpath(jars.locked(), jars.folder())
    file = class_archive.place(runtime, classpath)
    if file.is_file():
        return False
    for old in file.parent.glob("classes-*"):
        old.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=".classes-", dir=file.parent) as scratch:
        loaded, fresh = Path(scratch) / "loaded", Path(scratch) / "archive"
        broker = Broker(Path(scratch), port=0, jvm=(f"-XX:DumpLoadedClassList={loaded}",))
        await broker.start()
        await broker.stop(within=30)  # the list is written at the end
        command = [*launcher(runtime, classpath, fresh), "-Xshare:dump", f"-XX:SharedClassListFile={loaded}"]
        child = await Child.start(command, piped=True)
        try:
            async with asyncio.timeout(MAKE_S):
                said = (await child.output.read()).decode("utf-8", "replace").splitlines()
                status = await child.wait()
        finally:
            await child.kill()
        if status != 0 or not fresh.is_file():
            raise NoArchive(f"Java can't make the class archive: {said[-1] if said else f'exit status {status}'}")
        fresh.replace(file)
    return True
