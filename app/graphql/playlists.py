"""Make and change playlists."""

from collections.abc import Callable
from typing import Annotated

import strawberry
from sqlmodel import Session

from app import playlists
from app.graphql import problems
from app.graphql.context import Context, Info
from app.graphql.ids import required_number
from app.graphql.library import Playlist
from app.graphql.permissions import for_listeners

_TRACKS = f"Ids of tracks in their order, at most {playlists.MAX_ADDED}."
_NAME = f"1 to {playlists.MAX_NAME} printable characters."
_PLACE = "The place of the track, 1 for the first."
_THERE = "The track that the viewer saw there: nothing is done if another one is by now."


@strawberry.input(description="A new playlist.")
class CreatePlaylistInput:
    name: str = strawberry.field(description=_NAME)
    track_ids: list[strawberry.ID] = strawberry.field(default_factory=list, description=_TRACKS)


@strawberry.input(description="A new name for a playlist.")
class RenamePlaylistInput:
    playlist_id: strawberry.ID = strawberry.field(description="Which playlist.")
    name: str = strawberry.field(description=_NAME)


@strawberry.input(description="A playlist that is no longer wanted.")
class DeletePlaylistInput:
    playlist_id: strawberry.ID = strawberry.field(description="Which playlist.")


@strawberry.input(description="Tracks for the end of a playlist.")
class AddToPlaylistInput:
    playlist_id: strawberry.ID = strawberry.field(description="Which playlist.")
    track_ids: list[strawberry.ID] = strawberry.field(description=_TRACKS)


@strawberry.input(description="A place of a playlist that should go.")
class RemoveFromPlaylistInput:
    playlist_id: strawberry.ID = strawberry.field(description="Which playlist.")
    position: int = strawberry.field(description=_PLACE)
    track_id: strawberry.ID = strawberry.field(description=_THERE)


@strawberry.input(description="A place of a playlist, and where to.")
class MoveInPlaylistInput:
    playlist_id: strawberry.ID = strawberry.field(description="Which playlist.")
    position: int = strawberry.field(description=_PLACE)
    track_id: strawberry.ID = strawberry.field(description=_THERE)
    to: int = strawberry.field(description="Its new place; behind the end for the last.")


@strawberry.type(description="The playlist is kept.")
class PlaylistKept:
    playlist: Playlist = strawberry.field(description="The playlist as it is now.")


@strawberry.type(description="The playlist is gone.")
class PlaylistDeleted:
    playlist_id: strawberry.ID = strawberry.field(description="What its id was.")


CreatePlaylistResult = Annotated[
    PlaylistKept | problems.InvalidInput | problems.NotFound,
    strawberry.union("CreatePlaylistResult", description="What `createPlaylist` gives."),
]
RenamePlaylistResult = Annotated[
    PlaylistKept | problems.InvalidInput | problems.NotFound,
    strawberry.union("RenamePlaylistResult", description="What `renamePlaylist` gives."),
]
DeletePlaylistResult = Annotated[
    PlaylistDeleted | problems.InvalidInput | problems.NotFound,
    strawberry.union("DeletePlaylistResult", description="What `deletePlaylist` gives."),
]
AddToPlaylistResult = Annotated[
    PlaylistKept | problems.InvalidInput | problems.NotFound,
    strawberry.union("AddToPlaylistResult", description="What `addToPlaylist` gives."),
]
RemoveFromPlaylistResult = Annotated[
    PlaylistKept | problems.InvalidInput | problems.NotFound | problems.PlaylistChanged,
    strawberry.union("RemoveFromPlaylistResult", description="What `removeFromPlaylist` gives."),
]
MoveInPlaylistResult = Annotated[
    PlaylistKept | problems.InvalidInput | problems.NotFound | problems.PlaylistChanged,
    strawberry.union("MoveInPlaylistResult", description="What `moveInPlaylist` gives."),
]


@strawberry.type
class PlaylistsMutation:
    @for_listeners("Make a playlist, empty or of tracks, such as the player's queue.")
    async def create_playlist(
        self,
        info: Info,
        wanted: Annotated[
            CreatePlaylistInput, strawberry.argument(name="input", description="The playlist.")
        ],
    ) -> CreatePlaylistResult:
        mine, tracks = info.context.signed_in.id, _tracks(wanted.track_ids)

        def make(session: Session) -> playlists.Summary:
            number = playlists.create(session, mine, wanted.name, tracks)
            return playlists.playlist(session, mine, number)

        return PlaylistKept(playlist=Playlist.of(await info.context.write(make)))

    @for_listeners("Give a playlist another name.")
    async def rename_playlist(
        self,
        info: Info,
        wanted: Annotated[
            RenamePlaylistInput, strawberry.argument(name="input", description="Which, and how.")
        ],
    ) -> RenamePlaylistResult:
        return await _changed(
            info.context,
            wanted.playlist_id,
            lambda session, mine, number: playlists.rename(session, mine, number, wanted.name),
        )

    @for_listeners("Delete a playlist; its tracks stay in the catalogue.")
    async def delete_playlist(
        self,
        info: Info,
        unwanted: Annotated[
            DeletePlaylistInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> DeletePlaylistResult:
        mine, number = info.context.signed_in.id, _number(unwanted.playlist_id)
        await info.context.write(lambda session: playlists.remove(session, mine, number))
        return PlaylistDeleted(playlist_id=unwanted.playlist_id)

    @for_listeners("Put tracks at the end of a playlist.")
    async def add_to_playlist(
        self,
        info: Info,
        wanted: Annotated[
            AddToPlaylistInput, strawberry.argument(name="input", description="Which to which.")
        ],
    ) -> AddToPlaylistResult:
        tracks = _tracks(wanted.track_ids)
        return await _changed(
            info.context,
            wanted.playlist_id,
            lambda session, mine, number: playlists.add_tracks(session, mine, number, tracks),
        )

    @for_listeners("Take a track out of a playlist.")
    async def remove_from_playlist(
        self,
        info: Info,
        unwanted: Annotated[
            RemoveFromPlaylistInput, strawberry.argument(name="input", description="Which place.")
        ],
    ) -> RemoveFromPlaylistResult:
        track = required_number(unwanted.track_id, "Track", "trackId")
        return await _changed(
            info.context,
            unwanted.playlist_id,
            lambda session, mine, number: playlists.take_out(
                session, mine, number, unwanted.position, track
            ),
        )

    @for_listeners("Move a track of a playlist to another place.")
    async def move_in_playlist(
        self,
        info: Info,
        wanted: Annotated[
            MoveInPlaylistInput, strawberry.argument(name="input", description="From and to.")
        ],
    ) -> MoveInPlaylistResult:
        track = required_number(wanted.track_id, "Track", "trackId")
        return await _changed(
            info.context,
            wanted.playlist_id,
            lambda session, mine, number: playlists.move(
                session, mine, number, wanted.position, track, wanted.to
            ),
        )


def _number(playlist_id: str) -> int:
    return required_number(playlist_id, "Playlist", "playlistId")


def _tracks(ids: list[strawberry.ID]) -> list[int]:
    return [required_number(one, "Track", "trackIds") for one in ids]


async def _changed(
    context: Context, playlist_id: str, change: Callable[[Session, int, int], None]
) -> PlaylistKept:
    """Change the viewer's playlist, given (session, viewer, playlist); it as it is then."""
    mine, number = context.signed_in.id, _number(playlist_id)

    def work(session: Session) -> playlists.Summary:
        change(session, mine, number)
        return playlists.playlist(session, mine, number)

    return PlaylistKept(playlist=Playlist.of(await context.write(work)))
