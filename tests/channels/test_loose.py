from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from channels.loose import Loose, LooseId, Texts


class Part(BaseModel):
    text: Loose = None
    id: LooseId = None
    many: Texts = []


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"text": "a", "id": "7", "many": ["a", "b"]}, ("a", "7", ["a", "b"])),
        ({"text": 1, "id": 7, "many": "a"}, (None, "7", ["a"])),
        ({"text": {"a": 1}, "id": True, "many": [1, "b"]}, (None, None, [None, "b"])),
        ({"text": None, "id": None, "many": None}, (None, None, [])),
        ({}, (None, None, [])),
    ],
)
def test_what_has_another_shape_is_left_out_and_the_rest_stays(given: dict[str, Any], read: tuple[Any, ...]) -> None:
    part = Part.model_validate(given)
    assert (part.text, part.id, part.many) == read
