"""What is a listener's own: history, statistics, loved tracks and playlists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

import strawberry

from app import exporting, listening, playlists
from app.graphql.catalog import Track, tracks_of
from app.graphql.context import Context, Info
from app.graphql.enums import Feedback
from app.graphql.ids import Node, global_id
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page
from app.graphql.permissions import as_parent, for_owner
from app.graphql.statistics import Statistics, statistics_of
from app.listening import Moment, PastListen, Rated
from app.playlists import Place, Summary


@strawberry.type(description="One listen of the viewer's record.")
class Listen(Node):
    track: Track = strawberry.field(description="What was listened to.")
    listened_at: datetime | None = strawberry.field(
        description="When; null where its source had no time. Such listens come last."
    )
    plays: int = strawberry.field(description="1, or more where a source only counts them.")
    seconds_played: int | None = strawberry.field(description="How long, where it is known.")
    source: str = strawberry.field(description="What reported it.")
    moment: strawberry.Private[Moment]

    @classmethod
    def of(cls, row: PastListen, track: Track) -> Self:
        return cls(
            id=global_id("Listen", row.id),
            track=track,
            listened_at=row.listened_at,
            plays=row.plays,
            seconds_played=row.seconds_played,
            source=row.source,
            moment=row.moment,
        )


@strawberry.type(description="A track at a place of a playlist.")
class PlaylistEntry:
    position: int = strawberry.field(description="The place, 1 for the first.")
    track: Track = strawberry.field(description="The track; one may stand there twice.")


@strawberry.type(description="A playlist of the viewer's own.")
class Playlist(Node):
    name: str = strawberry.field(description="What it is called.")
    track_count: int = strawberry.field(description="How many places it has.")
    number: strawberry.Private[int]

    @classmethod
    def of(cls, row: Summary) -> Self:
        number = global_id("Playlist", row.id)
        return cls(id=number, name=row.name, track_count=row.track_count, number=row.id)

    @as_parent("Its tracks in their order.")
    async def entries(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[PlaylistEntry]:
        page = Page.of(first, after, numbers=2)
        behind = Place(*page.after) if page.after else None
        places = await info.context.read(
            lambda session: playlists.places(session, self.number, page.and_one_more, behind)
        )
        tracks = await tracks_of(info.context, [place.track_id for place in places])
        return page.connection(
            [(place, track) for place, track in zip(places, tracks, strict=True) if track],
            lambda pair: PlaylistEntry(position=pair[0].position, track=pair[1]),
            lambda pair: (pair[0].position, pair[0].track_id),
            lambda _: self.track_count,
        )


Year = Annotated[
    int | None, strawberry.argument(description="A calendar year; null for all there is.")
]


@strawberry.type
class Library:
    """Fields of a user that nobody else sees, administrators included."""

    number: strawberry.Private[int]

    @for_owner("Whether the record of listening is paused.")
    async def is_paused(self, info: Info) -> bool:
        return await info.context.read(lambda session: listening.is_paused(session, self.number))

    @for_owner("Their listens, the newest first.")
    async def listens(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Listen]:
        mine, page = self.number, Page.of(first, after, numbers=2)
        behind = Moment(*page.after) if page.after else None
        rows = await info.context.read(
            lambda session: listening.history(session, mine, page.and_one_more, behind)
        )
        return page.connection(
            await _listens(info.context, rows),
            lambda listen: listen,
            lambda listen: (listen.moment.seconds, listen.moment.id),
            lambda session: listening.count_listens(session, mine),
        )

    @for_owner("The tracks they love, the last that they loved first.")
    async def loved_tracks(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Track]:
        return await _rated(info.context, self.number, Feedback.LOVED, (first, after))

    @for_owner("The tracks they dislike, which are never recommended; otherwise as `lovedTracks`.")
    async def disliked_tracks(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Track]:
        return await _rated(info.context, self.number, Feedback.DISLIKED, (first, after))

    @for_owner("Their playlists, the newest first.")
    async def playlists(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Playlist]:
        mine, page = self.number, Page.of(first, after, numbers=1)
        before = page.after[0] if page.after else None
        rows = await info.context.read(
            lambda session: playlists.playlists(session, mine, page.and_one_more, before)
        )
        return page.connection(
            rows,
            Playlist.of,
            lambda row: [row.id],
            lambda session: playlists.count_playlists(session, mine),
        )

    @for_owner("When they listened, and to what most.")
    async def statistics(self, info: Info, year: Year = None) -> Statistics:
        return await statistics_of(info.context, self.number, year)

    @for_owner(
        "Where all of this and more can be fetched as one JSON file: by GET, with the same token."
    )
    def export_path(self) -> str:
        return exporting.PATH


async def listens_of(context: Context, numbers: list[int]) -> list[Listen | None]:
    """The viewer's own listens in the order of their numbers, None where there is none."""
    viewer = context.signed_in
    rows = await context.read(lambda session: listening.listens_by_id(session, viewer.id, numbers))
    found = await _listens(context, [row for row in rows if row])
    by_number = {listen.moment.id: listen for listen in found}
    return [by_number.get(number) for number in numbers]


async def playlists_of(context: Context, numbers: list[int]) -> list[Playlist | None]:
    """The viewer's own playlists in the order of their numbers, None where there is none."""
    viewer = context.signed_in
    rows = await context.read(
        lambda session: playlists.playlists_by_id(session, viewer.id, numbers)
    )
    return [Playlist.of(row) if row else None for row in rows]


async def _rated(
    context: Context, mine: int, feedback: Feedback, asked: tuple[int | None, str | None]
) -> Connection[Track]:
    page = Page.of(*asked, numbers=2)
    behind = Rated(*page.after) if page.after else None
    rows = await context.read(
        lambda session: listening.rated(session, mine, feedback, page.and_one_more, behind)
    )
    tracks = await tracks_of(context, [row.track_id for row in rows])
    return page.connection(
        [(row, track) for row, track in zip(rows, tracks, strict=True) if track],
        lambda pair: pair[1],
        lambda pair: (pair[0].said, pair[0].track_id),
        lambda session: listening.count_rated(session, mine, feedback),
    )


async def _listens(context: Context, rows: Sequence[PastListen]) -> list[Listen]:
    tracks = await tracks_of(context, [row.track_id for row in rows])
    return [Listen.of(row, track) for row, track in zip(rows, tracks, strict=True) if track]
