"""Use-cases: listens that other players report by the names of what they played."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import listening
from app.importing.identity import EXTERNAL_IDS, Ids, Origin, name_ids
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


@dataclass(frozen=True, slots=True)
class Known:
    """The track that a scrobble means."""

    track: int
    number: int
    """Of what the scrobble calls it, among the ids elsewhere."""


def submit(session: Session, user_id: int, scrobbles: Sequence[Scrobble]) -> None:
    """Record them, all or none; tracks that nobody has brought yet are added.

    Of what was heard while the record was paused nothing is written, not even tracks. Raises
    InvalidInput.
    """
    pauses = listening.held_pauses(session, user_id)
    scrobbles = [one for one in scrobbles if not pauses.cover(one.listened_at or utc_now())]
    listens = [
        Listen(known.track, one.listened_at, origin=_origin(one, known))
        for one, known in zip(scrobbles, tracks_of(session, scrobbles), strict=True)
    ]
    for begin in range(0, len(listens), listening.MAX_BATCH):
        batch = listens[begin : begin + listening.MAX_BATCH]
        for outcome in listening.record_listens(session, user_id, batch):
            if isinstance(outcome, Exception):
                raise outcome


def _origin(scrobble: Scrobble, known: Known) -> listening.Origin:
    return listening.Origin(scrobble.client, came_by=known.number)


def tracks_of(session: Session, scrobbles: Sequence[Scrobble]) -> list[Known]:
    """The track of each; found by what other catalogues call it, then by its names, or added."""
    rows = {_name(one): _row(one) for one in scrobbles}
    tracks = _known(session, rows)
    if len(tracks) < len(rows):
        # Two who scrobble the same new song at once shall add it once.
        take_turn(session, TRACKS)
        tracks = _known(session, rows)
        missing = {name: row for name, row in rows.items() if name not in tracks}
        added = add_tracks(session, Origin(SOURCE), missing, Ids(), joins=True)
        tracks |= {name: Known(added.tracks[name], added.numbers[name]) for name in missing}
    return [tracks[_name(one)] for one in scrobbles]


def _known(session: Session, rows: Mapping[str, TrackRow]) -> dict[str, Known]:
    """Tracks by what was scrobbled before."""
    columns = EXTERNAL_IDS.c
    wanted = (columns.id, columns.external_id, columns.our_id, columns.title)
    statement = select_columns(*wanted).where(
        columns.source == SOURCE,
        columns.kind == ExternalKind.TRACK,
        columns.external_id.in_(list(rows)),
    )
    known = session.connection().execute(statement).all()
    nameless = {row.external_id: rows[row.external_id] for row in known if row.title is None}
    name_ids(session, SOURCE, nameless)
    return {row.external_id: Known(row.our_id, row.id) for row in known}


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
