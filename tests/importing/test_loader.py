"""One loader for every format: repeated, interrupted or beside others, it doubles nothing."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, select

from app.db import Database
from app.importing.identity import ARTISTS, EXTERNAL_IDS, Origin
from app.importing.loader import AT_ONCE, Loader
from app.importing.report import Counts, RejectedFile, Tally
from app.importing.rows import Holds, ListenRow, PlayRow, TrackRow
from app.importing.track_search import TRACKS as TRACK_TABLE
from app.importing.tracks import add_tracks
from app.listening import EVENTS, USER_ITEMS
from app.models import DataImport, Event, Track, User
from app.models.columns import id_of
from tests.importing.conftest import plays, titles

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
TRACKS = [TrackRow(str(n), f"Song {n}", f"Artist {n % 3}") for n in range(10)]
LISTENS = [
    ListenRow(f"u{n % 4}", str(n % 10), MOMENT + timedelta(seconds=n), 1, n) for n in range(50)
]


def _loader(database: Database, tmp_path: Path, source: str = "test") -> Loader:
    with database.write() as session:
        row = DataImport(source=source, format="csv", path="")
        session.add(row)
        session.flush()
    rejected = RejectedFile(tmp_path / "rejected.csv")
    return Loader(database, Origin(source, id_of(row)), rejected)


def _load(loader: Loader, tracks: Iterable[Any], listens: Iterable[Any]) -> tuple[Counts, Counts]:
    tally = Tally()
    list(loader.load(tracks, "tracks.csv", Holds.TRACKS, tally))
    list(loader.load(listens, "listens.csv", Holds.LISTENS, tally))
    return tally.tracks, tally.listens


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(AT_ONCE, Holds.TRACKS, 4)
    monkeypatch.setitem(AT_ONCE, Holds.LISTENS, 7)


@pytest.mark.usefixtures("small_blocks")
def test_blocks_add_up(database: Database, tmp_path: Path) -> None:
    counts = _load(_loader(database, tmp_path), TRACKS, LISTENS)
    assert counts == (Counts(10, 10), Counts(50, 50))
    with database.read() as session:
        assert plays(session) == 50


def _losing_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every transaction loses a deadlock after its work, and is repeated."""
    transact = database.transact

    def lose(work: Callable[[Session], Any]) -> Any:
        attempts = []

        def again(session: Session) -> Any:
            result = work(session)
            attempts.append(result)
            if len(attempts) == 1:
                raise OperationalError("COMMIT", {}, pymysql.err.OperationalError(1213, "lost"))
            return result

        return transact(again)

    monkeypatch.setattr(database, "transact", lose)


@pytest.mark.usefixtures("small_blocks")
def test_a_transaction_that_is_repeated_loses_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = _loader(database, tmp_path)
    _losing_once(database, monkeypatch)
    counts = _load(loader, TRACKS, LISTENS)
    assert counts == (Counts(10, 10), Counts(50, 50))
    assert titles(database) == [(row.title, row.artist) for row in TRACKS]
    with database.read() as session:
        assert plays(session) == 50
        assert len(session.exec(select(User)).all()) == 4


class Interrupted(Exception):
    pass


def _broken_after(rows: list[Any], count: int) -> Iterator[Any]:
    yield from rows[:count]
    raise Interrupted


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(("read", "kept"), [(0, 0), (3, 0), (4, 4), (9, 8)])
def test_tracks_that_were_interrupted_are_started_again(
    database: Database, tmp_path: Path, read: int, kept: int
) -> None:
    with pytest.raises(Interrupted):
        _load(_loader(database, tmp_path), _broken_after(TRACKS, read), [])
    assert len(titles(database)) == kept
    assert _load(_loader(database, tmp_path), TRACKS, [])[0] == Counts(10, 10 - kept, kept)
    assert len(titles(database)) == 10


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(("read", "kept"), [(0, 0), (13, 7), (49, 49)])
def test_listens_that_were_interrupted_are_started_again(
    database: Database, tmp_path: Path, read: int, kept: int
) -> None:
    with pytest.raises(Interrupted):
        _load(_loader(database, tmp_path), TRACKS, _broken_after(LISTENS, read))
    with database.read() as session:
        assert plays(session) == kept
    assert _load(_loader(database, tmp_path), TRACKS, LISTENS)[1] == Counts(50, 50 - kept, kept)
    with database.read() as session:
        assert plays(session) == 50


