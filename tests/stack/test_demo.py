"""A fresh clone's first minutes: `pytune demo`, signing in, listening, seeing the list change."""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import col, select
from websockets.exceptions import ConnectionClosedError
from websockets.frames import CloseCode
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from app.db import open_database
from app.demo import era
from app.graphql.ids import global_id, number_of
from app.graphql.router import MAX_BODY
from app.models import Event, Prediction, Track, User, UserItem
from app.settings import Settings
from tests.stack.client import RECORD_LISTEN, STATUS, Client
from tests.stack.conftest import Demo
from tests.stack.running import Running

pytestmark = pytest.mark.stack

LISTENERS = 20
LIKED_SHARE = 0.1
"""Of a listener's plays: what genres and eras they play at least so often are theirs."""

RECOMMENDATIONS_FOR = """query ($user: ID!) {
  recommendationsFor(userId: $user, first: 10) { items { track { id } } }
}"""


def test_the_first_start_trains_a_model_and_ends_by_ctrl_c(demo: Demo) -> None:
    assert demo.exit_code == 0
    assert "Training 1 is finished. Promoted as the first model" in demo.said
    assert demo.accounts["listener"][0] == "listener"
    assert demo.accounts["administrator"][0] == "admin"


def test_a_second_start_keeps_everything(demo: Demo, stack: Running) -> None:
    assert stack.accounts == demo.accounts
    assert "Training" not in "".join(stack.said)


def test_anybody_may_ask_for_status_and_health(stack: Running) -> None:
    status = stack.client().ask(STATUS)["status"]
    assert status == {"state": "RUNNING", "modelVersion": 1}
    assert httpx2.get(f"{stack.address}/healthz", trust_env=False).text == "running"


def test_a_web_sockets_message_is_no_longer_than_a_requests_body(stack: Running) -> None:
    address = f"{stack.address.replace('http', 'ws', 1)}/graphql"
    with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        socket.send("x" * (MAX_BODY + 1))
        with pytest.raises(ConnectionClosedError) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CloseCode.MESSAGE_TOO_BIG


def test_a_stranger_gets_no_list(stack: Running) -> None:
    answer = stack.client().http.post("/graphql", json={"query": "{ recommendations { id } }"})
    body = answer.json()
    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == "not_signed_in"


def test_a_listen_changes_the_next_list(listener: Client, stack: Running) -> None:
    before = listener.recommended()
    played = before["items"][0]["track"]
    answer = listener.ask(
        RECORD_LISTEN, input={"trackId": played["id"], "listId": before["id"], "position": 1}
    )
    assert answer["recordListen"]["__typename"] == "ListenRecorded"
    after = listener.recommended()
    assert played["id"] not in {item["track"]["id"] for item in after["items"]}
    scores = {item["track"]["id"]: item["score"] for item in before["items"]}
    kept = [item for item in after["items"] if item["track"]["id"] in scores]
    assert any(item["score"] != scores[item["track"]["id"]] for item in kept)
    with stack.database().read() as session:
        event = session.exec(select(Event).order_by(col(Event.id).desc()).limit(1)).first()
    assert event is not None
    assert (event.list_id, event.position) == (before["id"], 1)


def test_served_lists_are_logged_with_the_models_version(demo: Demo, copy_of_demo: Path) -> None:
    """Also one that was served right before the end."""
    database = open_database(Settings(data_dir=copy_of_demo))
    with database.read() as session:
        chosen = select(Prediction).where(Prediction.list_id == demo.served["id"])
        row = session.exec(chosen).one()
    database.dispose()
    assert row.model_version == demo.served["modelVersion"] == 1
    assert [score for _, score in row.items] == [item["score"] for item in demo.served["items"]]


def test_recommendations_follow_genres_and_eras(administrator: Client, stack: Running) -> None:
    database = stack.database()
    with database.read() as session:
        users = session.exec(
            select(User).where(col(User.name).startswith("demo-")).limit(LISTENERS)
        ).all()
        tracks = {track.id: track for track in session.exec(select(Track))}
        heard = {user.id: _liked(session, user.id, tracks) for user in users}
    akin = [
        bool(_tags(tracks[track_id]) & heard[user.id])
        for user in users
        for track_id in _recommended(administrator, user.id)
    ]
    assert len(akin) == LISTENERS * 10
    assert sum(akin) / len(akin) >= 0.7


def _liked(session: Any, user_id: int | None, tracks: dict[int | None, Track]) -> set[str]:
    plays: Counter[str] = Counter()
    total = 0
    for item in session.exec(select(UserItem).where(UserItem.user_id == user_id)):
        total += item.plays
        for tag in _tags(tracks[item.track_id]):
            plays[tag] += item.plays
    return {tag for tag, count in plays.items() if count >= LIKED_SHARE * total}


def _tags(track: Track) -> set[str]:
    return {track.genre or "", era(track.year or 0)}


def _recommended(administrator: Client, user_id: int | None) -> list[int]:
    user = global_id("User", user_id or 0)
    items = administrator.ask(RECOMMENDATIONS_FOR, user=user)["recommendationsFor"]["items"]
    return [number_of(item["track"]["id"], "Track") or 0 for item in items]
