"""Which artists tell most of a new listener, and what their picks say."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.cold_start import (
    PICKED_TRACKS,
    evidence_of_picks,
    nearest_artists,
    telling_artists,
    tracks_of_picks,
)
from app.ml.recommender import History


def test_what_everybody_or_nobody_knows_tells_nothing() -> None:
    """Two tastes: artists 1 and 2 of one, 3 of the other; 0 is known to all, 4 to none."""
    known = np.array([[1, 1, 1, 0, 0]] * 3 + [[1, 0, 0, 1, 0]] * 2, dtype=np.float32)
    found = telling_artists(csr_matrix(known), np.arange(5) * 10)
    assert set(found[:2].tolist()) in ({10, 30}, {20, 30})
    assert found[-1] == 0
    assert 40 not in found


def test_the_second_of_a_taste_waits_for_the_first_of_another() -> None:
    """Artists 0 to 2 are all known to the same sixty, artist 3 to other twenty of a hundred."""
    known = np.zeros((100, 4), dtype=np.float32)
    known[:60, :3] = 1
    known[60:80, 3] = 1
    assert telling_artists(csr_matrix(known), np.arange(4))[:2].tolist() == [0, 3]


def test_tracks_of_an_artist_count_once_and_evidence_against_not_at_all() -> None:
    heard = np.array([[3, 2, 0], [1, 0, 0], [0, 0, -1], [0, 0, 0]], dtype=np.float32)
    assert telling_artists(csr_matrix(heard), np.array([7, 7, 8])).tolist() == [7]


def test_it_stops_at_the_count_and_samples_large_data_the_same_way_each_time() -> None:
    rng = np.random.default_rng(0)
    known = csr_matrix((rng.random((12_000, 8)) < 0.3).astype(np.float32))
    first = telling_artists(known, np.arange(8), 5)
    assert len(first) == 5
    assert first.tolist() == telling_artists(known, np.arange(8), 5).tolist()


def test_without_listeners_there_is_nothing_to_offer() -> None:
    assert telling_artists(csr_matrix((0, 3), dtype=np.float32), np.arange(3)).tolist() == []


def test_an_artist_speaks_through_their_best_known_tracks() -> None:
    artists = np.array([1, 1, 1, 1, 1, 1, 1, 2, 2])
    popularity = np.array([0.1, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.9], dtype=np.float32)
    tracks = tracks_of_picks(np.array([2, 1, 99]), artists, popularity)
    assert tracks.tolist() == [8, 7, 1, 2, 3, 4, 5]
    assert PICKED_TRACKS == 5


def test_picks_fade_behind_what_was_done_and_leave_it_alone() -> None:
    own = History(np.array([3, 4]), np.array([1, -1], dtype=np.float32))
    said = evidence_of_picks(np.array([3, 5]), own)
    assert said.items.tolist() == [5]
    assert said.strengths[0] == pytest.approx(20 / 21)
    busy = History(np.arange(10, 70), np.ones(60, np.float32))
    assert evidence_of_picks(np.array([5]), busy).strengths[0] == pytest.approx(0.25)


def test_artists_come_by_their_best_track() -> None:
    scores = np.array([0.1, 0.9, 0.5, 0.6], dtype=np.float32)
    assert nearest_artists(scores, np.array([4, 4, 5, 6])).tolist() == [4, 6, 5]
