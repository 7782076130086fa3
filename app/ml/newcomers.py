"""A model brought up to the catalogue: new tracks placed, gone ones left out, artists as now.

A newcomer is a mixture of known tracks: the best known of its artist, and of its genre and years.
Whatever is linear in an item's vector follows: its score is the mixture of their scores, and so is
what each heard track gave to it. Estimates of an item's factors from its attributes go back to
Gantner et al.: Learning Attribute-to-Feature Mappings for Cold-Start Recommendations, ICDM 2010.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from app.ml.model_slot import NOBODY, LoadedModel
from app.ml.placed import Mixtures
from app.ml.vocabulary import Positions, Vocabulary

_PARENTS = 10
"""Known tracks of the artist, and as many of the genre, that a newcomer is mixed of."""
_OWN = 1.0
"""An artist with n known tracks counts n / (n + 1), and the genre what is left."""
_STRANGER = 0.5
"""What the genre counts where nothing is known of the artist."""
_YEARS = 10
_NO_YEAR = -1

Key = tuple[int, str | None, int]
"""Artist, genre, and decade or -1: what newcomers share that are mixed alike."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of every track without its listeners; every array is (n,)."""

    ids: NDArray[np.int64]
    """Sorted, each once."""
    artist_ids: NDArray[np.int64]
    genres: Sequence[str | None]
    years: NDArray[np.int64]
    """-1 where it is not known."""

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, str | None, int | None]]) -> "Catalogue":
        """From (id, artist, genre, year) in the order of ids."""
        table = list(rows)
        ids = np.array([row[0] for row in table], dtype=np.int64)
        artists = np.array([row[1] for row in table], dtype=np.int64)
        years = [_NO_YEAR if row[3] is None else row[3] for row in table]
        return cls(ids, artists, [row[2] for row in table], np.array(years, dtype=np.int64))

    def joined(self, later: "Catalogue") -> "Catalogue":
        """With tracks whose ids are greater."""
        return Catalogue(
            np.concatenate([self.ids, later.ids]),
            np.concatenate([self.artist_ids, later.artist_ids]),
            [*self.genres, *later.genres],
            np.concatenate([self.years, later.years]),
        )

    def at(self, rows: Positions) -> "Catalogue":
        genres = [self.genres[row] for row in rows]
        return Catalogue(self.ids[rows], self.artist_ids[rows], genres, self.years[rows])


def with_newcomers(model: LoadedModel, catalogue: Catalogue) -> LoadedModel:
    """The model as the catalogue has its tracks, with every other that is akin to one of them."""
    return Newcomers(model, catalogue).placed


class Newcomers:
    """Those of one fitted model. What they are mixed of is kept, so that later ones come cheap."""

    def __init__(self, model: LoadedModel, catalogue: Catalogue) -> None:
        model = _as_catalogued(model, catalogue)
        self.placed = model
        """The model with all of them."""
        self._fitted, self._parents = model, _Parents.of(model, catalogue)
        self._numbers: dict[Key, int] = {}
        """Row of the mixture of each kind; -1 where nothing is akin."""
        self._mixed = _matrix([], len(model.tracks))
        self._all, self._groups = Catalogue.of([]), np.zeros(0, np.intp)
        self.add(catalogue)

    def add(self, later: Catalogue) -> None:
        """Place these too, where the model does not know them; their ids are greater."""
        tracks = self._fitted.tracks
        unknown = later.at(np.flatnonzero(tracks.positions(later.ids) < 0))
        rows = zip(unknown.artist_ids, unknown.genres, unknown.years, strict=True)
        numbers = self._numbers_of([self._parents.key(*row) for row in rows])
        akin = np.flatnonzero(numbers >= 0)
        if not len(akin):
            return
        self._all = self._all.joined(unknown.at(akin))
        self._groups = np.concatenate([self._groups, numbers[akin]])
        mixtures = Mixtures.of(tracks.ids, self._all.ids, self._groups, self._mixed)
        self.placed = _widened(self._fitted, self._all, mixtures)

    def _numbers_of(self, keys: Sequence[Key]) -> Positions:
        """Row of each one's mixture, (n,); those of new kinds are made."""
        made: list[dict[int, float]] = []
        for key in dict.fromkeys(keys):
            if key not in self._numbers:
                row = self._parents.mixture(*key)
                self._numbers[key] = self._mixed.shape[0] + len(made) if row else -1
                made += [row] if row else []
        if made:
            fresh = _matrix(made, self._mixed.shape[1])
            self._mixed = csr_matrix(vstack([self._mixed, fresh], format="csr"))
        return np.array([self._numbers[key] for key in keys], dtype=np.intp)


