"""Twilio's signature, with every pitfall that its own library has fallen into."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from channels.contract import Request, Secrets
from channels.errors import Forged, NotTheirs
from channels.twilio.signature import sign, spellings, verify
from tests.channels.requests import AT, FORM, PAYLOADS
from tests.shared import SHARED, needs_shared

URL = "https://router.example.com/hooks/twilio/sms"
TOKEN = "0123456789abcdef"

Vector = dict[str, Any]


def vectors(text: str) -> list[Vector]:
    found = json.loads(text)
    assert isinstance(found, list)
    return found


OURS = vectors((PAYLOADS / "twilio_signatures.json").read_text())


def request(url: str, body: bytes, signature: str | None, content_type: str = FORM) -> Request:
    headers = (("Content-Type", content_type),) + ((("X-Twilio-Signature", signature),) if signature else ())
    return Request("POST", url, headers, body, AT)


def holds(asked: Request, *tokens: str) -> bool:
    try:
        verify(asked, Secrets(tokens))
    except Forged:
        return False
    return True


def check(vector: Vector) -> None:
    body, content_type = (
        (vector["body"].encode(), "application/json")
        if "body" in vector
        else (urlencode(vector["params"], doseq=True).encode(), FORM)
    )
    asked = request(vector["url"], body, vector["signature"], content_type)
    assert holds(asked, "another", vector["auth_token"]) == vector["valid"]


@pytest.mark.parametrize("vector", OURS, ids=lambda vector: vector["name"])
def test_our_vectors_hold(vector: Vector) -> None:
    check(vector)


@needs_shared
def test_the_vectors_of_twilios_own_libraries_hold() -> None:
    found = vectors((SHARED / "fixtures/twilio/signature_vectors.json").read_text())
    assert len(found) == 15
    for vector in found:
        check(vector)


def test_a_changed_added_or_missing_parameter_is_forged() -> None:
    good = sign(URL, {"Body": "hi", "From": "+12065550123"}, TOKEN)
    assert holds(request(URL, b"Body=hi&From=%2B12065550123", good), TOKEN)
    assert not holds(request(URL, b"Body=ho&From=%2B12065550123", good), TOKEN)
    assert not holds(request(URL, b"Body=hi&From=%2B12065550123&X=1", good), TOKEN)
    assert not holds(request(URL, b"Body=hi", good), TOKEN)


def test_another_path_query_or_scheme_is_forged() -> None:
    good = sign(URL, {"Body": "hi"}, TOKEN)
    for url in (URL + "?a=1", URL + "/", URL.replace("https", "http"), URL.replace("router", "other")):
        assert not holds(request(url, b"Body=hi", good), TOKEN)


def test_a_json_body_is_checked_even_if_the_url_is_signed_well() -> None:
    url = f"{URL}?bodySHA256={sha256(b'{}').hexdigest()}"
    good = sign(url, {}, TOKEN)
    assert holds(request(url, b"{}", good, "application/json"), TOKEN)
    assert holds(request(url, b"{}", good, "application/json; charset=utf-8"), TOKEN)
    assert not holds(request(url, b'{"forged": 1}', good, "application/json"), TOKEN)
    assert not holds(request(url, b"", good, "application/json"), TOKEN)


def test_a_body_that_no_signature_covers_is_forged() -> None:
    good = sign(URL, {}, TOKEN)
    assert holds(request(URL, b"", good, "text/plain"), TOKEN)
    assert not holds(request(URL, b"Body=forged", good, "text/plain"), TOKEN)
    assert not holds(request(URL, b"Body=forged", good, "multipart/form-data; boundary=x"), TOKEN)
    assert not holds(request(URL, b"\xff\x00", good, ""), TOKEN)


def test_a_form_is_signed_by_its_parameters_even_where_the_query_names_a_hash() -> None:
    url = f"{URL}?bodySHA256={sha256(b'Body=hi').hexdigest()}"
    assert holds(request(url, b"Body=hi", sign(url, {"Body": "hi"}, TOKEN)), TOKEN)
    assert not holds(request(url, b"Body=hi", sign(url, {}, TOKEN)), TOKEN)


def test_two_hashes_in_the_query_cover_nothing() -> None:
    url = f"{URL}?bodySHA256={sha256(b'{}').hexdigest()}&bodySHA256={sha256(b'[]').hexdigest()}"
    assert not holds(request(url, b"{}", sign(url, {}, TOKEN), "application/json"), TOKEN)


def test_a_form_that_isnt_one_is_told_apart_from_a_forged_one() -> None:
    with pytest.raises(NotTheirs):
        verify(request(URL, b"\xff=1", "x"), Secrets((TOKEN,)))


def test_a_signature_by_sha256_holds_where_the_settings_header_names_it() -> None:
    signature = b64encode(hmac.digest(TOKEN.encode(), f"{URL}Bodyhi".encode(), "sha256")).decode()
    settings = "X-Twilio-Webhooks-Signature-Settings"
    asked = request(URL, b"Body=hi", signature)
    assert not holds(asked, TOKEN)
    for value, good in (("key=k,algorithm=HMAC_SHA256", True), ("algorithm=MD5", False), ("", False)):
        assert holds(Request("POST", URL, (*asked.headers, (settings, value)), asked.body, AT), TOKEN) is good


class Params(dict[str, list[str]]):
    """Parameters with repeated keys, as the library wants to see them."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__()
        for key, value in pairs:
            self.setdefault(key, []).append(value)

    def getall(self, key: str) -> list[str]:
        return self[key]


