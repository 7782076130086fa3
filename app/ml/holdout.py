"""Splits: what a recipe is fitted on, and what it must foresee of each listener.

The targets are first-time plays: tracks that the listener had not heard before. What a
listener plays again says little about recommending the unheard, and is kept apart.

A target that the training part has never seen counts like any other, and so as a miss: the
listener did play it, and leaving it out would flatter every recipe. Serving gives such tracks a
place by artist, genre and year; tests give them none. Many a track is in the catalogue only because
somebody came to play it, so to place what is there today would tell of the future, and it is
placed by the same rule for every recipe.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.errors import InvalidInput
from app.ml.interactions import Interactions
from app.ml.vocabulary import Ids, Positions, Vocabulary

_GATE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of ids of different length; list n is ids[starts[n]:starts[n + 1]]."""

    ids: Ids
    starts: Positions

    @classmethod
    def by_owner(cls, owners: Positions, ids: Ids, n_owners: int) -> "Lists":
        """One list for each of n_owners; owners and ids are (m,), in any order."""
        order = np.lexsort((ids, owners))
        starts = np.searchsorted(owners[order], np.arange(n_owners + 1))
        return cls(ids[order], starts)

    @classmethod
    def of(cls, lists: Sequence[Ids]) -> "Lists":
        ends = np.cumsum([0, *map(len, lists)], dtype=np.intp)
        return cls(np.concatenate([np.zeros(0, dtype=np.int64), *lists]), ends)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, n: int) -> Ids:
        return self.ids[self.starts[n] : self.starts[n + 1]]

    def at(self, owners: Positions) -> "Lists":
        """The lists of some owners, in their order."""
        return Lists.of([self[int(owner)] for owner in owners])


@dataclass(frozen=True, slots=True)
class Holdout:
    """A training part, and the tracks held out of each listener who has targets and a past."""

    train: Interactions
    """Ordered by listener, then track."""
    tracks: Vocabulary
    """The tracks of the training part: the whole catalogue that is ranked."""
    listener_ids: Ids
    """Who is tested, sorted, (n,)."""
    targets: Lists
    """First-time plays of each, at least one; tracks unknown to the training part included."""
    repeats: Lists
    """Of each, what was heard before, not disliked, and played again."""
    newcomers: int
    """Listeners held out whole, without a past: they cannot be tested."""
    as_of: float | None = None
    """POSIX second at which listeners are folded in: the cutoff; None where nothing has a date."""

    def __len__(self) -> int:
        return len(self.listener_ids)

    def past(self, n: int) -> Interactions:
        """The training part of tested listener n."""
        listener = self.listener_ids[n]
        return self.train.at(
            slice(*np.searchsorted(self.train.listener_ids, [listener, listener + 1]))
        )

    def within(self, pairs: Interactions) -> Interactions:
        """Those of the pairs that the training part holds too, as they are."""
        listeners = Vocabulary.of(self.train.listener_ids)
        held = Vocabulary(_keys(self.train, listeners, self.tracks))
        wanted = _keys(pairs, listeners, self.tracks)
        return pairs.at(np.flatnonzero((wanted >= 0) & (held.positions(wanted) >= 0)))

    def sample(self, most: int, *, seed: int) -> "Holdout":
        """The same split with at most so many tested listeners, drawn without replacement."""
        if most >= len(self):
            return self
        drawn = np.random.default_rng(seed).choice(len(self), max(most, 0), replace=False)
        return self.at(np.sort(drawn))

    def counts(self) -> dict[str, int]:
        """How much there is to test on; `unknown_targets` are those no model can reach."""
        return {
            "train": len(self.train),
            "tracks": len(self.tracks),
            "listeners": len(self),
            "newcomers": self.newcomers,
            "targets": len(self.targets.ids),
            "unknown_targets": int((self.tracks.positions(self.targets.ids) < 0).sum()),
            "repeats": len(self.repeats.ids),
        }

    def at(self, chosen: Positions) -> "Holdout":
        """The same split with some of the tested listeners."""
        return Holdout(
            self.train,
            self.tracks,
            self.listener_ids[chosen],
            self.targets.at(chosen),
            self.repeats.at(chosen),
            self.newcomers,
            self.as_of,
        )


