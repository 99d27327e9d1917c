from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.names import LONGEST, safe_media_type, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("bill.pdf", "bill.pdf"),
        ("Größe 1.JPG", "Größe 1.JPG"),
        (None, "attachment"),
        ("", "attachment"),
        ("..", "attachment"),
        ("/", "attachment"),
        ("\x00\x01", "attachment"),
        ("../../etc/passwd", "passwd"),
        ("a\\b", "b"),
        ("C:\\fakepath\\x.png", "x.png"),
        ("dir/", "dir"),
        (".bashrc", "bashrc"),
        ("x.txt. . ", "x.txt"),
        ("a\r\nb\x00.txt", "a b.txt"),
        ("CON", "_CON"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("com1 .txt", "_com1 .txt"),
        ("console.txt", "console.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u2066b\u200b.txt", "ab.txt"),
        ('a<b>c:d"e|f?g*h', "a_b_c_d_e_f_g_h"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_names_are_made_harmless(name: str | None, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_name_without_anything_takes_the_one_offered() -> None:
    assert safe_name(" . ", "media-1.png") == "media-1.png"


@given(st.text(st.characters(codec=None), max_size=300))
@example("\U0001f415" * 100 + ".jpeg")
@example("con." + "x" * 200)
@example("e\u200b\u0301")
@example(". \u0301")
def test_any_name_becomes_safe_and_stays_so(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert 0 < len(safe.encode()) <= LONGEST
    assert safe not in (".", "..")
    assert not set('/\\<>:"|?*\0') & set(safe)
    assert safe == safe.strip(" .")
    assert not {unicodedata.category(character) for character in safe} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("media_type", "safe"),
    [
        ("image/JPEG", "image/jpeg"),
        ("audio/ogg; codecs=opus", "audio/ogg"),
        ("application/vnd.ms-excel+x", "application/vnd.ms-excel+x"),
        (None, "application/octet-stream"),
        ("../x", "application/octet-stream"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("text", "application/octet-stream"),
    ],
)
def test_media_types_are_plain_or_unknown(media_type: str | None, safe: str) -> None:
    assert safe_media_type(media_type) == safe
