"""A backup's models on their way into the artifact folder, also where the first try was killed."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import ZipFile

from app.backup.archive import BLOCK, Contents, files_of, model_member
from app.errors import BackupRefused
from app.ml import artifacts

_MARK = ".restoring"


@dataclass(frozen=True, slots=True)
class Begun:
    """Says, beside the models, which backup is being restored: until all of it is done."""

    mark: Path
    digest: str
    again: bool
    """Whether it was begun before and killed."""

    @classmethod
    def of(cls, folder: Path, contents: Contents) -> Self:
        mark, digest = folder / _MARK, hashlib.sha256(contents.bytes()).hexdigest()
        return cls(mark, digest, mark.is_file() and mark.read_bytes() == digest.encode())

    def write(self) -> None:
        self.mark.parent.mkdir(parents=True, exist_ok=True)
        self.mark.write_text(self.digest)

    def remove(self) -> None:
        self.mark.unlink(missing_ok=True)


@contextmanager
def models_in_place(
    archive: ZipFile, contents: Contents, begun: Begun, path: Path
) -> Iterator[None]:
    """The models' folders; what was put there is gone again if what follows fails.

    Raises BackupRefused where one is there that no killed try of the same backup has left.
    """
    folder = begun.mark.parent
    there = [model for model in contents.models if (folder / model).exists()]
    for model in there:
        if not (begun.again and _is_same(archive, model, folder / model)):
            reason = f"{folder / model} exists: name another PYTUNE_ARTIFACT_DIR"
            raise BackupRefused(file=path, reason=reason)
    begun.write()
    placed: list[Path] = []
    try:
        for model in (each for each in contents.models if each not in there):
            _place(archive, model, folder)
            placed.append(folder / model)
        yield
    except BaseException:
        for each in placed:
            shutil.rmtree(each, ignore_errors=True)
        if not there:
            begun.remove()
        raise


def _place(archive: ZipFile, model: str, folder: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f".{model}-", dir=folder))
    try:
        for file in files_of(archive, model):
            member = archive.open(model_member(model, file))
            with member as source, (unfinished / file).open("wb") as copy:
                shutil.copyfileobj(source, copy)
        artifacts.seal(unfinished)
        artifacts.load(unfinished)
        unfinished.rename(folder / model)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _is_same(archive: ZipFile, model: str, folder: Path) -> bool:
    """Whether the folder holds the model's files as they are in the backup, and nothing else."""
    names = sorted(files_of(archive, model))
    return names == sorted(each.name for each in folder.iterdir()) and all(
        _is_same_file(archive, model_member(model, name), folder / name) for name in names
    )


def _is_same_file(archive: ZipFile, member: str, path: Path) -> bool:
    with archive.open(member) as kept, path.open("rb") as found:
        while block := kept.read(BLOCK):
            if found.read(len(block)) != block:
                return False
        return not found.read(1)
