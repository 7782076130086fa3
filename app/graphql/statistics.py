"""When a listener listened, and to what most."""

from datetime import UTC
from zoneinfo import ZoneInfo

import strawberry

from app import listening
from app.graphql.catalog import Artist, Track, artists_of, tracks_of
from app.graphql.context import Context


@strawberry.type(description="Plays in a calendar month.")
class MonthOfPlays:
    year: int = strawberry.field(description="The year.")
    month: int = strawberry.field(description="1 for January.")
    plays: int = strawberry.field(description="How many plays.")


@strawberry.type(description="An artist and how often the viewer played them.")
class PlayedArtist:
    artist: Artist = strawberry.field(description="The artist.")
    plays: int = strawberry.field(description="How many plays.")


@strawberry.type(description="A track and how often the viewer played it.")
class PlayedTrack:
    track: Track = strawberry.field(description="The track.")
    plays: int = strawberry.field(description="How many plays.")


@strawberry.type(description="What the viewer listened to, by the clock of their time zone.")
class Statistics:
    plays: int = strawberry.field(description="All plays.")
    track_count: int = strawberry.field(description="How many tracks they are of.")
    artist_count: int = strawberry.field(description="How many artists they are of.")
    undated: int = strawberry.field(
        description="Plays whose source has no time: neither months nor hours hold them."
    )
    months: list[MonthOfPlays] = strawberry.field(description="From the first month to the last.")
    hours: list[list[int]] = strawberry.field(
        description="Plays by weekday, Monday first, and in it by hour of the day."
    )
    artists: list[PlayedArtist] = strawberry.field(description="The ten most played.")
    tracks: list[PlayedTrack] = strawberry.field(description="The ten most played.")


async def statistics_of(context: Context, mine: int, year: int | None) -> Statistics:
    """The viewer's, by the clock of their time zone. Raises InvalidInput."""
    zone = context.signed_in.time_zone
    found = await context.read(
        lambda session: listening.statistics(session, mine, ZoneInfo(zone) if zone else UTC, year)
    )
    artists = await artists_of(context, [one.id for one in found.artists])
    tracks = await tracks_of(context, [one.id for one in found.tracks])
    return Statistics(
        plays=found.plays,
        track_count=found.track_count,
        artist_count=found.artist_count,
        undated=found.undated,
        months=[MonthOfPlays(year=y, month=m, plays=n) for y, m, n in found.months],
        hours=found.hours,
        artists=[
            PlayedArtist(artist=artist, plays=one.plays)
            for artist, one in zip(artists, found.artists, strict=True)
            if artist
        ],
        tracks=[
            PlayedTrack(track=track, plays=one.plays)
            for track, one in zip(tracks, found.tracks, strict=True)
            if track
        ],
    )
