"""The tracks of a demo: the catalogue, cut to its most popular or filled up with made-up ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.demo.catalogue import Recording
from app.demo.draws import Floats, Positions, Weighted, rank_within

Codes = NDArray[np.int64]
Row = tuple[int, str, str, str, int, str, str]

ZIPF_EXPONENT = 0.8
ZIPF_SHIFT = 5.0
"""Popularity 1 / (rank + shift) ** exponent: hits stand out, the tail is still heard."""

MADE_UP_PER_ARTIST = 10
MADE_UP_LAST_YEAR = 2025


@dataclass(frozen=True, slots=True)
class Tracks:
    """Tracks in the order of their ids; every array is (n,). Made-up ones come last."""

    known: Sequence[Recording]
    genre_names: Sequence[str]
    ids: Codes
    genres: Codes
    years: Codes
    artists: Codes
    popularity: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self) -> Iterator[Row]:
        """Rows of tracks.csv: recordings, then tracks whose names say that they are made up."""
        for recording in self.known:
            yield _row(recording)
        for position in range(len(self.known), len(self)):
            number, year = int(self.ids[position]), int(self.years[position])
            artist = f"Made-up Artist {self.artists[position]}"
            genre = self.genre_names[self.genres[position]]
            yield number, f"Made-up Track {number}", artist, "", year, genre, ""


def tracks_of(recordings: Sequence[Recording], count: int, rng: np.random.Generator) -> Tracks:
    """`count` tracks: the most popular recordings, or all of them and made-up ones."""
    tracks = _known(recordings)
    popularity_order = rng.permutation(len(recordings))
    if count > len(recordings):
        tracks = _with_made_up(tracks, count, rng)
        made_up = np.arange(len(recordings), count)
        popularity_order = np.concatenate([popularity_order, made_up])
    popularity = _popularity(tracks.genres, popularity_order)
    return _most_popular(replace(tracks, popularity=popularity), count)


def _row(recording: Recording) -> Row:
    r = recording
    return r.track_id, r.title, r.artist, r.album, r.year, r.genre, r.youtube_id


def _known(recordings: Sequence[Recording]) -> Tracks:
    genre_names, genres = np.unique([r.genre for r in recordings], return_inverse=True)
    return Tracks(
        known=recordings,
        genre_names=genre_names.tolist(),
        ids=np.array([r.track_id for r in recordings]),
        genres=genres,
        years=np.array([r.year for r in recordings]),
        artists=np.unique([r.artist for r in recordings], return_inverse=True)[1],
        popularity=np.ones(len(recordings)),
    )


def _with_made_up(tracks: Tracks, count: int, rng: np.random.Generator) -> Tracks:
    """Each made-up artist keeps to the genre of a recording and the ten years from its own."""
    extra = count - len(tracks)
    artists = np.arange(extra) // MADE_UP_PER_ARTIST
    models = rng.integers(len(tracks), size=artists[-1] + 1)[artists]
    years = tracks.years[models] + rng.integers(10, size=extra)
    return Tracks(
        known=tracks.known,
        genre_names=tracks.genre_names,
        ids=np.concatenate([tracks.ids, tracks.ids[-1] + 1 + np.arange(extra)]),
        genres=np.concatenate([tracks.genres, tracks.genres[models]]),
        years=np.concatenate([tracks.years, np.minimum(years, MADE_UP_LAST_YEAR)]),
        artists=np.concatenate([tracks.artists, tracks.artists.max() + 1 + artists]),
        popularity=np.ones(count),
    )


def _popularity(genres: Codes, order: Positions) -> Floats:
    """Zipf–Mandelbrot weights by rank inside each genre; a genre sums to its size. (n,)"""
    weights = (rank_within(genres, order) + 1 + ZIPF_SHIFT) ** -ZIPF_EXPONENT
    sums = np.bincount(genres, weights)
    return np.asarray(weights * (np.bincount(genres) / sums)[genres])


def _most_popular(tracks: Tracks, count: int) -> Tracks:
    if count >= len(tracks):
        return tracks
    kept = np.sort(np.argsort(-tracks.popularity, kind="stable")[:count])
    return Tracks(
        known=[tracks.known[position] for position in kept],
        genre_names=tracks.genre_names,
        ids=tracks.ids[kept],
        genres=tracks.genres[kept],
        years=tracks.years[kept],
        artists=tracks.artists[kept],
        popularity=tracks.popularity[kept],
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """Tracks gathered by a code: group c holds members[starts[c]:starts[c + 1]]."""

    members: Positions
    starts: Positions
    weighted: Weighted

    def draw(self, first: Positions, rng: np.random.Generator) -> Positions:
        """One track of each group in `first`, by weight."""
        return self.members[self.weighted.draw(self.starts[first], self.starts[first + 1], rng)]


def grouped(codes: Codes, groups: int, weights: Floats) -> Groups:
    members = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=groups))])
    return Groups(members, starts, Weighted.by(weights[members]))
