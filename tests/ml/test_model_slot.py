import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.errors import BadArtifact
from app.ml import artifacts
from app.ml.algorithms import ALGORITHMS
from app.ml.model_slot import LoadedModel, ModelSlot
from app.ml.recommender import History
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from tests.damaging import overwrite


@pytest.fixture(params=sorted(ALGORITHMS))
def model(request: pytest.FixtureRequest, matrix: csr_matrix) -> LoadedModel:
    tracks = matrix.shape[1]
    return LoadedModel(
        version=7,
        recommender=ALGORITHMS[request.param].fit(matrix, {}, seed=0, report=lambda _: None),
        weigher=Weigher(Weighting.BINARY),
        tracks=Vocabulary.of(np.arange(tracks) * 10),
        artist_ids=np.arange(tracks) // 3,
        popularity=np.linspace(0, 1, tracks, dtype=np.float32),
    )


def test_a_loaded_model_is_the_saved_one(
    model: LoadedModel, history: History, tmp_path: Path
) -> None:
    checksum = model.save(tmp_path / "7")
    loaded = LoadedModel.load(tmp_path / "7", checksum, 7)
    assert (loaded.version, loaded.weigher.weighting) == (7, Weighting.BINARY)
    assert type(loaded.recommender) is type(model.recommender)
    assert loaded.recommender.settings() == model.recommender.settings()
    for name in ("artist_ids", "popularity"):
        assert np.array_equal(getattr(loaded, name), getattr(model, name))
    assert np.array_equal(loaded.tracks.ids, model.tracks.ids)
    scores = model.recommender.scores(history)
    assert loaded.recommender.scores(history).tobytes() == scores.tobytes()


def test_the_artists_to_start_with_are_kept_in_their_order(
    model: LoadedModel, tmp_path: Path
) -> None:
    checksum = replace(model, starters=np.array([9, 2, 5])).save(tmp_path / "7")
    assert LoadedModel.load(tmp_path / "7", checksum, 7).starters.tolist() == [9, 2, 5]


def test_how_doings_are_weighed_is_kept_with_the_model(model: LoadedModel, tmp_path: Path) -> None:
    rarity = np.linspace(0, 2, model.recommender.n_items, dtype=np.float32)
    weigher = Weigher(Weighting.BM25, 30.5, 12.25, rarity)
    checksum = replace(model, weigher=weigher).save(tmp_path / "7")
    loaded = LoadedModel.load(tmp_path / "7", checksum, 7).weigher
    assert (loaded.weighting, loaded.half_life_days) == (Weighting.BM25, 30.5)
    assert loaded.typical_plays == 12.25
    assert loaded.rarity is not None
    assert loaded.rarity.tobytes() == rarity.tobytes()


def test_a_model_from_before_listens_could_fade_is_still_read(
    model: LoadedModel, tmp_path: Path
) -> None:
    model.save(tmp_path / "7")
    manifest = json.loads((tmp_path / "7" / "manifest.json").read_text())
    for name in ("half_life_days", "typical_plays"):
        del manifest["about"][name]
    overwrite(tmp_path / "7" / "manifest.json", json.dumps(manifest).encode())
    assert LoadedModel.load(tmp_path / "7", None, 7).weigher == Weigher(Weighting.BINARY)


def test_a_weighting_by_rarity_without_it_is_refused(model: LoadedModel, tmp_path: Path) -> None:
    model.save(tmp_path / "7")
    change(tmp_path / "7", {"weighting": "bm25"})
    with pytest.raises(BadArtifact, match="rarity"):
        LoadedModel.load(tmp_path / "7", None, 7)


def test_another_version_is_refused(model: LoadedModel, tmp_path: Path) -> None:
    checksum = model.save(tmp_path / "7")
    with pytest.raises(BadArtifact, match="version 7"):
        LoadedModel.load(tmp_path / "7", checksum, 8)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("algorithm", "astrology"),
        ("weighting", "heavy"),
        ("settings", [1]),
        ("settings", {"colour": 1}),
        ("version", None),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    model: LoadedModel, tmp_path: Path, name: str, value: Any
) -> None:
    model.save(tmp_path / "7")
    change(tmp_path / "7", {name: value})
    with pytest.raises(BadArtifact):
        LoadedModel.load(tmp_path / "7", None, 7)


@pytest.mark.parametrize("name", ["track_ids", "artist_ids", "popularity"])
@pytest.mark.parametrize("array", [np.arange(3), np.array(3)])
def test_arrays_that_do_not_fit_together_are_refused(
    model: LoadedModel, tmp_path: Path, name: str, array: np.ndarray[Any, Any]
) -> None:
    model.save(tmp_path / "7")
    whole = artifacts.load(tmp_path / "7")
    artifacts.save(
        tmp_path / "8", artifacts.Artifact(whole.manifest, {**whole.arrays, name: array})
    )
    with pytest.raises(BadArtifact):
        LoadedModel.load(tmp_path / "8", None, 7)


def test_a_missing_array_is_refused(model: LoadedModel, tmp_path: Path) -> None:
    model.save(tmp_path / "7")
    whole = artifacts.load(tmp_path / "7")
    for name in whole.arrays:
        rest = {other: array for other, array in whole.arrays.items() if other != name}
        artifacts.save(tmp_path / name, artifacts.Artifact(whole.manifest, rest))
        with pytest.raises(BadArtifact):
            LoadedModel.load(tmp_path / name, None, 7)


def test_a_slot_holds_what_was_put_in_last(model: LoadedModel) -> None:
    slot = ModelSlot()
    seen = [slot.model]
    for put_in in (model, None):
        slot.swap(put_in)
        seen.append(slot.model)
    assert seen == [None, model, None]


def change(folder: Path, about: dict[str, Any]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["about"] |= about
    overwrite(path, json.dumps(manifest).encode())
