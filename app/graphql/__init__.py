"""The GraphQL door."""

from datetime import timedelta

from fastapi import FastAPI
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from app.graphql import editor, sockets
from app.graphql.context import context_of
from app.graphql.router import Router
from app.graphql.schema import schema
from app.graphql.subscriptions import MAX_SUBSCRIPTIONS
from app.settings import Settings


def mount(app: FastAPI, settings: Settings) -> None:
    """Serve the schema at /graphql, and to developers' browsers the query editor there."""
    with_editor = editor.is_offered(settings)
    router = Router(
        schema,
        path="/graphql",
        graphql_ide="graphiql" if with_editor else None,
        allow_queries_via_get=not settings.production,
        subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
        connection_init_wait_timeout=timedelta(seconds=sockets.INIT_SECONDS),
        max_subscriptions_per_connection=MAX_SUBSCRIPTIONS,
        context_getter=context_of,
        include_in_schema=False,
    )
    app.include_router(router)
    if with_editor:
        editor.mount(app)


def export() -> str:
    """The schema in GraphQL's own language, as kept in schema.graphql."""
    return f"{schema.as_str()}\n"
