"""What searches tried, told from the database without reading all of it."""

import pytest

from app import tuning
from app.db import Database
from app.ml.search import Trial
from app.models import TrainingState, Tuning, TuningTrial
from app.models.columns import id_of
from app.tuning import tried
from tests.loading import loaded

TRIALS = (
    Trial("als/binary", {"factors": 8}, "complete", 0.2, 0.1, 3.5, 2.5),
    Trial("als/log", {"factors": 9}, "complete", 0.25, 0.1, 3.5, 2.5),
    Trial("ease/binary", {"regularization": 1.5}, "refused", 0.0, 0.0, 0.1),
    Trial("ials/binary", {"factors": 10}, "pruned", 0.9, 0.9, 1.0),
    Trial("rp3beta/binary", {"beta": 0.5}, "complete", 0.003, 0.1, 3.5),
    Trial("als/binary", {"factors": 11}, "complete", 0.1, 0.1, 3.5),
)


@pytest.fixture
def searches(database: Database) -> list[int]:
    """The second has fewer trials, and one of the first counts no more."""
    with database.write() as session:
        made = [
            Tuning(requested_by="root", state=TrainingState.RUNNING, seconds=60, seed=1)
            for _ in range(2)
        ]
        session.add_all(made)
        session.flush()
        first, second = map(id_of, made)
        aside = TuningTrial(tuning_id=first, trial=TRIALS[1].as_json(), set_aside=True)
        aside.trial = {**aside.trial, "ndcg": 0.8}
        session.add(aside)
        for number, trials in ((first, TRIALS), (second, TRIALS[:1])):
            session.add_all(TuningTrial(tuning_id=number, trial=one.as_json()) for one in trials)
    return [first, second]


def test_the_best_of_each_algorithm(database: Database, searches: list[int]) -> None:
    with database.read() as session, loaded(TuningTrial) as read:
        scores = tuning.scores_of(session, searches)
    first, second = searches
    assert scores == {first: {"als": 0.25, "rp3beta": 0.003}, second: {"als": 0.2}}
    assert read == []


def test_the_best_trials_come_first_and_no_more_are_read(
    database: Database, searches: list[int]
) -> None:
    with database.read() as session, loaded(TuningTrial) as read:
        best = tuning.best_trials(session, searches[0], 5)
        assert len(read) == 5
        everything = tuning.best_trials(session, searches[0], 100)
    by_place = [(one.state, one.ndcg) for one in everything]
    assert by_place == [
        ("complete", 0.25),
        ("complete", 0.2),
        ("complete", 0.1),
        ("complete", 0.003),
        ("pruned", 0.9),
        ("refused", 0.0),
    ]
    assert best == everything[:5]
    assert everything[0] == TRIALS[1]


def test_the_last_ones_in_their_order(
    database: Database, searches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tried, "MAX_TRIALS", 2)
    with database.read() as session, loaded(TuningTrial) as read:
        assert tuning.last_trials(session, searches[0]) == list(TRIALS[-2:])
        assert len(read) == 2
        assert [tuning.count_trials(session, number) for number in searches] == [6, 1]
        assert tuning.set_aside_of(session, searches) == {searches[0]: 1}
