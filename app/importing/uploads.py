"""Files that were sent in, kept until their import is over: streamed to disk, within limits."""

import re
import secrets
import shutil
import time
from pathlib import Path
from typing import IO, Self

from app.importing.errors import UploadNotFound, UploadTooLarge
from app.settings import Settings

_ID = re.compile(r"[0-9a-f]{32}")
_NOT_IN_NAME = re.compile(r"[^\w.() -]+")
_MAX_NAME = 100
_MEBIBYTE = 2**20


class Upload:
    """One file on its way in. What is not finished is removed."""

    def __init__(self, settings: Settings, user_id: int, name: str) -> None:
        """Raises UploadTooLarge where the user's other uploads have filled their share."""
        self.limit = settings.upload_megabytes * _MEBIBYTE
        kept = _size_of(_folder(settings, user_id))
        self._left = settings.upload_quota_megabytes * _MEBIBYTE - kept
        self.id = secrets.token_hex(16)
        self.size = 0
        folder = _folder(settings, user_id) / self.id
        self.path = folder / _safe(name)
        self._refuse_over_limit()
        folder.mkdir(parents=True, mode=0o700)
        self._file: IO[bytes] = self.path.open("wb")
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        if not self._finished:
            discard(self.path)

    def write(self, chunk: bytes) -> None:
        """Raises UploadTooLarge before anything beyond the limit is written."""
        self.size += len(chunk)
        self._refuse_over_limit()
        self._file.write(chunk)

    def close(self) -> None:
        """It is whole, and can be read."""
        self._file.close()

    def finish(self) -> None:
        """It is whole: keep it."""
        self.close()
        self._finished = True

    def _refuse_over_limit(self) -> None:
        most = min(self.limit, self._left)
        if self.size > most or most <= 0:
            whose = "one file" if self.limit <= self._left else "what else you have sent in"
            raise UploadTooLarge(megabytes=max(most, 0) // _MEBIBYTE, whose=whose)


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
    return path.parent.parent.parent == settings.uploads


def remove_old(settings: Settings, hours: float, needed: set[str]) -> int:
    """Remove what nobody began to import, `needed` paths left alone; how many."""
    latest = time.time() - hours * 3600
    old = [
        path
        for path in settings.uploads.glob("*/*/*")
        if str(path) not in needed and path.stat().st_mtime < latest
    ]
    for path in old:
        discard(path)
    return len(old)


def remove_all_of(settings: Settings, user_id: int) -> None:
    shutil.rmtree(_folder(settings, user_id), ignore_errors=True)


def discard_all(settings: Settings, user_id: int) -> None:
    """Delete every file that the user has sent in."""
    shutil.rmtree(_folder(settings, user_id), ignore_errors=True)


def _folder(settings: Settings, user_id: int) -> Path:
    return settings.uploads / str(user_id)


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*/*"))


def _safe(name: str) -> str:
    """The name as it is shown later and as formats are told by; nothing of a path is left."""
    plain = _NOT_IN_NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return plain[-_MAX_NAME:] or "upload"
