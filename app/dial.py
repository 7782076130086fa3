"""The discovery dial: new and familiar tracks in one list, by shares."""

from collections import Counter, deque

import numpy as np
from numpy.typing import NDArray

from app.ml.vocabulary import Positions


def blend(
    new: Positions,
    familiar: Positions,
    k: int,
    share: float,
    groups: NDArray[np.int64],
    max_per_group: int | None = None,
) -> Positions:
    """k positions of which `share` are new, spread evenly; either fills up for the other.

    At most `max_per_group` of them share a group.
    """
    waiting = {True: deque(new.tolist()), False: deque(familiar.tolist())}
    taken: Counter[int] = Counter()
    chosen: list[int] = []
    for wants_new in _turns(k, share):
        for kind in (wants_new, not wants_new):
            found = _next_that_fits(waiting[kind], groups, taken, max_per_group)
            if found is not None:
                chosen.append(found)
                break
    return np.array(chosen, dtype=np.intp)


def _turns(k: int, share: float) -> list[bool]:
    """Whose turn it is at each of k places: a new one's or a familiar one's."""
    wanted = round(k * share)
    places = [((n + 0.5) / max(wanted, 1), True) for n in range(wanted)]
    places += [((n + 0.5) / max(k - wanted, 1), False) for n in range(k - wanted)]
    return [is_new for _, is_new in sorted(places, key=lambda place: place[0])]


def _next_that_fits(
    waiting: deque[int], groups: NDArray[np.int64], taken: Counter[int], limit: int | None
) -> int | None:
    while waiting:
        position = waiting.popleft()
        group = int(groups[position])
        if limit is None or taken[group] < limit:
            taken[group] += 1
            return position
    return None
