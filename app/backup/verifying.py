"""Whether a backup holds what it says: every byte is read."""

import hashlib
from zipfile import ZipFile

from app.backup.archive import BLOCK, Contents, Progress, Table, files_of, model_member


def verify(archive: ZipFile, contents: Contents, progress: Progress) -> None:
    """Raises ValueError, KeyError, BadZipFile or zlib.error where it is damaged."""
    parts = len(contents.tables) + len(contents.models)
    for done, table in enumerate(contents.tables, start=1):
        _verify_table(archive, table)
        progress("verifying", done, parts)
    for done, model in enumerate(contents.models, start=len(contents.tables) + 1):
        for file in files_of(archive, model):
            _digest(archive, model_member(model, file))
        progress("verifying", done, parts)


def _verify_table(archive: ZipFile, table: Table) -> None:
    if _digest(archive, table.member) != table.sha256:
        raise ValueError(f"the rows of {table.name} are not those that were written")


def _digest(archive: ZipFile, member: str) -> str:
    """Reading to the end also compares the archive's own check sum."""
    digest = hashlib.sha256()
    with archive.open(member) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
