"""Trainings measured again through the API."""

from app import evaluating
from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from app.models import Evaluation
from app.queue import EVALUATION_CHANNEL, JobName
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door, OpenDoor, crowned
from tests.graphql.sockets import await_listeners, signed_in
from tests.jobs_at_work import waiting_jobs

EVALUATE = """mutation ($id: ID) {
  evaluateModel(input: {trainingId: $id}) {
    __typename
    ... on EvaluationStarted { run { id version state progress requestedBy error } }
    ... on InvalidInput { field reason }
    ... on NotFound { kind }
  }
}"""
MEASURED = """{
  trainings { edges { node {
    evaluations { verdict promote passed }
    evaluationRuns { id state evaluation { verdict promote passed championVersion } }
  } } }
}"""
FOLLOW = """subscription ($id: ID!) {
  evaluationProgress(runId: $id) { id state progress error evaluation { verdict } }
}"""
FIRST, TRAINING = global_id("EvaluationRun", 1), global_id("Training", 1)
METRICS = {"promote": True, "verdict": {}}


def _evaluate(door: Door, training_id: str | None = TRAINING) -> dict[str, object]:
    answer: dict[str, object] = door.ask(EVALUATE, ADMINISTRATOR, id=training_id)["evaluateModel"]
    return answer


def test_a_run_waits_for_a_worker_and_is_given_to_who_asks_again(
    door: Door, model: LoadedModel
) -> None:
    started = _evaluate(door)
    assert started["run"] == {
        "id": FIRST,
        "version": model.version,
        "state": "QUEUED",
        "progress": 0,
        "requestedBy": "root",
        "error": None,
    }
    assert _evaluate(door) == started
    (job,) = waiting_jobs(door.state.queue)
    assert (job.func_name, list(job.args)) == (JobName.EVALUATE, [1])
    shown = door.ask("{ jobs { name trainingId evaluationRunId } }", ADMINISTRATOR)["jobs"]
    assert shown == [{"name": "EVALUATE", "trainingId": None, "evaluationRunId": FIRST}]


def test_without_a_training_it_is_the_champion(door: Door) -> None:
    assert _evaluate(door, None) == {"__typename": "NoChampion"}


def test_the_champion_needs_no_name(door: Door, model: LoadedModel) -> None:
    run = _evaluate(door, None)["run"]
    assert isinstance(run, dict)
    assert run["version"] == model.version


def test_what_cannot_be_measured_is_named(door: Door, model: LoadedModel) -> None:
    wrong = {"__typename": "InvalidInput", "field": "trainingId", "reason": "WRONG_ID"}
    assert _evaluate(door, "x") == wrong
    missing = {"__typename": "NotFound", "kind": "TRAINING"}
    assert _evaluate(door, global_id("Training", 99)) == missing
    door.ask("mutation { trainModel { __typename } }", ADMINISTRATOR)
    early = {"__typename": "InvalidInput", "field": "trainingId", "reason": "WRONG_STATE"}
    assert _evaluate(door, global_id("Training", 2)) == early


def test_what_was_found_stands_with_the_run_alone(door: Door, model: LoadedModel) -> None:
    _evaluate(door)
    with door.state.database.write() as session:
        own = Evaluation(training_id=1, promote=True, reason="Promoted.", metrics=METRICS)
        session.add(own)
        evaluating.start(session, 1)
        evaluating.finish(session, 1, 1, METRICS, "It would.")
    (edge,) = door.ask(MEASURED, ADMINISTRATOR)["trainings"]["edges"]
    assert edge["node"] == {
        "evaluations": [{"verdict": "Promoted.", "promote": True, "passed": True}],
        "evaluationRuns": [
            {
                "id": FIRST,
                "state": "FINISHED",
                "evaluation": {
                    "verdict": "It would.",
                    "promote": False,
                    "passed": True,
                    "championVersion": 1,
                },
            }
        ],
    }


def test_a_run_is_reached_by_administrators_alone(door: Door, model: LoadedModel) -> None:
    _evaluate(door)
    query = f'{{ node(id: "{FIRST}") {{ id }} }}'
    assert door.ask(query, ADMINISTRATOR)["node"] == {"id": FIRST}
    assert door.ask(query, LISTENER)["node"] is None


def test_it_is_followed_to_what_was_found(open_door: OpenDoor) -> None:
    """Everything is told long before the next poll."""
    door = open_door(champion_poll_seconds=3600)
    version = crowned(door.state.database, door.state.settings).version
    run = evaluating.launch(door.state.database, door.state.queue, "root", version)
    with signed_in(door) as socket:
        socket.subscribe(FOLLOW, id=global_id("EvaluationRun", run))
        waiting = {
            "id": global_id("EvaluationRun", run),
            "state": "QUEUED",
            "progress": 0,
            "error": None,
            "evaluation": None,
        }
        assert socket.next() == waiting
        await_listeners(door, EVALUATION_CHANNEL)
        with door.state.database.write() as session:
            evaluating.start(session, run)
            evaluating.progress(session, run, 0.5)
        door.state.queue.announce_evaluation(run)
        assert socket.next() == {**waiting, "state": "RUNNING", "progress": 0.5}
        with door.state.database.write() as session:
            evaluating.finish(session, run, None, METRICS, "It would.")
        door.state.queue.announce_evaluation(run)
        found = {"state": "FINISHED", "progress": 1, "evaluation": {"verdict": "It would."}}
        assert socket.next() == {**waiting, **found}
        assert socket.over()
