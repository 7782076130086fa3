"""Whatever is merged, split and separated, in whatever order: nothing is lost, all agrees."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app import catalog, editing, listening, playlists, verifying
from app.db import Database
from app.importing.identity import Origin, remember
from app.importing.rows import TrackRow
from app.listening import EVENTS, USER_ITEMS, Listen
from app.models import Artist, ExternalId, ExternalKind, Feedback, PlaylistTrack, Track
from app.settings import Settings
from tests import making

BEGAN = datetime(2024, 5, 1, tzinfo=UTC)
STEPS = 30
JOINED: list[tuple[Any, Any, Any]] = [
    (Track, editing.merge_track, editing.separate_track),
    (Artist, editing.merge_artist, editing.separate_artist),
]
STATE: list[tuple[Any, str]] = [
    (Track, "id title artist_id artist_merged_from merged_into_id search_key"),
    (Artist, "id name name_key merged_into_id"),
    (ExternalId, "id our_id merged_from"),
    (PlaylistTrack, "playlist_id position track_id merged_from"),
]


class _World:
    """Some tracks with two ids each, listens by these and by none, and who does things to them."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database, self.chance, self.heard = database, random.Random(seed), 0
        with database.write() as session:
            self.users = [making.user(session, name) for name in ("ann", "bea", "cem")]
            tracks = [
                making.track(session, f"Song {number}", f"Artist {number % 3}")
                for number in range(6)
            ]
            for track in tracks:
                for source in ("shop", "radio"):
                    row = TrackRow(str(track), f"Song {track}", f"By {source}")
                    ids = {row.external_id: track}
                    remember(
                        session, Origin(source), ExternalKind.TRACK, ids, rows={str(track): row}
                    )
            for user in self.users:
                playlists.create(session, user, "Mine", self.chance.choices(tracks, k=5))
            for _ in range(10):
                self.hear(session)

    def hear(self, session: Session) -> None:
        """Listens at moments of their own, some by ids, and words of feedback."""
        for _ in range(6):
            self.heard += 1
            user, came = self.chance.choice(self.users), self._id(session)
            at = BEGAN + timedelta(hours=self.chance.randrange(20_000), seconds=self.heard)
            origin = listening.Origin(came.source, came_by=self.chance.choice([came.id, None]))
            record = self.chance.choice([listening.record_listen, listening.record_skip])
            record(session, user, Listen(came.our_id, at, origin=origin))
        said = self.chance.choice([Feedback.LOVED, Feedback.DISLIKED, None])
        listening.set_feedback(session, user, came.our_id, said)

    def _id(self, session: Session) -> ExternalId:
        ids = session.exec(select(ExternalId).order_by(col(ExternalId.id))).all()
        return self.chance.choice(ids)

    def shown(self, session: Session, table: Any) -> list[int]:
        found = session.exec(select(table).order_by(col(table.id)))
        return [row.id for row in found if row.merged_into_id is None]

    def merge(self, session: Session) -> Callable[[Session], None]:
        """Two tracks or artists; how that is taken back."""
        table, join, part = self.chance.choice(JOINED)
        there = self.shown(session, table)
        if len(there) < 2:
            return lambda _: None
        merged, kept = self.chance.sample(there, 2)
        join(session, merged, kept, "root")
        return lambda session: part(session, merged, "root")

    def separate(self, session: Session) -> None:
        for table, _, part in JOINED:
            away = set(session.exec(select(table.id))) - set(self.shown(session, table))
            if away:
                part(session, self.chance.choice(sorted(away)), "root")

    def split(self, session: Session) -> None:
        track = self.chance.choice(self.shown(session, Track))
        keys = [one.key for one in editing.origins_of(session, track)]
        if len(keys) > 1:
            chosen = self.chance.sample(keys, self.chance.randrange(1, len(keys)))
            editing.split_track(session, track, chosen, "root")
        artist = self.chance.choice(self.shown(session, Artist))
        tracks = [row.id for row in catalog.tracks_of_artist(session, artist, 99)]
        if len(tracks) > 1:
            new = f"Artist {self.chance.randrange(100, 10**6)}"
            editing.split_artist(session, artist, tracks[:1], new, "root")


def _state(session: Session) -> list[Any]:
    """All that merging changes, but for what one tells the other of itself."""
    connection, event = session.connection(), EVENTS.c
    rows = [
        {tuple(getattr(row, name) for name in names.split()) for row in session.exec(select(table))}
        for table, names in STATE
    ]
    events = EVENTS.select().with_only_columns(event.id, event.track_id, event.merged_from)
    sums = sorted(map(str, connection.execute(USER_ITEMS.select())))
    return [*rows, sorted(map(str, connection.execute(events))), sums]


def _is_well(world: _World, settings: Settings) -> None:
    with world.database.read() as session:
        assert list(verifying.findings(session, settings)) == []
        known = {row.id: row.our_id for row in session.exec(select(ExternalId))}
        events = session.connection().execute(EVENTS.select()).all()
        heard = [event for event in events if event.kind in {"listen", "skip"}]
        assert len(heard) == world.heard
        assert all(known[e.came_by] == e.track_id for e in heard if e.came_by), "ids and listens"


@pytest.mark.parametrize("seed", range(2))
def test_any_sequence_loses_nothing_and_a_merge_taken_back_was_none(
    database: Database, settings: Settings, seed: int
) -> None:
    world = _World(database, seed)
    for _ in range(STEPS):
        step = world.chance.choice([world.hear, world.split, world.separate, world.merge])
        if step == world.merge:
            with database.read() as session:
                before = _state(session)
            back = database.transact(world.merge)
            _is_well(world, settings)
            if world.chance.random() < 0.5:
                database.transact(back)
                with database.read() as session:
                    assert _state(session) == before
        else:
            database.transact(step)
        _is_well(world, settings)
