"""Take apart what was wrongly made one: what some sources brought becomes a track of its own."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, func, select, update

from app.editing.audit import held_track, write_down
from app.errors import InvalidInput
from app.errors.invalid import not_one_of
from app.listening import count_listeners
from app.listening.moving import move_of_sources
from app.models import EditKind, Event, ExternalId, ExternalKind, Track
from app.models.columns import id_of

_COPIED = ("title", "artist_id", "search_key", "match_key", "album", "year", "genre")


@dataclass(frozen=True, slots=True)
class Brought:
    """What a source knows of a track."""

    source: str
    ids: int
    """What it calls the track there."""
    events: int
    """Listens, skips and words of feedback that came by it."""


def brought_by(session: Session, track_id: int) -> list[Brought]:
    """Whatever ids and listens of the track came from, in the order of the names."""
    known_as = (ExternalId.kind == ExternalKind.TRACK, ExternalId.our_id == track_id)
    named = select(ExternalId.source, func.count()).where(*known_as).group_by(ExternalId.source)
    heard = select(Event.source, func.count()).where(Event.track_id == track_id)
    ids = dict(session.exec(named).all())
    events = dict(session.exec(heard.group_by(Event.source)).all())
    return [
        Brought(name, ids.get(name, 0), events.get(name, 0)) for name in sorted({*ids, *events})
    ]


def split_track(session: Session, track_id: int, sources: Collection[str], by: str) -> int:
    """Make ids and listens that came from these sources those of a new track; its id.

    It begins as a copy, without the video. Later imports know it by its ids. What stays: playlists,
    and what other sources brought. Merging the new one takes the split back. Raises TrackNotFound,
    InvalidInput for a source that brought nothing, or where nothing would stay.
    """
    row = held_track(session, track_id)
    if row.merged_into_id is not None:
        raise InvalidInput("trackId", "was merged into another: split that one")
    _check(sources, [one.source for one in brought_by(session, track_id)])
    new = Track(**{name: getattr(row, name) for name in _COPIED})
    session.add(new)
    session.flush()
    new_id = id_of(new)
    theirs = (
        ExternalId.kind == ExternalKind.TRACK,
        ExternalId.our_id == track_id,
        col(ExternalId.source).in_(sources),
    )
    session.exec(
        update(ExternalId)
        .where(*theirs)  # type: ignore[arg-type]
        .values(our_id=new_id, matched=True, merged_from=None)
    )
    move_of_sources(session, track_id, new_id, sources)
    count_listeners(session, [track_id, new_id])
    thing, said = (ExternalKind.TRACK, track_id), {"sources": sorted(sources)}
    write_down(session, EditKind.SPLIT, thing, by, said, new_id)
    return new_id


def _check(sources: Collection[str], known: list[str]) -> None:
    if not sources:
        raise InvalidInput("sources", "must name one source at least")
    for source in sources:
        if source not in known:
            raise not_one_of("sources", source, known)
    if set(sources) >= set(known):
        raise InvalidInput("sources", "must not be all of them: correct the track instead")
