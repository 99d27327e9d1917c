"""The doctor on this machine: Java, jars, data folder, who runs, secrets, raw bodies. None of it needs a broker."""

from __future__ import annotations

import json
import os
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from channels.registry import CHANNELS
from router.cli.doctor_check import Check, Outcome, aside, fail, ok, warn
from router.runtime import data_lock, jars, java
from router.settings import SecretFiles, Settings

MIB = 1024 * 1024
FULL, NEARLY_FULL = 100 * MIB, 1024 * MIB
SLOW_FSYNC_S = 0.05
LARGE = 2048 * MIB
SPARE_FILES = 400
LOOK_S = 1.5
SIGN_THE_URL = ("twilio", "plivo")
"""Providers whose signatures cover the address that they call."""


def checks(settings: Settings) -> list[Check]:
    data = settings.data_dir
    own = not settings.bootstrap_servers
    found = [Check("java", lambda: aside(_java)), Check("jars", lambda: aside(_jars))] if own else []
    return [
        *found,
        Check("data folder", lambda: aside(lambda: _data(data)), "Look at the disk: dmesg, mount, df."),
        Check("disk space", lambda: aside(lambda: _space(data)), "Look at the disk: dmesg, mount, df."),
        Check("who runs", lambda: aside(lambda: _holder(data))),
        Check("processes", lambda: aside(lambda: _processes(data))),
        Check("open files", lambda: aside(lambda: _files(settings))),
        Check("secrets", lambda: aside(lambda: _secrets(settings))),
        Check("public URL", lambda: aside(lambda: _public_url(settings))),
        Check("raw bodies", lambda: aside(lambda: _blobs(data))),
    ]


def _java() -> Outcome:
    found = java.find()
    return ok(f"Java {found.release} at {found.path}")


def _jars() -> Outcome:
    locked = jars.locked()
    missing = jars.missing(locked, jars.folder())
    if missing:
        return fail(f"{len(missing)} of {len(locked)} of Kafka's jars are missing or broken", "Run `router setup`.")
    return ok(f"all {len(locked)} jars are the pinned ones")


def _data(data: Path) -> Outcome:
    if not data.is_dir():
        return warn(f"{data} isn't there", "`router up` makes it; or name the right one with --data.")
    probe = data / f".doctor-{os.getpid()}"
    began = time.perf_counter()
    try:
        with probe.open("wb") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return fail(f"{data} can't be written to: {error.strerror}", "Free some space, or mend its owner and mount.")
    finally:
        with suppress(OSError):
            probe.unlink()
    took = time.perf_counter() - began
    says = f"{data} is writable; an fsync takes {took * 1000:.1f} ms"
    return ok(says) if took < SLOW_FSYNC_S else warn(says, "The disk is slow or busy; each contact waits for it.")


