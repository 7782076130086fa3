"""How many queries an answer takes."""

from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import LISTENER, Door
from tests.queries import queries


def test_a_list_takes_few_queries_however_long_it_is(door: Door, model: LoadedModel) -> None:
    """Who asks, what they heard, and the tracks with their artists."""
    asked = "{ recommendations(first: 20) { items { score track { title artist { name } } } } }"
    assert model.version
    headers = {"Authorization": f"Bearer {door.token(LISTENER)}"}
    with queries(door.state.database.engine) as made:
        answer = door.client.post("/graphql", json={"query": asked}, headers=headers).json()
    assert len(answer["data"]["recommendations"]["items"]) == 20
    assert len([one for one in made if "track.title" in one or "artist.name" in one]) <= 2
    assert len(made) <= 6
