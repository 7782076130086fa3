"""Users, what they sign in with, and the tokens they are given."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, select

from app import accounts, security, tokens
from app.db import Database
from app.errors import InvalidCredentials, InvalidInput, NameTaken, UserNotFound
from app.models import ApiToken, Role, User
from app.models.columns import id_of, utc_now
from tests import making

PASSWORD = "correct horse"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashes at the least cost; test_security has those of the product."""
    hasher = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(security, "_HASHER", PasswordHash((hasher,)))


def _open(session: Session, user_id: int, name: str = "test") -> str:
    return accounts.open_session(session, session.get_one(User, user_id), DAY, name).token


def test_a_user_is_found_by_name_whatever_the_case(database: Database) -> None:
    with database.write() as session:
        made = accounts.create_user(session, "  Ánn ", None, Role.ADMINISTRATOR)
    with database.read() as session:
        found = accounts.user_by_name(session, "ÁNN")
        assert accounts.user_by_name(session, "Ann") is None
    assert found is not None
    assert (found.id, found.name, found.role) == (made.id, "Ánn", Role.ADMINISTRATOR)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\nb", "a\x00b", "\ud800"])
def test_a_name_that_cannot_be_kept_is_refused(database: Database, name: str) -> None:
    with pytest.raises(InvalidInput, match="name"), database.write() as session:
        accounts.create_user(session, name, None)


@pytest.mark.parametrize("name", ["x" * 64, "ΐ" * 64, "王菲", "a'b\"c;--"])
def test_a_name_of_any_script_is_kept(database: Database, name: str) -> None:
    with database.write() as session:
        accounts.create_user(session, name, None)
    with database.read() as session:
        found = accounts.user_by_name(session, name.upper())
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("password", ["", "1234567", "x" * 513])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="8 to 512"):
        accounts.hashed(password)


def test_a_name_is_taken_once(database: Database) -> None:
    with database.write() as session:
        making.user(session, "ann")
    with pytest.raises(NameTaken), database.write() as session:
        accounts.create_user(session, "ANN", None)


def test_two_that_ask_for_one_name_at_once_get_one(database: Database) -> None:
    begin = threading.Barrier(2)

    def create(session: Session) -> str:
        accounts.create_user(session, "ann", None)
        return "made"

    def ask(_: int) -> str:
        begin.wait()
        try:
            return database.transact(create)
        except NameTaken:
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == ["made", "taken"]


