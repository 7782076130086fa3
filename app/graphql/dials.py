"""What can be asked of a list of recommendations."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.errors.invalid import too_many
from app.graphql.ids import required_number

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


def tracks_in(ids: Sequence[str] | None, field: str) -> list[int]:
    """Numbers of tracks. Raises InvalidInput for too many, or one that is no track's id."""
    return _numbers(ids or [], "Track", field)


def artists_in(ids: Sequence[str] | None, field: str) -> list[int]:
    """Numbers of artists. Raises InvalidInput for too many, or one that is no artist's id."""
    return _numbers(ids or [], "Artist", field)


def _numbers(ids: Sequence[str], kind: str, field: str) -> list[int]:
    if len(ids) > MAX_EXCLUDED:
        raise too_many(field, len(ids), MAX_EXCLUDED)
    return [required_number(one, kind, field) for one in ids]
