"""Songs that the catalogue lacks: searched for on YouTube Music, and added."""

from typing import Annotated, Self

import strawberry
from anyio import to_thread

from app import adding, catalog, videos
from app.graphql import problems
from app.graphql.catalog import Track
from app.graphql.context import Info
from app.graphql.permissions import for_listeners
from app.videos import Song


@strawberry.type(description="A song that YouTube Music knows.")
class FoundSong:
    video_id: str = strawberry.field(description="What `addTrack` takes.")
    title: str = strawberry.field(description="Its title.")
    artist: str = strawberry.field(description="The first of its artists.")
    album: str | None = strawberry.field(description="Its album, where it is told.")
    duration_seconds: int | None = strawberry.field(description="How long, where it is told.")

    @classmethod
    def of(cls, song: Song) -> Self:
        return cls(
            video_id=song.video_id,
            title=song.title,
            artist=song.artist,
            album=song.album,
            duration_seconds=song.duration_seconds,
        )


@strawberry.input(description="A song of a search.")
class AddTrackInput:
    text: str = strawberry.field(
        description="What `youtubeSearch` was asked: it is asked again, and names the song."
    )
    video_id: str = strawberry.field(description="Which of its songs.")


@strawberry.type(description="The catalogue has the song.")
class TrackAdded:
    track: Track = strawberry.field(description="The song as a track.")
    is_new: bool = strawberry.field(description="False where the catalogue had it before.")


AddTrackResult = Annotated[
    TrackAdded
    | problems.InvalidInput
    | problems.NotFound
    | problems.RateLimited
    | problems.VideoSearchFailed,
    strawberry.union("AddTrackResult", description="What `addTrack` gives."),
]
Text = Annotated[
    str,
    strawberry.argument(description=f"Title and artist, at most {adding.MAX_TEXT} characters."),
]


@strawberry.type
class AddingQuery:
    @for_listeners("Songs on YouTube Music, the best first; some twenty times a minute.")
    async def youtube_search(self, info: Info, text: Text) -> list[FoundSong]:
        state = info.context.state
        await to_thread.run_sync(state.access.count_song_search, info.context.signed_in)
        search = videos.search_of(state.settings)
        found = await to_thread.run_sync(adding.songs, search, text, abandon_on_cancel=True)
        return [FoundSong.of(song) for song in found]


@strawberry.type
class AddingMutation:
    @for_listeners("Add a song that `youtubeSearch` found to the catalogue, for everybody.")
    async def add_track(
        self,
        info: Info,
        wanted: Annotated[AddTrackInput, strawberry.argument(name="input", description="Which.")],
    ) -> AddTrackResult:
        state = info.context.state
        await to_thread.run_sync(state.access.count_song_search, info.context.signed_in)
        search = videos.search_of(state.settings)
        added = await to_thread.run_sync(
            adding.add, state.database, search, wanted.text, wanted.video_id
        )
        row = await info.context.read(lambda session: catalog.track(session, added.track_id))
        return TrackAdded(track=Track.of(row), is_new=added.is_new)