def _as_catalogued(model: LoadedModel, catalogue: Catalogue) -> LoadedModel:
    """With the artists that its tracks have now; those gone or merged away are nobody's."""
    places = Vocabulary(catalogue.ids).positions(model.tracks.ids)
    there = places >= 0
    artists = np.full(len(places), NOBODY, np.int64)
    artists[there] = catalogue.artist_ids[places[there]]
    if np.array_equal(artists, model.artist_ids):
        return model
    return replace(model, artist_ids=artists, absent=np.flatnonzero(~there))


def _widened(model: LoadedModel, newcomers: Catalogue, mixtures: Mixtures) -> LoadedModel:
    """Nobody has played newcomers: without a history they are not popular."""
    weigher, rarity = model.weigher, model.weigher.rarity
    if rarity is not None:
        weigher = replace(
            weigher, rarity=mixtures.scattered(rarity, np.ones(len(newcomers.ids), np.float32))
        )
    nobody = np.zeros(len(newcomers.ids), np.float32)
    return replace(
        model,
        tracks=Vocabulary(mixtures.scattered(model.tracks.ids, newcomers.ids)),
        artist_ids=mixtures.scattered(model.artist_ids, newcomers.artist_ids),
        popularity=mixtures.scattered(model.popularity, nobody),
        weigher=weigher,
        mixtures=mixtures,
        absent=mixtures.known[model.absent],
    )


@dataclass(frozen=True)
class _Parents:
    """Known tracks by artist and by genre, the best known first."""

    by_artist: dict[int, Positions]
    by_genre: dict[str, Positions]
    years: NDArray[np.int64]
    """Of each known track."""

    @classmethod
    def of(cls, model: LoadedModel, catalogue: Catalogue) -> "_Parents":
        places = Vocabulary(catalogue.ids).positions(model.tracks.ids)
        known = np.flatnonzero(places >= 0)
        years = np.full(len(places), _NO_YEAR, np.int64)
        years[known] = catalogue.years[places[known]]
        names: dict[str, int] = {}
        genres = np.full(len(places), -1)
        genres[known] = [
            -1 if genre is None else names.setdefault(genre, len(names))
            for genre in (catalogue.genres[place] for place in places[known])
        ]
        order = np.argsort(-model.popularity, kind="stable")
        of_genre = _grouped(genres, order[genres[order] >= 0])
        of_artist = _grouped(model.artist_ids, order[model.artist_ids[order] != NOBODY])
        by_genre = {genre: of_genre[number] for genre, number in names.items()}
        return cls(of_artist, by_genre, years)

    def key(self, artist: int, genre: str | None, year: int) -> Key:
        known = int(artist) if int(artist) in self.by_artist else _NO_YEAR
        decade = int(year) // 10 * 10 if year != _NO_YEAR else _NO_YEAR
        return known, genre if genre in self.by_genre else None, decade

    def mixture(self, artist: int, genre: str | None, decade: int) -> dict[int, float]:
        """Weights of known tracks; empty where nothing is akin."""
        own = self.by_artist.get(artist, np.zeros(0, np.intp))[:_PARENTS]
        akin = self._of_genre(genre, decade)
        share = len(own) / (len(own) + _OWN) if len(own) else 0.0
        rest = (1 - share) if len(own) else _STRANGER
        row: dict[int, float] = {int(item): share / len(own) for item in own}
        for item in akin.tolist():
            row[item] = row.get(item, 0.0) + rest / len(akin)
        return row

    def _of_genre(self, genre: str | None, decade: int) -> Positions:
        if genre is None:
            return np.zeros(0, np.intp)
        items = self.by_genre[genre]
        if decade != _NO_YEAR:
            near = items[np.abs(self.years[items] - (decade + 5)) <= _YEARS]
            items = near if len(near) else items
        return items[:_PARENTS]


def _grouped(keys: NDArray[np.int64], items: Positions) -> dict[int, Positions]:
    """The items of each key, in their order."""
    together = items[np.argsort(keys[items], kind="stable")]
    named, starts = np.unique(keys[together], return_index=True)
    return (
        dict(zip(named.tolist(), np.split(together, starts[1:]), strict=True)) if len(named) else {}
    )


def _matrix(rows: list[dict[int, float]], n_known: int) -> csr_matrix:
    """One row for each kind of newcomer, (n_kinds, n_known)."""
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([item for row in rows for item in row], dtype=np.intp)
    weights = np.array([weight for row in rows for weight in row.values()], dtype=np.float32)
    return csr_matrix((weights, columns, starts), shape=(len(rows), n_known))
