"""Zips are read without being unpacked; what is made to do harm is refused."""

import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import ImportRefused
from app.importing import archive
from app.importing.archive import Entry, entries
from tests.importing.packing import packed


def test_files_of_a_zip_a_folder_and_alone(tmp_path: Path) -> None:
    (tmp_path / "folder" / "a").mkdir(parents=True)
    (tmp_path / "folder" / "a" / "b.txt").write_bytes(b"12")
    zipped = packed(tmp_path / "x.zip", {"a/": b"", "a/b.txt": b"12"})
    for path in (tmp_path / "folder", zipped):
        (entry,) = entries(path)
        assert (entry.name, entry.size, entry.suffix) == ("a/b.txt", 2, ".txt")
        with entry.open() as stream:
            assert stream.read() == b"12"
    (alone,) = entries(tmp_path / "folder" / "a" / "b.txt")
    assert alone.name == "b.txt"


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "\\x", "..\\x", "C:x", "c:\\x", "a\\..\\x"]
)
def test_a_path_that_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "x.zip", {"good.json": b"[]", name: b"x"})
    with pytest.raises(ImportRefused, match="outside of itself"):
        entries(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr(info, "/etc/passwd")
    with pytest.raises(ImportRefused, match="holds a link"):
        entries(tmp_path / "x.zip")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_NO_BOMB", 1 << 20)
    path = packed(tmp_path / "x.zip", {"x.json": bytes(1 << 21)})
    with pytest.raises(ImportRefused, match="grows 200 times"):
        entries(path)


def test_a_zip_that_unpacks_to_more_than_anybodys_listens_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 100)
    path = packed(tmp_path / "x.zip", {"a.json": bytes(60), "b.json": bytes(60)})
    with pytest.raises(ImportRefused, match="GiB"):
        entries(path)


def test_a_zip_of_very_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    with pytest.raises(ImportRefused, match="holds 2 files"):
        entries(packed(tmp_path / "x.zip", {"a": b"", "b": b""}))


def test_a_file_that_says_it_is_smaller_than_it_is_does_not_grow(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"x.json": bytes(100_000)})
    content = path.read_bytes()
    path.write_bytes(content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    (entry,) = entries(path)
    with pytest.raises(ImportRefused, match="damaged"):
        _read(entry)


def _read(entry: Entry) -> bytes:
    with entry.open() as stream:
        return stream.read()


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"x.json": b"[]"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="password"):
        entries(path)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No such file"):
        entries(tmp_path / "none.zip")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_a_zip_that_is_damaged_anywhere_is_read_or_refused(
    tmp_path: Path, place: int, value: int
) -> None:
    path = packed(tmp_path / "x.zip", {"a/b.json": [{"n": n} for n in range(20)]})
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)
    try:
        for entry in entries(path):
            with entry.open() as stream:
                stream.read()
    except ImportRefused:
        pass
