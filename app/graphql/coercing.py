"""Variables read by functions that are made once for each type.

The library asks of each single value anew what its type is, and of each field that was left out
what it has by default: of a hundred listens that is most of what their input takes.
"""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import (
    GraphQLVariableSignature,
    get_variable_signature,
)
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value

Read = Callable[[Any], Any]
"""A value as execution sees it. Raises where it makes no sense, or is anything unusual."""

_readers: dict[GraphQLInputObjectType, Read] = {}


def quickly(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: dict[str, Any]
) -> VariableValues | None:
    """The variables of an operation, as the library would read them.

    None where one was left out, or something is wrong: the library has the words for that.
    """
    sources: dict[str, VariableValueSource] = {}
    coerced: dict[str, Any] = {}
    try:
        for node in operation.variable_definitions or ():
            signature = get_variable_signature(schema, node)
            if not isinstance(signature, GraphQLVariableSignature):
                return None
            value = given[signature.name]
            sources[signature.name] = VariableValueSource(signature, value)
            coerced[signature.name] = _reader(signature.type, ())(value)
    except Exception:  # noqa: BLE001  whatever it is, the library tells it
        return None
    return VariableValues(sources, coerced)


def _reader(kind: GraphQLInputType, within: tuple[GraphQLInputObjectType, ...]) -> Read:
    """Raises RecursionError for an object that may hold another of its kind."""
    inner: Any = get_nullable_type(kind)
    if is_list_type(inner):
        read = _list_reader(_reader(inner.of_type, within))
    elif is_input_object_type(inner):
        read = _object_reader(inner, within)
    else:
        read = inner.coerce_input_value
    if is_non_null_type(kind):
        return lambda value: read(_present(value))
    return lambda value: None if value is None else read(value)


def _list_reader(read: Read) -> Read:
    return lambda value: [read(one) for one in _of_kind(value, list)]


def _object_reader(
    kind: GraphQLInputObjectType, within: tuple[GraphQLInputObjectType, ...]
) -> Read:
    if kind not in _readers:
        if kind in within or kind.is_one_of:
            raise RecursionError(kind.name)
        _readers[kind] = _made_reader(kind, (*within, kind))
    return _readers[kind]


def _made_reader(kind: GraphQLInputObjectType, within: tuple[GraphQLInputObjectType, ...]) -> Read:
    fields = {
        name: (field.out_name or name, _reader(field.type, within))
        for name, field in kind.fields.items()
    }
    defaults = {
        fields[name][0]: default
        for name, field in kind.fields.items()
        if (default := coerce_default_value(field)) is not Undefined
    }
    required = {name for name, field in kind.fields.items() if is_required_input_field(field)}

    def read(value: Any) -> Any:
        given = _of_kind(value, dict)
        if not required <= given.keys():
            raise ValueError(required)
        result = defaults.copy()
        for name, one in given.items():
            called, read_one = fields[name]
            result[called] = read_one(one)
        return kind.out_type(result)

    return read


def _present(value: Any) -> Any:
    if value is None:
        raise ValueError(value)
    return value


def _of_kind(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value
