"""Whatever happens in whatever order, the sums of a listener and track are those of the events."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app import interactions, listening
from app.db import Database
from app.importing.identity import Origin
from app.importing.loader import Loader
from app.importing.report import RejectedFile, Tally
from app.importing.rows import Holds, ListenRow, TrackRow
from app.listening import EVENTS, USER_ITEMS, Listen
from app.models import DataImport, EventKind, Feedback
from app.models.columns import id_of

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SOURCE = "sum"

people = st.integers(0, 2)
songs = st.integers(0, 3)
moments = st.integers(0, 5).map(lambda seconds: BEGIN + timedelta(seconds=seconds))
keys = st.none() | st.sampled_from(["k", "l"])


class Listening(RuleBasedStateMachine):
    """A few listeners and tracks; times and keys that often meet."""

    def __init__(self, database: Database, reports: Path) -> None:
        super().__init__()
        self.database = database
        with database.write() as session:
            for table in (EVENTS, USER_ITEMS):
                session.connection().execute(table.delete())
        origin = Origin(SOURCE, _new_import(database))
        self.loader = Loader(database, origin, RejectedFile(reports))
        rows = [TrackRow(str(song), f"Song {song}", "Nina") for song in range(4)]
        list(self.loader.load(rows, "tracks.csv", Holds.TRACKS, Tally()))
        listens = [ListenRow(str(person), "0", BEGIN, 1) for person in range(3)]
        self.bring(listens)
        self.tracks = [self.loader.ids.tracks[str(song)] for song in range(4)]
        self.users = [self.loader.ids.users[str(person)] for person in range(3)]

    @rule(person=people, song=songs, moment=moments, key=keys, skipped=st.booleans())
    def listen(
        self, person: int, song: int, moment: datetime, key: str | None, *, skipped: bool
    ) -> None:
        told = Listen(self.tracks[song], moment, idempotency_key=key)
        record = listening.record_skip if skipped else listening.record_listen
        self.database.transact(lambda session: record(session, self.users[person], told))

    @rule(person=people, told=st.lists(st.tuples(songs, moments, keys), max_size=6))
    def listen_to_many(self, person: int, told: list[tuple[int, datetime, str | None]]) -> None:
        batch = [Listen(self.tracks[song], at, None, key) for song, at, key in told]
        user = self.users[person]
        self.database.transact(lambda session: listening.record_listens(session, user, batch))

    @rule(person=people, place=st.integers(0, 20))
    def forget_one(self, person: int, place: int) -> None:
        user = self.users[person]
        with self.database.write() as session:
            past = listening.history(session, user, 30)
            listening.forget_listens(session, user, [one.id for one in past[place : place + 1]])

    @rule(person=people, song=songs)
    def forget_track(self, person: int, song: int) -> None:
        user, track = self.users[person], self.tracks[song]
        self.database.transact(lambda session: listening.forget_track(session, user, track))

    @rule(person=people, song=songs, feedback=st.none() | st.sampled_from(Feedback))
    def rate(self, person: int, song: int, feedback: Feedback | None) -> None:
        user, track = self.users[person], self.tracks[song]
        self.database.transact(
            lambda session: listening.set_feedback(session, user, track, feedback)
        )

    @rule(
        rows=st.lists(
            st.builds(
                ListenRow,
                user=people.map(str),
                track=songs.map(str),
                listened_at=st.none() | moments,
                plays=st.integers(1, 9),
                is_skip=st.booleans(),
            ),
            max_size=8,
        )
    )
    def bring_in(self, rows: list[ListenRow]) -> None:
        self.bring(rows)

    def bring(self, rows: list[ListenRow]) -> None:
        list(self.loader.load(rows, "listens.csv", Holds.LISTENS, Tally()))

    @invariant()
    def sums_equal_events(self) -> None:
        with self.database.read() as session:
            events = list(session.connection().execute(select(EVENTS).order_by(EVENTS.c.id)))
            items = list(session.connection().execute(select(USER_ITEMS)))
        assert {(row.user_id, row.track_id): _kept(row) for row in items} == _summed(events)

    @invariant()
    def both_records_say_the_same(self) -> None:
        with self.database.read() as session:
            from_sums = interactions.all_pairs(session)
            from_events = interactions.pairs_between(session, None, None)
        assert from_sums.fingerprint() == from_events.fingerprint()


def _new_import(database: Database) -> int:
    with database.write() as session:
        row = DataImport(source=SOURCE, format="csv", path="")
        session.add(row)
        session.flush()
        return id_of(row)


def _kept(row: Any) -> tuple[Any, ...]:
    return row.plays, row.skips, row.last_listened_at, row.feedback


_FEEDBACK = {EventKind.LOVE: Feedback.LOVED, EventKind.DISLIKE: Feedback.DISLIKED}


def _summed(events: list[Any]) -> dict[tuple[int, int], tuple[Any, ...]]:
    sums: dict[tuple[int, int], tuple[Any, ...]] = defaultdict(lambda: (0, 0, None, None))
    for event in events:
        pair = event.user_id, event.track_id
        plays, skips, last, feedback = sums[pair]
        match event.kind:
            case EventKind.LISTEN:
                times = [time for time in (last, event.occurred_at) if time is not None]
                sums[pair] = plays + event.plays, skips, max(times, default=None), feedback
            case EventKind.SKIP:
                sums[pair] = plays, skips + 1, last, feedback
            case kind:
                sums[pair] = plays, skips, last, _FEEDBACK.get(kind)
    return dict(sums)


def test_sums_equal_events(database: Database, tmp_path: Path) -> None:
    class Begun(Listening):
        def __init__(self) -> None:
            super().__init__(database, tmp_path / "rejected.csv")

    run_state_machine_as_test(
        Begun,
        settings=settings(
            # What differs between databases is soon met.
            max_examples=15 if database.url.get_backend_name() == "sqlite" else 5,
            stateful_step_count=12,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
