"""Listens of a history go with the id that they came by, also where only its file tells that."""

from sqlalchemy import update

from app import catalog, editing
from app.db import Database
from app.importing.records import Wanted
from app.listening import EVENTS
from app.listening.moving import sum_tracks_again
from app.models import ExternalId, ExternalKind
from app.settings import Settings
from tests import making
from tests.editing.parting import imported_again, is_well, listens, origins, split_off


def test_one_of_two_ids_of_a_service_is_split_off_with_its_listens(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    assert listens(database, track) == {"spotify Song": 3, "spotify Song (Remastered 2011)": 1}
    new = split_off(database, track, "spotify Song (Remastered 2011)")
    with database.read() as session:
        assert catalog.track(session, new).title == "Song (Remastered 2011)"
    for _ in range(2):
        assert listens(database, track) == {"spotify Song": 3}
        assert listens(database, new) == {"spotify Song (Remastered 2011)": 1}
        assert is_well(database, settings)
        assert imported_again(database, wanted) == 0


def test_of_older_listens_their_file_tells_by_which_id_they_came(
    database: Database, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    _forget_how_they_came(database)
    assert listens(database, track)["spotify none"] == 4
    assert imported_again(database, wanted) == 0
    assert listens(database, track) == {"spotify Song": 3, "spotify Song (Remastered 2011)": 1}


def test_older_listens_are_split_late_when_their_file_comes_again(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    _forget_how_they_came(database)
    with database.read() as session:
        keys = [origins(database, track)["spotify Song"].key]
        split = editing.would_split(session, track, keys)
        assert [(one.source, one.listens) for one in split.untold] == [("spotify", 4)]
    new = split_off(database, track, "spotify Song")
    assert listens(database, new) == {"spotify Song": 0}
    for _ in range(2):
        assert imported_again(database, wanted) == 0
        assert listens(database, new) == {"spotify Song": 3}
        assert listens(database, track) == {"spotify Song (Remastered 2011)": 1}
        assert is_well(database, settings)


def _is_told_right(database: Database, wanted: Wanted, song: int, remastered: int) -> bool:
    """Imported again and again, nothing is new and each track has the listens of its id."""
    return all(
        (imported_again(database, wanted), listens(database, song), listens(database, remastered))
        == (0, {"spotify Song": 3}, {"spotify Song (Remastered 2011)": 1})
        for _ in range(2)
    )


def test_older_listens_that_went_along_come_back_to_the_id_that_stayed(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    _forget_how_they_came(database)
    new = split_off(database, track, "spotify none", "spotify Song (Remastered 2011)")
    assert listens(database, new)["spotify none"] == 4
    assert _is_told_right(database, wanted, track, new)
    assert is_well(database, settings)


def test_older_listens_follow_their_id_to_the_track_that_it_was_merged_into(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    _forget_how_they_came(database)
    new = split_off(database, track, "spotify Song (Remastered 2011)")
    right = database.transact(lambda session: making.track(session, "Song (live)", "Ann"))
    database.transact(lambda session: editing.merge_track(session, new, right, "root"))
    assert _is_told_right(database, wanted, track, right)
    assert is_well(database, settings)


def test_older_listens_follow_their_id_through_two_splits(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    video = ExternalId(
        source="youtube", kind=ExternalKind.TRACK, external_id="aaaaaaaaaaa", our_id=track
    )
    database.transact(lambda session: session.add(video))
    _forget_how_they_came(database)
    new = split_off(database, track, "spotify Song", "youtube aaaaaaaaaaa")
    newer = split_off(database, new, "spotify Song")
    assert _is_told_right(database, wanted, newer, track)
    assert is_well(database, settings)


def test_a_listen_beside_its_id_goes_to_it_when_its_file_comes_again(
    database: Database, settings: Settings, history: tuple[int, Wanted]
) -> None:
    track, wanted = history
    new = split_off(database, track, "spotify Song")
    with database.write() as session:
        session.connection().execute(update(EVENTS).values(track_id=track))
        sum_tracks_again(session, [track, new])
    assert _is_told_right(database, wanted, new, track)
    assert is_well(database, settings)


def _forget_how_they_came(database: Database) -> None:
    """As it is with what was imported before that was written down."""
    with database.write() as session:
        session.connection().execute(update(EVENTS).values(came_by=None))
