"""Newcomers among the tracks that a model knows: placed, ranked, explained."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.algorithms import ALGORITHMS
from app.ml.blend import Blend, Member
from app.ml.model_slot import LoadedModel
from app.ml.newcomers import Catalogue, Newcomers, with_newcomers
from app.ml.recommender import Algorithm, History
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher

TRACKS = 24


@pytest.fixture(params=sorted(ALGORITHMS))
def model(request: pytest.FixtureRequest) -> LoadedModel:
    """Tracks 10, 20, … by artists of four each; listeners of two tastes, three artists each."""
    rng = np.random.default_rng(0)
    heard = np.zeros((60, TRACKS), np.float32)
    for listener in range(60):
        half = listener % 2 * TRACKS // 2
        heard[listener, half + rng.choice(TRACKS // 2, 6, replace=False)] = 1
    kind = ALGORITHMS[request.param]
    return LoadedModel(
        version=1,
        recommender=kind.fit(csr_matrix(heard), {}, seed=0, report=lambda _: None),
        weigher=Weigher(),
        tracks=Vocabulary.of(10 * np.arange(1, TRACKS + 1)),
        artist_ids=1 + np.arange(TRACKS) // 4,
        popularity=heard.mean(axis=0),
    )


def _catalogue(*new: tuple[int, int, str | None, int | None]) -> Catalogue:
    known = [
        (10 * n + 10, 1 + n // 4, "soul" if n < TRACKS // 2 else "kraut", 1960 + n)
        for n in range(TRACKS)
    ]
    return Catalogue.of(sorted([*known, *new]))


NEW = _catalogue((15, 1, "soul", 1962), (245, 6, None, None), (300, 99, "kraut", 1980))
"""By the first artist, by the last, and by one whom nobody knows."""


def _history(model: LoadedModel, *ids: int) -> History:
    positions = model.tracks.known(ids)
    return History(positions, np.ones(len(positions), np.float32))


def test_newcomers_stand_where_their_ids_do(model: LoadedModel) -> None:
    placed = with_newcomers(model, NEW)
    assert placed.tracks.ids.tolist() == sorted([*model.tracks.ids, 15, 245, 300])
    assert placed.ranker.n_items == len(placed.artist_ids) == len(placed.popularity) == TRACKS + 3
    assert placed.artist_ids[placed.tracks.known([15, 245, 300])].tolist() == [1, 6, 99]
    assert placed.popularity[placed.tracks.known([15, 245, 300])].tolist() == [0, 0, 0]


def test_later_ones_are_placed_as_if_all_had_come_at_once(model: LoadedModel) -> None:
    rows = [(250, 1, "soul", 1962), (260, 6, None, None), (270, 97, "polka", None)]
    rows += [(300, 99, "kraut", 1980), (310, 1, "soul", 1965), (320, 98, "kraut", 1999)]
    newcomers = Newcomers(model, _catalogue(*rows[:2]))
    for row in rows[2:]:
        newcomers.add(Catalogue.of([row]))
    step, once = newcomers.placed, with_newcomers(model, _catalogue(*rows))
    assert step.tracks.ids.tolist() == once.tracks.ids.tolist()
    assert step.artist_ids.tolist() == once.artist_ids.tolist()
    history = _history(step, 10, 60, 250)
    scores = step.ranker.scores(history), once.ranker.scores(history)
    assert scores[0].tobytes() == scores[1].tobytes()


def test_known_tracks_score_as_before(model: LoadedModel) -> None:
    placed = with_newcomers(model, NEW)
    before = model.ranker.scores(_history(model, 10, 20))
    after = placed.ranker.scores(_history(placed, 10, 20))
    assert after[placed.tracks.known(model.tracks.ids)].tobytes() == before.tobytes()
    near = model.ranker.similar(3)
    wide = placed.ranker.similar(int(placed.tracks.known([40])[0]))
    assert wide[placed.tracks.known(model.tracks.ids)].tolist() == pytest.approx(near.tolist())


def test_a_newcomer_ranks_with_its_artist_and_not_above_the_best_of_its_kind(
    model: LoadedModel,
) -> None:
    placed = with_newcomers(model, NEW)
    scores = placed.ranker.scores(_history(placed, 50, 60, 70))
    by_first, by_last = scores[placed.tracks.known([15, 245])]
    kin = scores[placed.tracks.known(10 * np.arange(1, TRACKS // 2 + 1))]
    assert by_first > by_last or model.recommender.algorithm == "popularity"
    assert kin.min() < by_first < kin.max()


def test_contributions_and_base_sum_to_a_newcomers_score(model: LoadedModel) -> None:
    placed = with_newcomers(model, NEW)
    history = _history(placed, 10, 15, 50, 130)
    scores = placed.ranker.scores(history)
    told = placed.ranker.explain_many(history, np.arange(TRACKS + 3))
    assert told.contributions.shape == (TRACKS + 3, len(history))
    totals = told.bases + told.contributions.sum(axis=1)
    assert totals == pytest.approx(told.scores, rel=1e-5, abs=1e-9)
    assert told.scores == pytest.approx(scores.astype(np.float64), rel=1e-3, abs=1e-5)


def test_a_play_of_a_newcomer_speaks_for_its_artist(model: LoadedModel) -> None:
    placed = with_newcomers(model, NEW)
    scores = placed.ranker.scores(_history(placed, 15))
    first, last = scores[placed.tracks.known([40])], scores[placed.tracks.known([240])]
    assert first > last or model.recommender.algorithm == "popularity"


def test_a_newcomer_counts_once_where_only_the_sign_of_strengths_does(model: LoadedModel) -> None:
    """Its stand-ins share its strength before a blend's binary members look, and after."""
    fitted = cast("Algorithm", model.recommender)
    members = fitted.members if isinstance(fitted, Blend) else (Member(fitted, 1.0, binary=False),)
    one, other = (
        replace(model, recommender=Blend(tuple(replace(each, binary=binary) for each in members)))
        for binary in (False, True)
    )
    plain, signs = (with_newcomers(each, NEW).ranker for each in (one, other))
    history = _history(with_newcomers(model, NEW), 10, 15, 245)
    assert signs.scores(history).tolist() == plain.scores(history).tolist()
    against = replace(history, strengths=-history.strengths)
    assert signs.scores(against).tolist() == pytest.approx(plain.scores(against).tolist())


