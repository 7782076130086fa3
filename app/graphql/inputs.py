"""Inputs that are built in one step."""

from collections.abc import Callable, Mapping
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


def of_lists(**parts: type) -> Callable[[type[T]], type[T]]:
    """For an input whose fields are lists of inputs of plain values, named with their types."""
    builders: dict[str, tuple[type, Any]] = {
        name: (part, get_object_definition(part, strict=True).from_input)
        for name, part in parts.items()
    }

    def declare(kind: type[T]) -> type[T]:
        def build(wanted: type, given: Mapping[str, Any], context: object) -> Any:
            return wanted(
                **{
                    name: [build_one(part, one, context) for one in given[to_camel_case(name)]]
                    for name, (part, build_one) in builders.items()
                }
            )

        get_object_definition(kind, strict=True).from_input = build
        return kind

    return declare
