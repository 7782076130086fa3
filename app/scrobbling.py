"""Use-cases: listens that other players report by the names of what they played."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import listening
from app.importing.identity import EXTERNAL_IDS, Ids, Origin
from app.importing.rows import TrackRow
from app.importing.tracks import add_tracks
from app.listening import Listen
from app.matching import Recording
from app.models import ExternalKind
from app.models.columns import utc_now
from app.turns import TRACKS, take_turn

SOURCE = "scrobbles"
"""Under which names that were scrobbled are known again."""


@dataclass(frozen=True, slots=True)
class Scrobble:
    """What was played, as a player says it."""

    title: str
    artist: str
    listened_at: datetime | None = None
    """None for what plays now."""
    album: str | None = None
    seconds: int | None = None
    """How long the recording is."""
    youtube_id: str | None = None
    also: tuple[tuple[str, str], ...] = ()
    """(source, id there) of the recording: MusicBrainz, ISRC, Spotify."""
    client: str = "listenbrainz"


def submit(session: Session, user_id: int, scrobbles: Sequence[Scrobble]) -> None:
    """Record them, all or none; tracks that nobody has brought yet are added.

    Of what was heard while the record was paused nothing is written, not even tracks. Raises
    InvalidInput.
    """
    pauses = listening.held_pauses(session, user_id)
    scrobbles = [one for one in scrobbles if not pauses.cover(one.listened_at or utc_now())]
    tracks = tracks_of(session, scrobbles)
    listens = [
        Listen(track, scrobble.listened_at, origin=listening.Origin(scrobble.client))
        for track, scrobble in zip(tracks, scrobbles, strict=True)
    ]
    for begin in range(0, len(listens), listening.MAX_BATCH):
        batch = listens[begin : begin + listening.MAX_BATCH]
        for outcome in listening.record_listens(session, user_id, batch):
            if isinstance(outcome, Exception):
                raise outcome


def tracks_of(session: Session, scrobbles: Sequence[Scrobble]) -> list[int]:
    """The track of each; found by what other catalogues call it, then by its names, or added."""
    rows = {_name(one): _row(one) for one in scrobbles}
    tracks = _known(session, rows)
    if len(tracks) < len(rows):
        # Two who scrobble the same new song at once shall add it once.
        take_turn(session, TRACKS)
        tracks = _known(session, rows)
        missing = {name: row for name, row in rows.items() if name not in tracks}
        tracks |= add_tracks(session, Origin(SOURCE), missing, Ids(), joins=True).tracks
    return [tracks[_name(one)] for one in scrobbles]


def _known(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Tracks by what was scrobbled before."""
    columns = EXTERNAL_IDS.c
    statement = select_columns(columns.external_id, columns.our_id).where(
        columns.source == SOURCE,
        columns.kind == ExternalKind.TRACK,
        columns.external_id.in_(list(names)),
    )
    return {row.external_id: row.our_id for row in session.connection().execute(statement)}


def _row(scrobble: Scrobble) -> TrackRow:
    return TrackRow(
        external_id=_name(scrobble),
        title=scrobble.title,
        artist=scrobble.artist,
        album=scrobble.album,
        duration_seconds=scrobble.seconds,
        youtube_id=scrobble.youtube_id,
        also=scrobble.also,
    )


def _name(scrobble: Scrobble) -> str:
    """The same for the same recording as a player tells it."""
    told = f"{scrobble.artist}\n{scrobble.title}\n{scrobble.also}"
    said = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    return f"{Recording.of(scrobble.title, scrobble.artist).key}-{said[:16]}"
