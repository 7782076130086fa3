"""Whether an answer holds what the schema promises: types, nulls, and each field that was asked."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    is_abstract_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
    print_ast,
    visit,
)

from tests.graphql.variables import SCHEMA

_LARGEST = 2**31 - 1
_TYPENAME = FieldNode(name=NameNode(value="__typename"))
Fields = dict[str, tuple[Any, list[SelectionSetNode]]]
"""By names in the answer: the type, and what is asked for below."""


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_LEAVES: Mapping[str, Callable[[Any], bool]] = {
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": _is_moment,
    "Float": _is_number,
    "ID": lambda value: isinstance(value, str),
    "Int": lambda value: _is_number(value) and value == int(value) and abs(value) <= _LARGEST,
    "JSON": lambda _: True,
    "String": lambda value: isinstance(value, str),
}


class _Naming(Visitor):
    """Asks for the type wherever there may be several."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode | None:
        if not is_abstract_type(self.types.get_parent_type()):
            return None
        return SelectionSetNode(selections=(_TYPENAME, *node.selections))


def naming_types(document: str) -> str:
    """The document, so that its answers can be held against the schema."""
    types = TypeInfo(SCHEMA)
    return print_ast(visit(parse(document), TypeInfoVisitor(types, _Naming(types))))


def broken(document: str, data: Any) -> list[str]:
    """Where an answer to the only operation of a document that names its types is none."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    root = SCHEMA.get_root_type(operation.operation)
    return list(_of_object(root, data, [operation.selection_set], "data"))


def _of(kind: Any, value: Any, asked: list[SelectionSetNode], place: str) -> Iterator[str]:
    if is_non_null_type(kind):
        if value is None:
            yield f"{place} is null"
            return
        kind = kind.of_type
    if value is None:
        return
    if is_list_type(kind):
        for number, one in enumerate(value):
            yield from _of(kind.of_type, one, asked, f"{place}[{number}]")
    elif is_leaf_type(kind):
        known = value in kind.values if is_enum_type(kind) else _LEAVES[kind.name](value)
        if not known:
            yield f"{place} is {value!r}, which is no {kind.name}"
    else:
        yield from _of_object(kind, value, asked, place)


def _of_object(kind: Any, value: Any, asked: list[SelectionSetNode], place: str) -> Iterator[str]:
    concrete: Any = SCHEMA.type_map[value["__typename"]] if is_abstract_type(kind) else kind
    if is_abstract_type(kind) and not SCHEMA.is_sub_type(kind, concrete):
        yield f"{place} is {concrete.name}, which is no {kind.name}"
        return
    fields: Fields = {}
    for selections in asked:
        _collect(concrete, selections, fields)
    if set(value) != set(fields):
        yield f"{place} has {sorted(value)}, not {sorted(fields)}"
        return
    for name, (field_kind, below) in fields.items():
        yield from _of(field_kind, value[name], below, f"{place}.{name}")


def _collect(kind: GraphQLObjectType, selections: SelectionSetNode, fields: Fields) -> None:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            name = node.name.value
            field_kind = (
                SCHEMA.type_map["String"] if name == "__typename" else kind.fields[name].type
            )
            _, below = fields.setdefault((node.alias or node.name).value, (field_kind, []))
            below += [node.selection_set] if node.selection_set else []
        else:
            assert isinstance(node, InlineFragmentNode)
            assert node.type_condition is not None
            wanted = SCHEMA.type_map[node.type_condition.name.value]
            if wanted is kind or (is_abstract_type(wanted) and SCHEMA.is_sub_type(wanted, kind)):
                _collect(kind, node.selection_set, fields)
