"""Why a track is recommended: what of the history gave most to its score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.ml.recommender import History
from app.models.columns import utc_now
from app.recommending.served import ServedList
from app.recommending.starting import picks_of
from app.recommending.taste import history_in


@dataclass(frozen=True, slots=True)
class Reason:
    """A track of the listener's history and what it gave to a score."""

    track: CatalogTrack
    contribution: float
    is_pick: bool = False
    """Not the track but the pick of its artist speaks, with what all their tracks gave."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score taken apart: base + what the reasons gave + rest, but for rounding."""

    score: float
    base: float
    """What nothing in the history gave: all of it where popularity alone speaks."""
    reasons: Sequence[Reason]
    """What gave most, most first."""
    rest: float
    """What all else in the history gave; below 0 where more of that speaks against the track."""

    def within(self, first: int) -> "Explanation":
        """With so many reasons at most, the others counted with the rest."""
        left = sum(reason.contribution for reason in self.reasons[first:])
        return replace(self, reasons=self.reasons[:first], rest=self.rest + left)


@dataclass(frozen=True, slots=True)
class _Part:
    track_id: int
    contribution: float
    is_pick: bool


@dataclass(frozen=True, slots=True)
class _Sum:
    """A score before its parts are looked up."""

    score: float
    base: float
    given: float
    """By all of the history."""
    parts: list[_Part]


def reasons(
    session: Session, model: LoadedModel | None, user_id: int, track_id: int, first: int = 3
) -> Sequence[Reason]:
    """The tracks of the history that gave most to the track's score, only positive ones.

    Nobody is recommended something because of what they dislike, even where that adds to the score.
    """
    return reasons_of(session, model, user_id, [track_id], first)[track_id]


def reasons_of(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    track_ids: Sequence[int],
    first: int = 3,
    heard: UserHistory | None = None,
) -> dict[int, Sequence[Reason]]:
    """`reasons` of many tracks; the history is read once, and so are picks and tracks.

    `heard` is the history where it was read already.
    """
    found = _explained(session, model, user_id, track_ids, first, heard)
    return {
        track_id: found[track_id].reasons if track_id in found else [] for track_id in track_ids
    }


def explanation(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    track_id: int,
    first: int = 3,
    heard: UserHistory | None = None,
) -> Explanation | None:
    """Of a track's score now; None where the history speaks neither for nor against any.

    `heard` is the history where it was read already.
    """
    return _explained(session, model, user_id, [track_id], first, heard).get(track_id)


def explanations_of(
    session: Session,
    model: LoadedModel | None,
    served: ServedList,
    first: int = 3,
    heard: UserHistory | None = None,
) -> dict[int, Explanation]:
    """Of the score of each track in a list that the model served the listener.

    `heard` is what it was made from in the place of their own history.
    """
    ids = [item.track.id for item in served.items]
    found = _explained(session, model, served.user_id, ids, first, heard, served.served_at)
    popular = {
        item.track.id: Explanation(item.score, base=item.score, reasons=[], rest=0.0)
        for item in served.items
    }
    return popular | found


def _explained(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    track_ids: Sequence[int],
    first: int,
    heard: UserHistory | None = None,
    as_of: datetime | None = None,
) -> dict[int, Explanation]:
    """Of those tracks that the history, and not popularity alone, speaks for or against."""
    if model is None:
        return {}
    heard = listening.history_of(session, user_id) if heard is None else heard
    picks = picks_of(session, user_id)
    sums = _sums(model, heard, picks, track_ids, first, as_of or utc_now())
    ids = sorted({part.track_id for one in sums.values() for part in one.parts})
    tracks = dict(zip(ids, catalog.tracks_by_id(session, ids), strict=True)) if ids else {}
    explained = {}
    for track_id, one in sums.items():
        told = [
            Reason(track, part.contribution, part.is_pick)
            for part in one.parts
            if (track := tracks[part.track_id]) is not None
        ]
        rest = one.given - sum(reason.contribution for reason in told)
        explained[track_id] = Explanation(one.score, one.base, told, rest)
    return explained


def _sums(
    model: LoadedModel,
    heard: UserHistory,
    picks: Sequence[int],
    track_ids: Sequence[int],
    first: int,
    moment: datetime,
) -> dict[int, _Sum]:
    """For each track that the model knows: what speaks most for it of the history, so many."""
    history = history_in(model, heard, moment, picks)
    own = len(history_in(model, heard, moment)) if picks else len(history)
    if not (history.strengths > 0).any():  # the list comes from popularity
        return {}
    positions = model.tracks.positions(track_ids)
    known = np.flatnonzero(positions >= 0)
    if not len(known):
        return {}
    told = model.ranker.explain_many(history, positions[known])
    found = {}
    for n, place in enumerate(known.tolist()):
        given = told.contributions[n]
        parts = _told(model, history, given, own, first)
        base, score = float(told.bases[n]), float(told.scores[n])
        found[track_ids[place]] = _Sum(score, base, float(given.sum()), parts)
    return found


def _told(
    model: LoadedModel, history: History, parts: NDArray[np.float64], own: int, first: int
) -> list[_Part]:
    """What gave most, most first: tracks of the own history, and picked artists by their best."""
    ids = model.tracks.ids[history.items]
    liked = np.flatnonzero(history.strengths[:own] > 0)
    most = liked[np.argsort(-parts[liked], kind="stable")[:first]]
    told = [_Part(int(ids[n]), float(parts[n]), is_pick=False) for n in most]
    artists = model.artist_ids[history.items[own:]]
    for artist in np.unique(artists):
        places = own + np.flatnonzero(artists == artist)
        best = places[np.argmax(parts[places])]
        told.append(_Part(int(ids[best]), float(parts[places].sum()), is_pick=True))
    ordered = sorted(told, key=lambda part: -part.contribution)[:first]
    return [part for part in ordered if part.contribution > 0]
