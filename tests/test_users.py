"""What administrators do with users: invitations, resets, roles, who may sign in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, select

from app import accounts, security, users
from app.db import Database
from app.errors import InvalidInput, NameTaken, PyTuneError, UserNotFound
from app.models import ApiToken, PasswordLink, Role, User
from app.models.columns import id_of
from app.users import LastAdministrator, Link, LinkInvalid, UserState
from tests import making

PASSWORD = "correct horse"
DAY = timedelta(days=1)
EXPIRED = timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashes at the least cost; test_security has those of the product."""
    hasher = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(security, "_HASHER", PasswordHash((hasher,)))


@pytest.fixture
def root(database: Database) -> int:
    """The only administrator."""
    with database.write() as session:
        return id_of(
            accounts.create_user(session, "root", accounts.hashed(PASSWORD), Role.ADMINISTRATOR)
        )


def _invite(database: Database, lifetime: timedelta = DAY) -> Link:
    return database.transact(
        lambda session: users.invite(session, "ann", Role.LISTENER, "root", lifetime)
    )


def _state(database: Database, user_id: int) -> UserState:
    with database.read() as session:
        return users.account(session, user_id).state


def test_an_invited_user_picks_a_password_once(database: Database) -> None:
    link = _invite(database)
    number = id_of(link.account.user)
    assert _state(database, number) is UserState.INVITED
    with database.write() as session:
        assert users.use_link(session, link.token, accounts.hashed(PASSWORD)).name == "ann"
    assert _state(database, number) is UserState.ACTIVE
    with database.read() as session:
        assert accounts.proven(accounts.user_by_name(session, "ann"), PASSWORD).id == number
    with pytest.raises(LinkInvalid), database.write() as session:
        users.use_link(session, link.token, accounts.hashed("another one"))


def test_only_the_hash_of_a_link_is_kept(database: Database) -> None:
    link = _invite(database)
    with database.read() as session:
        (row,) = session.exec(select(PasswordLink)).all()
    assert link.token not in str(row)
    assert (row.created_by, row.expires_at) == ("root", link.expires_at)


def test_an_expired_link_lets_nobody_in_and_is_cleared_away(database: Database) -> None:
    link = _invite(database, EXPIRED)
    with pytest.raises(LinkInvalid), database.write() as session:
        users.use_link(session, link.token, accounts.hashed(PASSWORD))
    assert _state(database, id_of(link.account.user)) is UserState.UNCLAIMED
    assert database.transact(users.remove_expired_links) == 1
    assert database.transact(users.remove_expired_links) == 0


def test_a_newer_link_ends_the_older(database: Database) -> None:
    older = _invite(database)
    number = id_of(older.account.user)
    newer = database.transact(lambda session: users.make_link(session, number, "root", DAY))
    with database.read() as session:
        assert users.user_of_link(session, newer.token).id == number
        with pytest.raises(LinkInvalid):
            users.user_of_link(session, older.token)


def test_a_link_lets_a_listener_from_a_file_claim_their_history(database: Database) -> None:
    with database.write() as session:
        number = making.user(session, "ann")
    assert _state(database, number) is UserState.UNCLAIMED
    link = database.transact(lambda session: users.make_link(session, number, "root", DAY))
    with database.write() as session:
        assert users.use_link(session, link.token, accounts.hashed(PASSWORD)).id == number


def test_a_reset_ends_every_sign_in(database: Database, root: int) -> None:
    link = database.transact(lambda session: users.make_link(session, root, "root", DAY))
    with database.write() as session:
        user = session.get_one(User, root)
        token = accounts.open_session(session, user, DAY, "test").token
        assert accounts.owner_of_token(session, token)
        users.use_link(session, link.token, accounts.hashed("another one"))
        assert accounts.owner_of_token(session, token) is None


