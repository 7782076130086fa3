"""The real application in process, on copies of a database that is seeded once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from httpx2 import Response
from sqlmodel import Session
from starlette.testclient import TestClient

from app import accounts, catalog, listening, training
from app.db import Database, open_database
from app.listening import Listen
from app.main import create_app
from app.ml.als import Als, AlsSettings
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models import Artist, Role, Track, TrainingState
from app.models.columns import id_of
from app.settings import Profile, Settings
from app.state import State
from tests import servers
from tests.music_search import MusicSearch, Song, music_search

PASSWORD = "correct horse battery"
ARTISTS = ("Abba", "Beyoncé", "Chic", "Donna Summer", "Elton John", "Fela Kuti")
TRACKS_EACH = 5
"""Track n is by artist 1 + (n - 1) // 5; the lower the number, the better known."""
ADMINISTRATOR, LISTENER, OTHER = 1, 2, 3
"""Ids of the users."""
NAMES = {ADMINISTRATOR: "root", LISTENER: "ann", OTHER: "bob"}
HEARD = (1, 2, 6)
"""Tracks that the listener played once each."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A data folder with users, tracks and a few listens; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("seeded")
    shutil.copy(migrated_sqlite, folder / "pytune.db")
    database = open_database(Settings(data_dir=folder))
    with database.write() as session:
        for user_id, name in NAMES.items():
            role = Role.ADMINISTRATOR if user_id == ADMINISTRATOR else Role.LISTENER
            accounts.create_user(session, name, accounts.hashed(PASSWORD), role)
        _add_catalogue(session)
        for track_id in HEARD:
            listening.record_listen(session, LISTENER, Listen(track_id))
    database.dispose()
    return folder


def _add_catalogue(session: Session) -> None:
    for number, name in enumerate(ARTISTS):
        artist = Artist(name=name, name_key=name.casefold())
        session.add(artist)
        session.flush()
        for place in range(TRACKS_EACH):
            before = number * TRACKS_EACH + place
            title = f"Song {before + 1}"
            session.add(
                Track(
                    title=title,
                    artist_id=id_of(artist),
                    search_key=catalog.search_key(title, name),
                    genre="disco" if number % 2 else "pop",
                    listener_count=100 - before,
                )
            )
            session.flush()


@dataclass
class Door:
    """Speaks GraphQL to a running application."""

    client: TestClient
    state: State
    _tokens: dict[int, str] = field(default_factory=dict)

    def token(self, user_id: int) -> str:
        if user_id not in self._tokens:
            self._tokens[user_id] = self.state.database.transact(
                lambda session: open_session(session, user_id)
            )
        return self._tokens[user_id]

    def post(self, query: str, user_id: int | None = None, /, **variables: Any) -> Response:
        """The answer as it comes over HTTP; signed in by a bearer token if a user is named."""
        headers = {} if user_id is None else {"Authorization": f"Bearer {self.token(user_id)}"}
        body = {"query": query, "variables": variables}
        return self.client.post("/graphql", json=body, headers=headers)

    def ask(self, query: str, user_id: int | None = LISTENER, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.post(query, user_id, **variables).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def error(self, query: str, user_id: int | None = LISTENER, /, **variables: Any) -> Any:
        """The only error of an answer, and that it came without data."""
        answer = self.post(query, user_id, **variables).json()
        assert answer.get("data") is None, answer
        (error,) = answer["errors"]
        return error


def refused(field: str, reason: str, **values: Any) -> dict[str, Any]:
    """The extensions of an error about an argument."""
    said = {"code": "invalid_input", "field": field, "reason": reason}
    return {**said, "values": values} if values else said


def open_session(session: Session, user_id: int) -> str:
    """A token of the user's."""
    (user,) = accounts.users_by_id(session, [user_id])
    assert user is not None
    return accounts.open_session(session, user, timedelta(hours=1), "test").token


