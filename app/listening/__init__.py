"""Use-cases: record listens and feedback; what they say of a listener."""

from app.listening.batch import MAX_BATCH, record_listens
from app.listening.checking import (
    CLOCK_SKEW,
    EARLIEST,
    Listen,
    Origin,
    checked_time,
)
from app.listening.counting import count_listeners, recount_listeners
from app.listening.forgetting import forget_listens, forget_track
from app.listening.history import (
    Moment,
    PastListen,
    Rated,
    count_listens,
    count_rated,
    dated_history,
    first_and_last,
    history,
    listens_by_id,
    rated,
)
from app.listening.holding import hold, hold_all
from app.listening.pausing import Pauses, held_pauses, is_paused, pauses_of, set_paused
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
from app.listening.statistics import MAX_YEAR, MIN_YEAR, Counted, Statistics, statistics
from app.listening.supposing import history_without
from app.listening.tables import EVENTS, USER_ITEMS, add_sums, feedback_sign, second_of

__all__ = [
    "CLOCK_SKEW",
    "EARLIEST",
    "EVENTS",
    "MAX_BATCH",
    "MAX_YEAR",
    "MIN_YEAR",
    "USER_ITEMS",
    "Counted",
    "Listen",
    "Moment",
    "Origin",
    "Outcome",
    "PastListen",
    "Pauses",
    "Rated",
    "Statistics",
    "TrackState",
    "UserHistory",
    "add_sums",
    "checked_time",
    "count_listeners",
    "count_listens",
    "count_rated",
    "dated_history",
    "feedback_sign",
    "first_and_last",
    "forget_listens",
    "forget_track",
    "has_listens",
    "held_pauses",
    "history",
    "history_of",
    "history_without",
    "hold",
    "hold_all",
    "is_paused",
    "last_event_id",
    "listens_by_id",
    "pauses_of",
    "rated",
    "recent_track_ids",
    "record_listen",
    "record_listens",
    "record_skip",
    "recount_listeners",
    "second_of",
    "set_feedback",
    "set_paused",
    "states_of",
    "statistics",
]
