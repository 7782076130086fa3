"""Following a search for recipes, told by its job or looked up where nobody tells."""

from pathlib import Path

from app import tuning
from app.graphql.ids import global_id
from app.ml.search import Trial
from app.models import Tuning
from app.models.columns import id_of
from app.queue import TUNING_CHANNEL
from tests.graphql.conftest import ADMINISTRATOR, Door, OpenDoor
from tests.graphql.sockets import await_listeners, signed_in
from tests.graphql.test_subscriptions import TUNING
from tests.graphql.test_tuning import STOP

TRIAL = Trial("als/binary", {"factors": 8}, "complete", 0.2, 0.1, 3.5)
TOLD = {"algorithm": "ALS", "ndcg": 0.2}


def _launched(door: Door) -> int:
    with door.state.database.write() as session:
        row = Tuning(requested_by="root", seconds=60, seed=1)
        session.add(row)
        session.flush()
        return id_of(row)


def _tried(door: Door, number: int) -> None:
    """As its job does: it begins, and says what it has tried."""
    with door.state.database.write() as session:
        tuning.start(session, number)
        assert tuning.progress(session, number, 0.5, [TRIAL])
    door.state.queue.announce_tuning(number)


def test_a_search_is_followed_until_it_is_stopped(open_door: OpenDoor) -> None:
    """Everything is told long before the next poll, its end by the door that stops it."""
    door = open_door(champion_poll_seconds=3600)
    number = _launched(door)
    with signed_in(door) as socket:
        socket.subscribe(TUNING, id=global_id("Tuning", number))
        waiting = {
            "id": global_id("Tuning", number),
            "state": "QUEUED",
            "progress": 0,
            "trials": [],
            "error": None,
        }
        assert socket.next() == waiting
        await_listeners(door, TUNING_CHANNEL)
        _tried(door, number)
        tried = {**waiting, "state": "RUNNING", "progress": 0.5, "trials": [TOLD]}
        assert socket.next() == tried
        door.ask(STOP, ADMINISTRATOR, id=global_id("Tuning", number))
        assert socket.next() == {**tried, "state": "FAILED", "error": "Stopped by root."}
        assert socket.over()


def test_a_search_is_polled_without_a_key_value_server(open_door: OpenDoor, tmp_path: Path) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    number = _launched(door)
    with signed_in(door) as socket:
        socket.subscribe(TUNING, id=global_id("Tuning", number))
        assert socket.next()["state"] == "QUEUED"
        _tried(door, number)
        assert socket.next()["trials"] == [TOLD]
