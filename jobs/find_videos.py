"""Look up a missing video id."""

import logging

from app import videos
from app.errors import TrackNotFound, VideoSearchFailed
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def find_video(track_id: int) -> None:
    """Ask YouTube Music for the track's video and keep the answer."""
    with runtime() as rt:
        _find_video(rt, track_id)


def _find_video(rt: Runtime, track_id: int) -> None:
    with rt.database.read() as session:
        try:
            track = videos.track_to_find(session, track_id)
            refused = videos.refused_for(session, track_id)
        except TrackNotFound:
            return
    try:
        search = videos.search_of(rt.settings)
        found = search.find(track.title, track.artist_name, refused)
    except VideoSearchFailed as error:
        # The card links to a search instead.
        log.warning("video search failed", extra={"track": track_id, "reason": str(error)})
        rt.database.transact(lambda session: videos.give_up(session, track_id))
        return
    rt.database.transact(lambda session: videos.keep(session, track_id, found))