def in_time(before: Interactions, since: Interactions, cutoff: float | None = None) -> Holdout:
    """Sums per listener–track pair before a cutoff, and since it; each pair at most once a part.

    `cutoff` is a POSIX second; without it, that of the last listen before.

    A target was played since the cutoff, and before it neither heard nor disliked. What was
    disliked since is none: it was no good recommendation.
    """
    train = _ordered(before)
    later = since.at(np.flatnonzero(_welcome(since)))
    listeners, tracks = Vocabulary.of(train.listener_ids), Vocabulary.of(train.track_ids)
    owners = listeners.positions(later.listener_ids)
    heard, disliked = _before(train, later, listeners, tracks)
    targets = _lists(owners, later.track_ids, ~heard & ~disliked, len(listeners))
    repeats = _lists(owners, later.track_ids, heard & ~disliked, len(listeners))
    newcomers = len(np.unique(later.listener_ids[owners < 0]))
    as_of = train.latest() if cutoff is None else cutoff
    whole = Holdout(train, tracks, listeners.ids, targets, repeats, newcomers, as_of)
    return whole.at(np.flatnonzero(np.diff(targets.starts)))


def per_listener(interactions: Interactions, *, share: float = 0.2, seed: int) -> Holdout:
    """Hold out a share of each listener's played tracks, drawn by `seed`: for undated listens.

    Rounded to the nearest whole track, never all of them. Independent of the order of the rows.
    Raises InvalidInput unless 0 < share < 1.
    """
    if not 0 < share < 1:
        raise InvalidInput("share", f"must lie between 0 and 1, is {share}")
    ordered = _ordered(interactions)
    good = np.flatnonzero(_welcome(ordered))
    return _split(ordered, good, np.random.default_rng(seed).random(len(good)), share)


def of_the_gate(interactions: Interactions) -> Holdout:
    """A fifth of each listener's played tracks: what the gate tests on where listens are undated.

    Whoever asks gets the same draw: so a search keeps off it. Each pair draws by its own ids, so
    that later listens hardly move it.
    """
    ordered = _ordered(interactions)
    good = np.flatnonzero(_welcome(ordered))
    return _split(ordered, good, _lots(ordered.at(good)), _GATE_SHARE)


def _split(
    ordered: Interactions, good: Positions, lots: NDArray[np.float64], share: float
) -> Holdout:
    """Those of the `good` rows with a listener's least lots, (n_good,), are held out."""
    held = good[_drawn(ordered.listener_ids[good], lots, share)]
    rest = np.setdiff1d(np.arange(len(ordered)), held, assume_unique=True)
    return in_time(ordered.at(rest), ordered.at(held))


def _lots(pairs: Interactions) -> NDArray[np.float64]:
    """A number from 0 to 1 for each pair, (n,), that depends on nothing but its two ids.

    Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014: SplitMix64.
    """
    golden = np.uint64(0x9E3779B97F4A7C15)
    bits = _mixed(_mixed(pairs.listener_ids.astype(np.uint64) * golden) + golden)
    bits = _mixed(bits ^ (pairs.track_ids.astype(np.uint64) * golden))
    return bits / np.float64(2**64)


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _welcome(pairs: Interactions) -> NDArray[np.bool_]:
    """What was played and not disliked, (n,)."""
    return (pairs.doings.plays > 0) & ~pairs.doings.disliked


def _ordered(interactions: Interactions) -> Interactions:
    return interactions.at(np.lexsort((interactions.track_ids, interactions.listener_ids)))


def _before(
    train: Interactions, later: Interactions, listeners: Vocabulary, tracks: Vocabulary
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each later pair was heard, and disliked, in the training part; (n,) each."""
    pairs = Vocabulary(_keys(train, listeners, tracks))
    wanted = _keys(later, listeners, tracks)
    at = np.where(wanted >= 0, pairs.positions(wanted), -1)
    heard, disliked = np.zeros((2, len(later)), dtype=np.bool_)
    met = at >= 0
    heard[met], disliked[met] = train.doings.heard[at[met]], train.doings.disliked[at[met]]
    return heard, disliked


def _keys(pairs: Interactions, listeners: Vocabulary, tracks: Vocabulary) -> Ids:
    """A number for each pair, ordered like the pairs, (n,); -1 where either is unknown."""
    rows = listeners.positions(pairs.listener_ids)
    columns = tracks.positions(pairs.track_ids)
    return np.where((rows >= 0) & (columns >= 0), rows * len(tracks) + columns, -1)


def _lists(owners: Positions, ids: Ids, chosen: NDArray[np.bool_], n_owners: int) -> Lists:
    kept = chosen & (owners >= 0)
    return Lists.by_owner(owners[kept], ids[kept], n_owners)


def _drawn(groups: Ids, lots: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """Which of the rows are held out; `groups`, sorted, says whose each row is. (n,)."""
    _, starts, counts = np.unique(groups, return_index=True, return_counts=True)
    order = np.lexsort((lots, groups))
    place = np.arange(len(groups)) - np.repeat(starts, counts)
    quota = np.minimum(np.floor(share * counts + 0.5), counts - 1)
    drawn = np.zeros(len(groups), dtype=np.bool_)
    drawn[order] = place < np.repeat(quota, counts)
    return drawn
