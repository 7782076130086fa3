"""docs/api.md: each example works, no operation lacks one, and its tables agree with the schema."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse
from rq.job import JobStatus

from app import alerts, evaluating, listening, playlists, recommending, tuning
from app.errors import InvalidReason
from app.graphql import asked, cost, documents, presented, problems, router, sockets
from app.graphql.paging import DEFAULT_PAGE, MAX_PAGE
from app.graphql.schema import schema
from app.graphql.subscriptions import MAX_SUBSCRIPTIONS
from app.listening import Listen, Origin
from app.ml.model_slot import LoadedModel
from app.models import AlertKind, DataImport, ImportState, PasswordLink, Role, User
from app.models.columns import utc_now
from app.queue import CHAMPION_CHANNEL, JobName
from app.queue_names import QueueName
from app.security import token_hash
from app.state import MAX_FOLLOWED, MAX_SOCKETS
from tests.graphql.conftest import ADMINISTRATOR, OTHER, Door, crown
from tests.graphql.sockets import await_listeners, signed_in

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
_TOKEN = "Nn0kV6r6z0Yl7aXbTQ9w3c1u"
"""Of the link in the page."""
BLOCK = re.compile(r"^```(graphql|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    """An operation with the variables and the answer that stand below it."""

    document: str
    variables: dict[str, Any]
    answer: dict[str, Any] | None = None

    @property
    def fields(self) -> set[str]:
        (operation,) = parse(self.document).definitions
        assert isinstance(operation, OperationDefinitionNode)
        root = operation.operation.value.capitalize()
        selected = operation.selection_set.selections
        return {f"{root}.{node.name.value}" for node in selected if isinstance(node, FieldNode)}

    @property
    def is_subscription(self) -> bool:
        return any(field.startswith("Subscription.") for field in self.fields)


def examples_in(page: str = PAGE) -> list[Example]:
    examples: list[Example] = []
    for language, text in BLOCK.findall(page):
        if language == "graphql":
            examples.append(Example(text, {}))
        elif "data" in (value := json.loads(text)):
            examples[-1].answer = value
        else:
            examples[-1].variables = value
    return examples


EXAMPLES = examples_in()
ANSWERED = [example for example in EXAMPLES if not example.is_subscription]
FOLLOWED = [example for example in EXAMPLES if example.is_subscription]


@pytest.mark.parametrize("example", ANSWERED, ids=lambda example: "+".join(sorted(example.fields)))
def test_an_example_works(door: Door, model: LoadedModel, example: Example) -> None:
    assert (model.version, crown(door.state).version) == (1, 2), "the page's own numbers"
    _make_busy(door)
    _tune(door, example.document)
    answer = door.post(example.document, ADMINISTRATOR, **example.variables).json()
    assert "errors" not in answer
    for field in answer["data"].values():
        assert field
        assert "code" not in field, "the example shows how it fails"
    if example.answer is not None:
        assert _shape(answer["data"]) == _shape(example.answer["data"])


@pytest.mark.parametrize("example", FOLLOWED, ids=lambda example: "+".join(example.fields))
def test_an_example_of_a_subscription_tells_something(
    door: Door, model: LoadedModel, example: Example
) -> None:
    _make_busy(door)
    _tune(door, example.document)
    with signed_in(door) as socket:
        socket.subscribe(example.document, **example.variables)
        if "championChanged" in example.document:
            await_listeners(door, CHAMPION_CHANNEL)
        crown(door.state)
        told = socket.next()
        assert told.get("version", told.get("id")) in {
            model.version,
            model.version + 1,
            example.variables.get("id"),
        }


def _make_busy(door: Door) -> None:
    """The jobs, the alert, the link, the imports and the uploads that the page names."""
    _import_some(door)
    queue = door.state.queue.queues[QueueName.SHORT]
    queue.enqueue_call(JobName.TIDY.value, job_id="d2b1f3f6")
    failed = queue.enqueue_call(JobName.RETRAIN.value, job_id="8f14e45f")
    queue.remove(failed)
    failed.set_status(JobStatus.FAILED)
    queue.failed_job_registry.add(failed, ttl=60)
    with door.state.database.write() as session:
        recommending.start_with(session, ADMINISTRATOR, [1])
        listening.record_listens(session, ADMINISTRATOR, [Listen(track) for track in (1, 2, 6)])
        alerts.raise_alert(session, AlertKind.DRIFT, "Listeners changed their taste.", {})
        later = utc_now() + timedelta(hours=1)
        session.add(
            PasswordLink(
                user_id=OTHER,
                token_hash=token_hash(_TOKEN),
                created_by="root",
                expires_at=later,
            )
        )
        playlists.create(session, ADMINISTRATOR, "Sunday", [4, 5])
        # Who leaves must not be the last one.
        session.add(
            User(name="deputy", name_key="deputy", role=Role.ADMINISTRATOR, password_hash="x")
        )


def _import_some(door: Door) -> None:
    for upload_id in ("5f0c1b7a9d3e4f60a1b2c3d4e5f60718", "9d3e4f60a1b2c3d45f0c1b7ae5f60718"):
        folder = door.state.settings.uploads / str(ADMINISTRATOR) / upload_id
        folder.mkdir(parents=True)
        (folder / "library.zip").write_bytes(b"x")
    with door.state.database.write() as session:
        listening.record_listen(session, OTHER, Listen(1, origin=Origin("spotify")))
        for number, state in ((1, ImportState.FINISHED), (2, ImportState.QUEUED)):
            row = DataImport(id=number, source="x", format="csv", path="x", state=state)
            session.add(row.sqlmodel_update({"user_id": ADMINISTRATOR if number == 1 else OTHER}))


def _tune(door: Door, document: str) -> None:
    """The tuning that the page follows, stops or resumes, and the evaluation that it follows."""
    if "evaluationProgress" in document:
        evaluating.launch(door.state.database, door.state.queue, "root", 1)
    if any(name in document for name in ("tuningProgress", "stopTuning", "resumeTuning")):
        number = tuning.launch(door.state.database, door.state.queue, "root", 60)
        if "resumeTuning" in document:
            door.state.database.transact(lambda session: tuning.stop(session, number, "root").id)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(part) for name, part in value.items()}
    return [_shape(part) for part in value] if isinstance(value, list) else type(value)


def _fields() -> dict[str, str]:
    """Who may ask for each root field, as the schema prints it."""
    sdl = schema.as_str()
    found = {}
    for root in ("Query", "Mutation", "Subscription"):
        body = re.search(rf"^type {root} {{\n(.*?)^}}", sdl, re.MULTILINE | re.DOTALL)
        assert body is not None
        bare = re.sub(r'""".*?"""', "", body[1], flags=re.DOTALL)
        for name, role in re.findall(
            r"^  (\w+)(?:\(.*?\))?: [^\n@]+(?:@requires\(role: (\w+)\))?$",
            bare,
            re.MULTILINE | re.DOTALL,
        ):
            found[f"{root}.{name}"] = f"{role.lower()}s" if role else "everybody"
    return found


def test_every_operation_has_an_example() -> None:
    shown = set().union(*(example.fields for example in EXAMPLES))
    assert shown == set(_fields())


def test_the_table_of_rights_is_the_schemas() -> None:
    assert dict(re.findall(r"^\| `(\w+\.\w+)` \| (\w+) \|$", PAGE, re.MULTILINE)) == _fields()


def test_the_table_of_problems_is_complete() -> None:
    rows = dict(re.findall(r"^\| `([A-Z]\w+)` \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert rows == {
        handler.error_type.__name__: handler.exception_type.code for handler in problems.HANDLERS
    }
    assert {presented.INTERNAL, presented.INVALID_REQUEST} <= set(
        re.findall(r"^\| `(\w+)` \| [a-z]", PAGE, re.MULTILINE)
    )


def test_the_table_of_reasons_is_complete() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)
    assert rows == [reason.name for reason in InvalidReason]


def test_the_limits_are_those_that_hold() -> None:
    for name, limit in (
        ("tokens in a document", documents.MAX_TOKENS),
        ("levels of fields", asked.MAX_DEPTH),
        ("fields", asked.MAX_FIELDS),
        ("fields that stand in one place again", asked.MAX_REPEATS),
        ("aliases", asked.MAX_ALIASES),
        ("directives", asked.MAX_DIRECTIVES),
        ("cost", cost.MAX_COST),
        ("cost, for administrators", cost.MAX_COST_OF_ADMINISTRATORS),
    ):
        assert f"| {name} | {limit:,} |" in PAGE
    most = {
        "bytes in a request, or in a message on a web socket": router.MAX_BODY,
        "web sockets of one user, at one web process": MAX_SOCKETS,
        "subscriptions on one web socket": MAX_SUBSCRIPTIONS,
        "subscriptions of one user, at one web process": MAX_FOLLOWED,
    }
    assert [name for name, limit in most.items() if f"| {name} | {limit:,} |" not in PAGE] == []
    assert f"came within {sockets.INIT_SECONDS} seconds" in PAGE
    assert f"is 1 to {MAX_PAGE}, {DEFAULT_PAGE} if it is left out" in PAGE
    assert f"each costs {cost.ROOT}" in PAGE
    assert f"taken to be {cost.SHORT_LIST} long" in PAGE
    assert f"{cost.INTROSPECTION} for the schema itself" in PAGE
    assert f"one for each {cost.REQUEST}, or part of it" in PAGE
    shown = re.findall(r"((?:`\w+`(?:, | and |\s)*)+)(\d+)(?:,| and|\.)", _costs())
    told = {name: int(much) for names, much in shown for name in re.findall(r"`(\w+)`", names)}
    assert told == cost.COMPUTED


def _costs() -> str:
    """Where the page says what is dearer than the rest."""
    after = PAGE.partition("costs\nmore than 10, wherever it stands: ")[2]
    return after.partition(" Every answer")[0].replace("\n", " ")
