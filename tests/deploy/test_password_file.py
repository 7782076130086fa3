"""The database's password may come from a file, as containers hand over secrets."""

from pathlib import Path

import pytest

from app.db import database_url
from app.errors import InvalidInput
from app.settings import Settings

ADDRESS = "mysql://pytune@mysql/pytune"


@pytest.mark.parametrize("content", ["p@ss:w/ord?", "p@ss:w/ord?\n", "p@ss:w/ord?\r\n"])
def test_the_password_is_what_the_file_holds_without_its_line_end(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "secret").write_bytes(content.encode())
    url = database_url(Settings(database_url=ADDRESS, database_password_file=tmp_path / "secret"))
    assert url.password == "p@ss:w/ord?"


def test_the_file_goes_before_a_password_in_the_address(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from file")
    address = "mysql://pytune:from-address@mysql/pytune"
    url = database_url(Settings(database_url=address, database_password_file=tmp_path / "secret"))
    assert url.password == "from file"


def test_without_a_file_the_address_stands_as_it_is() -> None:
    url = database_url(Settings(database_url=ADDRESS, database_password_file=None))
    assert url.password is None


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b"\n"])
def test_a_file_that_holds_no_password_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match="PYTUNE_DATABASE_PASSWORD_FILE"):
        database_url(Settings(database_url=ADDRESS, database_password_file=path))
