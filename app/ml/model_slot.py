"""The loaded champion: immutable, read once a request, swapped whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.errors import BadArtifact, InvalidInput
from app.ml import artifacts
from app.ml.algorithms import ALGORITHMS
from app.ml.recommender import Floats, Recommender
from app.ml.vocabulary import Vocabulary
from app.ml.weighting import Weighting

_PREFIX = "recommender."


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A recommender with the tracks it knows. `version` is the number of its training."""

    version: int
    recommender: Recommender
    weighting: Weighting
    tracks: Vocabulary
    artist_ids: NDArray[np.int64]
    """Artist of each known track when it was trained, (n_tracks,): for caps."""
    popularity: Floats
    """Share of listeners that played each known track, (n_tracks,)."""

    def save(self, folder: Path) -> str:
        """Write the artifact; its checksum."""
        own: dict[str, NDArray[Any]] = {
            "track_ids": self.tracks.ids,
            "artist_ids": self.artist_ids,
            "popularity": self.popularity,
        }
        arrays = {f"{_PREFIX}{name}": array for name, array in self.recommender.arrays().items()}
        manifest = {
            "version": self.version,
            "algorithm": self.recommender.algorithm,
            "settings": self.recommender.settings(),
            "weighting": self.weighting.value,
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
            weighting=Weighting(about["weighting"]),
            tracks=Vocabulary(np.asarray(artifact.arrays["track_ids"])),
            artist_ids=np.asarray(artifact.arrays["artist_ids"]),
            popularity=np.asarray(artifact.arrays["popularity"]),
        )


def _check(model: LoadedModel, version: int) -> None:
    """Raises ValueError where the parts do not belong together."""
    if model.version != version:
        raise ValueError(f"it holds version {model.version}")
    per_track: list[NDArray[Any]] = [model.tracks.ids, model.artist_ids, model.popularity]
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
