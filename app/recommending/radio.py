"""Radio: an endless queue from a track, artist, playlist or list, that learns as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.errors import InvalidInput, InvalidReason
from app.listening import UserHistory
from app.ml.interactions import history_of
from app.ml.model_slot import LoadedModel
from app.ml.radio import radio_scores, varied
from app.ml.vocabulary import Positions
from app.ml.weigher import Weigher
from app.ml.weighting import Doings
from app.models import ListKind
from app.models.columns import utc_now
from app.recommending.cursor import Cursor, Seed
from app.recommending.dials import check_first
from app.recommending.seeds import MOST_SEEDS, seeds_of
from app.recommending.served import Ranked, ServedList, served
from app.recommending.since import history_since
from app.recommending.starting import picks_of
from app.recommending.taste import history_in

_JUST_HEARD = timedelta(hours=3)
"""What was played or left so lately does not come again."""
_CANDIDATES = 400


@dataclass(frozen=True, slots=True)
class Radio:
    """The next part of a radio, and where to go on from."""

    served: ServedList
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class _Tuned:
    """A radio at the moment of a request."""

    cursor: Cursor
    seeds: list[CatalogTrack]
    heard: UserHistory
    picks: list[int]
    """Artists that the listener started with."""
    since: UserHistory
    """What the listener did since it began, in the order of time."""
    refused: list[int]
    """Disliked, heard just now, queued before, or a seed."""

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.cursor.nonce, *self.cursor.queued[-1:]])


def radio(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    seed: Seed,
    after: str | None = None,
    first: int = 20,
) -> Radio:
    """The next tracks. A listen, love, skip or dislike since the start turns what follows.

    Raises InvalidInput, TrackNotFound, ArtistNotFound, PlaylistNotFound, ListNotFound.
    """
    check_first(first)
    cursor = Cursor.start(seed) if after is None else Cursor.read(after)
    if cursor.seed != seed:
        problem = f"is a cursor of the radio of {cursor.seed}, not of {seed}"
        raise InvalidInput("after", problem, InvalidReason.WRONG_CURSOR)
    tuned = _tuned(session, user_id, cursor)
    chosen = _next(session, model, tuned, first)
    while len(chosen) < first and cursor.queued:
        # All that there is was queued: the older half of it may come again.
        cursor = replace(cursor, queued=cursor.queued[len(cursor.queued) // 2 + 1 :])
        chosen = _next(session, model, _tuned(session, user_id, cursor, anew=True), first)
    if not chosen:  # the seeds, and what was heard just now, are all that there is
        chosen = _next(session, model, _tuned(session, user_id, cursor, anew=True), first)
    found = served(session, ListKind.RADIO, user_id, model, chosen)
    return Radio(found, cursor.after([item.track.id for item in found.items]))


def _tuned(session: Session, user_id: int, cursor: Cursor, *, anew: bool = False) -> _Tuned:
    """`anew` lets in again what was heard just now, and the seeds themselves."""
    heard = listening.history_of(session, user_id)
    seeds = seeds_of(session, user_id, cursor)
    since = history_since(session, user_id, cursor.began_at)
    refused = [*heard.track_ids[heard.feedback < 0].tolist(), *cursor.queued]
    if not anew:
        just = history_since(session, user_id, utc_now() - _JUST_HEARD)
        refused += [*just.track_ids.tolist(), *seeds.own]
    return _Tuned(cursor, seeds.tracks, heard, picks_of(session, user_id), since, refused)


def _next(session: Session, model: LoadedModel | None, tuned: _Tuned, first: int) -> Ranked:
    if model is not None:
        seeds = model.tracks.known([track.id for track in tuned.seeds])
        if not len(seeds):
            artists = np.unique([track.artist_id for track in tuned.seeds])
            seeds = np.flatnonzero(np.isin(model.artist_ids, artists))
        if len(seeds):
            return _by_model(model, tuned, seeds[:MOST_SEEDS], first)
    return _by_catalogue(session, tuned, first)


def _by_model(model: LoadedModel, tuned: _Tuned, seeds: Positions, first: int) -> Ranked:
    doings = Doings(tuned.since.plays, tuned.since.skips, tuned.since.feedback)
    since = history_of(tuned.since.track_ids, doings, model.tracks, Weigher(), as_of=None)
    taste = history_in(model, tuned.heard, picks=tuned.picks)
    scores = radio_scores(model.ranker, seeds, since, taste)
    last = model.tracks.known(tuned.cursor.queued[-10:])
    chosen = varied(
        scores,
        first,
        model.artist_ids,
        excluded=np.concatenate([model.absent, model.tracks.known(tuned.refused)]),
        before=model.artist_ids[last].tolist(),
        rng=tuned.rng,
    )
    return [(int(model.tracks.ids[at]), float(scores[at])) for at in chosen]


def _by_catalogue(session: Session, tuned: _Tuned, first: int) -> Ranked:
    """Without a model that knows the seed: its artist's and genre's, then the best known."""
    found: dict[int, CatalogTrack] = {}
    for seed in tuned.seeds[:5]:
        for track in [seed, *catalog.tracks_akin(session, seed, _CANDIDATES)]:
            found.setdefault(track.id, track)
    for track in catalog.popular_tracks(session, _CANDIDATES + len(tuned.refused)):
        found.setdefault(track.id, track)
    refused = set(tuned.refused)
    tracks = [track for track in found.values() if track.id not in refused]
    artists = np.array([track.artist_id for track in tracks], dtype=np.int64)
    scores = _falling(artists, _turned_down(session, tuned.since))
    last = catalog.tracks_by_id(session, tuned.cursor.queued[-10:])
    chosen = varied(
        scores,
        first,
        artists,
        excluded=np.zeros(0, np.intp),
        before=[track.artist_id for track in last if track is not None],
        rng=tuned.rng,
    )
    return [(tracks[at].id, float(scores[at])) for at in chosen]


def _turned_down(session: Session, since: UserHistory) -> list[int]:
    """Artists of what was skipped or disliked."""
    against = since.track_ids[(since.skips > since.plays) | (since.feedback < 0)]
    tracks = catalog.tracks_by_id(session, against.tolist()) if len(against) else []
    return [track.artist_id for track in tracks if track is not None]


def _falling(artists: NDArray[np.int64], turned_down: Sequence[int]) -> NDArray[np.float32]:
    """A score for each place, from 1 down to 0; artists that were turned down come last."""
    places = 1 - np.arange(len(artists)) / max(len(artists), 1)
    down = np.isin(artists, np.array(turned_down, np.int64))
    return (places - down).astype(np.float32)
