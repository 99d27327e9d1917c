from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.contact import Contact
from channels.contract import Request, Secrets
from channels.errors import ChannelProblem, Forged, Malformed, Misconfigured, Unauthenticated
from channels.plivo import CHANNEL, HEADERS, KEEP, NONCES, VERSIONS, of_v2, of_v3, parse, sign, signature, verify
from tests.channels.requests import AT, FORM, PUBLIC
from tests.shared import SHARED, needs_shared

TOKEN = "auth token"
SECRETS = Secrets((TOKEN,))
ANN = {"From": "14155550142", "To": "12065550100", "Type": "sms", "Text": "help", "MessageUUID": "u-1"}


def post(query: str = "", **params: str) -> Request:
    url = f"{PUBLIC}{CHANNEL.path}{query and '?' + query}"
    return Request("POST", url, (("Content-Type", FORM),), urlencode(params).encode(), AT)


def get(**params: str) -> Request:
    return Request("GET", f"{PUBLIC}{CHANNEL.path}?{urlencode(params)}", (), b"", AT)


def signed_v2(request: Request, header: str = HEADERS["v2"][0]) -> Request:
    return request.having((header, signature(of_v2(request, "17"), TOKEN)), (NONCES["v2"], "17"))


def contact(**params: str) -> Contact:
    (found,) = parse(post(**{**ANN, **params}))
    return found


@pytest.mark.parametrize("request_", [post(**ANN), post("a=b&c=", **ANN), get(**ANN)], ids=["form", "query", "GET"])
def test_v3_covers_every_parameter_and_the_url(request_: Request) -> None:
    sent = sign(request_, TOKEN)
    assert verify(sent, SECRETS).nonce is None
    other_body = replace(sent, body=sent.body + b"&x=1", url=sent.url + ("" if sent.body else "&x=1"))
    for other in (other_body, replace(sent, url=sent.url.replace("/hooks", "/hook"))):
        with pytest.raises(Forged):
            verify(other, SECRETS)


def test_one_of_several_signatures_is_enough() -> None:
    request = post(**ANN)
    right = signature(of_v3(request, "5"), TOKEN)
    several = (HEADERS["v3"][0], f"{signature('other', TOKEN)}, {right}")
    verify(request.having(several, (NONCES["v3"], "5")), SECRETS)


@pytest.mark.parametrize("version", ["v3", "v2"])
def test_the_main_accounts_signature_is_enough(version: str) -> None:
    request = post(**ANN)
    text = (of_v3 if version == "v3" else of_v2)(request, "5")
    subaccounts = (HEADERS[version][0], signature(text, "a subaccount's token"))
    main = (HEADERS[version][1], signature(text, TOKEN))
    verify(request.having(subaccounts, main, (NONCES[version], "5")), SECRETS)


def test_v2_is_taken_where_there_is_no_v3_and_its_nonce_is_remembered() -> None:
    verified = verify(signed_v2(post(**ANN)), SECRETS)
    assert (verified.nonce, verified.keep) == ("17", KEEP)


def test_a_wrong_v3_signature_isnt_made_good_by_a_right_v2() -> None:
    wrong = post(**ANN).having((HEADERS["v3"][0], "x"), (NONCES["v3"], "5"))
    with pytest.raises(Forged):
        verify(signed_v2(wrong), SECRETS)


def test_v2_of_a_get_is_refused_since_it_covers_nothing_of_it() -> None:
    header = (HEADERS["v2"][0], signature(f"{PUBLIC}{CHANNEL.path}17", TOKEN))
    with pytest.raises(Forged):
        verify(get(**ANN).having(header, (NONCES["v2"], "17")), SECRETS)


def test_v2_can_be_refused_altogether() -> None:
    only_v3 = Secrets((TOKEN,), {VERSIONS: ("V3",)})
    verify(sign(post(**ANN), TOKEN), only_v3)
    with pytest.raises(Forged):
        verify(signed_v2(post(**ANN)), only_v3)


def test_a_version_that_nobody_knows_is_our_mistake() -> None:
    with pytest.raises(Misconfigured):
        verify(sign(post(**ANN), TOKEN), Secrets((TOKEN,), {VERSIONS: ("v4",)}))


def test_without_a_nonce_nothing_holds_and_without_a_signature_nobody_signed() -> None:
    request = sign(post(**ANN), TOKEN)
    with pytest.raises(Forged):
        verify(replace(request, headers=request.headers[:-1]), SECRETS)
    with pytest.raises(Unauthenticated):
        verify(post(**ANN), SECRETS)


def test_the_first_of_a_repeated_parameter_counts() -> None:
    request = post(**ANN)
    (found,) = parse(replace(request, body=request.body + b"&Text=other"))
    assert found.text == "help"


def test_the_words_of_a_picture_message_stand_in_body() -> None:
    found = contact(Type="mms", Text="", Body="look", Media0="https://media.plivo.com/a/one.png")
    assert (found.text, [one.name for one in found.attachments]) == ("look", ["one.png"])


@pytest.mark.parametrize("url", ["http://media.plivo.com/x", "https://plivo.com.evil.test/x", "https://10.0.0.1/x", ""])
def test_a_link_to_another_host_is_dropped(url: str) -> None:
    (file,) = contact(Media1=url).attachments
    assert file.url is None


def test_a_delivery_report_is_no_contact_and_a_message_with_a_status_is() -> None:
    assert parse(post(MessageUUID="u-2", Status="delivered", To="14155550142")) == []
    assert contact(Status="received").text == "help"


@pytest.mark.parametrize("uuid", ["", "x" * 101])
def test_without_an_id_it_is_malformed(uuid: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(post(**{**ANN, "MessageUUID": uuid}))
    assert caught.value.field == "MessageUUID"


def test_a_verified_body_that_is_no_form_is_malformed() -> None:
    with pytest.raises(Malformed):
        parse(replace(post(**ANN), headers=()))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*ANN, "Body", "Media1", "Status"]) | st.text(max_size=5), st.text(max_size=30)))
def test_any_parameters_are_a_contact_nothing_or_malformed_and_signed_as_they_are(params: dict[str, str]) -> None:
    for request in (post(**params), get(**params)):
        verify(sign(request, TOKEN), SECRETS)
        with pytest.raises(Forged):
            verify(sign(request, "another"), SECRETS)
        try:
            found = parse(request)
        except ChannelProblem:
            continue
        for one in found:
            one.model_dump_json()


@needs_shared
def test_the_published_vectors_hold() -> None:
    vectors = json.loads((SHARED / "fixtures/plivo/signature_vectors.json").read_text())
    checked = [one for one in vectors if one["version"] in ("v3", "v2")]
    assert len(checked) == 6
    for one in checked:
        url, params = one["url"], urlencode(one["params"])
        if one["method"] == "GET":
            url += ("&" if urlsplit(url).query else "?") + params
        body = params.encode() if one["method"] == "POST" else b""
        headers = (("Content-Type", FORM), *one["headers"].items())
        request = Request(one["method"], url, headers, body, AT)
        if one["valid"]:
            verify(request, Secrets((one["auth_token"],)))
        else:
            with pytest.raises(Forged):
                verify(request, Secrets((one["auth_token"],)))
