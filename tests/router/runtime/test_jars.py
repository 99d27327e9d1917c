from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from router.runtime import jars
from router.runtime.jars import BrokenJar, Jar, MissingJars

CONTENT = b"classes"
JAR = Jar("org.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())


def test_the_lock_pins_kafka_440_whole_and_one_binding_of_slf4j() -> None:
    locked = jars.locked()
    names = {jar.artifact: jar.version for jar in locked}
    assert len(locked) == len(names) == 45
    assert names["kafka_2.13"] == names["kafka-clients"] == "4.4.0"
    assert [name for name in names if name.startswith(("slf4j-", "log4j-slf4j"))] == ["log4j-slf4j-impl", "slf4j-api"]
    assert names["log4j-slf4j-impl"] == names["log4j-core"]


def test_a_line_of_the_lock_reads_back_as_it_was_written() -> None:
    assert jars.parse(f"# head\n\n{JAR}\n") == (JAR,)


@pytest.mark.parametrize("line", ["a:b:1", f"a:b:1:{'0' * 63}", f"a::1:{'0' * 64}", f"a:b:c:1:{'0' * 64}"])
def test_a_line_that_is_no_pinned_jar_is_named_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2: expected group:artifact:version:sha256"):
        jars.parse(f"# head\n{line}\n")


def test_the_classpath_is_given_only_where_every_jar_is_the_pinned_one(tmp_path: Path) -> None:
    with pytest.raises(MissingJars, match=r"jar thing-1\.0\.jar is missing\. Run `router setup`"):
        jars.classpath([JAR], tmp_path)
    (tmp_path / JAR.name).write_bytes(b"rubbish")
    with pytest.raises(BrokenJar, match=r"thing-1\.0\.jar is broken .*Run `router setup`"):
        jars.classpath([JAR], tmp_path)
    (tmp_path / JAR.name).write_bytes(CONTENT)
    assert jars.classpath([JAR], tmp_path) == str(tmp_path / JAR.name)


def fetched(monkeypatch: pytest.MonkeyPatch, contents: list[bytes | Exception]) -> None:
    """Each fetch gives the next of `contents`."""

    def resolve(jar: Jar, cache: Path) -> Path:
        content = contents.pop(0)
        if isinstance(content, Exception):
            raise content
        path = cache / "org" / "example" / jar.artifact / jar.version / jar.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    monkeypatch.setattr(jars, "resolve", resolve)


def test_a_broken_jar_is_fetched_once_more_and_lies_in_its_place_only_when_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched(monkeypatch, [b"rubbish", CONTENT])
    done: list[Jar] = []
    jars.fetch([JAR], tmp_path / "jars", done.append)
    assert done == [JAR]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [JAR.name]
    assert jars.missing([JAR], tmp_path / "jars") == ()


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        ([b"rubbish", b"rubbish"], "its SHA-256 isn't the one in jars.lock"),
        ([RuntimeError("gone"), RuntimeError("gone")], "not found"),
        ([OSError(28, "No space left on device")] * 2, "No space left on device"),
    ],
)
def test_a_jar_that_cant_be_had_whole_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: list[bytes | Exception], reason: str
) -> None:
    fetched(monkeypatch, list(contents))
    with pytest.raises(BrokenJar) as caught:
        jars.fetch([JAR], tmp_path / "jars")
    assert str(caught.value) == f"can't fetch Kafka's jar org.example:thing:1.0: {reason}."
    assert not list(tmp_path.rglob("*.jar"))


def test_a_folder_that_cant_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match=r"can't write Kafka's jars to .*: Not a directory"):
        jars.fetch([JAR], tmp_path / "file" / "jars")