def test_a_name_that_was_taken_after_the_look_is_taken(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        making.user(session, "ann")
    monkeypatch.setattr(accounts, "user_by_name", lambda *_: None)
    with pytest.raises(NameTaken), database.write() as session:
        accounts.create_user(session, "Ann", None)


def test_a_user_is_renamed(database: Database) -> None:
    with database.write() as session:
        ann, _ = making.user(session, "ann"), making.user(session, "bob")
        accounts.rename(session, ann, "Anna")
        accounts.rename(session, ann, "ANNA")
        with pytest.raises(NameTaken):
            accounts.rename(session, ann, "Bob")
        with pytest.raises(UserNotFound):
            accounts.rename(session, ann + 1000, "carl")
    with database.read() as session:
        assert accounts.users_by_id(session, [ann])[0].name == "ANNA"  # type: ignore[union-attr]


def test_name_and_password_must_match(database: Database) -> None:
    with database.write() as session:
        ann = id_of(accounts.create_user(session, "ann", accounts.hashed(PASSWORD)))
        making.user(session, "nobody")
    with database.read() as session:
        assert accounts.proven(accounts.user_by_name(session, "Ann"), PASSWORD).id == ann
        for name, password in [
            ("ann", PASSWORD + "x"),
            ("ann", ""),
            ("ann", "\ud800" * 600),
            ("bob", PASSWORD),
            ("nobody", PASSWORD),
            ("\ud800", PASSWORD),
        ]:
            with pytest.raises(InvalidCredentials):
                accounts.proven(accounts.user_by_name(session, name), password)


def test_a_disabled_user_cannot_sign_in_and_tokens_stop(database: Database) -> None:
    with database.write() as session:
        user = accounts.create_user(session, "ann", accounts.hashed(PASSWORD))
        token = _open(session, id_of(user))
        user.disabled_at = utc_now()
    with database.read() as session:
        assert accounts.owner_of_token(session, token) is None
        with pytest.raises(InvalidCredentials):
            accounts.proven(accounts.user_by_name(session, "ann"), PASSWORD)


def test_a_new_password_claims_a_listener_and_ends_sign_ins(database: Database) -> None:
    with database.write() as session:
        ann, bob = making.user(session, "ann"), making.user(session, "bob")
        old, others = _open(session, ann), _open(session, bob)
        accounts.set_password(session, "Ann", accounts.hashed(PASSWORD))
        with pytest.raises(UserNotFound):
            accounts.set_password(session, "carl", accounts.hashed(PASSWORD))
    with database.read() as session:
        assert accounts.proven(accounts.user_by_name(session, "ann"), PASSWORD).id == ann
        assert accounts.owner_of_token(session, old) is None
        assert accounts.owner_of_token(session, others) is not None


def test_a_token_is_its_users_until_it_is_revoked(database: Database) -> None:
    with database.write() as session:
        ann = making.user(session)
        token, other = _open(session, ann), _open(session, ann, "x" * 500)
        found = accounts.owner_of_token(session, token)
        assert found is not None
        assert found[0].id == ann
        accounts.close_session(session, token)
        accounts.close_session(session, "no such token")
        assert accounts.owner_of_token(session, token) is None
        assert accounts.owner_of_token(session, other) is not None


def test_the_token_itself_is_not_kept(database: Database) -> None:
    with database.write() as session:
        token = _open(session, making.user(session))
        kept = session.exec(select(ApiToken)).one()
    assert token not in str(kept.model_dump())


def test_a_token_expires_to_the_moment(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.write() as session:
        ann = making.user(session)
        sign_in = accounts.open_session(session, session.get_one(User, ann), DAY, "test")
    for moment, valid in [(timedelta(0), False), (-timedelta(microseconds=1), True)]:
        then = sign_in.expires_at + moment
        monkeypatch.setattr(accounts, "utc_now", lambda then=then: then)
        with database.read() as session:
            assert (accounts.owner_of_token(session, sign_in.token) is not None) == valid


def test_a_sign_in_too_many_ends_the_one_used_longest_ago(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MAX_SIGN_INS", 2)
    now = utc_now()
    with database.write() as session:
        ann, bob = making.user(session, "ann"), making.user(session, "bob")
        program = tokens.create(session, ann, "player", 1).token
        others = _open(session, bob)
        first, second = _open(session, ann), _open(session, ann)
        monkeypatch.setattr(accounts, "utc_now", lambda: now + timedelta(hours=2))
        accounts.note_use(session, first)
        third = _open(session, ann)
        found = [
            accounts.owner_of_token(session, one) is not None
            for one in (first, second, third, program, others)
        ]
    assert found == [True, False, True, True, True]


def test_a_script_that_signs_in_ends_no_browser_in_use(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MAX_SIGN_INS", 2)
    start = utc_now()
    opened: list[str] = []
    with database.write() as session:
        ann = making.user(session, "ann")
        for hours in range(4):
            then = start + timedelta(hours=2 * hours)
            monkeypatch.setattr(accounts, "utc_now", lambda then=then: then)
            if hours == 1:
                accounts.note_use(session, opened[0])
            opened.append(_open(session, ann))
        found = [accounts.owner_of_token(session, one) is not None for one in opened]
    assert found == [True, False, False, True]


def test_expired_tokens_are_cleared_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        ann, bob = making.user(session, "ann"), making.user(session, "bob")
        _open(session, ann)
        _open(session, bob)
    later = utc_now() + 2 * DAY
    monkeypatch.setattr(accounts, "utc_now", lambda: later)
    with database.write() as session:
        _open(session, ann)
        assert len(session.exec(select(ApiToken)).all()) == 2
        assert accounts.remove_expired_tokens(session) == 1
        assert accounts.remove_expired_tokens(session) == 0


def test_users_come_in_the_order_of_their_ids(database: Database) -> None:
    with database.write() as session:
        ann, bob = making.user(session, "ann"), making.user(session, "bob")
        found = accounts.users_by_id(session, [bob, ann + 1000, ann, bob])
    assert [user and user.name for user in found] == ["bob", None, "ann", "bob"]
