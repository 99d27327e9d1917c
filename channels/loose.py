"""Fields of a provider's payload that aren't needed to know who writes what: of another shape, they are left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, ValidatorFunctionWrapHandler
from pydantic.functional_validators import WrapValidator


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def otherwise(make: Callable[[], Any]) -> WrapValidator:
    """What can't be read, or is null, is what `make` gives."""

    def read_or_make(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
        found = _or_none(value, read)
        return make() if found is None else found

    return WrapValidator(read_or_make)


def _listed(value: Any) -> Any:
    """One where a list belongs is a list of it; what is missing is none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _told(value: Any) -> Any:
    """A number as text; providers write ids either way."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


OR_NONE = WrapValidator(_or_none)
"""What can't be read is None."""

LISTED = BeforeValidator(_listed)

Loose = Annotated[str | None, OR_NONE]
"""Text, else None."""

LooseId = Annotated[str | None, BeforeValidator(_told), OR_NONE]
"""Text or a number, as text; else None."""

Texts = Annotated[list[Loose], LISTED]
"""Texts; None for each that is none."""
