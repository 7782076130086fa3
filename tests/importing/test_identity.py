"""Who is who: artists by what their names say, listeners by their ids at the source."""

import pytest
from sqlmodel import Session, select

from app.accounts import MAX_NAME
from app.db import Database
from app.importing.identity import Ids, Origin, add_listeners, artists_by_key, name_ids, remember
from app.importing.rows import TrackRow
from app.models import Artist, ExternalKind, User
from app.models.catalog import MAX_KEY
from tests import making

DEMO = Origin("demo")


def _names(session: Session) -> list[str]:
    return sorted(user.name for user in session.exec(select(User)))


def test_artists_whose_names_say_the_same_are_one(database: Database) -> None:
    with database.write() as session:
        found = artists_by_key(session, ["Beyoncé", "BEYONCE", "P!nk", "Beyonce\u0301"], {})
        assert set(found) == {"beyonce", "p nk"}
        names = {artist.name for artist in session.exec(select(Artist))}
    assert names == {"Beyoncé", "P!nk"}


def test_an_artist_that_is_there_is_not_added(database: Database) -> None:
    with database.write() as session:
        making.track(session, "Halo", "Beyoncé")
        there = session.exec(select(Artist)).one()
        assert artists_by_key(session, ["beyonce"], {}) == {"beyonce": there.id}
        assert artists_by_key(session, ["beyonce"], {"beyonce": 5}) == {}


def test_the_longest_names_have_keys_of_their_own_that_can_be_kept(database: Database) -> None:
    """One sign may stand for eighteen letters."""
    names = ["ﷺ" * 500, "ﷺ" * 499 + "x", "x" * 500]
    with database.write() as session:
        found = artists_by_key(session, names, {})
        assert artists_by_key(session, names, {}) == found
    assert len(found) == len(names)
    assert max(map(len, found)) == MAX_KEY


def test_listeners_are_named_after_source_and_id(database: Database) -> None:
    with database.write() as session:
        ids = add_listeners(session, DEMO, ["7", "ann"])
        assert _names(session) == ["demo-7", "demo-ann"]
    assert set(ids) == {"7", "ann"}


def test_ids_that_differ_by_case_are_two_listeners(database: Database) -> None:
    with database.write() as session:
        ids = add_listeners(session, DEMO, ["aB", "Ab", "AB"])
        names = _names(session)
    assert len(set(ids.values())) == len(names) == 3
    assert "demo-aB" in names


def test_a_name_that_somebody_has_is_not_taken_from_them(database: Database) -> None:
    with database.write() as session:
        somebody = making.user(session, "Demo-7")
        ids = add_listeners(session, DEMO, ["7"])
        names = _names(session)
    assert somebody not in ids.values()
    assert len(names) == 2


@pytest.mark.parametrize("external", ["x" * 254, "a\nb", "\x00", "ß" * 64, "'\"", "\u202e"])
def test_any_id_gives_a_name(database: Database, external: str) -> None:
    with database.write() as session:
        add_listeners(session, DEMO, [external, external + "!"])
        names = _names(session)
    assert len(names) == 2
    assert all(name.isprintable() and len(name) <= MAX_NAME for name in names)


def test_a_source_knows_its_own_ids_again(database: Database) -> None:
    with database.write() as session:
        users = add_listeners(session, DEMO, ["7"])
        ours = {"7": 100, "8": 200}
        numbers = remember(session, DEMO, ExternalKind.TRACK, ours)
        called = {"7": TrackRow("7", "Halo", "Beyoncé")}
        other = remember(session, Origin("other"), ExternalKind.TRACK, {"7": 300}, rows=called)
        assert remember(session, Origin("other"), ExternalKind.TRACK, {}) == {}
        known = Ids(ours, users, numbers=numbers, nameless={"7", "8"})
        assert Ids.of(session, "demo") == known
        assert Ids.of(session, "other") == Ids({"7": 300}, numbers=other)
        name_ids(session, "demo", called)
        assert Ids.of(session, "demo").nameless == {"8"}
        assert Ids.of(session, "nobody") == Ids()
