"""What an operation costs, told from its document and variables before anything is executed.

A field costs what COMPUTED says where it is computed each time. Any other of a root costs ROOT; any
other below that gives an object or has to be looked up costs 1, a plain value nothing. What stands
in a list costs as often as the list may be long.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_composite_type,
)
from graphql.type import get_named_type

from app.graphql.asked import Asked, name_in_schema
from app.graphql.paging import DEFAULT_PAGE, MAX_PAGE

ROOT = 10
"""Of each query, mutation or subscription: looking up, searching, writing."""
COMPUTED = dict.fromkeys(
    ("recommendations", "recommendationsFor", "similarTracks", "similarArtists", "radio"), 100
) | {
    "log": 25,
    "trials": 25,
    "newArtists": 100,
    "ifForgotten": 200,
    "mixes": 300,
    "drift": 500,
    "statistics": 500,
}
"""Of those that hold hundreds of rows, or are computed each time: one list, two, several, all that
was lately heard, or all that one listener ever did. No other field has one of these names."""
REQUEST = 150
"""So much, or a part of it, is a request: who asks for more in each may ask less often.

A list of twenty tracks with their artists is one.
"""
INTROSPECTION = 100
"""Of all of the schema at once."""
SHORT_LIST = 3
"""Taken for the length of a list whose length nobody can choose."""
MAX_COST = 5_000
"""Some 5,000 objects take a tenth of a second."""
MAX_COST_OF_ADMINISTRATORS = 25_000
_LENGTHS = ("first", "ids")
"""Arguments that say how long the next list is: by number, or by what they hold."""

Variables = Callable[[], Mapping[str, Any]]
"""Coerced, as execution sees them; asked for only where one of them chooses a length."""


def cost_of(root: Asked, variables: Variables) -> int:
    """The cost of an operation."""
    return sum(
        _root(asked.definition) + _below(asked, None, variables)
        if asked.definition
        else INTROSPECTION
        for name, asked in root.below.items()
        if name != "__typename"
    )


def requests_of(cost: int) -> int:
    """As how many requests an operation of that cost counts."""
    return max(1, math.ceil(cost / REQUEST))


def _root(definition: GraphQLField) -> int:
    return COMPUTED.get(name_in_schema(definition), ROOT)


def _below(asked: Asked, length: int | None, variables: Variables) -> int:
    """Of what a field's value holds; `length` of the next list, where a field above chose it."""
    if asked.definition is None:
        return 0
    chosen = _chosen(asked, variables)
    length = length if chosen is None else chosen
    times = 1
    if isinstance(get_nullable_type(asked.definition.type), GraphQLList):
        times, length = SHORT_LIST if length is None else length, None
    within = sum(_own(one.definition) + _below(one, length, variables) for one in _fields(asked))
    return times * within


def _fields(asked: Asked) -> Iterable[Asked]:
    return asked.below.values()


def _own(definition: GraphQLField | None) -> int:
    if definition is None:
        return 0
    declared = definition.extensions["strawberry-definition"]
    looked_up = getattr(declared, "base_resolver", None) is not None
    usual = int(looked_up or is_composite_type(get_named_type(definition.type)))
    return COMPUTED.get(name_in_schema(definition), usual)


def _chosen(asked: Asked, variables: Variables) -> int | None:
    """The length that a field's arguments choose, or have by default."""
    takes = asked.definition.args if asked.definition else {}
    name = next((name for name in _LENGTHS if name in takes), None)
    if name is None:
        return None
    given = next((node.value for node in asked.arguments if node.name.value == name), None)
    return max(1, min(_length(given, takes[name], variables), MAX_PAGE))


def _length(given: ValueNode | None, argument: GraphQLArgument, variables: Variables) -> int:
    """What cannot be read is taken for the longest that there is."""
    if isinstance(given, VariableNode) and given.name.value in (values := variables()):
        return _counted(values[given.name.value])
    if isinstance(given, NullValueNode):
        return DEFAULT_PAGE
    if isinstance(given, IntValueNode):
        return int(given.value)
    if isinstance(given, ListValueNode):
        return len(given.values)
    if given is None or isinstance(given, VariableNode):
        usual = argument.default_value
        return usual if isinstance(usual, int) else DEFAULT_PAGE
    return MAX_PAGE


def _counted(value: object) -> int:
    """Of a variable's value, as the schema has coerced it."""
    if value is None:
        return DEFAULT_PAGE
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else MAX_PAGE
