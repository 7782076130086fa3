"""Execution that takes plain values straight from their objects.

Of a long list most fields are attributes. For each of them the library makes an account of where
it stands, which resolvers may ask for, and goes through several calls: more than all else of the
answer takes.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


@dataclass(frozen=True, slots=True)
class _Plain:
    """A field without resolver, arguments and permissions."""

    attribute: str
    nullable: bool
    leaf: GraphQLLeafType | None
    """None for objects and lists, which are taken here where they are null."""


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Whatever is not plain, and whatever goes wrong, goes the library's way."""

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
            except (AttributeError, GraphQLError, TypeError, ValueError):
                pass  # told below, with its place
        return super().execute_field(
            parent_type, source, field_details_list, path, position_context
        )


@cache
def _plain(parent: GraphQLObjectType, name: str) -> _Plain | None:
    """Remembered for each field of the schema."""
    field = parent.fields.get(name)
    declared = field.extensions.get("strawberry-definition") if field else None
    if field is None or declared is None or not declared.is_basic_field:
        return None
    kind: Any = get_nullable_type(field.type)
    leaf = kind if is_leaf_type(kind) else None
    return _Plain(declared.python_name, not is_non_null_type(field.type), leaf)