NAMES = st.sampled_from(["Body", "From", "Fr", "om", "", "é", "body"]) | st.text(max_size=5)


@given(st.text(max_size=40), st.lists(st.tuples(NAMES, st.text(max_size=5)), max_size=8), st.text(max_size=20))
def test_a_signature_is_the_one_that_the_twilio_library_computes(
    url: str, pairs: list[tuple[str, str]], token: str
) -> None:
    params = Params(pairs)
    assert sign(url, pairs, token) == RequestValidator(token).compute_signature(url, params)
    body = urlencode(pairs).encode()
    for algorithm in ("HMAC_SHA1", "HMAC_SHA256"):
        signature = RequestValidator(token).compute_signature(URL, params, algorithm)
        headers = (("X-Twilio-Webhooks-Signature-Settings", f"key=k,algorithm={algorithm}"),)
        assert holds(request(URL, body, signature).having(*headers), token)


@pytest.mark.parametrize(
    ("seen", "signed"),
    [
        ("https://h.example/p", "https://h.example:443/p"),
        ("http://h.example/p", "http://h.example:80/p"),
        ("https://h.example:8443/p", "https://h.example/p"),
        ("https://user:pass@h.example:8443/p", "https://user:pass@h.example/p"),
        ("https://user:p:a@h.example/p", "https://user:p:a@h.example:443/p"),
        ("https://[2001:db8::1]/p", "https://[2001:db8::1]:443/p"),
        ("https://[2001:db8::1]:8443/p", "https://[2001:db8::1]/p"),
        ("https://h.example?x=it's", "https://h.example:443?x=it%27s"),
    ],
)
def test_the_url_may_have_been_signed_with_or_without_its_port(seen: str, signed: str) -> None:
    assert spellings(seen)[0] == seen
    assert signed in spellings(seen)
    assert holds(request(seen, b"Body=hi", sign(signed, {"Body": "hi"}, TOKEN)), TOKEN)


@given(st.text(max_size=60))
def test_any_text_has_itself_as_its_first_spelling(url: str) -> None:
    assert spellings(url)[0] == url
    assert spellings("https://" + url)[0] == "https://" + url


pairs = st.lists(st.tuples(st.text("abcAB&=+ é", max_size=5), st.text("abc&=+ é%'", max_size=8)), max_size=6)


@given(pairs, st.randoms(use_true_random=False))
def test_what_we_sign_holds_whatever_the_order_and_repetition(params: list[tuple[str, str]], random: Any) -> None:
    shuffled = [*params, *params[:2]]
    random.shuffle(shuffled)
    params = [*params, *params[:2]]
    assert holds(request(URL, urlencode(shuffled).encode(), sign(URL, params, TOKEN)), TOKEN)
