from __future__ import annotations

import pytest

from channels.media import LABEL, linked, links

THEIRS = links(rf"api\.example\.com|(?:{LABEL}\.)+cdn\.example")


@pytest.mark.parametrize(
    "url",
    ["https://api.example.com/a/b", "https://api.example.com:443/a", "https://eu.cdn.example/x?y=1"],
)
def test_a_link_to_their_host_is_kept(url: str) -> None:
    assert linked(url, "image/png", THEIRS, "file-1").url == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://api.example.com/a",
        "https://api.example.com.evil.test/a",
        "https://evil.test/api.example.com/",
        "https://user@api.example.com/a",
        "https://api.example.com:8080/a",
        "https://api.example.com",
        "https://apixexample.com/a",
        "https://api.example.com/a b",
        "https://api.example.com\\@evil.test/a",
        "https://api.example.com/\nx",
        "https://.cdn.example/a",
        "https://169.254.169.254/latest",
    ],
)
def test_any_other_link_is_dropped_and_the_file_is_still_named(url: str | None) -> None:
    found = linked(url, "image/png", THEIRS, "file-1")
    assert (found.url, found.name, found.media_type) == (None, "file-1.png", "image/png")


def test_a_files_name_is_the_links_with_the_types_ending() -> None:
    assert linked("https://api.example.com/a/photo.bin", "image/jpeg", THEIRS, "x").name == "photo.jpg"
    assert linked("https://api.example.com/a/photo.jpg", None, THEIRS, "x").name == "photo.jpg"
