"""Anything by its global id."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import strawberry

from app.errors.invalid import too_many
from app.graphql.accounts import users_of
from app.graphql.alerts import alerts_of
from app.graphql.catalog import artists_of, tracks_of
from app.graphql.context import Context, Info
from app.graphql.evaluating import runs_of
from app.graphql.ids import Node, decoded
from app.graphql.importing import imports_of
from app.graphql.library import listens_of, playlists_of
from app.graphql.paging import MAX_PAGE
from app.graphql.permissions import for_listeners
from app.graphql.tokens import tokens_of
from app.graphql.training import trainings_of
from app.graphql.tuning import tunings_of

Fetch = Callable[[Context, list[int]], Awaitable[Sequence[Node | None]]]

_FETCH: dict[str, Fetch] = {
    "Alert": alerts_of,
    "Artist": artists_of,
    "EvaluationRun": runs_of,
    "Listen": listens_of,
    "Playlist": playlists_of,
    "Token": tokens_of,
    "DataImport": imports_of,
    "Track": tracks_of,
    "Training": trainings_of,
    "Tuning": tunings_of,
    "User": users_of,
}


@strawberry.type
class NodesQuery:
    @for_listeners("Anything by its id; null if there is nothing, or nothing for the viewer.")
    async def node(
        self,
        info: Info,
        node_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="A global id.")
        ],
    ) -> Node | None:
        return (await _nodes(info.context, [node_id]))[0]

    @for_listeners("As `node`, in the order of the ids.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(description=f"Global ids, at most {MAX_PAGE}."),
        ],
    ) -> list[Node | None]:
        if len(ids) > MAX_PAGE:
            raise too_many("ids", len(ids), MAX_PAGE)
        return await _nodes(info.context, ids)


async def _nodes(context: Context, ids: Sequence[str]) -> list[Node | None]:
    """One fetch for each kind of thing among the ids."""
    named = [decoded(text) for text in ids]
    found: dict[tuple[str, int], Node | None] = {}
    for kind, fetch in _FETCH.items():
        numbers = sorted({name[1] for name in named if name and name[0] == kind})
        if numbers:
            nodes = await fetch(context, numbers)
            found |= {(kind, number): node for number, node in zip(numbers, nodes, strict=True)}
    return [found.get(name) if name else None for name in named]