def _space(data: Path) -> Outcome:
    there = next(place for place in (data.absolute(), *data.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    says = f"{free // MIB} MB free"
    if free < FULL:
        return fail(says, "Free some: deliveries are refused while it is full. Old raw bodies may go first.")
    return ok(says) if free >= NEARLY_FULL else warn(says, "Free some before it is full.")


def _holder(data: Path) -> Outcome:
    if not data_lock.is_held(data):
        return ok(f"nobody has {data}: no `router up` runs on it here")
    told = _held(data)
    return ok(f"pid {told.get('pid')} ({told.get('command')}) has {data} since {told.get('since')}")


def _held(data: Path) -> dict[str, object]:
    with suppress(OSError, ValueError):
        found = json.loads((data / data_lock.NAME).read_text())
        if isinstance(found, dict):
            return found
    return {}


def _family(pid: int) -> Iterator[int]:
    yield pid
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listing.read_text().split():
                yield from _family(int(child))


def _processes(data: Path) -> Outcome:
    pid = _held(data).get("pid")
    if not data_lock.is_held(data) or not isinstance(pid, int):
        return ok("none of ours runs here")
    sizes: dict[str, int] = {}
    for each in _family(pid):
        with suppress(OSError, ValueError):
            words = Path(f"/proc/{each}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            pages = int(Path(f"/proc/{each}/statm").read_text().split()[1])
            sizes[f"{_part(words)} {each}"] = pages * resource.getpagesize()
    says = ", ".join(f"{name}: {size // MIB} MB" for name, size in sizes.items())
    missing = [part for part in ("gateway", "worker", "watchdog") if not any(name.startswith(part) for name in sizes)]
    if missing:
        mend = "`up` starts what ended again, with a growing wait: its log says why it ends."
        return fail(f"{' and '.join(missing)} doesn't run; {says}", mend)
    large = [name for name, size in sizes.items() if size > LARGE]
    return warn(says, f"{', '.join(large)} is large; a restart is safe at any time.") if large else ok(says)


def _part(words: list[str]) -> str:
    if "kafka.Kafka" in words:
        return "kafka"
    return next((each for each in words if each in ("up", "run", "gateway", "worker", "watchdog")), words[0])


def _files(settings: Settings) -> Outcome:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.desk_streams + SPARE_FILES
    says = f"{soft} files may be open, {wanted} are wanted"
    if soft >= wanted:
        return ok(says)
    more = f"ulimit -n {min(hard, 65536)}" if hard > soft else "LimitNOFILE= of the service"
    return warn(says, f"Raise it ({more}), or lower ROUTER_DESK_STREAMS.")


def _secrets(settings: Settings) -> Outcome:
    files = SecretFiles(settings.data_dir)
    on = sorted({channel.provider for channel in CHANNELS if _is_on(files, channel.secrets, channel.switches)})
    off = sorted({channel.provider for channel in CHANNELS} - set(on))
    says = f"set for {', '.join(on) or 'nobody'}; off: {', '.join(off) or 'nobody'}"
    if settings.allow_unsigned:
        return warn(f"{', '.join(settings.allow_unsigned)} is taken unsigned; {says}", "Clear ROUTER_ALLOW_UNSIGNED.")
    if not on:
        return warn(says, "Set a provider's secrets: README, Settings.")
    if not files.get("DESK_TOKENS"):
        return warn(f"no ROUTER_DESK_TOKENS; {says}", "Set it: without it no desktop gets in.")
    return ok(says)


def _is_on(files: SecretFiles, secret: str, switches: tuple[str, ...]) -> bool:
    return any(files.get(name) for name in (secret, *switches))


def _public_url(settings: Settings) -> Outcome:
    files = SecretFiles(settings.data_dir)
    needing = sorted(
        {each.provider for each in CHANNELS if each.provider in SIGN_THE_URL and _is_on(files, each.secrets, ())}
    )
    url = settings.public_url
    if url is None and needing:
        mend = "Set ROUTER_PUBLIC_URL to what the provider calls, or each of its signatures fails."
        return warn(f"not set, and {' and '.join(needing)} signs it", mend)
    if url is not None and not url.startswith("https://"):
        return warn(f"{url} isn't https", "Providers call by https; the address has to be the one that they call.")
    return ok(url or "not set, and nobody signs it")


def _blobs(data: Path) -> Outcome:
    """Sizes and age of what lies there; a large store isn't counted to its end."""
    size, count, oldest, until = 0, 0, time.time(), time.monotonic() + LOOK_S
    places, whole = [data / "blobs", data / "small-blobs"], True
    while places:
        if time.monotonic() > until:
            whole = False
            break
        with suppress(OSError):
            for entry in os.scandir(places.pop()):
                if entry.is_dir(follow_symlinks=False):
                    places.append(Path(entry.path))
                else:
                    stat = entry.stat(follow_symlinks=False)
                    size, count, oldest = size + stat.st_size, count + 1, min(oldest, stat.st_mtime)
    days = (time.time() - oldest) / 86400
    most = "" if whole else "at least "
    return ok(f"{most}{size // MIB} MB in {count} files, the oldest {days:.0f} days old; kept for 400 days")
