"""Radio: an endless queue, a part at a time."""

from typing import Annotated
from uuid import UUID

import strawberry

from app import recommending
from app.errors import InvalidInput, InvalidReason
from app.graphql.context import Info
from app.graphql.ids import decoded
from app.graphql.paging import DEFAULT_PAGE, First, checked_first
from app.graphql.permissions import for_listeners
from app.graphql.served import ServedList, ServedTrack, heading, place
from app.recommending import Seed, SeedKind

_KINDS = {
    "Track": SeedKind.TRACK,
    "Artist": SeedKind.ARTIST,
    "Playlist": SeedKind.PLAYLIST,
}


@strawberry.type(description="A track of a radio's queue; its score is in standard deviations.")
class RadioTrack(ServedTrack):
    pass


@strawberry.type(description="The next part of a radio's queue, made at the moment of the request.")
class Radio(ServedList):
    items: list[RadioTrack] = strawberry.field(description="The tracks, in the order to be played.")
    end_cursor: str = strawberry.field(
        description="Give it as `after` for what follows: it remembers what was queued."
    )

    @classmethod
    def of(cls, radio: recommending.Radio) -> "Radio":
        items = [RadioTrack(**place(item)) for item in radio.served.items]
        return cls(**heading(radio.served), items=items, end_cursor=str(radio.cursor))


@strawberry.type
class RadioQuery:
    @for_listeners(
        "An endless queue from a seed. What the viewer plays, loves, skips and dislikes after its"
        " start turns what follows; nothing queued comes again until all else was."
    )
    async def radio(
        self,
        info: Info,
        seed_id: Annotated[
            strawberry.ID,
            strawberry.argument(
                description="Id of a track, an artist or a playlist of the viewer's, or of a list"
                " that they were served."
            ),
        ],
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The `endCursor` of the part before; null begins a radio."
            ),
        ] = None,
        first: First = DEFAULT_PAGE,
    ) -> Radio:
        seed, size = _seed(seed_id), checked_first(first)
        model, viewer = info.context.state.slot.model, info.context.signed_in
        radio = await info.context.read(
            lambda session: recommending.radio(session, model, viewer.id, seed, after, size)
        )
        info.context.state.served_log.put(radio.served)
        return Radio.of(radio)


def _seed(text: str) -> Seed:
    """Raises InvalidInput."""
    kind, number = decoded(text) or ("", 0)
    if kind in _KINDS:
        return Seed(_KINDS[kind], number)
    try:
        return Seed(SeedKind.LIST, str(UUID(text)))
    except ValueError:
        problem = "must be the id of a track, artist, playlist or served list, as the API gave it"
        raise InvalidInput("seedId", problem, InvalidReason.WRONG_ID, kind="seed") from None
