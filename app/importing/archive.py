"""The files of an import: a folder's, a zip's without unpacking it, or the one file itself."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from app.errors import ImportRefused

MAX_FILES = 100_000
MAX_UNPACKED = 20 * 2**30
"""Bytes of all files of a zip together. Twenty gigabytes are the listens of hundreds of people."""
_MAX_RATIO = 200
"""JSON of listens packs to a tenth or less; what packs to this is made to fill a disk."""
_NO_BOMB = 64 * 2**20
"""Bytes: a smaller file is no bomb, however well it packs."""
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to read: on disk, or inside a zip."""

    name: str
    """Its path within the folder or the zip, or the file's own name."""
    size: int
    """Bytes as `open` gives them."""
    path: Path
    member: str | None = None

    @classmethod
    def of(cls, path: Path, name: str | None = None) -> "Entry":
        """Raises ImportRefused where the file cannot be read."""
        with _readable(path):
            return cls(name or path.name, path.stat().st_size, path)

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Raises ImportRefused, also where a zip turns out to be damaged while it is read."""
        with _readable(self.path):
            if self.member is None:
                with self.path.open("rb") as stream:
                    yield stream
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as inside:
                    yield cast("BinaryIO", inside)


def entries(path: Path) -> list[Entry]:
    """Raises ImportRefused where there is nothing, or a zip that is damaged or not safe."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        return [Entry.of(file, file.relative_to(path).as_posix()) for file in files]
    with _readable(path):
        if not zipfile.is_zipfile(path):
            return [Entry.of(path)]
        with zipfile.ZipFile(path) as archive:
            return _members(path, archive.infolist())


def _members(path: Path, infos: list[zipfile.ZipInfo]) -> list[Entry]:
    if len(infos) > MAX_FILES:
        raise _refused(path, f"the zip holds {len(infos):,} files, at most {MAX_FILES:,} are read")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_UNPACKED:
        size = f"{unpacked / 2**30:,.1f} GiB, at most {MAX_UNPACKED // 2**30} are read"
        raise _refused(path, f"unpacked, the zip has {size}")
    for info in infos:
        _refuse_unsafe(path, info)
    files = [info for info in infos if not info.is_dir()]
    return [Entry(info.filename, info.file_size, path, info.filename) for info in files]


def _refuse_unsafe(path: Path, info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or _DRIVE.match(name):
        raise _refused(path, f"the zip names a file outside of itself: {name!r}")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(path, f"the zip holds a link: {name!r}")
    if info.flag_bits & 1:
        raise _refused(path, "the zip has a password: unpack it, and pack it without one")
    if info.file_size > _NO_BOMB and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
        raise _refused(path, f"{name!r} in the zip grows {_MAX_RATIO} times when it is unpacked")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise _refused(path, f"the zip is damaged: {error}") from error


def _refused(path: Path, reason: str) -> ImportRefused:
    return ImportRefused(file=path.name, reason=reason)
