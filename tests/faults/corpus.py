"""What hypothesis finds odd: bytes, texts, forms and JSON to send in place of a provider's payload."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

_WORDS = st.text(max_size=60)
_NAMES = st.sampled_from(("From", "To", "Body", "MessageSid", "CallSid", "MediaUrl0", "NumMedia", "text", "id", "date"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | _WORDS, inner, max_size=4),
    max_leaves=12,
)
_HEADER = st.sampled_from((b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Content-Type", b"MIME-Version"))
_MAIL = st.tuples(st.lists(st.tuples(_HEADER, st.binary(max_size=60)), max_size=8), st.binary(max_size=300)).map(
    lambda told: b"".join(name + b": " + value + b"\r\n" for name, value in told[0]) + b"\r\n" + told[1]
)
_BODY = st.one_of(
    st.binary(max_size=400),
    _WORDS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    _JSON.map(lambda value: json.dumps(value).encode()),
    st.lists(st.tuples(_NAMES, _WORDS), max_size=8).map(lambda pairs: urlencode(pairs, errors="replace").encode()),
)


def bodies(count: int, number: int) -> list[bytes]:
    """number: the seed."""
    return _examples(_BODY, count, number)


def mails(count: int, number: int) -> list[bytes]:
    return _examples(_MAIL, count, number)


def _examples(strategy: st.SearchStrategy[bytes], count: int, number: int) -> list[bytes]:
    found: list[bytes] = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(body: bytes) -> None:
        found.append(body)

    collect()
    return found
