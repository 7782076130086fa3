"""Execution that takes plain values straight from their objects, and reads variables quickly.

Of a long list most fields are attributes. For each of them the library makes an account of where
it stands, which resolvers may ask for, and goes through several calls: more than all else of the
answer takes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    get_nullable_type,
    get_operation_ast,
    is_leaf_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.graphql import coercing

_UNUSUAL = (AttributeError, GraphQLError, TypeError, ValueError)
"""Of a plain value that cannot be given: the library tells it, with its place."""

Row = Callable[[Any], dict[str, Any]]
"""An object's fields, by their names in the answer. Raises one of _UNUSUAL."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """A field without resolver, arguments and permissions."""

    attribute: str
    nullable: bool
    kind: Any
    """Without regard to null."""
    leaf: GraphQLLeafType | None
    """None for objects and lists, which are taken here where they are null."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Whatever is not plain, and whatever goes wrong, goes the library's way."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._rows: dict[tuple[GraphQLObjectType, int], Row | None] = {}

    @classmethod
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *others: Any,
        **named: Any,
    ) -> Any:
        operation = get_operation_ast(document, operation_name)
        given = raw_variable_values or {}
        values = coercing.quickly(schema, operation, given) if operation and given else None
        if operation is None or values is None:
            return super().build(
                schema, document, root_value, context_value, given, operation_name, *others, **named
            )
        bare = _without_variables(document, operation)
        built = super().build(
            schema, bare, root_value, context_value, {}, operation_name, *others, **named
        )
        if isinstance(built, cls):
            built.operation, built.variable_values = operation, values
        return built

    def execute_field(
        self,
        parent_type: GraphQLObjectType,
        source: Any,
        field_details_list: Any,
        path: Any,
        position_context: Any,
    ) -> Any:
        plain = _plain(parent_type, field_details_list[0].node.name.value)
        if plain is not None:
            try:
                value = getattr(source, plain.attribute)
                if value is None and plain.nullable:
                    return None
                if value is not None and plain.leaf is not None:
                    return self.complete_leaf_value(plain.leaf, value)
            except _UNUSUAL:
                pass  # told below, with its place
        return super().execute_field(
            parent_type, source, field_details_list, path, position_context
        )

    def complete_iterable_value(
        self,
        item_type: GraphQLOutputType,
        field_details_list: Any,
        info: Any,
        path: Any,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """Rows at once, where all of each is plain."""
        row = self._row(get_nullable_type(item_type), field_details_list)
        if row is not None and isinstance(items, list):
            try:
                return [row(item) for item in items]
            except _UNUSUAL:
                pass  # told below, with its place
        return super().complete_iterable_value(
            item_type, field_details_list, info, path, items, position_context
        )

    def _row(self, kind: Any, field_details_list: Any) -> Row | None:
        """None where any field of the objects is not plain."""
        if not is_object_type(kind):
            return None
        key = (kind, id(field_details_list))
        if key not in self._rows:
            self._rows[key] = self._made_row(kind, field_details_list)
        return self._rows[key]

    def _made_row(self, kind: GraphQLObjectType, field_details_list: Any) -> Row | None:
        columns = []
        for name, details in self.collect_subfields(kind, field_details_list)[0].items():
            plain = _plain(kind, details[0].node.name.value)
            if plain is None:
                return None
            read = plain.leaf.coerce_output_value if plain.leaf else self._row(plain.kind, details)
            columns.append((name, plain.attribute, read or _refused, plain.nullable))
        origin = kind.extensions["strawberry-definition"].origin if kind.is_type_of else None

        def row(item: Any) -> dict[str, Any]:
            if origin is not None and type(item) is not origin:
                raise TypeError(item)
            made: dict[str, Any] = {}
            for name, attribute, read, nullable in columns:
                value = getattr(item, attribute)
                made[name] = told = None if value is None else read(value)
                if told is Undefined or (told is None and not (value is None and nullable)):
                    raise TypeError(name)
            return made

        return row


def _refused(value: Any) -> Any:
    """Of what is plain where it is null alone."""
    raise TypeError(value)


def _without_variables(document: DocumentNode, operation: OperationDefinitionNode) -> DocumentNode:
    """The document as of an operation whose variables are read already."""
    bare = replace(operation, variable_definitions=())
    definitions = (bare if one is operation else one for one in document.definitions)
    return replace(document, definitions=tuple(definitions))


@cache
def _plain(parent: GraphQLObjectType, name: str) -> _Plain | None:
    """Remembered for each field of the schema."""
    field = parent.fields.get(name)
    declared = field.extensions.get("strawberry-definition") if field else None
    if field is None or declared is None or not declared.is_basic_field:
        return None
    kind: Any = get_nullable_type(field.type)
    leaf = kind if is_leaf_type(kind) else None
    return _Plain(declared.python_name, not is_non_null_type(field.type), kind, leaf)
