"""What was revoked after a backup is not valid again when it is restored."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app import accounts, backup
from app.backup import tables
from app.db import Database, open_database
from app.models import ApiToken, PasswordLink, Role
from app.models.columns import id_of
from app.settings import Settings
from app.users import make_link
from tests.backup.test_backup import silent


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[tuple[Database, Settings]]:
    settings = Settings(data_dir=tmp_path / "fresh")
    database = open_database(settings)
    yield database, settings
    database.dispose()


def _signed_in(session: Session) -> str:
    root = accounts.create_user(
        session, "root", accounts.hashed("correct horse"), Role.ADMINISTRATOR
    )
    session.flush()
    make_link(session, id_of(root), "root", timedelta(days=1))
    return accounts.open_session(session, root, timedelta(days=1), "browser").token


@pytest.mark.parametrize("left_out", [tables.ACCESS, frozenset()], ids=["today's", "older"])
def test_a_restored_database_lets_nobody_in_without_a_password(
    database: Database,
    settings: Settings,
    fresh: tuple[Database, Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    left_out: frozenset[str],
) -> None:
    token, file = database.transact(_signed_in), tmp_path / "pytune.zip"
    with monkeypatch.context() as patched:
        patched.setattr(tables, "ACCESS", left_out)
        backup.write(database, settings, file, silent)
    backup.restore(*fresh, file, silent)
    with fresh[0].read() as session:
        assert accounts.owner_of_token(session, token) is None
        assert [*session.exec(select(ApiToken)), *session.exec(select(PasswordLink))] == []
        accounts.proven(accounts.user_by_name(session, "root"), "correct horse")
