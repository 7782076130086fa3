"""Make one of two artists that are the same, take that back, and take apart what is by two."""

from collections.abc import Collection

from sqlmodel import Session, col, func, select, update

from app import changes
from app.editing.audit import held_artist, write_down
from app.editing.correcting import checked_name, find_by_artist, said_by_hand
from app.editing.joining import check, lead, lead_back, went_along
from app.errors import InvalidInput, InvalidReason
from app.errors.invalid import too_many, wrong_state
from app.importing.identity import artist_key, artists_by_key
from app.models import Artist, EditKind, ExternalKind, Track
from app.models.columns import id_of
from app.writes import in_parts

MAX_TRACKS = 1_000
"""Of one split."""


def merge_artist(session: Session, artist_id: int, into_id: int, by: str) -> None:
    """Make all tracks of one artist those of another; merging again changes nothing.

    Tracks stay as many as they were. Who picked the one has picked the other, as long as they are
    one. Raises ArtistNotFound, InvalidInput.
    """
    rows = {one: held_artist(session, one) for one in sorted({artist_id, into_id})}
    merged, kept = rows[artist_id], rows[into_id]
    check(merged, kept, ("artistId", "intoArtistId"))
    if merged.merged_into_id == into_id:
        return
    before = func.coalesce(col(Track.artist_merged_from), artist_id)
    theirs = col(Track.artist_id) == artist_id
    values = {"artist_id": into_id, "artist_merged_from": before}
    session.exec(update(Track).where(theirs).values(values))
    find_by_artist(session, into_id)
    lead(session, ExternalKind.ARTIST, merged, into_id)
    thing = (ExternalKind.ARTIST, into_id)
    write_down(session, EditKind.MERGE, thing, by, {"name": merged.name}, artist_id)
    changes.note(session, artists=[artist_id, into_id])


def separate_artist(session: Session, artist_id: int, by: str) -> None:
    """Take a merge back: the tracks that were the artist's before it are the artist's again.

    So are artists that had been merged into it before. A track that was given to another artist
    since stays there. Raises ArtistNotFound, InvalidInput, also where another has its name by now.
    """
    merged = held_artist(session, artist_id)
    into_id = merged.merged_into_id
    if into_id is None:
        raise InvalidInput("artistId", "is merged into no other artist")
    held_artist(session, into_id)
    _refuse_second(session, merged)
    along = went_along(session, ExternalKind.ARTIST, artist_id, into_id)
    here, before = col(Track.artist_id) == into_id, col(Track.artist_merged_from)
    own, others = {"artist_id": artist_id, "artist_merged_from": None}, {"artist_id": artist_id}
    session.exec(update(Track).where(here, before == artist_id).values(own))
    session.exec(update(Track).where(here, before.in_(along)).values(others))
    find_by_artist(session, artist_id)
    lead_back(session, ExternalKind.ARTIST, merged, along)
    write_down(session, EditKind.SEPARATE, (ExternalKind.ARTIST, into_id), by, {}, artist_id)
    changes.note(session, artists=[artist_id, into_id, *along])


def split_artist(
    session: Session, artist_id: int, track_ids: Collection[int], name: str, by: str
) -> int:
    """Give some of the artist's tracks to the artist of that name, who is added if need be.

    Returns who has them now. Imports change nothing of the tracks from then on. Raises
    ArtistNotFound, InvalidInput.
    """
    artist = held_artist(session, artist_id)
    if artist.merged_into_id is not None:
        raise InvalidInput("artistId", "was merged into another: split that one")
    tracks = _chosen(session, artist_id, track_ids)
    name = checked_name("name", name)
    key = artist_key(name)
    other_id = artist_id if key == artist.name_key else artists_by_key(session, [name], {})[key]
    if other_id == artist_id:
        raise wrong_state("name", "leads to this very artist: give another name", "same")
    for track in tracks:
        track.artist_id, track.artist_merged_from = other_id, None
        session.add(track)
    session.flush()
    ids = [id_of(track) for track in tracks]
    find_by_artist(session, other_id)
    said_by_hand(session, ids)
    thing, said = (ExternalKind.ARTIST, artist_id), {"name": name, "tracks": ids}
    write_down(session, EditKind.SPLIT, thing, by, said, other_id)
    changes.note(session, ids, [artist_id, other_id])
    return other_id


def _refuse_second(session: Session, merged: Artist) -> None:
    """An artist that is shown again must be the only one of its name."""
    same = (Artist.name_key == merged.name_key, Artist.id != merged.id)
    shown = col(Artist.merged_into_id).is_(None)
    if session.exec(select(Artist.id).where(*same, shown)).first() is not None:
        problem = "another artist is called so by now: rename that one first"
        raise wrong_state("artistId", problem, "taken")


def _chosen(session: Session, artist_id: int, track_ids: Collection[int]) -> list[Track]:
    if len(track_ids) > MAX_TRACKS:
        raise too_many("trackIds", len(track_ids), MAX_TRACKS)
    if not track_ids:
        raise InvalidInput("trackIds", "must name one track at least")
    shown = (Track.artist_id == artist_id, col(Track.merged_into_id).is_(None))
    count = session.exec(select(func.count()).select_from(Track).where(*shown)).one()
    found: list[Track] = []
    for some in in_parts(sorted(set(track_ids))):
        found += session.exec(select(Track).where(*shown, col(Track.id).in_(some))).all()
    if len(found) < len(set(track_ids)):
        raise InvalidInput("trackIds", "must be tracks of this artist", InvalidReason.WRONG_ID)
    if len(found) == count:
        raise InvalidInput("trackIds", "must not be all: rename the artist, or merge it, instead")
    return found
