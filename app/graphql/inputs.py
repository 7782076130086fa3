"""Inputs that are built in one step."""

from collections.abc import Mapping
from typing import Any, TypeVar

from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

T = TypeVar("T")


def of_plain_values(kind: type[T]) -> type[T]:
    """For an input whose fields are plain values, which need no conversion of their own.

    Strawberry finds out the type of each field anew for each object, which for a hundred of them
    takes longer than to write them to the database.
    """
    definition = get_object_definition(kind, strict=True)
    names = {to_camel_case(one.python_name): one.python_name for one in definition.fields}

    def build(wanted: type, given: Mapping[str, Any], _context: object) -> Any:
        return wanted(**{names[name]: value for name, value in given.items()})

    definition.from_input = build
    return kind
