"""Histories of two services that tell of the same plays: each play is kept once."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app import listening
from app.db import Database
from app.importing import loader, overlaps, undoing
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.importing.report import ImportReport
from app.importing.rows import Holds
from app.importing.run import import_now
from app.listening import Listen, Origin
from app.models import Event, Track
from app.settings import Settings
from tests import making
from tests.importing.packing import listen, packed, stream
from tests.importing.taking_back import check, claimed

BEGAN = datetime(2024, 3, 1, 20, 0, tzinfo=UTC)
LENGTH = 210
Bring = Callable[..., ImportReport]


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


@pytest.fixture
def spotify(database: Database, ann: int, tmp_path: Path) -> Bring:
    """Plays of Song 1 that began so many seconds after the first, and lasted so long."""

    def bring(*begins: int, seconds: int = LENGTH) -> ImportReport:
        streams = [_stream(after, seconds) for after in begins]
        path = packed(tmp_path / "spotify.zip", {"endsong_0.json": streams})
        return _bring(database, ImportFormat.SPOTIFY, path, ann, tmp_path)

    return bring


@pytest.fixture
def listenbrainz(database: Database, ann: int, tmp_path: Path) -> Bring:
    """As `spotify`; None for a track whose length the scrobbler did not tell."""

    def bring(*begins: int, seconds: int | None = LENGTH) -> ImportReport:
        about = {"additional_info": {"duration_ms": 1000 * seconds} if seconds else {}}
        listens = [
            listen(1, **about) | {"listened_at": BEGAN.timestamp() + after} for after in begins
        ]
        lines = "".join(json.dumps(value) + "\n" for value in listens).encode()
        path = packed(tmp_path / "lb.zip", {"listens/2024/3.jsonl": lines})
        return _bring(database, ImportFormat.LISTENBRAINZ, path, ann, tmp_path)

    return bring


def _stream(after: int, seconds: int) -> dict[str, object]:
    ended = BEGAN + timedelta(seconds=after + seconds)
    return stream(1, ts=f"{ended:%Y-%m-%dT%H:%M:%SZ}", ms_played=1000 * seconds)


def _bring(
    database: Database, form: ImportFormat, path: Path, user: int, folder: Path
) -> ImportReport:
    wanted = Wanted.of(form, path, user_id=user)
    return import_now(database, wanted, folder / "reports", lambda *_: None)


def _counts(report: ImportReport) -> tuple[int, int]:
    return report.listens.loaded, report.listens.unchanged


@pytest.mark.parametrize(
    ("scrobbled", "streamed", "new"),
    [
        ([1], [0], 0),
        ([0], [2], 0),
        ([LENGTH + 1], [0], 0),
        ([0], [120], 0),
        ([0], [LENGTH + 60], 1),
        ([1, LENGTH + 2, 2 * LENGTH + 4], [0, LENGTH, 2 * LENGTH], 0),
        ([LENGTH, 2 * LENGTH], [0, LENGTH], 0),
        ([LENGTH + 1], [0, LENGTH], 1),
        ([0], [3600, 0, 7200], 2),
        ([0], [2, 2], 0),
    ],
    ids=[
        "a second apart",
        "the other way round",
        "its end written down",
        "the player was paused in between",
        "heard again later",
        "on repeat",
        "on repeat and its ends written down",
        "on repeat and scrobbled once",
        "among others",
        "twice in one file",
    ],
)
def test_a_play_of_which_both_tell_is_kept_once(
    database: Database,
    settings: Settings,
    spotify: Bring,
    listenbrainz: Bring,
    scrobbled: Sequence[int],
    streamed: Sequence[int],
    new: int,
) -> None:
    assert _counts(listenbrainz(*scrobbled)) == (len(scrobbled), 0)
    for loaded in (new, 0):
        assert _counts(spotify(*streamed)) == (loaded, len(streamed) - loaded)
    assert _counts(listenbrainz(*scrobbled)) == (0, len(scrobbled))
    check(database, settings)


def test_plays_on_repeat_are_not_compared_each_with_each(
    spotify: Bring, listenbrainz: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlap, compared = overlaps._Play.overlaps, []

    def counted(one: overlaps._Play, other: overlaps._Play) -> bool:
        compared.append(one)
        return overlap(one, other)

    monkeypatch.setattr(overlaps._Play, "overlaps", counted)
    begins = range(0, 200 * 40, 40)
    listenbrainz(*begins, seconds=40)
    assert _counts(spotify(*begins, seconds=40)) == (0, len(begins))
    assert 0 < len(compared) <= 2 * len(begins)


@pytest.mark.parametrize(
    ("scrobbled", "streamed", "new"),
    [
        ([0], [0, LENGTH], 1),
        ([LENGTH + 1], [0, LENGTH], 1),
        ([0], [1, LENGTH, 1], 1),
        ([LENGTH, 2 * LENGTH], [0, LENGTH], 0),
    ],
    ids=["one of two", "its end", "the first once more", "ends"],
)
def test_a_listen_stands_for_one_play_of_all_transactions(
    database: Database,
    settings: Settings,
    spotify: Bring,
    listenbrainz: Bring,
    monkeypatch: pytest.MonkeyPatch,
    scrobbled: Sequence[int],
    streamed: Sequence[int],
    new: int,
) -> None:
    monkeypatch.setitem(loader.AT_ONCE, Holds.PLAYS, 1)
    listenbrainz(*scrobbled)
    for loaded in (new, 0):
        assert _counts(spotify(*streamed)) == (loaded, len(streamed) - loaded)
    check(database, settings)


def test_it_does_not_matter_which_comes_first(
    database: Database, settings: Settings, spotify: Bring, listenbrainz: Bring
) -> None:
    assert _counts(spotify(0, 400, seconds=200)) == (2, 0)
    with database.read() as session:
        played = session.exec(select(Event.seconds_played)).all()
        assert session.exec(select(Track.duration_seconds)).one() is None
    assert list(played) == [200, 200]
    assert _counts(listenbrainz(3, 405, 700, seconds=None)) == (1, 2)
    check(database, settings)


def test_of_an_unknown_length_half_a_minute_is_the_same_play(
    spotify: Bring, listenbrainz: Bring
) -> None:
    listenbrainz(0, seconds=None)
    assert _counts(spotify(41)) == (1, 0)
    assert _counts(spotify(30)) == (0, 1)


def test_what_was_scrobbled_or_played_here_is_not_imported_again(
    database: Database, ann: int, spotify: Bring, listenbrainz: Bring
) -> None:
    listenbrainz(10**6)
    with database.write() as session:
        track = session.exec(select(Track.id)).one() or 0
        origin = Origin("web")
        listening.record_listen(session, ann, Listen(track, BEGAN, 105, origin=origin))
        listening.record_skip(session, ann, Listen(track, BEGAN + timedelta(hours=1)))
        bob = making.user(session, "bob")
        listening.record_listen(session, bob, Listen(track, BEGAN + timedelta(hours=2)))
    assert _counts(spotify(4, 3601, 7201)) == (2, 1)


def test_taking_one_back_leaves_the_others_listens(
    database: Database, settings: Settings, ann: int, spotify: Bring, listenbrainz: Bring
) -> None:
    first = listenbrainz(1)
    second = spotify(0, 3600)
    undoing.undo(database, claimed(database, second.import_id))
    check(database, settings)
    with database.read() as session:
        (left,) = listening.history(session, ann, 9)
        assert (left.source, left.listened_at) == ("listenbrainz", BEGAN + timedelta(seconds=1))
    undoing.undo(database, claimed(database, first.import_id))
    assert _counts(spotify(0, 3600)) == (2, 0)
    check(database, settings)
