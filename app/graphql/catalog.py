"""Tracks and artists."""

from collections.abc import Sequence
from typing import Annotated, Self

import strawberry

from app import catalog
from app.catalog import CatalogArtist, CatalogTrack
from app.errors import ArtistNotFound
from app.errors.invalid import wrong_length
from app.graphql.context import Context, Info
from app.graphql.enums import Feedback, VideoState
from app.graphql.ids import Node, global_id, number_of
from app.graphql.paging import DEFAULT_PAGE, After, Connection, First, Page, bad_cursor
from app.graphql.permissions import as_parent, for_listeners
from app.search import Likeness, Place
from app.search import Search as SearchIndex

MAX_SEARCH = 200
"""Characters; no title is found by more."""

Search = Annotated[
    str | None,
    strawberry.argument(description="Words, or their beginnings, in any order; null for all."),
]


@strawberry.type(description="A person or a band that tracks are by.")
class Artist(Node):
    name: str = strawberry.field(description="The name as the catalogue spells it.")
    number: strawberry.Private[int]

    @classmethod
    def of(cls, number: int, name: str) -> Self:
        return cls(id=global_id("Artist", number), name=name, number=number)

    @as_parent("How many tracks of theirs there are.")
    async def track_count(self, info: Info) -> int:
        return (await _loaded(info.context, self.number)).track_count

    @as_parent("Listeners of their tracks, added up over the tracks.")
    async def listener_count(self, info: Info) -> int:
        return (await _loaded(info.context, self.number)).listener_count

    @as_parent("Their tracks, the best known first.")
    async def tracks(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> "Connection[Track]":
        page, behind = _page(first, after)
        rows = await info.context.read(
            lambda session: catalog.tracks_of_artist(
                session, self.number, page.and_one_more, behind
            )
        )
        return page.connection(
            rows,
            Track.of,
            _place,
            lambda session: catalog.artist(session, self.number).track_count,
        )


@strawberry.type(description="A recording.")
class Track(Node):
    title: str = strawberry.field(description="The title.")
    artist: Artist = strawberry.field(description="Who it is by.")
    album: str | None = strawberry.field(description="The album, where it is known.")
    year: int | None = strawberry.field(description="The year it came out, where it is known.")
    genre: str | None = strawberry.field(description="The genre, where it is known.")
    duration_seconds: int | None = strawberry.field(description="Its length, where it is known.")
    listener_count: int = strawberry.field(
        description="Listeners who played it, as of the last import or training."
    )
    youtube_id: str | None = strawberry.field(
        description="Its video on YouTube; null until one was found, see `findVideo`."
    )
    video_state: VideoState = strawberry.field(description="What is known of its video.")
    number: strawberry.Private[int]

    @classmethod
    def of(cls, row: CatalogTrack) -> Self:
        return cls(
            id=global_id("Track", row.id),
            title=row.title,
            artist=Artist.of(row.artist_id, row.artist_name),
            album=row.album,
            year=row.year,
            genre=row.genre,
            duration_seconds=row.duration_seconds,
            listener_count=row.listener_count,
            youtube_id=row.youtube_id,
            video_state=row.video_state,
            number=row.id,
        )

    @as_parent("What the viewer said of it; null for nothing.")
    async def viewer_feedback(self, info: Info) -> Feedback | None:
        return (await info.context.loaders.track_state_by_id.load(self.number)).feedback

    @as_parent("How often the viewer listened to it.")
    async def viewer_play_count(self, info: Info) -> int:
        return (await info.context.loaders.track_state_by_id.load(self.number)).plays


@strawberry.type
class CatalogQuery:
    @for_listeners("A track; null if none has the id.")
    async def track(
        self,
        info: Info,
        track_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="The track's id.")
        ],
    ) -> Track | None:
        return (await tracks_of(info.context, [number_of(track_id, "Track")]))[0]

    @for_listeners("An artist; null if none has the id.")
    async def artist(
        self,
        info: Info,
        artist_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="The artist's id.")
        ],
    ) -> Artist | None:
        return (await artists_of(info.context, [number_of(artist_id, "Artist")]))[0]

    @for_listeners(
        "Tracks whose title and artist have words that begin so, in any order; those called exactly"
        " so first, then the best known. Where there are none, one typing error is forgiven."
    )
    async def tracks(
        self, info: Info, search: Search = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Track]:
        text, (page, behind), index = _checked(search), _found(first, after), _index(info)
        rows = await info.context.read(
            lambda session: index.tracks(session, text, page.and_one_more, behind)
        )
        return page.connection(
            rows,
            lambda found: Track.of(found[0]),
            lambda found: _numbers(found[1]),
            lambda session: index.count_tracks(session, text),
        )

    @for_listeners("Artists whose name has words that begin so, as `tracks` finds tracks.")
    async def artists(
        self, info: Info, search: Search = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[Artist]:
        text, (page, behind), index = _checked(search), _found(first, after), _index(info)
        rows = await info.context.read(
            lambda session: index.artists(session, text, page.and_one_more, behind)
        )
        return page.connection(
            rows,
            lambda found: _artist(info.context, found[0]),
            lambda found: _numbers(found[1]),
            lambda session: index.count_artists(session, text),
        )


async def tracks_of(context: Context, numbers: Sequence[int | None]) -> list[Track | None]:
    """Tracks in the order of their numbers, None where there is none."""
    wanted = [number for number in numbers if number is not None]
    rows = await context.read(lambda session: catalog.tracks_led_to(session, wanted))
    found = {number: Track.of(row) for number, row in zip(wanted, rows, strict=True) if row}
    return [found.get(number) if number is not None else None for number in numbers]


async def artists_of(context: Context, numbers: Sequence[int | None]) -> list[Artist | None]:
    """Artists in the order of their numbers, None where there is none."""
    wanted = [number for number in numbers if number is not None]
    rows = await context.read(lambda session: catalog.artists_led_to(session, wanted))
    found = {number: _artist(context, row) for number, row in zip(wanted, rows, strict=True) if row}
    return [found.get(number) if number is not None else None for number in numbers]


async def _loaded(context: Context, number: int) -> CatalogArtist:
    row = await context.loaders.artist_by_id.load(number)
    if row is None:
        raise ArtistNotFound(number)
    return row


def _artist(context: Context, row: CatalogArtist) -> Artist:
    context.loaders.artist_by_id.prime(row.id, row)
    return Artist.of(row.id, row.name)


def _page(first: int | None, after: str | None) -> tuple[Page, catalog.After | None]:
    page = Page.of(first, after, numbers=2)
    return page, catalog.After(*page.after) if page.after else None


def _index(info: Info) -> SearchIndex:
    return info.context.state.search


def _found(first: int | None, after: str | None) -> tuple[Page, Place | None]:
    page = Page.of(first, after, numbers=3)
    if page.after is None:
        return page, None
    likeness, known, number = page.after
    if likeness not in set(Likeness):
        raise bad_cursor()
    return page, Place(likeness, -known, number)


def _numbers(place: Place) -> tuple[int, int, int]:
    return place.likeness, place.known, place.id


def _place(row: CatalogTrack) -> tuple[int, int]:
    return row.listener_count, row.id


def _checked(search: str | None) -> str | None:
    if search is not None and len(search) > MAX_SEARCH:
        raise wrong_length("search", len(search), 0, MAX_SEARCH)
    return search