def test_undated_plays_go_in_once_with_their_number(database: Database, tmp_path: Path) -> None:
    listens = [ListenRow("u", "0", None, 7), ListenRow("u", "1", None, 2)]
    for loaded in (2, 0):
        counts = _load(_loader(database, tmp_path), TRACKS, listens)[1]
        assert (counts.loaded, counts.unchanged) == (loaded, 2 - loaded)
    with database.read() as session:
        assert plays(session) == 9


def test_undated_plays_of_the_longest_ids_go_in_once(database: Database, tmp_path: Path) -> None:
    source, users = "s" * 64, ["u" * 254 + end for end in "ab"]
    track = TrackRow("t" * 255, "Song", "Artist")
    listens = [ListenRow(user, track.external_id, None) for user in users]
    for loaded in (2, 0):
        counts = _load(_loader(database, tmp_path, source), [track], listens)[1]
        assert counts.loaded == loaded


def test_a_listen_that_was_recorded_already_is_not_doubled(
    database: Database, tmp_path: Path
) -> None:
    loader = _loader(database, tmp_path)
    _load(loader, TRACKS, LISTENS[:1])
    again = _loader(database, tmp_path)
    with database.write() as session:
        event = session.exec(select(Event)).one()
        event.import_id = None
        session.add(event)
    assert _load(again, [], LISTENS[:1])[1] == Counts(1, 0, 1)
    with database.read() as session:
        assert plays(session) == 1


def test_known_listeners_are_counted_anew(database: Database, tmp_path: Path) -> None:
    loader = _loader(database, tmp_path)
    _load(loader, TRACKS, LISTENS)
    loader.recount_listeners()
    with database.read() as session:
        counts = {track.title: track.listener_count for track in session.exec(select(Track))}
    assert counts == {row.title: 2 for row in TRACKS}


@pytest.mark.usefixtures("small_blocks")
def test_two_that_bring_the_same_new_things_get_along(database: Database, tmp_path: Path) -> None:
    """Each knew nothing of them when it began."""
    loaders = [_loader(database, tmp_path) for _ in range(2)]
    first, second = (_load(loader, TRACKS, LISTENS) for loader in loaders)
    assert first == (Counts(10, 10), Counts(50, 50))
    assert second == (Counts(10, 0, 10), Counts(50, 0, 50))
    with database.read() as session:
        assert plays(session) == 50
        assert len(session.exec(select(Track)).all()) == 10
        assert len(session.exec(select(User)).all()) == 4


def test_two_at_the_very_same_time_get_along(database: Database, tmp_path: Path) -> None:
    loaders = [_loader(database, tmp_path) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda loader: _load(loader, TRACKS, LISTENS), loaders))
    assert sum(tracks.loaded for tracks, _ in done) == 10
    assert sum(listens.loaded for _, listens in done) == 50
    with database.read() as session:
        assert plays(session) == 50
        assert len(session.exec(select(Track)).all()) == 10


def test_what_is_wrong_by_itself_is_raised(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader, origin = _loader(database, tmp_path), Origin("test", 10**6)
    monkeypatch.setattr(loader, "origin", origin)
    with pytest.raises(IntegrityError):
        _load(loader, TRACKS, LISTENS)


def test_what_another_took_away_meanwhile_is_added_again(
    database: Database, tmp_path: Path
) -> None:
    """Its tracks and their artist were known when it began, and were then undone."""
    played = [PlayRow(row, ListenRow("u", row.external_id, MOMENT, 1, 1)) for row in TRACKS]
    tally = Tally()
    list(_loader(database, tmp_path).load(played[:4], "x", Holds.PLAYS, tally))
    late = _loader(database, tmp_path)
    with database.write() as session:
        for table in (USER_ITEMS, EVENTS, EXTERNAL_IDS, TRACK_TABLE, ARTISTS):
            session.connection().execute(table.delete())
    tally = Tally()
    list(late.load(played, "x", Holds.PLAYS, tally))
    assert (tally.listens.loaded, len(titles(database))) == (10, 10)


def test_an_artist_whom_two_sources_bring_at_once_is_added_once(
    database: Database, tmp_path: Path
) -> None:
    one, other = (_loader(database, tmp_path, source) for source in ("one", "other"))
    row = {"1": TrackRow("1", "Halo", "Beyoncé")}
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            add_tracks(session, one.origin, row, one.ids, joins=True)
            second = pool.submit(_load, other, [TrackRow("7", "HALO", "Beyonce")], [])
            assert not wait([second], 0.3).done
        second.result()
    assert titles(database) == [("Halo", "Beyoncé")]
