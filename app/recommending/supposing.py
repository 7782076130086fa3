"""What would be recommended if some listens or tracks were forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from app import listening
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.models.columns import utc_now
from app.recommending.dials import Dials
from app.recommending.personal import recommend
from app.recommending.served import ServedList, ServedTrack


@dataclass(frozen=True, slots=True)
class Supposed:
    """The list as it is and as it would be, of the same moment and by the same model."""

    now: ServedList
    then: ServedList
    heard: UserHistory
    """What would be left of the history."""

    @property
    def entering(self) -> list[ServedTrack]:
        """Tracks that stand in the list only then."""
        return _beside(self.then, self.now)

    @property
    def leaving(self) -> list[ServedTrack]:
        """Tracks that stand in it only now."""
        return _beside(self.now, self.then)


def suppose_forgotten(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    dials: Dials,
    track_ids: Sequence[int] = (),
    event_ids: Sequence[int] = (),
) -> Supposed:
    """Before and after forgetting tracks and single listens of the listener's own.

    Nothing is written. Raises InvalidInput for a dial out of its range.
    """
    moment, left = utc_now(), listening.history_without(session, user_id, track_ids, event_ids)
    now = recommend(session, model, user_id, dials, moment)
    return Supposed(now, recommend(session, model, user_id, dials, moment, left), left)


def _beside(one: ServedList, other: ServedList) -> list[ServedTrack]:
    there = {item.track.id for item in other.items}
    return [item for item in one.items if item.track.id not in there]
