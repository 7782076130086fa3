from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml.blend import Blend
from app.ml.neighbours import Neighbours
from app.ml.recommender import Extent, History


def blend(matrix: csr_matrix, *members: dict[str, Any]) -> Blend:
    return Blend.fit(matrix, {"members": list(members)}, seed=0, report=lambda _: None)


def test_a_blend_of_one_ranks_as_its_member(matrix: csr_matrix, history: History) -> None:
    alone = Neighbours.fit(matrix, {}, seed=0, report=lambda _: None).scores(history)
    ours = blend(matrix, {"algorithm": "neighbours", "weight": 3.0}).scores(history)
    assert ours == pytest.approx(3 * alone / alone.std(), rel=1e-4)


def test_a_binary_member_sees_no_strength(matrix: csr_matrix, history: History) -> None:
    louder = History(
        history.items, np.where(history.strengths > 0, 7 * history.strengths, history.strengths)
    )
    member = {"algorithm": "neighbours", "weight": 1.0}
    binary = blend(matrix, {**member, "binary": True})
    assert np.array_equal(binary.scores(louder), binary.scores(history))
    given = blend(matrix, member)
    assert not np.allclose(given.scores(louder), given.scores(history), rtol=1e-3)


def test_a_member_of_more_weight_has_more_say(matrix: csr_matrix, history: History) -> None:
    popular = {"algorithm": "popularity", "weight": 1.0}
    alone = blend(matrix, popular).scores(history)
    agreement = [
        np.corrcoef(
            alone,
            blend(matrix, popular, {"algorithm": "ials", "weight": weight}).scores(history),
        )[0, 1]
        for weight in (0.1, 1.0, 10.0)
    ]
    assert agreement[0] > agreement[1] > agreement[2]


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ([], "members"),
        ("ials", "members"),
        (["ials"], "members"),
        ([{"algorithm": "blend", "weight": 1.0}], "algorithm"),
        ([{"algorithm": "ials"}], "weight"),
        ([{"algorithm": "ials", "weight": 0}], "weight"),
        ([{"algorithm": "ials", "weight": 1, "binary": 1}], "binary"),
        ([{"algorithm": "ials", "weight": 1, "colour": 1}], "colour"),
        ([{"algorithm": "ials", "weight": 1, "settings": []}], "settings"),
        ([{"algorithm": "ials", "weight": 1, "settings": {"factors": 0}}], "factors"),
    ],
)
def test_members_that_make_no_sense_are_refused_by_name(members: Any, field: str) -> None:
    with pytest.raises(InvalidInput, match=field):
        Blend.complete({"members": members})


def test_a_blend_needs_more_memory_than_its_dearest_member() -> None:
    extent = Extent(10_000, 10_000, 100_000)
    one = {"members": [{"algorithm": "ials", "weight": 1.0}]}
    two = {"members": [{"algorithm": "ials", "weight": 1.0}, {"algorithm": "ease", "weight": 1.0}]}
    assert 0 < Blend.peak_bytes(extent, one) < Blend.peak_bytes(extent, two)
