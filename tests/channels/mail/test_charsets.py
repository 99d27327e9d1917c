from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.charsets import codec, decoded


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("blessée".encode("latin-1"), "iso-8859-1", "blessée"),
        ("“now” €".encode("cp1252"), "ISO-8859-1", "“now” €"),
        ("blessée".encode(), "us-ascii", "blessée"),
        ("blessée".encode(), "iso-8859-1", "blessée"),
        ("blessée".encode("latin-1"), None, "blessée"),
        ("¡ayuda!".encode(), "X-UNKNOWN", "¡ayuda!"),
        ("¡ayuda!".encode("latin-1"), "unknown-8bit", "¡ayuda!"),
        ("犬が".encode("iso-2022-jp"), "iso-2022-jp", "犬が"),
        ("犬が".encode("cp932"), "Shift_JIS", "犬が"),
        ("개".encode("cp949"), "ks_c_5601-1987", "개"),
        ("狗".encode("gb18030"), '"GB2312"', "狗"),
        ("собака".encode("koi8-r"), "koi8-r", "собака"),
        (b"a\xffb", "utf-8", "a\ufffdb"),
        ("犬が".encode("iso-2022-jp"), None, "犬が"),
        ("犬が".encode("iso-2022-jp"), "us-ascii", "犬が"),
        (b"help", "utf-16le", "help"),
        ("¡ayuda!".encode("utf-16"), "utf-16", "¡ayuda!"),
    ],
)
def test_bytes_are_read_as_they_were_meant(content: bytes, charset: str | None, text: str) -> None:
    assert decoded(content, charset) == text


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "base64", "zlib", "rot13", "", "x" * 999, "é"])
def test_what_is_no_charset_is_none(label: str) -> None:
    assert codec(label) is None


@given(st.binary(max_size=80), st.one_of(st.text(max_size=12), st.sampled_from(["utf-16", "utf-7", "hz", "big5"])))
def test_any_bytes_under_any_label_are_text(content: bytes, charset: str) -> None:
    decoded(content, charset)
