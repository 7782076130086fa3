import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.ml.vocabulary import Vocabulary

ids = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30)


def test_positions_are_places_among_the_sorted_ids() -> None:
    vocabulary = Vocabulary.of([30, 10, 20, 10])
    assert len(vocabulary) == 3
    assert vocabulary.positions([10, 20, 30]).tolist() == [0, 1, 2]


def test_an_unknown_id_has_position_minus_one() -> None:
    vocabulary = Vocabulary.of([10, 20])
    assert vocabulary.positions([5, 15, 25, 10]).tolist() == [-1, -1, -1, 0]


def test_known_leaves_unknown_ids_out() -> None:
    assert Vocabulary.of([10, 20]).known([25, 20, 5]).tolist() == [1]


def test_nothing_is_known_to_an_empty_vocabulary() -> None:
    empty = Vocabulary.of([])
    assert empty.positions([1, 2]).tolist() == [-1, -1]
    assert empty.known([1]).tolist() == []


def test_no_ids_have_no_positions() -> None:
    assert Vocabulary.of([1]).positions([]).shape == (0,)


@given(ids, ids)
def test_a_position_leads_back_to_its_id(known: list[int], wanted: list[int]) -> None:
    vocabulary = Vocabulary.of(known)
    positions = vocabulary.positions(wanted)
    assert (positions >= 0).tolist() == [track in set(known) for track in wanted]
    found = positions >= 0
    assert np.array_equal(vocabulary.ids[positions[found]], np.array(wanted, dtype=int)[found])