@dataclass(frozen=True, slots=True)
class Live:
    """A web process, and its database to look into."""

    address: str
    settings: Settings
    database: Database

    def token(self, user_id: int) -> str:
        return self.database.transact(lambda session: open_session(session, user_id))


OpenDoor = Callable[..., Door]


@pytest.fixture
def open_door(tmp_path: Path, seeded: Path, key_value_url: str) -> Iterator[OpenDoor]:
    """Starts the application on a copy of the seeded folder, with settings of the test's own."""
    shutil.copytree(seeded, tmp_path / "data")
    with ExitStack() as stack:

        def start(**changed: Any) -> Door:
            usual: dict[str, Any] = {
                "data_dir": tmp_path / "data",
                "redis_url": key_value_url,
                "champion_poll_seconds": 0.25,  # what a test waits for is announced
            }
            settings = Settings(**{**usual, **changed})
            client = TestClient(create_app(settings), raise_server_exceptions=False)
            stack.enter_context(client)
            return Door(client, client.app_state["pytune"])

        yield start


@pytest.fixture(scope="session")
def live(
    tmp_path_factory: pytest.TempPathFactory, seeded: Path, key_value_server: str
) -> Iterator[Live]:
    """The web process on a copy of the seeded folder, for clients of other languages."""
    folder = tmp_path_factory.mktemp("live") / "data"
    shutil.copytree(seeded, folder)
    settings = Settings(data_dir=folder, redis_url=key_value_server)
    database = open_database(settings)
    with servers.served(settings) as origin:
        yield Live(f"{origin}/graphql", settings, database)
    database.dispose()


@pytest.fixture(scope="session")
def music() -> Iterator[MusicSearch]:
    """What stands in for YouTube Music; it knows one song."""
    with music_search() as search:
        search.songs["Duran Duran Rio"] = [Song("Rio", "Duran Duran", "e3W6yf6c-FA", "5:36")]
        yield search


@pytest.fixture
def door(open_door: OpenDoor, music: MusicSearch) -> Door:
    return open_door(video_search_url=music.url)


@pytest.fixture
def production(open_door: OpenDoor) -> Door:
    return open_door(profile=Profile.PRODUCTION)


@pytest.fixture
def model(door: Door) -> LoadedModel:
    """A champion that is served: two factors, which tell the first half of tracks from the rest."""
    return crown(door.state)


def crown(state: State, *, damage: bool = False) -> LoadedModel:
    """Finish a training with a small model, promote it and load it unless it is damaged."""
    model = crowned(state.database, state.settings, damage=damage)
    assert (state.follower.reload().problem is not None) == damage
    return model


def crowned(database: Database, settings: Settings, *, damage: bool = False) -> LoadedModel:
    """Finish a training with a small model, and promote it."""
    recipe = Recipe("als", Weighting.LOG, {"factors": 2})
    with database.write() as session:
        row = training.request(session, "root", recipe, seed=1)
        model = _small_model(id_of(row))
        row.artifact = f"model-{model.version}"
        row.checksum = "0" * 64 if damage else model.save(settings.artifacts / row.artifact)
        row.state = TrainingState.FINISHED
        session.add(row)
        training.promote(session, model.version, "root", "the first")
    return model


def _small_model(version: int) -> LoadedModel:
    count = len(ARTISTS) * TRACKS_EACH
    number = np.arange(count)
    factors = np.stack([number < count // 2, number >= count // 2], axis=1).astype(np.float32)
    factors *= (1 - number / 100)[:, None].astype(np.float32)
    gram = (factors.T @ factors).astype(np.float64)
    return LoadedModel(
        version=version,
        recommender=Als(factors, gram, AlsSettings(factors=2)),
        weigher=Weigher(Weighting.LOG),
        tracks=Vocabulary.of(number + 1),
        artist_ids=1 + number // TRACKS_EACH,
        popularity=(1 - number / 100).astype(np.float32),
    )
