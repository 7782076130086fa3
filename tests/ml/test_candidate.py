import numpy as np
import pytest

from app.ml.blend import seen
from app.ml.candidate import Candidate, blend_of, members_of
from app.ml.interactions import Interactions, concatenate
from app.ml.recipe import Recipe
from app.ml.recommender import History
from app.ml.search_space import Arm, arms_of
from app.ml.vocabulary import Vocabulary
from app.ml.weighting import Weighting


def pairs(*rows: tuple[int, int]) -> Interactions:
    return concatenate([np.array([(u, i, 1, 0, 0) for u, i in rows], dtype=np.float64)])


def fading(algorithm: str, weighting: Weighting, days: float | None = None) -> Candidate:
    return Candidate(Recipe(algorithm, weighting, {}, days))


def test_features_are_more_rows_that_weigh_as_much_as_was_chosen() -> None:
    train, tags = pairs((1, 10), (2, 11)), pairs((-1, 10), (-1, 11), (-1, 99))
    tracks = Vocabulary.of(train.track_ids)
    rows = Candidate(Recipe("ials"), 0.5).matrix(train, tracks, tags).toarray().tolist()
    assert rows == [[0.5, 0.5], [1, 0], [0, 1]]
    for candidate, given in ((Candidate(Recipe("ials")), tags), (Candidate(Recipe(), 0.5), None)):
        alone = candidate.matrix(train, tracks, given).toarray().tolist()
        assert alone == [[1, 0], [0, 1]]


def test_each_member_of_a_blend_is_fitted_with_features_as_it_was_tried(
    tastes: Interactions,
) -> None:
    tracks = Vocabulary.of(tastes.track_ids)
    tags = pairs(*((-1 - track % 2, track) for track in range(30)))
    members = [
        Candidate(Recipe("neighbours", Weighting.RELATIVE)),
        Candidate(Recipe("ease", Weighting.BINARY), 0.4),
    ]
    blend = blend_of(members, [0.7, 0.3])
    model = blend.fit(tastes, tracks, tags, seed=0)
    history = History(np.array([3, 8]), np.array([1.0, 1.0], dtype=np.float32))
    expected = np.zeros(len(tracks))
    for member, weight in zip(members, (0.7, 0.3), strict=True):
        scores = member.fit(tastes, tracks, tags, seed=0).scores(history)
        expected += weight * scores / scores.std()
    assert model.scores(history) == pytest.approx(expected, rel=1e-4)
    assert model.settings()["members"][1]["binary"]
    assert blend.settings()["item_tags"] == [0.0, 0.4]


def test_settings_say_all_that_was_chosen() -> None:
    chosen = Candidate(Recipe("als", Weighting.RELATIVE, {"alpha": 2.0}, 30.0), 0.4)
    assert chosen.settings() == {
        "weighting": "relative",
        "half_life_days": 30.0,
        "item_tags": 0.4,
        "alpha": 2.0,
    }


def test_members_of_a_blend_share_weighting_and_half_life() -> None:
    found = [
        fading("ease", Weighting.BINARY, 20),
        fading("ials", Weighting.RELATIVE, 50),
        fading("popularity", Weighting.BINARY, 30),
        fading("als", Weighting.BM25, 60),
        fading("als", Weighting.RELATIVE),
    ]
    members = members_of(found)
    assert [(m.recipe.algorithm, m.recipe.half_life_days) for m in members] == [
        ("ease", None),
        ("ials", 50),
        ("als", 50),
    ]
    blend = blend_of(members, [0.5, 0.3, 0.2]).recipe
    assert (blend.weighting, blend.half_life_days) == (Weighting.RELATIVE, 50)
    assert [m["binary"] for m in blend.settings["members"]] == [True, False, False]


def test_without_counts_all_members_fade_as_the_best_does() -> None:
    alone = members_of([fading("ease", Weighting.BINARY, 20), fading("als", Weighting.BINARY, 70)])
    assert [member.recipe.half_life_days for member in alone] == [20, 20]
    assert blend_of(alone, [0.5, 0.5]).recipe.half_life_days == 20


def test_members_that_weigh_next_to_nothing_are_left_out() -> None:
    members = [fading("ease", Weighting.BINARY), fading("als", Weighting.RELATIVE)]
    blend = blend_of(members, [0.99, 0.01])
    assert [member.recipe.algorithm for member in blend.members] == ["ease"]
    assert blend.recipe.weighting is Weighting.BINARY


def test_what_is_chosen_by_number_can_be_nothing() -> None:
    (arm, *_) = arms_of(("als",), counted=True, dated=True, featured=True)
    assert set(arm.spans) == {*arm.start}
    given = {"alpha": 3.0, "half_life_days": 33.33, "item_tags": 0.4321}
    assert arm.candidate(given) == Candidate(
        Recipe("als", Weighting.RELATIVE, {"alpha": 3.0}, 33.3), 0.432
    )
    nothing = arm.candidate({"half_life_days": 3999.0, "item_tags": 0.01})
    assert nothing == Candidate(Recipe("als", Weighting.RELATIVE))
    plain = Arm("als", Weighting.BINARY, {}, {})
    assert plain.candidate({"alpha": 3.0}).recipe == Recipe("als", settings={"alpha": 3.0})


def test_a_binary_member_is_searched_as_it_is_fitted_within_the_blend() -> None:
    """Loves and skips say more than a sign, which is all that it sees of them there."""
    rows = [
        (1, 10, 4, 0, 1),
        (1, 11, 3, 1, 0),
        (2, 10, 0, 2, 0),
        (2, 12, 1, 0, 0),
        (3, 11, 1, 0, -1),
    ]
    train = concatenate([np.array(rows, dtype=np.float64)])
    tracks = Vocabulary.of(train.track_ids)
    found = [fading("ials", Weighting.RELATIVE), fading("ease", Weighting.BINARY)]
    blend = blend_of(members_of(found), [0.6, 0.4])
    leader, binary = blend.members
    alone = binary.matrix(train, tracks, None)
    within = seen(leader.matrix(train, tracks, None), binary=True)
    assert alone.toarray().tolist() == within.toarray().tolist()
    assert alone.toarray().tolist() != found[1].matrix(train, tracks, None).toarray().tolist()
