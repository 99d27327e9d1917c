from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from router.runtime.data_lock import DataLock, InUse, is_held

# Takes the lock, leaves it to a child that lives until its stdin ends, and dies.
DYING = """
import subprocess, sys
from pathlib import Path
from router.runtime.data_lock import DataLock
fd = DataLock(Path(sys.argv[1]), "router up").take()
subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=[fd])
print("dead", flush=True)
"""


def test_a_second_one_is_told_who_has_it_and_since_when(tmp_path: Path) -> None:
    first, second = DataLock(tmp_path, "router up"), DataLock(tmp_path, "router up")
    first.take()
    assert is_held(tmp_path)
    with pytest.raises(InUse) as caught:
        second.take()
    expected = (
        rf"the data folder {re.escape(str(tmp_path))} is in use by pid {os.getpid()} \(router up\) since 20\S+\. "
    )
    assert re.match(expected, str(caught.value))
    first.release()
    assert not is_held(tmp_path)
    second.take()
    second.release()


def test_the_children_of_a_dead_one_are_waited_for(tmp_path: Path) -> None:
    dead = subprocess.Popen(
        [sys.executable, "-c", DYING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert dead.stdin is not None
    assert dead.stdout is not None
    with dead.stdout, dead.stdin:
        assert dead.stdout.readline() == "dead\n"
        dead.wait()
        lock = DataLock(tmp_path, "router up")
        with pytest.raises(InUse, match=rf"by pid {dead.pid} "):
            lock.take(dying_s=0.1)
        dead.stdin.close()
        lock.take()
        lock.release()


def test_no_folder_is_held_by_nobody_and_one_that_cant_be_made_is_a_sentence(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match=r"can't use .*/file/data as data folder: Not a directory"):
        DataLock(tmp_path / "file" / "data", "router up").take()
