"""Use-cases: record listens and feedback; what they say of a listener."""

from app.listening.batch import MAX_BATCH, record_listens
from app.listening.checking import (
    CLOCK_SKEW,
    EARLIEST,
    Listen,
    Origin,
    checked_time,
)
from app.listening.reading import (
    TrackState,
    UserHistory,
    has_listens,
    history_of,
    last_event_id,
    recent_track_ids,
    states_of,
)
from app.listening.recording import Outcome, record_listen, record_skip, set_feedback
from app.listening.tables import EVENTS, USER_ITEMS, add_sums, feedback_sign, second_of

__all__ = [
    "CLOCK_SKEW",
    "EARLIEST",
    "EVENTS",
    "MAX_BATCH",
    "USER_ITEMS",
    "Listen",
    "Origin",
    "Outcome",
    "TrackState",
    "UserHistory",
    "add_sums",
    "checked_time",
    "feedback_sign",
    "has_listens",
    "history_of",
    "last_event_id",
    "recent_track_ids",
    "record_listen",
    "record_listens",
    "record_skip",
    "second_of",
    "set_feedback",
    "states_of",
]
