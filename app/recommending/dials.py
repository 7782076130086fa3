"""What a listener asks of a list, and that it makes sense."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors.invalid import out_of_range

MAX_FIRST = 100
"""Longest list that is served at once."""
POOL = 5
"""How many times as many tracks a list is chosen from that is to be diverse."""


@dataclass(frozen=True, slots=True)
class Dials:
    """What a listener asks of a list."""

    first: int = 20
    discovery: float | None = None
    """None: only what was not heard. 0 to 1: the share of new against familiar."""
    max_per_artist: int | None = None
    exclude: Sequence[int] = ()
    """Ids of tracks."""
    exclude_artists: Sequence[int] = ()
    diversity: float | None = None
    """0 to 1: how little the tracks should be alike; None and 0 leave the list as it is."""

    def check(self) -> None:
        """Raises InvalidInput for a dial out of its range."""
        check_first(self.first)
        check_share("discovery", self.discovery)
        check_share("diversity", self.diversity)
        if self.max_per_artist is not None and self.max_per_artist < 1:
            raise out_of_range("maxPerArtist", self.max_per_artist, 1, None)


def check_first(first: int) -> None:
    """Raises InvalidInput."""
    if not 1 <= first <= MAX_FIRST:
        raise out_of_range("first", first, 1, MAX_FIRST)


def check_share(field: str, share: float | None) -> None:
    """Raises InvalidInput for a share that is none; None is left to the field's meaning."""
    if share is not None and not 0 <= share <= 1:
        raise out_of_range(field, share, 0, 1)
