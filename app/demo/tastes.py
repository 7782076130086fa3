"""What listeners like: one to three genres, one or two eras, and a little of everything."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.demo.catalogue import era
from app.demo.draws import Floats, Positions, Weighted, without_replacement
from app.demo.tracks import Codes, Groups, Tracks, grouped

GENRE_COUNTS = (0.3, 0.45, 0.25)
"""Share of listeners with one, two and three favourite genres."""
GENRE_SHARES = np.array([[1.0, 0.0, 0.0], [0.65, 0.35, 0.0], [0.5, 0.3, 0.2]])
"""How a listener with one, two or three favourite genres divides the plays among them."""
ERA_COUNTS = (0.4, 0.6)
"""Share of listeners with one and two favourite eras."""
OTHER_ERAS = 0.12
"""Weight of a track from outside the favourite eras, where one from inside has 1."""
EXPLORATION = 0.1
"""Share of plays that follow everybody's popularity instead of the listener's taste."""


@dataclass(frozen=True, slots=True)
class Taste:
    """A listener's favourite genres, the most loved first, and favourite eras in time order."""

    user_id: str
    genres: tuple[str, ...]
    eras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """Tracks by genre and decade: cell = genre * n_decades + decade; mass (n_genres, n_decades)."""

    first_decade: int
    mass: Floats
    tracks: Groups

    @property
    def n_decades(self) -> int:
        return int(self.mass.shape[1])

    def era_name(self, decade: int) -> str:
        return era((self.first_decade + decade) * 10)


def cells_of(tracks: Tracks) -> Cells:
    decades = tracks.years // 10
    first, n_decades = int(decades.min()), int(np.ptp(decades)) + 1
    codes = tracks.genres * n_decades + decades - first
    n_cells = len(tracks.genre_names) * n_decades
    mass = np.bincount(codes, tracks.popularity, minlength=n_cells).astype(np.float64)
    return Cells(first, mass.reshape(-1, n_decades), grouped(codes, n_cells, tracks.popularity))


@dataclass(frozen=True, slots=True)
class Tastes:
    """Listeners' favourites (n, up to 3) and (n, up to 2), -1 where fewer; and their draws.

    `cells` lays out (n, n_genres, n_decades): how often each listener plays from each cell.
    """

    genres: Codes
    eras: Codes
    cells: Weighted

    def named(self, cells: Cells, tracks: Tracks, user_ids: list[str]) -> Iterator[Taste]:
        for user_id, genres, eras in zip(user_ids, self.genres, self.eras, strict=False):
            yield Taste(
                user_id,
                tuple(tracks.genre_names[g] for g in genres if g >= 0),
                tuple(cells.era_name(int(d)) for d in np.sort(eras) if d >= 0),
            )


def tastes_of(listeners: int, cells: Cells, rng: np.random.Generator) -> Tastes:
    """Tastes of `listeners` new listeners; eras are drawn from what their genres offer."""
    in_genres = np.tile(cells.mass.sum(axis=1), (listeners, 1))
    genres = _favourites(in_genres, GENRE_COUNTS, rng)
    shares = _genre_shares(genres, len(cells.mass))
    by_era = cells.mass / np.maximum(cells.mass.sum(axis=1, keepdims=True), 1e-12)
    eras = _favourites(np.einsum("lg,gd->ld", shares, by_era), ERA_COUNTS, rng)
    plays = _plays(shares, _era_weights(eras, cells.n_decades), cells.mass)
    return Tastes(genres, eras, Weighted.by_row(plays.reshape(listeners, -1)))


def _favourites(weights: Floats, counts: tuple[float, ...], rng: np.random.Generator) -> Codes:
    """Distinct columns for each row, as many as `counts` gives shares for; -1 beyond them."""
    drawn = without_replacement(weights, len(counts), rng)
    wanted = 1 + rng.choice(len(counts), size=len(weights), p=counts)
    available = np.count_nonzero(weights, axis=1)
    places = np.arange(drawn.shape[1])
    return np.where(places < np.minimum(wanted, available)[:, None], drawn, -1)


def _genre_shares(genres: Codes, n_genres: int) -> Floats:
    """Share of plays by favourite genre, (n, n_genres)."""
    counts = np.count_nonzero(genres >= 0, axis=1)
    shares = np.zeros((len(genres), n_genres))
    rows = np.arange(len(genres))
    for place in range(genres.shape[1]):
        has = genres[:, place] >= 0
        shares[rows[has], genres[has, place]] = GENRE_SHARES[counts[has] - 1, place]
    return shares


def _era_weights(eras: Codes, n_decades: int) -> Floats:
    """1 for favourite eras, less for the others, (n, n_decades)."""
    loved = (eras[:, :, None] == np.arange(n_decades)).any(axis=1)
    return np.where(loved, 1.0, OTHER_ERAS)


def _plays(shares: Floats, era_weights: Floats, mass: Floats) -> Floats:
    """Probability of each cell, (n, n_genres, n_decades): taste, and some exploration.

    p(g, d) = (1 - e) * share(g) * m(g, d) w(d) / sum_d' m(g, d') w(d')  +  e * m(g, d) / sum m
    """
    within = mass[None, :, :] * era_weights[:, None, :]
    within *= (shares / np.maximum(within.sum(axis=2), 1e-12))[:, :, None]
    return np.asarray((1 - EXPLORATION) * within + EXPLORATION * mass / mass.sum())


def genre_ranges(cells: Positions, n_decades: int) -> tuple[Positions, Positions]:
    """First and end position of the genre that each cell lies in, the listener's row kept."""
    first = cells // n_decades * n_decades
    return first, first + n_decades
