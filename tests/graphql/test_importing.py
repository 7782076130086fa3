"""Imports over the API: sent in, begun, watched, cancelled, taken back; each sees their own."""

from typing import Any

import pytest

from app.importing import asking
from app.importing.records import Claim
from app.models import DataImport
from app.queue import JsonJob
from app.queue_names import QueueName
from jobs import import_data
from jobs.runtime import Runtime
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, Door
from tests.importing.packing import packed, stream

SHOWN = """__typename
  ... on ImportAccepted { dataImport { id state source rowsLoaded error rejectedRowsPath } }
  ... on InvalidInput { field message }
  ... on NotFound { kind }"""
BEGUN = f"{SHOWN} ... on ImportUnderway {{ importId }}"
HISTORY = f"mutation ($input: ImportHistoryInput!) {{ importHistory(input: $input) {{ {BEGUN} }} }}"
CATALOGUE = (
    f"mutation ($input: ImportCatalogueInput!) {{ importCatalogue(input: $input) {{ {BEGUN} }} }}"
)
CANCEL = f"mutation ($input: ImportInput!) {{ cancelImport(input: $input) {{ {SHOWN} }} }}"
UNDO = f"mutation ($input: ImportInput!) {{ undoImport(input: $input) {{ {SHOWN} }} }}"
IMPORTS = """query { imports { totalCount edges { node {
  id state progress rowsLoaded rowsRejected rowsPassedOver tracksAdded requestedBy
  faults { reason count } } } } }"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on DataImport { state rowsLoaded } } }"


@pytest.fixture
def content(tmp_path: Any) -> bytes:
    streams = [stream(1), stream(2), stream(3, ts="never")]
    return packed(tmp_path / "made.zip", {"endsong_0.json": streams}).read_bytes()


def _send(door: Door, content: bytes, user: int = LISTENER, name: str = "mine.zip") -> str:
    headers = {"Authorization": f"Bearer {door.token(user)}"}
    path = f"/imports/uploads?name={name}"
    answer = door.client.post(path, content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    upload_id: str = answer.json()["upload_id"]
    return upload_id


def _begin(door: Door, upload_id: str, user: int = LISTENER, form: str = "SPOTIFY") -> Any:
    given = {"uploadId": upload_id, "format": form}
    return door.ask(HISTORY, user, input=given)["importHistory"]


def _work(door: Door) -> None:
    """What a worker would do with the queue."""
    queue = door.state.queue
    for job_id in queue.waiting_ids():
        job = JsonJob.fetch(job_id, connection=queue.redis)
        queue.remove(job_id)
        rt = Runtime(door.state.settings, door.state.database, queue)
        import_data._import_data(rt, Claim(*job.args))


def test_a_history_comes_in_and_is_taken_back(door: Door, content: bytes) -> None:
    begun = _begin(door, _send(door, content))["dataImport"]
    assert (begun["state"], begun["source"]) == ("QUEUED", "spotify")
    _work(door)
    (edge,) = door.ask(IMPORTS)["imports"]["edges"]
    node = edge["node"]
    assert (node["state"], node["progress"], node["rowsLoaded"]) == ("FINISHED", 1.0, 2)
    assert (node["rowsRejected"], node["tracksAdded"], node["requestedBy"]) == (1, 2, "ann")
    assert node["faults"] == [{"reason": "ts: … is no date such as …-…-…T…:…:…Z", "count": 1}]
    undone = door.ask(UNDO, input={"importId": node["id"]})["undoImport"]
    assert undone["dataImport"]["state"] == "UNDOING"
    _work(door)
    assert door.ask(NODE, id=node["id"])["node"]["state"] == "UNDONE"


def test_a_second_one_waits_and_the_first_can_be_cancelled(door: Door, content: bytes) -> None:
    first = _begin(door, _send(door, content))["dataImport"]["id"]
    second = _begin(door, _send(door, content))
    assert second == {"__typename": "ImportUnderway", "importId": first}
    cancelled = door.ask(CANCEL, input={"importId": first})["cancelImport"]
    assert cancelled["dataImport"]["state"] == "CANCELLED"
    again = door.ask(CANCEL, input={"importId": first})["cancelImport"]
    assert again["field"] == "importId"


def test_what_is_anothers_does_not_exist(door: Door, content: bytes) -> None:
    upload_id = _send(door, content)
    assert _begin(door, upload_id, OTHER) == {"__typename": "NotFound", "kind": "UPLOAD"}
    number = _begin(door, upload_id)["dataImport"]["id"]
    for mutation, name in ((CANCEL, "cancelImport"), (UNDO, "undoImport")):
        refused = door.ask(mutation, OTHER, input={"importId": number})[name]
        assert refused == {"__typename": "NotFound", "kind": "IMPORT"}
    assert door.ask(NODE, OTHER, id=number)["node"] is None
    assert door.ask(IMPORTS, OTHER)["imports"]["totalCount"] == 0
    assert door.ask(NODE, ADMINISTRATOR, id=number)["node"]["id"] == number
    everybodys = door.ask("{ allImports { totalCount } }", ADMINISTRATOR)
    assert everybodys["allImports"]["totalCount"] == 1


def test_what_was_in_a_history_is_its_listeners_alone(door: Door, content: bytes) -> None:
    number = _begin(door, _send(door, content))["dataImport"]["id"]
    _work(door)
    fields = "... on DataImport { rowsRejected rejectedRowsPath faults { count } }"
    asked = f"query ($id: ID!) {{ node(id: $id) {{ {fields} }} }}"
    own, seen = (
        door.ask(asked, id=number)["node"],
        door.ask(asked, ADMINISTRATOR, id=number)["node"],
    )
    assert own["rejectedRowsPath"].endswith("/rejected")
    assert own["faults"] == [{"count": 1}]
    assert seen == {"rowsRejected": 1, "rejectedRowsPath": None, "faults": []}


def test_an_administrator_brings_a_catalogue_in(door: Door, tmp_path: Any) -> None:
    files = {
        "tracks.csv": b"track_id,title,artist\n1,Sinnerman,Nina Simone\n",
        "listens.csv": b"user_id,track_id,listened_at\nu,1,2026-03-01\n",
    }
    content = packed(tmp_path / "made.zip", files).read_bytes()
    given = {"uploadId": _send(door, content, ADMINISTRATOR, "My Library.zip"), "format": "CSV"}
    begun = door.ask(CATALOGUE, ADMINISTRATOR, input=given)["importCatalogue"]["dataImport"]
    assert begun["source"] == "my-library"
    _work(door)
    assert door.ask(NODE, ADMINISTRATOR, id=begun["id"])["node"]["rowsLoaded"] == 2
    assert door.ask(IMPORTS)["imports"]["totalCount"] == 0


@pytest.mark.parametrize(("mutation", "form"), [(HISTORY, "CSV"), (CATALOGUE, "SPOTIFY")])
def test_a_format_has_its_own_mutation(
    door: Door, content: bytes, mutation: str, form: str
) -> None:
    given = {"uploadId": _send(door, content, ADMINISTRATOR), "format": form}
    (refused,) = door.ask(mutation, ADMINISTRATOR, input=given).values()
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", "format")


@pytest.mark.parametrize("upload_id", ["", "../../../etc", "0" * 32, "\x00"])
def test_an_upload_that_is_none(door: Door, upload_id: str) -> None:
    assert _begin(door, upload_id) == {"__typename": "NotFound", "kind": "UPLOAD"}


def test_without_a_queue_nothing_is_begun(door: Door, content: bytes, monkeypatch: Any) -> None:
    upload_id = _send(door, content)
    with monkeypatch.context() as patch:
        patch.setattr(door.state.queue.queues[QueueName.IMPORTS], "enqueue_call", _unanswered)
        assert _begin(door, upload_id)["__typename"] == "QueueUnavailable"
    assert _begin(door, upload_id)["__typename"] == "ImportAccepted"


def _unanswered(*_: Any, **__: Any) -> None:
    from redis.exceptions import ConnectionError as Unanswered

    raise Unanswered


def test_a_lost_row_is_nobodys(door: Door) -> None:
    with door.state.database.write() as session:
        session.add(DataImport(source="x", format="csv", path="x"))
    with door.state.database.read() as session:
        assert asking.count_imports(session, LISTENER) == 0
