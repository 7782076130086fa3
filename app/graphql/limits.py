"""How much a request may ask for, checked before anything is executed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from graphql import (
    ASTValidationRule,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
)
from strawberry.extensions import SchemaExtension

from app.errors import TooManyRequests
from app.graphql import documents
from app.graphql.asked import name_of
from app.graphql.context import Context
from app.graphql.cost import MAX_COST, MAX_COST_OF_ADMINISTRATORS, cost_of, requests_of
from app.graphql.documents import MAX_TOKENS, TOO_COMPLEX, Document, Rules
from app.telemetry import COST


class SubscriptionsOnly(ASTValidationRule):
    """Over what stays open: token and time are looked at for each request, not within one."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        if node.operation is not OperationType.SUBSCRIPTION:
            message = "Streams are for subscriptions: send this by POST, and take JSON."
            self.report_error(GraphQLError(message, node))


class NoSubscriptions(ASTValidationRule):
    """By POST an operation is answered once, and over."""

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        if node.operation is OperationType.SUBSCRIPTION:
            message = "Subscriptions are told over a web socket or as text/event-stream."
            self.report_error(GraphQLError(message, node))


class Limits(SchemaExtension):
    """Puts the limits upon a request; in production also tells strangers nothing of the schema."""

    document: Document
    cost: int | None = None

    def on_parse(self) -> Iterator[None]:
        """What is no document is parsed again behind this, which then tells why.

        Streams would end without a word if that came from here.
        """
        execution = self.execution_context
        schema = execution.schema._schema  # noqa: SLF001  its core has no other name
        execution.parse_options["max_tokens"] = MAX_TOKENS
        if execution.query:
            with suppress(GraphQLError):
                self.document = documents.read(schema, execution.query)
                execution.graphql_document = self.document.node
        yield

    async def on_validate(self) -> AsyncIterator[None]:
        errors = self.document.errors(self._rules()) or self._refusals(self.document)
        self.execution_context.pre_execution_errors = errors or await self._counted()
        yield

    def get_results(self) -> dict[str, Any]:
        """What the operation costs, for the answer's `extensions`."""
        if self.cost is None:
            return {}
        requests = requests_of(self.cost)
        return {"cost": self.cost, "costLimit": self._most, "requests": requests}

    @property
    def _request(self) -> Context:
        context: Context = self.execution_context.context
        return context

    @property
    def _most(self) -> int:
        return MAX_COST_OF_ADMINISTRATORS if self._request.is_administrator else MAX_COST

    def _rules(self) -> Rules:
        request, rules = self._request, self.execution_context.validation_rules
        rules += (SubscriptionsOnly if request.lasts else NoSubscriptions,)
        if request.is_anonymous and request.state.settings.production:
            rules += (NoSchemaIntrospectionCustomRule,)
        return rules

    def _refusals(self, document: Document) -> list[GraphQLError]:
        """Of what is valid, but not to be executed: nobody's choice of many, or too costly."""
        chosen = self.execution_context._provided_operation_name  # noqa: SLF001  as it was given
        if chosen is None and len(document.operations) > 1:
            return [GraphQLError("The document has several operations: name one to be executed.")]
        operation = self.execution_context.operation_name
        asked = document.operations[operation]
        self._request.operation = name_of(asked)
        given = self.execution_context.variables or {}
        self.cost = cost_of(asked, cache(lambda: document.variables(operation, given)))
        COST.observe(self.cost)
        if self.cost > self._most:
            message = f"This would cost {self.cost}, at most {self._most}: ask for shorter lists."
            values = {"what": "cost", "given": self.cost, "most": self._most}
            return [GraphQLError(message, extensions={"code": TOO_COMPLEX, "values": values})]
        return []

    async def _counted(self) -> list[GraphQLError]:
        """Take from the caller's window what the operation counts beyond the one request it is."""
        more = requests_of(self.cost or 0) - 1
        try:
            if more:
                await self._request.count(more)
        except TooManyRequests as excess:
            return [GraphQLError(str(excess), original_error=excess)]
        return []
