"""Record listens, skips, loves and dislikes: the player and the pages' forms send them here."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import AwareDatetime, BaseModel, Field

from app import catalog, listening
from app.listening import EARLIEST, Listen, Origin, Outcome
from app.models import Feedback
from app.models.columns import utc_now
from app.web.door import GREATEST_ID, Here, Id, Listener, came_from
from app.web.lists import plain_items
from app.web.render import from_htmx, part

_SOURCE = "web"
_DEEPEST = 10_000
_PAUSED = {"PyTune-Record": "paused"}
"""The listener's record is paused: nothing was kept."""

router = APIRouter()


class Place(BaseModel):
    """The served list that something came from, and the place in it."""

    list_id: UUID | None = None
    position: int | None = Field(default=None, ge=1, le=_DEEPEST)

    @property
    def origin(self) -> Origin:
        return Origin(_SOURCE, str(self.list_id) if self.list_id else None, self.position)


class Played(Place):
    """One play of a track, as the player reports it."""

    track_id: int = Field(ge=1, le=GREATEST_ID)
    listened_at: AwareDatetime
    seconds_played: int
    idempotency_key: str
    sent_at: AwareDatetime | None = None
    """By the same clock as `listened_at`."""

    @property
    def began_at(self) -> datetime:
        """By our clock. A browser's may be wrong, yet it knows how long ago something was."""
        now = utc_now()
        ago = self.sent_at - self.listened_at if self.sent_at else None
        if ago is None or ago > now - EARLIEST:
            return self.listened_at
        return now - max(ago, timedelta())

    @property
    def listen(self) -> Listen:
        return Listen(
            self.track_id,
            self.began_at,
            self.seconds_played,
            self.idempotency_key,
            self.origin,
        )


class Said(Place):
    feedback: Literal["loved", "disliked", "none"]

    @property
    def value(self) -> Feedback | None:
        return None if self.feedback == "none" else Feedback(self.feedback)


@router.post("/listens", status_code=204)
def record_listen(state: Here, viewer: Listener, played: Annotated[Played, Form()]) -> Response:
    return _recorded(
        state.database.transact(
            lambda session: listening.record_listen(session, viewer.id, played.listen)
        )
    )


@router.post("/skips", status_code=204)
def record_skip(state: Here, viewer: Listener, played: Annotated[Played, Form()]) -> Response:
    return _recorded(
        state.database.transact(
            lambda session: listening.record_skip(session, viewer.id, played.listen)
        )
    )


def _recorded(outcome: Outcome) -> Response:
    return Response(status_code=204, headers=_PAUSED if outcome is Outcome.PAUSED else None)


@router.get("/tracks/{track_id}/feedback")
def feedback(
    request: Request,
    state: Here,
    viewer: Listener,
    track_id: Id,
    place: Annotated[Place, Query()],
) -> Response:
    """What can be said of one track and done with it, for the player's bar; where it was served."""
    with state.database.read() as session:
        [item] = plain_items(session, viewer.id, [catalog.track(session, track_id)])
    item = replace(item, list_id=place.origin.list_id, position=place.position)
    return part(request, "player/_now_tools.html", {"item": item})


@router.post("/tracks/{track_id}/feedback")
def set_feedback(
    request: Request,
    state: Here,
    viewer: Listener,
    track_id: Id,
    said: Annotated[Said, Form()],
) -> Response:
    value = said.value
    with state.database.read() as session:
        [before] = plain_items(session, viewer.id, [catalog.track(session, track_id)])
    state.database.transact(
        lambda session: listening.set_feedback(session, viewer.id, track_id, value, said.origin)
    )
    if not from_htmx(request):
        return RedirectResponse(came_from(request, f"/tracks/{track_id}"), 303)
    with state.database.read() as session:
        [item] = plain_items(session, viewer.id, [before.track])
    response = part(request, "tracks/_feedback_changed.html", {"item": item})
    if before.disliked or item.disliked:
        response.headers["HX-Trigger"] = _taste_changed(track_id, disliked=item.disliked)
    return response


def _taste_changed(track_id: int, *, disliked: bool) -> str:
    """Tells the page to make its lists and its queue anew: a track was turned down, or that undone.

    A listen is no such reason: it comes by itself, and the page stays as it is under whoever reads
    it. The next list that is asked for heeds it.
    """
    return json.dumps({"taste-changed": {"track": track_id, "disliked": disliked}})
