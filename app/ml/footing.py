"""What trials of a search rest on: only those of the same listens, split and space compare."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from app.errors import InvalidInput
from app.ml.algorithms import ALGORITHMS
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions
from app.ml.search import Search
from app.ml.search_space import TUNED, Arm, arms_of


def arms_for(train: Interactions, search: Search, holdout: Holdout | None) -> list[Arm]:
    """The arms that a search on this data has. Raises InvalidInput for an unknown algorithm."""
    counted = bool(len(np.unique(train.doings.plays)) > 1)
    dated = holdout is not None and holdout.train.latest() is not None
    featured = search.features is not None
    return arms_of(singles(search.algorithms), counted=counted, dated=dated, featured=featured)


def singles(algorithms: Sequence[str]) -> tuple[str, ...]:
    """Those with arms of their own, in the order they are tried; all where none of them is named.

    Raises InvalidInput for an unknown algorithm.
    """
    for name in algorithms:
        if name not in ALGORITHMS:
            raise InvalidInput("algorithms", f"{name!r} is none of {', '.join(ALGORITHMS)}")
    return tuple(name for name in TUNED if name in algorithms) or TUNED


def footing_of(train: Interactions, search: Search, holdout: Holdout | None) -> str:
    """SHA-256 of all that a trial's figure depends on but its own settings.

    Without a holdout the search draws one from `train` by its seed, which is in it too.
    """
    space = [
        [arm.name, sorted(arm.start.items()), sorted(arm.spans.items())]
        for arm in arms_for(train, search, holdout)
    ]
    digest = hashlib.sha256(json.dumps([space, search.seed, search.k]).encode())
    digest.update(train.fingerprint().encode())
    if holdout is not None:
        digest.update(holdout.train.fingerprint().encode())
        for lists in (holdout.listener_ids, holdout.targets.ids, holdout.targets.starts):
            digest.update(lists.tobytes())
    return digest.hexdigest()
