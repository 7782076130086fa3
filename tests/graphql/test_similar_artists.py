"""Artists near an artist, with a model that knows their tracks and without."""

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import Door

SIMILAR_ARTISTS = """query ($id: ID!, $first: Int = 20) {
  similarArtists(artistId: $id, first: $first) {
    modelVersion items { position score artist { name } }
  }
}"""


def test_similar_artists_by_the_model(door: Door, model: LoadedModel) -> None:
    """Its factors tell the artists of the first half from the others."""
    served = door.ask(SIMILAR_ARTISTS, id=global_id("Artist", 6))["similarArtists"]
    assert served["modelVersion"] == model.version
    assert [item["artist"]["name"] for item in served["items"]] == ["Donna Summer", "Elton John"]
    assert [item["position"] for item in served["items"]] == [1, 2]
    assert served["items"][0]["score"] >= served["items"][1]["score"] > 0


def test_similar_artists_without_a_model_are_of_the_genre(door: Door) -> None:
    served = door.ask(SIMILAR_ARTISTS, id=global_id("Artist", 6), first=1)["similarArtists"]
    assert served == {
        "modelVersion": None,
        "items": [{"position": 1, "score": 0.0, "artist": {"name": "Beyoncé"}}],
    }


def test_artists_similar_to_nobody(door: Door) -> None:
    missing = door.error(SIMILAR_ARTISTS, id=global_id("Artist", 999))
    assert missing["extensions"]["code"] == "not_found"
