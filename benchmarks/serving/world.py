"""A catalogue, a champion and listeners, made of seeded random numbers."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert
from sqlmodel import Session

from app import accounts, catalog, listening, training
from app.db import open_database
from app.listening import Listen
from app.migrations import migrate
from app.ml.als import Als, AlsSettings, gram_of
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models import Artist, Role, Track, TrainingState, User
from app.models.columns import id_of, utc_now
from app.settings import Settings

TRACKS, TRACKS_EACH, FACTORS, HEARD = 20_000, 10, 64, 200
HEARD_BY_OTHERS, SIGNED_IN = 10, 200
"""Tracks that each other listener has heard, and how many of them are signed in."""
_SEED = 7
_BLOCK = 50_000
_INDEXES = (
    "SELECT name, sql FROM sqlite_master"
    " WHERE tbl_name = 'user_item' AND type = 'index' AND sql IS NOT NULL"
)
_HEARD_ONCE = (
    "INSERT INTO user_item (user_id, track_id, plays, skips, last_listened_at)"
    " VALUES (?, ?, 1, 0, strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"
)


@dataclass(frozen=True, slots=True)
class Size:
    tracks: int = TRACKS
    others: int = 0
    """Listeners beside the one whom every world has."""


@dataclass(frozen=True, slots=True)
class World:
    """The data folder, a listener's id and token, and tokens of others."""

    settings: Settings
    user_id: int
    token: str
    others: tuple[str, ...] = ()


def make(folder: Path, redis_url: str, size: Size | None = None) -> World:
    wanted = size or Size()
    settings = Settings(data_dir=folder, redis_url=redis_url)
    database = open_database(settings)
    migrate(database)
    with database.write() as session:
        _add(session, Artist, _artists(wanted.tracks))
        _add(session, Track, _tracks(wanted.tracks))
    with database.write() as session:
        user = accounts.create_user(
            session, "ann", accounts.hashed("correct horse battery"), Role.LISTENER
        )
        _listen(session, id_of(user), wanted.tracks)
        token = _token(session, user)
        _crown(session, settings, wanted.tracks)
    with database.write() as session:
        others = _add_others(session, id_of(user) + 1, wanted.others)
    database.dispose()
    _hear(settings.folder / "pytune.db", id_of(user) + 1, wanted)
    return World(settings, id_of(user), token, others)


def _token(session: Session, user: User) -> str:
    return accounts.open_session(session, user, timedelta(hours=1), "benchmark").token


def _add(session: Session, table: Any, rows: Iterator[Mapping[str, Any]]) -> None:
    """Past the session's objects: a million of them would take minutes."""
    while block := list(islice(rows, _BLOCK)):
        session.execute(insert(table.__table__), block)


def _artists(tracks: int) -> Iterator[Mapping[str, Any]]:
    for number in range(tracks // TRACKS_EACH):
        yield {"id": 1 + number, "name": f"Artist {number}", "name_key": f"artist {number}"}


def _tracks(tracks: int) -> Iterator[Mapping[str, Any]]:
    for number in range(tracks):
        artist = number // TRACKS_EACH
        title = f"Song {number}"
        key = catalog.search_key(title, f"Artist {artist}")
        yield {"id": 1 + number, "title": title, "artist_id": 1 + artist, "search_key": key}


def _add_others(session: Session, first: int, count: int) -> tuple[str, ...]:
    """Listeners, and tokens of some, who are spread among them."""
    ids = range(first, first + count)
    _add(session, User, ({"id": n, "name": f"other {n}", "name_key": f"other {n}"} for n in ids))
    chosen = ids[:: max(1, len(ids) // SIGNED_IN)]
    return tuple(_token(session, session.get_one(User, number)) for number in chosen)


def _hear(path: Path, first: int, size: Size) -> None:
    """What the others heard. The index by track is built at the end: ten million rows, one by one
    put into their place in it, would take most of an hour.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        indexes = connection.execute(_INDEXES).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        for pairs in _heard(first, size):
            connection.executemany(_HEARD_ONCE, pairs.tolist())
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")


def _heard(first: int, size: Size) -> Iterator[NDArray[np.int64]]:
    """Pairs of listener and track, sorted, in blocks."""
    generator, steps = np.random.default_rng(_SEED), np.arange(HEARD_BY_OTHERS)
    for begin in range(first, first + size.others, _BLOCK):
        users = np.arange(begin, min(begin + _BLOCK, first + size.others))
        # A step apart, so that nobody has the same track twice.
        start = generator.integers(0, size.tracks, (len(users), 1))
        step = generator.integers(1, size.tracks // 100, (len(users), 1))
        tracks = 1 + np.sort((start + steps * step) % size.tracks, axis=1)
        yield np.column_stack([np.repeat(users, HEARD_BY_OTHERS), tracks.ravel()])


def _listen(session: Session, user_id: int, tracks: int) -> None:
    heard = np.random.default_rng(_SEED).choice(tracks, HEARD, replace=False)
    for hours, position in enumerate(heard.tolist(), start=1):
        moment = utc_now() - timedelta(hours=hours)
        listening.record_listen(session, user_id, Listen(1 + position, moment))


def _crown(session: Session, settings: Settings, tracks: int) -> None:
    generator = np.random.default_rng(_SEED)
    factors = generator.standard_normal((tracks, FACTORS), dtype=np.float32) * np.float32(0.1)
    recipe = Recipe("als", Weighting.LOG, {"factors": FACTORS})
    row = training.request(session, "benchmark", recipe, seed=_SEED)
    model = LoadedModel(
        version=id_of(row),
        recommender=Als(factors, gram_of(factors), AlsSettings(factors=FACTORS)),
        weigher=Weigher(Weighting.LOG),
        tracks=Vocabulary.of(1 + np.arange(tracks)),
        artist_ids=1 + np.arange(tracks) // TRACKS_EACH,
        popularity=generator.random(tracks, dtype=np.float32),
    )
    row.artifact = f"model-{model.version}"
    row.checksum = model.save(settings.artifacts / row.artifact)
    row.state = TrainingState.FINISHED
    session.add(row)
    training.promote(session, model.version, "benchmark", "it is the only one")
