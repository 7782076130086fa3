"""How much a document may ask for, checked before anything is executed.

Strawberry's own limiters follow each spread of a fragment anew: a document of two hundred tokens
whose fragments spread one another twice keeps them busy for hours. Here a fragment is measured
once. The rule is one class, so that the cache of validations knows it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension

from app.graphql.context import Context

MAX_TOKENS = 2000
"""Ten times an introspection query; more only costs time to parse and to validate."""
MAX_DEPTH = 10
"""Levels of fields: deep enough for a list within a list, too few for one more within that."""
MAX_ALIASES = 15
"""An alias is the only way to ask for a costly field many times at once."""
MAX_DIRECTIVES = 50
_INTROSPECTION = {"__schema", "__type"}
"""Their depth is watched by a rule of GraphQL's own."""


@dataclass(frozen=True, slots=True)
class Size:
    """What selections ask for, their fragments written out."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Size") -> "Size":
        return Size(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


class _Measure:
    """Sizes of one document's selections."""

    def __init__(self, document: DocumentNode) -> None:
        named = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
        self._fragments = {node.name.value: node for node in named}
        self._sizes: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for selection in selections.selections if selections else ():
            own = Size(directives=len(selection.directives or ()))
            size = size.beside(own).beside(self._of_one(selection))
        return size

    def _of_one(self, selection: SelectionNode) -> Size:
        if isinstance(selection, FieldNode):
            return self._of_field(selection)
        if isinstance(selection, InlineFragmentNode):
            return self.of(selection.selection_set)
        if isinstance(selection, FragmentSpreadNode):
            return self._of_fragment(selection.name.value)
        return Size()

    def _of_field(self, field: FieldNode) -> Size:
        below = self.of(field.selection_set)
        depth = 0 if field.name.value in _INTROSPECTION else below.depth + 1
        return Size(depth, below.aliases + (field.alias is not None), below.directives)

    def _of_fragment(self, name: str) -> Size:
        if name not in self._sizes:
            self._sizes[name] = Size()  # what a fragment finds that spreads itself
            fragment = self._fragments.get(name)
            self._sizes[name] = self.of(fragment.selection_set) if fragment else Size()
        return self._sizes[name]


def _excesses(size: Size) -> Iterator[str]:
    if size.depth > MAX_DEPTH:
        yield f"Fields nest too deeply: at most {MAX_DEPTH} levels."
    if size.aliases > MAX_ALIASES:
        yield f"Too many aliases: at most {MAX_ALIASES}."
    if size.directives > MAX_DIRECTIVES:
        yield f"Too many directives: at most {MAX_DIRECTIVES}."


class WithinLimits(ASTValidationRule):
    """Depth, aliases and directives of every operation of a document together."""

    def enter_document(self, document: DocumentNode, *_: Any) -> None:
        measure, size = _Measure(document), Size()
        for operation in document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                own = Size(directives=len(operation.directives or ()))
                size = size.beside(own).beside(measure.of(operation.selection_set))
        for message in _excesses(size):
            self.report_error(GraphQLError(message, extensions={"code": "too_complex"}))


class SubscriptionsOnly(ASTValidationRule):
    """Over a web socket, whose body and token nobody looks at again for each operation."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        if node.operation is not OperationType.SUBSCRIPTION:
            message = "Web sockets are for subscriptions: send this by POST."
            self.report_error(GraphQLError(message, node))


class NoSubscriptions(ASTValidationRule):
    """By POST an operation is answered once, and over."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        if node.operation is OperationType.SUBSCRIPTION:
            message = "Subscriptions are told over a web socket, by graphql-transport-ws."
            self.report_error(GraphQLError(message, node))


class Limits(SchemaExtension):
    """Puts the limits upon a request; in production also tells strangers nothing of the schema."""

    def on_operation(self) -> Iterator[None]:
        request: Context = self.execution_context.context
        self.execution_context.parse_options["max_tokens"] = MAX_TOKENS
        transport = SubscriptionsOnly if request.lasts else NoSubscriptions
        self.execution_context.validation_rules += (WithinLimits, transport)
        if request.is_anonymous and request.state.settings.production:
            self.execution_context.validation_rules += (NoSchemaIntrospectionCustomRule,)
        yield
