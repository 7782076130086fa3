"""Who follows something holds nothing of the database meanwhile."""

from app import training
from app.graphql.ids import global_id
from app.models import TrainingStage
from app.queue import TRAINING_CHANNEL
from tests.graphql.conftest import OpenDoor
from tests.graphql.sockets import await_listeners, await_silence, signed_in
from tests.graphql.test_subscriptions import PROGRESS, go_on, requested


def test_no_session_is_held_between(open_door: OpenDoor) -> None:
    door = open_door(champion_poll_seconds=3600)
    number, pool = requested(door), door.state.database.engine.pool
    with signed_in(door) as socket:
        for share in (0.2, 0.6):
            socket.subscribe(PROGRESS, id=global_id("Training", number))
            assert socket.next()["state"] in {"QUEUED", "RUNNING"}
            assert pool.checkedout() == 0  # type: ignore[attr-defined]
            await_listeners(door, TRAINING_CHANNEL)
            go_on(door, number, TrainingStage.FITTING, share)
            assert socket.next()["progress"] == share
            assert pool.checkedout() == 0  # type: ignore[attr-defined]
            socket.session.send_json({"type": "complete", "id": "1"})
            await_silence(door, TRAINING_CHANNEL)
    with door.state.database.read() as session:
        assert training.training(session, number).progress == share
        assert pool.checkedout() == 1, "so is a session seen"  # type: ignore[attr-defined]
