"""The loaded champion: immutable, read once a request, swapped whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.errors import BadArtifact, InvalidInput
from app.ml import artifacts
from app.ml.algorithms import ALGORITHMS
from app.ml.placed import Mixtures, Placed
from app.ml.ranking import top_k
from app.ml.recommender import Floats, Ranker, Recommender
from app.ml.vocabulary import Positions, Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

NOBODY = -1
"""In the place of the artist of a track that the catalogue has no more."""
_PREFIX = "recommender."


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A recommender with the tracks it knows. `version` is the number of its training."""

    version: int
    recommender: Recommender
    weigher: Weigher
    """How a listener's doings are weighed, as they were in the fit."""
    tracks: Vocabulary
    artist_ids: NDArray[np.int64]
    """Artist of each known track, (n_tracks,): when it was trained, and, once it is placed, now."""
    popularity: Floats
    """Share of listeners that played each known track, (n_tracks,); less where listens fade."""
    starters: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Ids of artists to offer a new listener, the most telling first."""
    mixtures: Mixtures | None = None
    """How tracks that it was not fitted on are placed among the others; never saved."""
    absent: Positions = field(default_factory=lambda: np.zeros(0, np.intp))
    """Known tracks that the catalogue has no more: they stand in no list; never saved."""

    @property
    def ranker(self) -> Ranker:
        """Ranks `tracks`, newcomers included."""
        if self.mixtures is None:
            return self.recommender
        return Placed(self.recommender, self.mixtures)

    def best(
        self, scores: Floats, k: int, excluded: Positions, max_per_artist: int | None = None
    ) -> Positions:
        """`top_k` of the tracks that the catalogue has."""
        return top_k(
            scores,
            k,
            excluded=np.concatenate([self.absent, excluded]),
            groups=self.artist_ids,
            max_per_group=max_per_artist,
        )

    def has_met(self, track_id: int) -> bool:
        """Whether it was fitted on listeners of the track."""
        (position,) = self.tracks.positions([track_id])
        newcomer = self.mixtures is not None and self.mixtures.inner[position] < 0
        return bool(position >= 0 and not newcomer)

    def save(self, folder: Path) -> str:
        """Write the artifact; its checksum."""
        own: dict[str, NDArray[Any]] = {
            "track_ids": self.tracks.ids,
            "artist_ids": self.artist_ids,
            "popularity": self.popularity,
        }
        if self.weigher.rarity is not None:
            own["rarity"] = self.weigher.rarity
        if len(self.starters):
            own["starters"] = self.starters
        arrays = {f"{_PREFIX}{name}": array for name, array in self.recommender.arrays().items()}
        manifest = {
            "version": self.version,
            "algorithm": self.recommender.algorithm,
            "settings": self.recommender.settings(),
            "weighting": self.weigher.weighting.value,
            "half_life_days": self.weigher.half_life_days,
            "typical_plays": self.weigher.typical_plays,
        }
        return artifacts.save(folder, artifacts.Artifact(manifest, own | arrays))

    @classmethod
    def load(cls, folder: Path, checksum: str | None, version: int) -> Self:
        """Raises BadArtifact where anything is missing, damaged or does not fit together."""
        artifact = artifacts.load(folder, checksum)
        try:
            model = cls._from(artifact)
            _check(model, version)
        except (LookupError, TypeError, ValueError, AttributeError, InvalidInput) as error:
            reason = f"{type(error).__name__}: {error}"
            raise BadArtifact(folder=folder, reason=reason) from error
        return model

    @classmethod
    def _from(cls, artifact: artifacts.Artifact) -> Self:
        about: Any = artifact.manifest
        arrays = {
            name.removeprefix(_PREFIX): array
            for name, array in artifact.arrays.items()
            if name.startswith(_PREFIX)
        }
        kind = ALGORITHMS[about["algorithm"]]
        return cls(
            version=int(about["version"]),
            recommender=kind.from_arrays(arrays, about["settings"]),
            weigher=_weigher(about, artifact.arrays),
            tracks=Vocabulary(np.asarray(artifact.arrays["track_ids"])),
            artist_ids=np.asarray(artifact.arrays["artist_ids"]),
            popularity=np.asarray(artifact.arrays["popularity"]),
            starters=np.asarray(artifact.arrays.get("starters", []), dtype=np.int64),
        )


def _weigher(about: Any, arrays: Mapping[str, NDArray[Any]]) -> Weigher:
    """A model made before listens could fade has no half-life, and nothing else that it needs."""
    half_life, weighting = about.get("half_life_days"), Weighting(about["weighting"])
    if weighting is Weighting.BM25 and "rarity" not in arrays:
        raise KeyError("rarity")
    return Weigher(
        weighting=weighting,
        half_life_days=None if half_life is None else float(half_life),
        typical_plays=float(about.get("typical_plays", 1.0)),
        rarity=np.asarray(arrays["rarity"]) if "rarity" in arrays else None,
    )


def _check(model: LoadedModel, version: int) -> None:
    """Raises ValueError where the parts do not belong together."""
    if model.version != version:
        raise ValueError(f"it holds version {model.version}")
    per_track: list[NDArray[Any]] = [model.tracks.ids, model.artist_ids, model.popularity]
    if model.weigher.rarity is not None:
        per_track.append(model.weigher.rarity)
    lengths = [*map(len, per_track), model.recommender.n_items]
    if len(set(lengths)) > 1:
        raise ValueError(f"its arrays differ in length: {lengths}")


class ModelSlot:
    """Holds the model that is served, or none. Swapping replaces one reference."""

    def __init__(self) -> None:
        self._model: LoadedModel | None = None

    @property
    def model(self) -> LoadedModel | None:
        return self._model

    def swap(self, model: LoadedModel | None) -> None:
        self._model = model
