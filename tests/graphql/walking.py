"""Documents that ask for all that lies below a place of the schema, and what came of each field."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)

from app.graphql.asked import MAX_DEPTH
from app.graphql.schema import schema

CORE: Any = schema._schema
ROOTS = {"Query", "Mutation", "Subscription"}
TOLD = "told"

Place = dict[str, dict[str, "Step"]]
"""Where an object stands: by its type and field."""


@dataclass(slots=True)
class Step:
    """A field that is asked for."""

    definition: GraphQLField
    below: Place = field(default_factory=dict)
    """Empty where a plain value stands."""


def resolved() -> set[str]:
    """Every field below the roots that is looked up when it is asked for."""
    return {
        f"{kind.name}.{name}"
        for kind in CORE.type_map.values()
        if is_object_type(kind) and kind.name not in ROOTS
        for name, one in kind.fields.items()
        if _is_resolved(one)
    }


def reached(roots: Mapping[str, GraphQLField]) -> set[str]:
    """Every type of object that fields of a root lead to."""
    found: set[str] = set()
    waiting = [kind for one in roots.values() for kind in _kinds(get_named_type(one.type))]
    while waiting:
        kind = waiting.pop()
        if kind.name not in found:
            found.add(kind.name)
            fields: Mapping[str, GraphQLField] = getattr(kind, "fields", {})
            waiting += [k for one in fields.values() for k in _kinds(get_named_type(one.type))]
    return found


def below(kind: GraphQLNamedType, apart: set[str], one: str | None) -> Place:
    """All fields below an object of a type, each type's once, as near as possible.

    Of the fields `apart` only that one: whoever is refused one of them is told nothing else.
    """
    whole: Place = {}
    met: set[str] = set()
    waiting = deque([(kind, whole, 2)])
    while waiting:
        kind, place, level = waiting.popleft()
        for concrete in _kinds(kind):
            steps = place.setdefault(concrete.name, {})
            if concrete.name in met or level >= MAX_DEPTH:
                continue
            met.add(concrete.name)
            for name, definition in concrete.fields.items():
                if f"{concrete.name}.{name}" in apart - {one}:
                    continue
                steps[name] = Step(definition)
                if is_composite_type(get_named_type(definition.type)):
                    waiting.append((get_named_type(definition.type), steps[name].below, level + 1))
    return whole


def names_in(place: Place) -> set[str]:
    """Every field that is asked for."""
    here = {f"{kind}.{name}" for kind, steps in place.items() for name in steps}
    steps = (step for fields in place.values() for step in fields.values())
    return here.union(*(names_in(step.below) for step in steps))


def written(place: Place) -> str:
    """The selection, as GraphQL writes it."""
    kinds = [
        f"... on {kind} {{ {' '.join(_step(name, step) for name, step in steps.items())} }}"
        for kind, steps in place.items()
        if steps
    ]
    return f"{{ __typename {' '.join(kinds)} }}"


def told(place: Place, value: Any) -> Iterator[str]:
    """The fields of objects that an answer holds."""
    if isinstance(value, list):
        for one in value:
            yield from told(place, one)
    elif value is not None:
        kind = value["__typename"]
        for name, step in place[kind].items():
            yield f"{kind}.{name}"
            if step.below:
                yield from told(step.below, value[name])


def refused(place: Place, path: Sequence[str | int]) -> str | None:
    """The field at an error's path, which begins below the place; None for the place itself."""
    found = None
    for name in (part for part in path if isinstance(part, str)):
        kind = next(kind for kind, steps in place.items() if name in steps)
        found, place = f"{kind}.{name}", place[kind][name].below
    return found


def _kinds(kind: GraphQLNamedType) -> list[Any]:
    """The types of objects that may stand where this type is promised."""
    if is_abstract_type(kind):
        return list(CORE.get_possible_types(kind))
    return [kind] if is_object_type(kind) else []


def _is_resolved(one: GraphQLField) -> bool:
    declared = one.extensions.get("strawberry-definition")
    return getattr(declared, "base_resolver", None) is not None


def _step(name: str, step: Step) -> str:
    few = "(first: 2)" if "first" in step.definition.args else ""
    return f"{name}{few} {written(step.below) if step.below else ''}"
