import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import BadArtifact
from app.ml import artifacts
from app.ml.artifacts import Artifact
from tests.damaging import overwrite

ARRAYS: dict[str, np.ndarray[Any, Any]] = {
    "factors": np.arange(12, dtype=np.float32).reshape(3, 4),
    "ids": np.array([3, 5, 8]),
    "none": np.zeros((0, 4), dtype=np.float32),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models" / "7"


@pytest.fixture
def checksum(folder: Path) -> str:
    return artifacts.save(folder, Artifact({"version": 7}, ARRAYS))


def change_manifest(folder: Path, change: Callable[[Any], Any]) -> None:
    path = folder / "manifest.json"
    overwrite(path, json.dumps(change(json.loads(path.read_text()))).encode())


def test_what_was_saved_is_loaded_bit_for_bit(folder: Path, checksum: str) -> None:
    loaded = artifacts.load(folder, checksum)
    assert loaded.manifest == {"version": 7}
    assert set(loaded.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert loaded.arrays[name].dtype == array.dtype
        assert loaded.arrays[name].tobytes() == array.tobytes()


@pytest.mark.parametrize(("mapped_from", "kind"), [(0, np.memmap), (1 << 20, np.ndarray)])
def test_large_arrays_are_mapped_and_none_can_be_written(
    folder: Path, checksum: str, monkeypatch: pytest.MonkeyPatch, mapped_from: int, kind: type
) -> None:
    monkeypatch.setattr(artifacts, "_MAPPED_FROM", mapped_from)
    factors = artifacts.load(folder, checksum).arrays["factors"]
    assert type(factors) is kind
    with pytest.raises(ValueError, match="read-only"):
        factors[0] = 1


def test_a_mapped_model_outlives_its_removal_and_what_takes_its_name(
    folder: Path, checksum: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "_MAPPED_FROM", 0)
    loaded = artifacts.load(folder, checksum)
    shutil.rmtree(folder)
    artifacts.save(folder, Artifact({}, {"factors": np.zeros(1)}))
    assert loaded.arrays["factors"].tobytes() == ARRAYS["factors"].tobytes()


@pytest.mark.usefixtures("checksum")
def test_nobody_may_write_a_models_files(folder: Path) -> None:
    files = list(folder.iterdir())
    assert len(files) == 1 + len(ARRAYS)
    assert [path.name for path in files if path.stat().st_mode & 0o222] == []


@pytest.mark.parametrize("kept", [6, 20, 130])
def test_a_file_that_ends_too_early_is_never_mapped(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(artifacts, "_MAPPED_FROM", 0)
    artifacts.save(folder, Artifact({}, ARRAYS))
    content = (folder / "factors.npy").read_bytes()[:kept]
    overwrite(folder / "factors.npy", content)
    digest = hashlib.sha256(content).hexdigest()
    files = {"factors": digest}
    change_manifest(folder, lambda manifest: {**manifest, "files": files})
    with pytest.raises(BadArtifact):
        artifacts.load(folder, None)


def test_the_checksum_is_that_of_the_manifest(folder: Path, checksum: str) -> None:
    assert hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest() == checksum


def test_equal_models_have_equal_checksums(tmp_path: Path) -> None:
    one, other = (artifacts.save(tmp_path / name, Artifact({}, ARRAYS)) for name in "ab")
    assert one == other


def test_an_artifact_is_never_overwritten(folder: Path, checksum: str) -> None:
    with pytest.raises(FileExistsError, match="never overwritten"):
        artifacts.save(folder, Artifact({"version": 8}, {}))
    assert artifacts.load(folder, checksum).manifest == {"version": 7}


@pytest.mark.parametrize("at", [0, 100, -1])
def test_one_changed_byte_is_found(folder: Path, checksum: str, at: int) -> None:
    content = bytearray((folder / "factors.npy").read_bytes())
    content[at] ^= 1
    overwrite(folder / "factors.npy", content)
    with pytest.raises(BadArtifact, match=r"factors\.npy is damaged"):
        artifacts.load(folder, checksum)


def test_a_truncated_file_is_found(folder: Path, checksum: str) -> None:
    content = (folder / "factors.npy").read_bytes()
    overwrite(folder / "factors.npy", content[:-4])
    with pytest.raises(BadArtifact, match="damaged"):
        artifacts.load(folder, checksum)


def test_a_changed_manifest_is_found(folder: Path, checksum: str) -> None:
    change_manifest(folder, lambda manifest: {**manifest, "about": {"version": 8}})
    with pytest.raises(BadArtifact, match=r"manifest\.json is damaged"):
        artifacts.load(folder, checksum)


@pytest.mark.parametrize("name", ["factors.npy", "manifest.json"])
def test_a_missing_file_is_found(folder: Path, checksum: str, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(BadArtifact, match="FileNotFoundError"):
        artifacts.load(folder, checksum)


def test_a_missing_folder_is_found(tmp_path: Path) -> None:
    with pytest.raises(BadArtifact, match="cannot be used"):
        artifacts.load(tmp_path / "nowhere", None)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: [],
        lambda _: None,
        lambda _: {"about": {}},
        lambda _: {"files": {}},
        lambda manifest: {**manifest, "files": []},
        lambda manifest: {**manifest, "files": dict.fromkeys(manifest["files"])},
        lambda manifest: {**manifest, "files": {"": "0" * 64}},
        lambda manifest: {**manifest, "files": {"\0": "0" * 64}},
    ],
)
@pytest.mark.usefixtures("checksum")
def test_a_manifest_of_another_form_is_refused(folder: Path, change: Callable[[Any], Any]) -> None:
    change_manifest(folder, change)
    with pytest.raises(BadArtifact):
        artifacts.load(folder, None)


@pytest.mark.parametrize("name", ["../secret", "../../secret", "{absolute}", "sub/secret", ".."])
@pytest.mark.usefixtures("checksum")
def test_a_manifest_cannot_reach_outside_its_folder(folder: Path, name: str) -> None:
    name = name.format(absolute=folder.parent / "secret")
    for place in (folder, folder.parent, folder.parent.parent):
        np.save(place / "secret.npy", np.ones(1))
    digest = hashlib.sha256((folder / "secret.npy").read_bytes()).hexdigest()
    change_manifest(folder, lambda manifest: {**manifest, "files": {name: digest}})
    with pytest.raises(BadArtifact):
        artifacts.load(folder, None)


@pytest.mark.usefixtures("checksum")
@pytest.mark.parametrize("mapped_from", [0, 1 << 20])
def test_a_pickle_is_never_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, mapped_from: int
) -> None:
    monkeypatch.setattr(artifacts, "_MAPPED_FROM", mapped_from)
    (folder / "factors.npy").unlink()
    np.save(folder / "factors.npy", np.array([object()]), allow_pickle=True)
    digest = hashlib.sha256((folder / "factors.npy").read_bytes()).hexdigest()
    change_manifest(folder, lambda manifest: {**manifest, "files": {"factors": digest}})
    with pytest.raises(BadArtifact):
        artifacts.load(folder, None)


def test_python_objects_are_not_saved(folder: Path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        artifacts.save(folder, Artifact({}, {"objects": np.array([object()])}))
    assert list(folder.parent.iterdir()) == []


def test_a_write_that_fails_leaves_nothing(folder: Path) -> None:
    with pytest.raises(TypeError):
        artifacts.save(folder, Artifact({"version": object()}, ARRAYS))
    assert list(folder.parent.iterdir()) == []


def test_what_a_killed_training_left_is_not_loadable_and_is_swept_away(
    folder: Path, checksum: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "_write", write_without_a_manifest)
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)  # the dead do not tidy up
    with pytest.raises(KeyboardInterrupt):
        artifacts.save(folder.parent / "8", Artifact({}, ARRAYS))
    monkeypatch.undo()
    left = [path for path in folder.parent.iterdir() if path != folder]
    assert [sorted(path.name for path in half.iterdir()) for half in left] == [["factors.npy"]]
    with pytest.raises(BadArtifact):
        artifacts.load(left[0], None)
    assert artifacts.remove_unfinished(folder.parent) == 1
    assert list(folder.parent.iterdir()) == [folder]
    assert artifacts.load(folder, checksum).manifest == {"version": 7}


def write_without_a_manifest(folder: Path, artifact: Artifact) -> str:
    np.save(folder / "factors.npy", artifact.arrays["factors"])
    raise KeyboardInterrupt
