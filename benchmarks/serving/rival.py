"""The product with a hand-written endpoint beside it: the same sign-in, log and JSON.

With PYTUNE_BENCHMARK_READY both take the recommender's answer from memory, made once.

`python -m benchmarks.serving.rival FD` serves it on a socket that it inherits, as `pytune up` does:
by uvicorn's --fd nothing would set TCP_NODELAY, and answers' bodies would wait for their heads.
"""

import gc
import os
import socket
import sys
import uuid
from dataclasses import replace
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from sqlmodel import Session

from app import accounts, recommending
from app.graphql.ids import global_id
from app.main import create_app
from app.ml.model_slot import LoadedModel
from app.models.columns import id_of, utc_now
from app.recommending import Dials, ServedList
from app.state import State

PATH = "/rest/recommendations"
READY = "PYTUNE_BENCHMARK_READY"


def create() -> FastAPI:
    app = create_app()
    app.add_api_route(PATH, _recommendations, methods=["GET"])
    if os.environ.get(READY) == "1":
        _make_ready()
    return app


def _recommendations(request: Request, first: int = 20) -> Response:
    """In one thread and one session, signing in included."""
    state: State = request.state.pytune
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    with state.database.read() as session:
        found = accounts.owner_of_token(session, token)
        if found is None:
            raise HTTPException(401)
        user, is_to_note = found
        served = recommending.recommend(session, state.slot.model, id_of(user), Dials(first))
    if is_to_note:
        state.database.transact(lambda session: accounts.note_use(session, token))
    state.served_log.put(served)
    return Response(orjson.dumps(_json(served)), media_type="application/json")


def _json(served: ServedList) -> dict[str, Any]:
    items = [
        {
            "score": item.score,
            "track": {
                "id": global_id("Track", item.track.id),
                "title": item.track.title,
                "youtubeId": item.track.youtube_id,
                "artist": {"name": item.track.artist_name},
            },
        }
        for item in served.items
    ]
    return {"data": {"recommendations": {"modelVersion": served.model_version, "items": items}}}


def _make_ready() -> None:
    made: list[ServedList] = []
    whole = recommending.recommend

    def ready(
        session: Session, model: LoadedModel | None, user_id: int, dials: Dials
    ) -> ServedList:
        if not made:
            made.append(whole(session, model, user_id, dials))
        return replace(made[0], id=str(uuid.uuid4()), served_at=utc_now())

    vars(recommending)["recommend"] = ready


def main() -> None:
    """As `pytune web` does, with what is imported out of the garbage collector's sight."""
    gc.freeze()
    config = uvicorn.Config("benchmarks.serving.rival:create", factory=True, log_level="warning")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
