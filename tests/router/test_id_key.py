from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from router.id_key import BadIdKey, kept
from router.settings import SecretFiles

GIVEN = "a-key-of-the-whole-cluster"


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = kept(data, SecretFiles(data, {}))
    assert len(first) >= 32
    assert kept(data, SecretFiles(data, {})) == first
    assert (data / "id.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in data.iterdir()] == ["id.key"]


def test_many_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: kept(tmp_path, SecretFiles(tmp_path, {})), range(16)))
    assert len(keys) == 1


def test_a_given_key_is_used_and_kept(tmp_path: Path) -> None:
    assert kept(tmp_path, SecretFiles(tmp_path, {"ROUTER_ID_KEY": GIVEN})) == GIVEN.encode()
    assert kept(tmp_path, SecretFiles(tmp_path, {})) == GIVEN.encode()


def test_another_key_than_the_one_the_data_was_begun_with_is_refused(tmp_path: Path) -> None:
    kept(tmp_path, SecretFiles(tmp_path, {}))
    with pytest.raises(BadIdKey, match=r"isn't the key in .*id\.key") as caught:
        kept(tmp_path, SecretFiles(tmp_path, {"ROUTER_ID_KEY": GIVEN}))
    assert GIVEN not in str(caught.value)


@pytest.mark.parametrize("given", ["short", f"{GIVEN},{GIVEN}2"])
def test_a_short_key_or_several_are_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(BadIdKey, match="one value of at least 16 characters"):
        kept(tmp_path, SecretFiles(tmp_path, {"ROUTER_ID_KEY": given}))
