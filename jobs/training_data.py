"""What a training is fitted on, read in one go."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from app import interactions, listening
from app.interactions import DatedListens
from app.ml.interactions import Interactions
from app.ml.vocabulary import Vocabulary
from app.models import Track

_LATEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class TrainingData:
    interactions: Interactions
    dated: DatedListens
    last_event_id: int

    @property
    def data_from(self) -> datetime | None:
        return _moment(self.dated.seconds.min(initial=_LATEST))

    @property
    def data_until(self) -> datetime | None:
        return _moment(self.dated.seconds.max(initial=0))


def read_training_data(session: Session) -> TrainingData:
    """All pairs, the times of the listens, and how far the events went when they were read."""
    newest = listening.last_event_id(session)
    return TrainingData(
        interactions.all_pairs(session), interactions.dated_listens(session), newest
    )


def read_data_until(session: Session, last_event_id: int) -> TrainingData:
    """The same as it was then, but for what was taken back or corrected since."""
    return TrainingData(
        interactions.pairs_between(session, None, None, last_event_id),
        interactions.dated_listens(session, last_event_id),
        last_event_id,
    )


def artists_of(session: Session, tracks: Vocabulary) -> NDArray[np.int64]:
    """Artist of each track of the vocabulary, (n_tracks,)."""
    rows = session.exec(select(Track.id, Track.artist_id).order_by(col(Track.id))).all()
    pairs = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
    known = Vocabulary(pairs[:, 0])
    artists: NDArray[np.int64] = pairs[known.positions(tracks.ids), 1]
    return artists


def _moment(second: np.int64) -> datetime | None:
    """None for what an empty array begins with."""
    return datetime.fromtimestamp(int(second), UTC) if 0 < second < _LATEST else None
