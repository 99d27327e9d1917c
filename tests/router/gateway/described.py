"""The OpenAPI document as it stands in docs/openapi.json: `python -m tests.router.gateway.described` writes it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.router.gateway.parts import running

FILE = Path(__file__).parents[3] / "docs" / "openapi.json"


async def described(data: Path) -> str:
    """Of a gateway with every channel; `data` is a folder for it."""
    async with running(data).client() as client:
        told = (await client.get("/openapi.json")).json()
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        FILE.write_text(asyncio.run(described(Path(folder))), encoding="utf-8")
