"""Arrays to and from disk: checksummed, memory-mapped, whole or not at all. No pickle."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.errors import BadArtifact

_MANIFEST = "manifest.json"
_MAPPED_FROM = 256 << 20
"""Bytes of an array from which on web processes should share it."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """Arrays by name, and a manifest of JSON values that says what they are."""

    manifest: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def save(folder: Path, artifact: Artifact) -> str:
    """Write under another name, sync, rename; SHA-256 of the manifest, which holds the others.

    Raises FileExistsError (an OSError) where `folder` exists: an artifact is never changed.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists: artifacts are never overwritten.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        checksum = _write(unfinished, artifact)
        _sync_folder(unfinished)
        unfinished.rename(folder)
        _sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return checksum


def load(folder: Path, checksum: str | None = None) -> Artifact:
    """Verify every checksum; large arrays are mapped. Raises BadArtifact with the reason."""
    try:
        text = (folder / _MANIFEST).read_bytes()
        if checksum is not None:
            _check(folder, _MANIFEST, checksum, hashlib.sha256(text).hexdigest())
        manifest = json.loads(text)
        files: dict[str, str] = manifest["files"]
        arrays = {name: _read(folder, name, digest) for name, digest in files.items()}
        return Artifact(manifest["about"], arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadArtifact(folder=folder, reason=f"{type(error).__name__}: {error}") from error


def seal(folder: Path) -> None:
    """Let nobody write its files any more: to cut one short would end whoever has mapped it."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o755)


def remove_unfinished(folder: Path) -> int:
    """Delete what a killed training left half-written in the artifact folder; how many."""
    leftovers = [path for path in folder.glob(".*-*") if path.is_dir()]
    for path in leftovers:
        shutil.rmtree(path, ignore_errors=True)
    return len(leftovers)


def _write(folder: Path, artifact: Artifact) -> str:
    files = {}
    for name, array in artifact.arrays.items():
        path = folder / f"{name}.npy"
        with path.open("wb+") as stream:
            np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())
            files[name] = _digest(stream)
    text = json.dumps({"about": dict(artifact.manifest), "files": files}, indent=1).encode()
    with (folder / _MANIFEST).open("wb") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    seal(folder)
    return hashlib.sha256(text).hexdigest()


def _read(folder: Path, name: str, digest: str) -> NDArray[Any]:
    if name != Path(name).name:
        raise BadArtifact(folder=folder, reason=f"{name!r} would lie outside of it")
    path = folder / f"{name}.npy"
    # What is verified is what is read, whatever is put under that name meanwhile.
    with path.open("rb") as stream:
        _check(folder, path.name, digest, _digest(stream))
        stream.seek(0)
        mapped = os.fstat(stream.fileno()).st_size >= _MAPPED_FROM
        array = _mapped(stream) if mapped else np.load(stream, allow_pickle=False)
    array.flags.writeable = False
    return array


def _mapped(stream: BufferedReader) -> NDArray[Any]:
    """Raises ValueError where the file holds no plain array, or less than it says."""
    form = np.lib.format
    first = form.read_magic(stream) == (1, 0)
    header = form.read_array_header_1_0 if first else form.read_array_header_2_0
    shape, by_column, dtype = header(stream)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    order: Literal["C", "F"] = "F" if by_column else "C"
    return np.memmap(stream, dtype, "r", stream.tell(), shape, order)


def _check(folder: Path, name: str, expected: str, actual: str) -> None:
    if expected != actual:
        raise BadArtifact(folder=folder, reason=f"{name} is damaged or was changed")


def _digest(stream: BufferedReader | BufferedRandom) -> str:
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
