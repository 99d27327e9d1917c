from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.mail.html import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Hello <b>you</b></p><p>there</p>", "Hello you\n\nthere"),
        ("one<br>two", "one\ntwo"),
        ("<style>x{}</style><script>alert(1)</script><p>seen</p>", "seen"),
        ("<head><title>Outlook</title></head><p>seen</p>", "seen"),
        ("<!-- hidden --><p>caf&eacute; &amp; &#128054;</p>", "café & 🐶"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("just words", "just words"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("<p>new</p><blockquote><p>old</p><blockquote>older</blockquote></blockquote><p>below</p>", None),
    ],
)
def test_html_reads_as_it_looks(html: str, text: str | None) -> None:
    if text is not None:
        assert to_text(html) == text
    else:
        lines = [line for line in to_text(html).split("\n") if line.strip("> ")]
        assert lines == ["new", "> old", ">> older", "below"]


@pytest.mark.parametrize("html", ["<div>" * 20_000, "<blockquote>" * 5_000 + "x", "<" * 50_000, "&" * 50_000])
def test_hostile_html_breaks_nothing(html: str) -> None:
    to_text(html)


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("<>/!?-&;abp= \"'\n\x00\ue000\ue001\ud800é"), max_size=60))
def test_any_html_is_text(html: str) -> None:
    to_text(html).encode()
