from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contact import AddressKind
from channels.mail.address import address
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        ("<ann@example.org>", "ann@example.org"),
        (" ann+Rex@example.org ", "ann+rex@example.org"),
        ("ann@example.org.", "ann@example.org"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("A\u0308nn@example.org", "änn@example.org"),
        ('"Ann B"@example.org', '"ann b"@example.org'),
        ("ann..b.@example.ne.jp", "ann..b.@example.ne.jp"),
        ("root@localhost", "root@localhost"),
        ("ann@host.local", "ann@host.local"),
        ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
    ],
)
def test_one_mailbox_is_one_address_however_it_is_written(text: str, final: str) -> None:
    found = address(text)
    assert found is not None
    assert (found.kind, found.value) == (AddressKind.EMAIL, final)


@pytest.mark.parametrize(
    ("text", "final"),
    [
        ("Mailer Daemon", "email-raw:mailer daemon"),
        ('"Somebody"', "email-raw:somebody"),
        ("a@b@c", "email-raw:a@b@c"),
        ("@example.org", "email-raw:@example.org"),
        ("ann@exa mple.org", "email-raw:ann@exa mple.org"),
    ],
)
def test_what_is_no_address_is_still_somebody(text: str, final: str) -> None:
    found = address(text)
    assert found is not None
    assert (found.kind, found.value) == (AddressKind.HANDLE, final)


@pytest.mark.parametrize("text", [None, "", " ", "<>", " <> ", "\x00"])
def test_only_nothing_is_nobody(text: str | None) -> None:
    assert address(text) is None


@given(st.one_of(st.emails(), st.text(st.characters(codec=None), max_size=80)))
def test_a_final_address_stays_as_it_is(text: str) -> None:
    found = address(text)
    if found is not None and found.kind is AddressKind.EMAIL:
        assert address(found.value) == found
        assert address(f" <{found.value}>") == found
    if found is not None:
        found.model_dump_json()


@needs_shared
def test_valid_addresses_of_the_corpus_are_addresses() -> None:
    lines = (SHARED / "fixtures/email/flanker-addresses/mailbox_valid.txt").read_text().splitlines()
    bare = [line for line in lines if line.strip() and not line.startswith(("#", "("))]
    bare = [line for line in bare if "<" not in line and "(" not in line.replace('"(', "")]
    assert len(bare) > 50
    for line in bare:
        found = address(line)
        assert found is not None
        assert found.kind is AddressKind.EMAIL


PLAIN = st.from_regex(
    r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,5})?@[A-Za-z0-9]{1,30}(?:[.-][A-Za-z0-9]{1,5}){0,4}", fullmatch=True
)


@given(PLAIN)
def test_a_plain_address_is_what_the_library_makes_of_it(text: str) -> None:
    found = address(text)
    assert found is not None
    # A quoted one goes the library's way.
    quoted = address('"' + text.replace("@", '"@', 1))
    assert quoted is not None
    assert (found.kind, found.value) == (AddressKind.EMAIL, quoted.value.replace('"', ""))
