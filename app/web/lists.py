"""Tracks as lists show them: what the listener did with each, and what speaks for it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app import listening, recommending
from app.catalog import CatalogTrack
from app.listening import TrackState, UserHistory
from app.ml.model_slot import LoadedModel
from app.models import Feedback, VideoState
from app.recommending import Reason, ServedList
from app.web.covers import cover_url


@dataclass(frozen=True, slots=True)
class Why:
    """A track of the listener's own history, what they did with it, and what it gave."""

    track: CatalogTrack
    did: TrackState
    contribution: float
    is_pick: bool = False
    """The listener picked the track's artist to start with."""


_SMALL = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """What speaks for a track, most first, and what else there is to its score."""

    whys: list[Why]
    base: float
    score: float

    @property
    def digits(self) -> int:
        """Decimals to show: more where the greatest reason is small, to tell them apart."""
        return 2 if self.whys[0].contribution >= _SMALL else 4

    @property
    def rest(self) -> float:
        """What is left of the score once all is rounded: what is shown adds up."""
        parts = [self.base, *(why.contribution for why in self.whys)]
        shown = sum(round(part, self.digits) for part in parts)
        # With a zero that has no sign.
        return round(round(self.score, self.digits) - shown, self.digits) + 0.0


@dataclass(frozen=True, slots=True)
class Item:
    track: CatalogTrack
    did: TrackState
    list_id: str | None = None
    position: int | None = None
    """Place in the served list; a list that nobody recommended has none."""
    why: Why | None = None

    @property
    def loved(self) -> bool:
        return self.did.feedback is Feedback.LOVED

    @property
    def disliked(self) -> bool:
        return self.did.feedback is Feedback.DISLIKED

    @property
    def has_no_video(self) -> bool:
        return self.track.video_state is VideoState.MISSING


def plain_items(
    session: Session,
    listener_id: int,
    tracks: Iterable[CatalogTrack | None],
    heard: UserHistory | None = None,
) -> list[Item]:
    """Tracks that were looked up rather than recommended."""
    found = [track for track in tracks if track is not None]
    did = _states(session, listener_id, [track.id for track in found], heard)
    return [Item(track, did[track.id]) for track in found]


def served_items(
    session: Session,
    served: ServedList,
    whys: dict[int, Why] | None = None,
    heard: UserHistory | None = None,
) -> list[Item]:
    """The served tracks at their places, those that the listener turned down left out."""
    ids = [entry.track.id for entry in served.items]
    did, reasons = _states(session, served.user_id, ids, heard), whys or {}
    items = (
        Item(at.track, did[at.track.id], served.id, at.position, reasons.get(at.track.id))
        for at in served.items
    )
    return [item for item in items if not item.disliked]


def first_whys(
    session: Session,
    model: LoadedModel | None,
    listener_id: int,
    track_ids: Sequence[int],
    heard: UserHistory | None = None,
) -> dict[int, Why]:
    """For each track one of the strongest reasons, the one that the list has said least."""
    said: Counter[int] = Counter()
    chosen: dict[int, Reason] = {}
    spoken = recommending.reasons_of(session, model, listener_id, track_ids, heard=heard)
    for track_id, reasons in spoken.items():
        strong = [one for one in reasons if 2 * one.contribution >= reasons[0].contribution]
        if strong:
            chosen[track_id] = min(strong, key=lambda one: said[one.track.id])
            said[chosen[track_id].track.id] += 1
    did = _states(session, listener_id, [one.track.id for one in chosen.values()], heard)
    return {
        track_id: Why(one.track, did[one.track.id], one.contribution, one.is_pick)
        for track_id, one in chosen.items()
    }


def told_of(
    session: Session,
    model: LoadedModel | None,
    listener_id: int,
    track_id: int,
    first: int,
    heard: UserHistory | None = None,
) -> Told | None:
    """How one track's score comes about; None where nothing speaks for it."""
    found = recommending.explanation(session, model, listener_id, track_id, first, heard)
    if found is None or not found.reasons:
        return None
    did = _states(session, listener_id, [one.track.id for one in found.reasons], heard)
    whys = [
        Why(one.track, did[one.track.id], one.contribution, one.is_pick) for one in found.reasons
    ]
    return Told(whys, found.base, found.score)


def _states(
    session: Session, listener_id: int, track_ids: Sequence[int], heard: UserHistory | None
) -> dict[int, TrackState]:
    """Of the history where it was read already, else of these tracks alone."""
    if heard is not None:
        return heard.states(track_ids)
    return listening.states_of(session, listener_id, track_ids)


def player_data(item: Item) -> dict[str, Any]:
    """What the player needs to play an item and to say where its listen came from."""
    track = item.track
    return {
        "id": track.id,
        "title": track.title,
        "artist": track.artist_name,
        "artist_id": track.artist_id,
        "cover": cover_url(track.artist_name, track.title, plain=True),
        "seconds": track.duration_seconds,
        "video": track.youtube_id,
        "list": item.list_id,
        "position": item.position,
    }
