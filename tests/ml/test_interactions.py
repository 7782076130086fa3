import numpy as np
import pytest

from app.ml.interactions import Interactions, concatenate, history_of, matrix_of
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

TABLE = np.array(
    [  # listener, track, plays, skips, feedback
        [5, 30, 3, 0, 0],
        [5, 10, 0, 0, -1],
        [2, 10, 1, 1, 0],
        [2, 20, 7, 0, 0],
    ],
    dtype=np.float64,
)


@pytest.fixture
def interactions() -> Interactions:
    return concatenate([TABLE[:1], TABLE[1:]])


def test_blocks_are_joined_in_order(interactions: Interactions) -> None:
    assert len(interactions) == 4
    assert interactions.listener_ids.tolist() == [5, 5, 2, 2]
    assert interactions.track_ids.tolist() == [30, 10, 10, 20]
    assert interactions.doings.plays.tolist() == [3, 0, 1, 7]
    assert interactions.doings.feedback.tolist() == [0, -1, 0, 0]


def test_no_blocks_make_no_interactions() -> None:
    nothing = concatenate([])
    assert len(nothing) == 0
    assert matrix_of(nothing, Weighting.LOG).matrix.shape == (0, 0)


def test_rows_and_columns_follow_the_sorted_ids(interactions: Interactions) -> None:
    made = matrix_of(interactions, Weighting.LOG)
    assert made.listeners.ids.tolist() == [2, 5]
    assert made.tracks.ids.tolist() == [10, 20, 30]
    assert made.matrix.toarray().tolist() == [[0, 3, 0], [-1, 0, 2]]


def test_what_says_nothing_is_not_stored(interactions: Interactions) -> None:
    assert matrix_of(interactions, Weighting.LOG).matrix.nnz == 3


def test_given_tracks_are_the_columns_met_or_not(interactions: Interactions) -> None:
    made = matrix_of(interactions, Weighting.LOG, Vocabulary.of([5, 10, 30]))
    assert made.tracks.ids.tolist() == [5, 10, 30]
    assert made.matrix.toarray().tolist() == [[0, 0, 0], [0, -1, 2]]


def test_a_part_keeps_its_rows_together(interactions: Interactions) -> None:
    part = interactions.at(np.array([3, 0]))
    assert part.listener_ids.tolist() == [2, 5]
    assert part.track_ids.tolist() == [20, 30]
    assert part.doings.plays.tolist() == [7, 3]


def test_a_history_is_the_listeners_row_of_the_matrix(interactions: Interactions) -> None:
    made = matrix_of(interactions, Weighting.LOG)
    part = interactions.at(slice(0, 2))
    history = history_of(
        part.track_ids, part.doings, made.tracks, Weigher(Weighting.LOG), as_of=None
    )
    assert history.items.tolist() == [2, 0]
    assert history.strengths.tolist() == [2, -1]


def test_a_history_leaves_out_unknown_tracks_and_what_says_nothing(
    interactions: Interactions,
) -> None:
    tracks = Vocabulary.of([10, 99])
    history = history_of(
        interactions.track_ids, interactions.doings, tracks, Weigher(Weighting.LOG), as_of=None
    )
    assert history.items.tolist() == [0]
    assert history.strengths.tolist() == [-1]


def test_the_fingerprint_follows_the_content(interactions: Interactions) -> None:
    assert interactions.fingerprint() == concatenate([TABLE]).fingerprint()
    for column in range(5):
        changed = TABLE.copy()
        changed[0, column] += 1
        assert concatenate([changed]).fingerprint() != interactions.fingerprint()
