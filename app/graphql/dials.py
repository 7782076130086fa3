"""What can be asked of a list of recommendations."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.errors.invalid import too_many
from app.graphql.ids import required_number
from app.graphql.paging import checked_first
from app.recommending import Dials

MAX_EXCLUDED = 1000

Discovery = Annotated[
    float | None,
    strawberry.argument(
        description="Share of tracks never heard, from 0 to 1; null for those alone."
    ),
]
MaxPerArtist = Annotated[
    int | None, strawberry.argument(description="At most so many by one artist.")
]
Exclude = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description=f"Ids of tracks to leave out, at most {MAX_EXCLUDED}."),
]
ExcludeArtists = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description=f"Ids of artists to leave out with all their tracks, at most {MAX_EXCLUDED}."
    ),
]
Diversity = Annotated[
    float | None,
    strawberry.argument(
        description="How little the tracks should be alike, from 0 to 1; null and 0 for the best"
        " ones, however alike."
    ),
]


def dials_of(
    first: int | None,
    discovery: float | None,
    max_per_artist: int | None,
    exclude: Sequence[str] | None,
    exclude_artists: Sequence[str] | None,
    diversity: float | None,
) -> Dials:
    """Raises InvalidInput for a length out of its range, and for ids as below."""
    return Dials(
        checked_first(first),
        discovery,
        max_per_artist,
        tracks_in(exclude, "exclude"),
        _numbers(exclude_artists, "Artist", "excludeArtists"),
        diversity,
    )


def tracks_in(ids: Sequence[str] | None, field: str) -> list[int]:
    """Numbers of tracks. Raises InvalidInput for too many, or one that is no track's id."""
    return _numbers(ids, "Track", field)


def listens_in(ids: Sequence[str] | None, field: str) -> list[int]:
    """Numbers of listens. Raises InvalidInput for too many, or one that is no listen's id."""
    return _numbers(ids, "Listen", field)


def _numbers(ids: Sequence[str] | None, kind: str, field: str) -> list[int]:
    ids = ids or []
    if len(ids) > MAX_EXCLUDED:
        raise too_many(field, len(ids), MAX_EXCLUDED)
    return [required_number(one, kind, field) for one in ids]
