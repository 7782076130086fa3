"""Documents, parsed, measured and validated once for as long as they are remembered."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    get_operation_ast,
    get_variable_values,
    parse,
)
from strawberry.schema.schema import validate_document

from app.graphql.asked import Asked, TooMuch, asked_by

MAX_TOKENS = 2000
"""Ten times an introspection query; more only costs time to parse and to validate."""
_REMEMBERED = 256
_MOST_REMEMBERED = 20_000
"""Characters. A longer one is read anew each time: strings may be long, and memory is not."""

TOO_COMPLEX = "too_complex"
"""Code of what is beyond a limit."""

Rules = tuple[type[ASTValidationRule], ...]


class Document:
    """A document with what it asks for, and what is wrong with it by each set of rules."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        """Raises GraphQLError where the text is no document."""
        self.schema = schema
        self.node: DocumentNode = parse(text, max_tokens=MAX_TOKENS)
        self.operations: dict[str | None, Asked] = {}
        self.excess: TooMuch | None = None
        self._errors: dict[Rules, list[GraphQLError]] = {}
        try:
            self.operations = asked_by(schema, self.node)
        except TooMuch as excess:
            self.excess = excess

    def errors(self, rules: Rules) -> list[GraphQLError]:
        """A list of its own for everybody who asks. Nothing is validated that is too large."""
        if self.excess is not None:
            said = {"code": TOO_COMPLEX, "values": self.excess.values}
            return [GraphQLError(str(self.excess), extensions=said)]
        if rules not in self._errors:
            self._errors[rules] = validate_document(self.schema, self.node, rules)
        return list(self._errors[rules])

    def variables(self, operation: str | None, given: dict[str, Any]) -> Mapping[str, Any]:
        """As execution sees them: coerced, and the operation's defaults for those left out.

        Empty where they make no sense: nothing is executed then.
        """
        node = get_operation_ast(self.node, operation)
        declared = (node.variable_definitions if node else None) or ()
        values = get_variable_values(self.schema, declared, given, max_errors=1)
        return {} if isinstance(values, list) else values.coerced


_remembered: Callable[[GraphQLSchema, str], Document] = lru_cache(_REMEMBERED)(Document)


def read(schema: GraphQLSchema, text: str) -> Document:
    """Raises GraphQLError where the text is no document."""
    reader = _remembered if len(text) <= _MOST_REMEMBERED else Document
    return reader(schema, text)
