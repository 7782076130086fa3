"""Correct and merge tracks and artists."""

from collections.abc import Callable
from typing import Annotated

import strawberry
from sqlmodel import Session

from app import catalog, editing
from app.editing import Correction
from app.graphql import problems
from app.graphql.catalog import Artist, Track
from app.graphql.context import Context, Info
from app.graphql.ids import required_number
from app.graphql.permissions import for_administrators


@strawberry.input(description="All that is known of a track; what is left out is unknown from now.")
class EditTrackInput:
    track_id: strawberry.ID = strawberry.field(description="Which track.")
    title: str = strawberry.field(description="Its title.")
    artist: str = strawberry.field(
        description="The artist's name: one of the catalogue, or a new one."
    )
    album: str | None = strawberry.field(default=None, description="The album.")
    year: int | None = strawberry.field(default=None, description="The year it came out.")
    genre: str | None = strawberry.field(default=None, description="The genre.")
    duration_seconds: int | None = strawberry.field(default=None, description="Its length.")


@strawberry.input(description="Two tracks that are one recording.")
class MergeTrackInput:
    track_id: strawberry.ID = strawberry.field(description="The one that is shown no more.")
    into_track_id: strawberry.ID = strawberry.field(description="The one that is kept.")


@strawberry.input(description="A merge that should be taken back.")
class SeparateTrackInput:
    track_id: strawberry.ID = strawberry.field(description="The id of the track merged away.")


@strawberry.input(description="Another name for an artist.")
class RenameArtistInput:
    artist_id: strawberry.ID = strawberry.field(description="Which artist.")
    name: str = strawberry.field(description="The name; one that no other artist has.")


@strawberry.input(description="Two artists that are one.")
class MergeArtistInput:
    artist_id: strawberry.ID = strawberry.field(description="The one that is shown no more.")
    into_artist_id: strawberry.ID = strawberry.field(description="The one that is kept.")


@strawberry.input(description="A merge of artists that should be taken back.")
class SeparateArtistInput:
    artist_id: strawberry.ID = strawberry.field(description="The id of the artist merged away.")


@strawberry.type(description="The track is kept as it is now.")
class TrackEdited:
    track: Track = strawberry.field(description="The track; of a merge the one that is kept.")


@strawberry.type(description="The artist is kept as it is now.")
class ArtistEdited:
    artist: Artist = strawberry.field(description="The artist; of a merge the one that is kept.")


EditTrackResult = Annotated[
    TrackEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("EditTrackResult", description="What `editTrack` gives."),
]
MergeTrackResult = Annotated[
    TrackEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("MergeTrackResult", description="What `mergeTrack` gives."),
]
SeparateTrackResult = Annotated[
    TrackEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("SeparateTrackResult", description="What `separateTrack` gives."),
]
RenameArtistResult = Annotated[
    ArtistEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("RenameArtistResult", description="What `renameArtist` gives."),
]
MergeArtistResult = Annotated[
    ArtistEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("MergeArtistResult", description="What `mergeArtist` gives."),
]


SeparateArtistResult = Annotated[
    ArtistEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("SeparateArtistResult", description="What `separateArtist` gives."),
]


@strawberry.type
class EditingMutation:
    @for_administrators("Say what a track is; imports change nothing of it from then on.")
    async def edit_track(
        self,
        info: Info,
        said: Annotated[EditTrackInput, strawberry.argument(name="input", description="What.")],
    ) -> EditTrackResult:
        number, by = required_number(said.track_id, "Track", "trackId"), info.context.signed_in
        correction = Correction(
            said.title, said.artist, said.album, said.year, said.genre, said.duration_seconds
        )
        return await _track(
            info.context,
            number,
            lambda session: editing.edit_track(session, number, correction, by.name),
        )

    @for_administrators("Make one of two tracks; the id of the other leads to it from then on.")
    async def merge_track(
        self,
        info: Info,
        same: Annotated[MergeTrackInput, strawberry.argument(name="input", description="Which.")],
    ) -> MergeTrackResult:
        number = required_number(same.track_id, "Track", "trackId")
        kept, by = required_number(same.into_track_id, "Track", "intoTrackId"), info.context
        return await _track(
            info.context,
            kept,
            lambda session: editing.merge_track(session, number, kept, by.signed_in.name),
        )

    @for_administrators("Take a merge back: what was the track's before it is the track's again.")
    async def separate_track(
        self,
        info: Info,
        other: Annotated[
            SeparateTrackInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> SeparateTrackResult:
        number, by = required_number(other.track_id, "Track", "trackId"), info.context.signed_in
        return await _track(
            info.context,
            number,
            lambda session: editing.separate_track(session, number, by.name),
        )

    @for_administrators("Give an artist another name.")
    async def rename_artist(
        self,
        info: Info,
        said: Annotated[RenameArtistInput, strawberry.argument(name="input", description="Which.")],
    ) -> RenameArtistResult:
        number, by = required_number(said.artist_id, "Artist", "artistId"), info.context.signed_in
        return await _artist(
            info.context,
            number,
            lambda session: editing.rename_artist(session, number, said.name, by.name),
        )

    @for_administrators("Make one of two artists; the id of the other leads to it from then on.")
    async def merge_artist(
        self,
        info: Info,
        same: Annotated[MergeArtistInput, strawberry.argument(name="input", description="Which.")],
    ) -> MergeArtistResult:
        number = required_number(same.artist_id, "Artist", "artistId")
        kept, by = required_number(same.into_artist_id, "Artist", "intoArtistId"), info.context
        return await _artist(
            info.context,
            kept,
            lambda session: editing.merge_artist(session, number, kept, by.signed_in.name),
        )

    @for_administrators("Take a merge back: the artist has the tracks again that it had before.")
    async def separate_artist(
        self,
        info: Info,
        other: Annotated[
            SeparateArtistInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> SeparateArtistResult:
        number, by = required_number(other.artist_id, "Artist", "artistId"), info.context.signed_in
        return await _artist(
            info.context,
            number,
            lambda session: editing.separate_artist(session, number, by.name),
        )


async def _track(context: Context, number: int, edit: Callable[[Session], None]) -> TrackEdited:
    def work(session: Session) -> catalog.CatalogTrack:
        edit(session)
        session.flush()
        return catalog.track(session, number)

    return TrackEdited(track=Track.of(await context.write(work)))


async def _artist(context: Context, number: int, edit: Callable[[Session], None]) -> ArtistEdited:
    def work(session: Session) -> catalog.CatalogArtist:
        edit(session)
        session.flush()
        return catalog.artist(session, number)

    row = await context.write(work)
    return ArtistEdited(artist=Artist.of(row.id, row.name))
