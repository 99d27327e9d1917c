from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from router.gateway.desk_guard import LARGEST_BODY, bearer
from tests.router.gateway.parts import BEARER, DESK, Running, running

PATHS = ["/desk/queues", "/desk/queues/general", "/desk/incidents/i", "/desk/contacts/c", "/desk", "/desk/nothing"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", f"Basic {DESK}", DESK, f"Bearer {DESK}x"])
async def test_without_a_token_everything_is_401(up: Running, path: str, header: str | None) -> None:
    async with up.client() as client:
        response = await client.get(path, headers={"Authorization": header} if header else {})
    assert (response.status_code, response.json()) == (401, {"reason": "unauthenticated"})
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_the_token_is_asked_before_the_body_is_looked_at(up: Running) -> None:
    async with up.client() as client:
        response = await client.post("/desk/agents/maria/presence", content=b"{")
    assert response.status_code == 401


async def test_a_deployment_without_a_token_lets_nobody_in_and_says_so(tmp_path: Path) -> None:
    with capture_logs() as logs:
        up = running(tmp_path, environ={})
    assert [entry["missing"] for entry in logs if entry["event"] == "desk.closed"] == ["ROUTER_DESK_TOKENS"]
    async with up.client() as client:
        assert (await client.get("/desk/queues", headers={"Authorization": "Bearer "})).status_code == 401
        assert (await client.get("/desk/queues")).status_code == 401


async def test_several_tokens_hold_at_once_while_they_rotate(up: Running) -> None:
    up.environ["ROUTER_DESK_TOKENS"] = f"new,{DESK}"
    for token in ("new", DESK):
        async with up.client() as client:
            response = await client.get("/desk/queues", headers={"Authorization": f"bearer {token}"})
        assert response.status_code == 200


async def test_no_body_is_larger_than_a_command_can_be(up: Running) -> None:
    async def parts() -> object:
        for _ in range(10):
            yield b" " * (LARGEST_BODY // 8)

    async with up.client(headers=BEARER) as client:
        said = await client.post("/desk/agents/a/presence", content=b" " * (LARGEST_BODY + 1))
        came = await client.post("/desk/agents/a/presence", content=parts())  # type: ignore[arg-type]
    assert (said.status_code, came.status_code) == (413, 413)


def test_the_scheme_is_told_in_any_case() -> None:
    assert bearer("BEARER a ") == "a"
    assert bearer("Bearer") is None
    assert bearer(None) is None
