"""What every algorithm tells of a score: base and contributions sum to it, whatever was done."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.ml.algorithms import ALGORITHMS
from app.ml.interactions import Interactions, history_of, weighed, weigher_of
from app.ml.model_slot import LoadedModel
from app.ml.newcomers import Catalogue, with_newcomers
from app.ml.recommender import History
from app.ml.vocabulary import Vocabulary
from app.ml.weighting import Doings, Weighting
from tests.ml.test_contract import SMALL

TRACKS, NEW, LISTENERS, HISTORIES = 60, 6, 80, 25
NOW, DAY = 1.75e9, 86_400.0
KNOWN = 10 * np.arange(1, TRACKS + 1)
NEWCOMERS = KNOWN[-1] + np.arange(1, NEW + 1)


def doings_of(rng: np.random.Generator, n: int) -> Doings:
    """Plays with skips, loves and dislikes among them; most have a date within two years."""
    dates = NOW - rng.random(n) * 700 * DAY
    return Doings(
        plays=rng.integers(0, 40, n).astype(np.float32),
        skips=(rng.integers(0, 6, n) * (rng.random(n) < 0.4)).astype(np.float32),
        feedback=rng.choice([-1, 0, 1], n, p=[0.1, 0.75, 0.15]).astype(np.float32),
        listened_at=np.where(rng.random(n) < 0.2, np.nan, dates),
    )


@pytest.fixture(scope="module", params=sorted(ALGORITHMS))
def model(request: pytest.FixtureRequest) -> LoadedModel:
    """Fitted on listeners of two tastes by a recipe that fades, with newcomers placed in it."""
    rng = np.random.default_rng(11)
    who, what = np.indices((LISTENERS, TRACKS))
    heard = rng.random((LISTENERS, TRACKS)) < np.where(who % 2 == what % 2, 0.4, 0.05)
    doings = doings_of(rng, int(heard.sum()))
    pairs = Interactions(who[heard].astype(np.int64), KNOWN[what[heard]], doings)
    tracks = Vocabulary.of(KNOWN)
    weigher = weigher_of(pairs, tracks, Weighting.BM25, half_life_days=90.0)
    matrix = weighed(pairs, weigher, tracks, as_of=NOW).matrix
    kind = ALGORITHMS[request.param]
    fitted = LoadedModel(
        version=1,
        recommender=kind.fit(matrix, SMALL[request.param], seed=0, report=lambda _: None),
        weigher=weigher,
        tracks=tracks,
        artist_ids=1 + np.arange(TRACKS) % 10,
        popularity=heard.mean(axis=0).astype(np.float32),
    )
    every = [
        (int(track), 1 + n % 10, "soul" if n % 2 else "kraut", 1960 + n % 50)
        for n, track in enumerate([*KNOWN, *NEWCOMERS])
    ]
    return with_newcomers(fitted, Catalogue.of(every))


def _history(model: LoadedModel, ids: NDArray[np.int64], doings: Doings) -> History:
    return history_of(ids, doings, model.tracks, model.weigher, as_of=NOW)


def test_base_and_contributions_sum_to_the_score_of_every_item(model: LoadedModel) -> None:
    """Within 1e-5 of the score. One that is the small difference of large parts holds no more than
    single precision leaves of those: there it is 1e-6 of them.
    """
    rng = np.random.default_rng(5)
    ranker = model.ranker
    every = np.arange(TRACKS + NEW)
    for n in range(HISTORIES):
        ids = np.sort(rng.choice([*KNOWN, *NEWCOMERS], 1 + 2 * n % 40, replace=False))
        history = _history(model, ids, doings_of(rng, len(ids)))
        scores = ranker.scores(history).astype(np.float64)
        told = ranker.explain_many(history, every)
        totals = told.bases + told.contributions.sum(axis=1)
        assert told.contributions.shape == (len(every), len(history))
        gross = np.abs(told.bases) + np.abs(told.contributions).sum(axis=1)
        allowed = np.maximum(1e-5 * np.abs(scores), 1e-6 * gross)
        assert (np.abs(totals - scores) <= allowed).all()
        assert told.scores == pytest.approx(totals, rel=1e-9, abs=1e-12)
