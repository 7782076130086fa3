"""Where the past ends: a moment that leaves the last listens for testing."""

import numpy as np
from numpy.typing import NDArray

from app.errors import InvalidInput
from app.ml.vocabulary import Ids, Vocabulary

Seconds = NDArray[np.int64]


def choose_cutoff(
    times: Seconds,
    listener_ids: Ids,
    *,
    share: float = 0.1,
    min_listeners: int = 20,
    max_share: float = 0.5,
) -> int | None:
    """The POSIX second from which on the last `share` of the dated listens lie.

    `times` are POSIX seconds and `listener_ids` who listened, both (n,), in any order. Only
    they count, never today: data may end long ago. The cutoff moves back, at most until
    `max_share` of the listens lie after it, while fewer than `min_listeners` were heard on both
    sides of it; None if that is not enough, as with few listeners or one date for all: then
    split per listener. Listens of one second stay on one side, so a little more than `share`
    may lie after it. Raises InvalidInput unless 0 < share <= max_share < 1.
    """
    if not 0 < share <= max_share < 1:
        raise InvalidInput("share", f"must be above 0 and at most {max_share}, is {share}")
    if not len(times):
        return None
    ordered = np.sort(times)
    latest, earliest = (_place(len(times), part) for part in (share, max_share))
    candidates = ordered[earliest : latest + 1]
    enough = np.flatnonzero(
        listeners_on_both_sides(times, listener_ids, candidates) >= min_listeners
    )
    return int(candidates[enough[-1]]) if len(enough) else None


def listeners_on_both_sides(times: Seconds, listener_ids: Ids, cutoffs: Seconds) -> Ids:
    """For each cutoff, (m,), how many listeners were heard before it and since it."""
    listeners = Vocabulary.of(listener_ids)
    positions = listeners.positions(listener_ids)
    first = np.full(len(listeners), np.iinfo(np.int64).max)
    last = np.full(len(listeners), np.iinfo(np.int64).min)
    np.minimum.at(first, positions, times)
    np.maximum.at(last, positions, times)
    begun = np.searchsorted(np.sort(first), cutoffs)
    ended = np.searchsorted(np.sort(last), cutoffs)
    return (begun - ended).astype(np.int64)


def _place(n: int, share: float) -> int:
    """Where the last `share` of n ordered listens begins, at least one of them."""
    return n - max(1, round(n * share))
