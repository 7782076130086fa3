"""How many queries an answer takes."""

from threading import current_thread
from typing import Any

from sqlalchemy import event

from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import LISTENER, Door


def test_a_list_takes_few_queries_however_long_it_is(door: Door, model: LoadedModel) -> None:
    """Who asks, what they heard, and the tracks with their artists."""
    asked = "{ recommendations(first: 20) { items { score track { title artist { name } } } } }"
    assert model.version
    token, statements = door.token(LISTENER), []
    engine = door.state.database.engine

    def note(*arguments: Any) -> None:
        # Indexes are made, and the champion is followed, beside the requests.
        if current_thread().name not in {"search", "champion"}:
            statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    headers = {"Authorization": f"Bearer {token}"}
    answer = door.client.post("/graphql", json={"query": asked}, headers=headers).json()
    assert len(answer["data"]["recommendations"]["items"]) == 20
    queries = [one for one in statements if one.startswith("SELECT")]
    assert len([one for one in queries if "track.title" in one or "artist.name" in one]) <= 2
    assert len(queries) <= 6
