"""Files that were sent in, kept until their import is over: streamed to disk, within limits."""

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

from app.importing.errors import StorageFull, UploadNotFound, UploadTooLarge
from app.settings import Settings

_ID = re.compile(r"[0-9a-f]{32}")
_NOT_IN_NAME = re.compile(r"[^\w.() -]+")
_MAX_NAME = 100
"""Bytes."""
_LOOKED_AFTER = 4 * 2**20
"""Bytes after which the user's other uploads are looked at again: they may come in at once."""
_MEBIBYTE = 2**20


class Upload:
    """One file on its way in. What is not finished is removed."""

    def __init__(self, settings: Settings, user_id: int, name: str) -> None:
        """Raises UploadTooLarge where the user's other uploads have filled their share."""
        self.limit = settings.upload_megabytes * _MEBIBYTE
        self.quota = settings.upload_quota_megabytes * _MEBIBYTE
        self.id = secrets.token_hex(16)
        self.size = 0
        self._all_of_user = _folder(settings, user_id)
        folder = self._all_of_user / self.id
        self.path = folder / _safe(name)
        self._left = self.quota - _size_of(self._all_of_user)
        self._look_again = _LOOKED_AFTER
        self._refuse_over_limit()
        with _kept():
            folder.mkdir(parents=True, mode=0o700)
            self._file: IO[bytes] = self.path.open("wb")
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._file.close()
        if not self._finished:
            discard(self.path)

    def write(self, chunk: bytes) -> None:
        """Raises UploadTooLarge before anything beyond the limit is written, or StorageFull."""
        self.size += len(chunk)
        self._refuse_over_limit()
        with _kept():
            self._file.write(chunk)
        if self.size >= self._look_again:
            self._look_at_others()

    def _look_at_others(self) -> None:
        self._look_again = self.size + _LOOKED_AFTER
        with _kept():
            self._file.flush()
        others = _size_of(self._all_of_user) - self.path.stat().st_size
        self._left = self.quota - others
        self._refuse_over_limit()

    def close(self) -> None:
        """It is whole, and can be read. Raises UploadTooLarge where others came in meanwhile."""
        if self._file.closed:
            return
        self._look_at_others()
        with _kept():
            self._file.close()

    def finish(self) -> None:
        """It is whole: keep it. Raises as `close`."""
        self.close()
        self._finished = True

    def _refuse_over_limit(self) -> None:
        most = min(self.limit, self._left)
        if self.size > most or most <= 0:
            whose = "one file" if self.limit <= self._left else "what else you have sent in"
            raise UploadTooLarge(megabytes=max(most, 0) // _MEBIBYTE, whose=whose)


@contextmanager
def _kept() -> Iterator[None]:
    """Raises StorageFull where the disk takes no more."""
    try:
        yield
    except OSError as error:
        raise StorageFull(reason=error.strerror) from error


def find(settings: Settings, user_id: int, upload_id: str) -> Path:
    """The file of that user's upload. Raises UploadNotFound."""
    folder = _folder(settings, user_id) / upload_id
    found = sorted(folder.iterdir()) if _ID.fullmatch(upload_id) and folder.is_dir() else []
    if not found:
        raise UploadNotFound(upload_id)
    return found[0]


def discard(path: Path) -> None:
    """Remove an upload by its file; it may be gone already."""
    shutil.rmtree(path.parent, ignore_errors=True)


def is_upload(settings: Settings, path: Path) -> bool:
    """Whether it lies where uploads do, whatever links lead there."""
    return path.resolve().parent.parent.parent == settings.uploads.resolve()


def remove_old(settings: Settings, hours: float, needed: set[str]) -> int:
    """Remove what nobody began to import, `needed` paths left alone; how many."""
    latest = time.time() - hours * 3600
    kept = {Path(path).resolve() for path in needed}
    old = [
        path
        for path in settings.uploads.glob("*/*/*")
        if path.resolve() not in kept and _changed_at(path, latest) < latest
    ]
    for path in old:
        discard(path)
    return len(old)


def discard_all(settings: Settings, user_id: int) -> None:
    """Delete every file that the user has sent in."""
    shutil.rmtree(_folder(settings, user_id), ignore_errors=True)


def _folder(settings: Settings, user_id: int) -> Path:
    return settings.uploads / str(user_id)


def _changed_at(path: Path, otherwise: float) -> float:
    """Seconds since 1970; `otherwise` for what is gone meanwhile."""
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return otherwise


def _size_of(folder: Path) -> int:
    """Bytes; what goes meanwhile takes none."""
    size = 0
    for path in folder.glob("*/*"):
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def _safe(name: str) -> str:
    """The name as it is shown later and as formats are told by; nothing of a path is left."""
    plain = _NOT_IN_NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    # Systems count bytes, and a letter may have four; its end is what formats are told by.
    return plain.encode()[-_MAX_NAME:].decode(errors="ignore") or "upload"