def test_likeness_to_a_newcomer_is_that_to_its_kind(model: LoadedModel) -> None:
    placed = with_newcomers(model, NEW)
    at = int(placed.tracks.known([15])[0])
    near = placed.ranker.similar(at)
    assert near[at] == near.max()
    own = near[placed.tracks.known([10, 20, 30, 40])]
    others = near[placed.tracks.known([210, 220, 230, 240])]
    assert own.mean() > others.mean() or model.recommender.algorithm == "popularity"


def test_likeness_among_newcomers_and_known_tracks_is_that_of_their_kinds(
    model: LoadedModel,
) -> None:
    placed = with_newcomers(model, NEW)
    among = placed.ranker.likeness(placed.tracks.known([15, 20, 220, 245]))
    known = model.ranker.likeness(model.tracks.known([20, 220]))
    assert among[1, 2] == pytest.approx(known[0, 1], abs=1e-6)
    if model.recommender.algorithm != "popularity":  # which knows no likeness
        assert np.diag(among) == pytest.approx(1)
        assert among[0, 1] > among[0, 2]
        assert among[3, 2] > among[3, 1]


def test_what_is_akin_to_nothing_is_not_placed(model: LoadedModel) -> None:
    strange = _catalogue((300, 99, "polka", 1980), (310, 98, None, None))
    assert with_newcomers(model, strange) is model
    assert with_newcomers(model, _catalogue()) is model
    nothing = with_newcomers(model, Catalogue.of([]))
    assert nothing.mixtures is None
    assert nothing.absent.tolist() == list(range(TRACKS))


def test_rarity_goes_with_the_tracks(model: LoadedModel) -> None:
    rarity = np.linspace(0, 2, TRACKS, dtype=np.float32)
    placed = with_newcomers(replace(model, weigher=Weigher(rarity=rarity)), NEW)
    assert placed.weigher.rarity is not None
    assert placed.weigher.rarity[placed.tracks.known([15])].tolist() == [1]
    assert placed.weigher.rarity[placed.tracks.known(model.tracks.ids)].tolist() == rarity.tolist()