def test_two_that_use_a_link_at_once_use_it_once(database: Database) -> None:
    token, begin = _invite(database).token, threading.Barrier(2)

    def use(password: str) -> str | None:
        begin.wait()
        try:
            database.transact(
                lambda session: users.use_link(session, token, accounts.hashed(password))
            )
        except LinkInvalid:
            return None
        return password

    with ThreadPoolExecutor(2) as pool:
        used = [word for word in pool.map(use, ("password one", "password two")) if word]
    assert len(used) == 1
    with database.read() as session:
        assert accounts.proven(accounts.user_by_name(session, "ann"), used[0])


def test_a_disabled_user_is_signed_out_everywhere_and_kept_out(database: Database) -> None:
    link = _invite(database)
    number = id_of(link.account.user)
    with database.write() as session:
        users.use_link(session, link.token, accounts.hashed(PASSWORD))
        user = session.get_one(User, number)
        token = accounts.open_session(session, user, DAY, "test").token
        users.make_link(session, number, "root", DAY)
    with database.write() as session:
        assert users.disable(session, number).state is UserState.DISABLED
        assert accounts.owner_of_token(session, token) is None
        assert session.exec(select(ApiToken)).all() == []
        assert session.exec(select(PasswordLink)).all() == []
        with pytest.raises(InvalidInput, match="disabled"):
            users.make_link(session, number, "root", DAY)
    with database.write() as session:
        assert users.enable(session, number).state is UserState.ACTIVE
        assert accounts.proven(accounts.user_by_name(session, "ann"), PASSWORD)


def test_the_last_administrator_stays(database: Database, root: int) -> None:
    invited = database.transact(
        lambda session: users.invite(session, "new", Role.ADMINISTRATOR, "root", DAY)
    )
    for leave in (users.disable, lambda s, n: users.set_role(s, n, Role.LISTENER)):
        with pytest.raises(LastAdministrator), database.write() as session:
            leave(session, root)
    with database.write() as session:
        users.use_link(session, invited.token, accounts.hashed(PASSWORD))
        assert users.set_role(session, root, Role.LISTENER).user.role is Role.LISTENER


def test_two_administrators_that_remove_each_other_leave_one(database: Database, root: int) -> None:
    with database.write() as session:
        other = id_of(
            accounts.create_user(session, "other", accounts.hashed(PASSWORD), Role.ADMINISTRATOR)
        )
    begin = threading.Barrier(2)

    def leave(number: int) -> bool:
        begin.wait()
        try:
            database.transact(lambda session: users.disable(session, number))
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, (root, other))) == [False, True]


def test_users_are_found_by_any_part_of_their_name(database: Database) -> None:
    with database.write() as session:
        for name in ("Ann", "Joanne", "Bob", "50% ann_"):
            making.user(session, name)
    with database.read() as session:
        assert _names(session, "") == ["50% ann_", "Bob", "Joanne", "Ann"]
        assert _names(session, "ANN") == ["50% ann_", "Joanne", "Ann"]
        assert _names(session, "%") == ["50% ann_"]
        assert _names(session, "n_") == ["50% ann_"]
        assert users.count_users(session, "ann") == 3
        (first, second) = users.users(session, 2, search="ann")
        rest = users.users(session, 2, id_of(second.user), "ann")
    assert [each.user.name for each in (first, second, *rest)] == ["50% ann_", "Joanne", "Ann"]


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda session: users.account(session, 0), UserNotFound),
        (lambda session: users.make_link(session, 0, "root", DAY), UserNotFound),
        (lambda session: users.set_role(session, 0, Role.LISTENER), UserNotFound),
        (lambda session: users.disable(session, 0), UserNotFound),
        (lambda session: users.enable(session, 0), UserNotFound),
        (lambda session: users.invite(session, "", Role.LISTENER, "root", DAY), InvalidInput),
        (lambda session: users.invite(session, "ROOT", Role.LISTENER, "root", DAY), NameTaken),
        (
            lambda session: users.use_link(session, "nonsense", accounts.hashed(PASSWORD)),
            LinkInvalid,
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    database: Database, root: int, act: object, error: type[PyTuneError]
) -> None:
    with pytest.raises(error), database.write() as session:
        act(session)  # type: ignore[operator]


def _names(session: Session, search: str) -> list[str]:
    return [each.user.name for each in users.users(session, 10, search=search)]
