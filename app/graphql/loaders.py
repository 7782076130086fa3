"""Loaders: what single items reach for, fetched for all of them in one query."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from sqlmodel import Session
from strawberry.dataloader import DataLoader

from app import catalog, evaluations, listening, training_log
from app.catalog import CatalogArtist
from app.listening import TrackState
from app.models import Evaluation, EvaluationRun, LogLine

T = TypeVar("T")


class Read(Protocol):
    """Runs a use-case in a reading session of its own, in a worker thread."""

    def __call__(self, work: Callable[[Session], T]) -> Awaitable[T]: ...


class Loaders:
    """Made for one request, and anew after each of its writes."""

    def __init__(self, read: Read, viewer_id: Callable[[], int]) -> None:
        self._read = read
        self._viewer_id = viewer_id
        self.artist_by_id = DataLoader(self._artists)
        self.track_state_by_id = DataLoader(self._track_states)
        self.evaluations_by_training_id = DataLoader(self._evaluations)
        self.evaluation_by_id = DataLoader(self._evaluation)
        self.evaluation_runs_by_training_id = DataLoader(self._evaluation_runs)
        self.log_by_training_id = DataLoader(self._logs)

    async def _artists(self, ids: list[int]) -> list[CatalogArtist | None]:
        return await self._read(lambda session: catalog.artists_by_id(session, ids))

    async def _track_states(self, ids: list[int]) -> list[TrackState]:
        """What the viewer did with each of the tracks."""
        viewer_id = self._viewer_id()
        states = await self._read(lambda session: listening.states_of(session, viewer_id, ids))
        return [states[track_id] for track_id in ids]

    async def _evaluations(self, ids: list[int]) -> list[list[Evaluation]]:
        return await self._read(lambda session: evaluations.evaluations_of(session, ids))

    async def _evaluation(self, ids: list[int]) -> list[Evaluation | None]:
        found = await self._read(lambda session: evaluations.evaluations_by_id(session, ids))
        return [found.get(number) for number in ids]

    async def _evaluation_runs(self, ids: list[int]) -> list[list[EvaluationRun]]:
        return await self._read(lambda session: evaluations.runs_of(session, ids))

    async def _logs(self, ids: list[int]) -> list[list[LogLine]]:
        return await self._read(lambda session: training_log.lines_of(session, ids))
