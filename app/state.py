"""What lives as long as the web process; made by the lifespan, read by the doors."""

from dataclasses import dataclass
from typing import Self

from anyio import CapacityLimiter

from app.access import Access
from app.allowance import Allowance
from app.charts import Chart
from app.db import Database, open_for_requests
from app.ml.model_slot import ModelSlot
from app.monitoring import Report
from app.news import News
from app.queue import JobQueue
from app.search import Search
from app.security import Hashing
from app.served_log import ServedLog
from app.serving import ChampionFollower
from app.settings import Settings
from app.together import Together

_LOOKERS = 4
MAX_SOCKETS, MAX_FOLLOWED = 10, 40
"""Of one user in one process: web sockets, and subscriptions over them and as streams."""


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    database: Database
    queue: JobQueue
    slot: ModelSlot
    follower: ChampionFollower
    served_log: ServedLog
    access: Access
    chart: Chart
    search: Search
    drift: Together[Report | None]
    hashing: Hashing
    lookers: CapacityLimiter
    """Threads of whoever watches: those of requests may all wait for a database."""
    news: News
    sockets: Allowance
    followed: Allowance

    @classmethod
    def open(cls, settings: Settings) -> Self:
        database = open_for_requests(settings)
        queue, slot = JobQueue(settings), ModelSlot()
        return cls(
            settings=settings,
            database=database,
            queue=queue,
            slot=slot,
            follower=ChampionFollower(settings, database, queue, slot),
            served_log=ServedLog(database),
            access=Access(settings, database),
            chart=Chart(database),
            search=Search(database),
            drift=Together(),
            hashing=Hashing(),
            lookers=CapacityLimiter(_LOOKERS),
            news=News(settings),
            sockets=Allowance(MAX_SOCKETS),
            followed=Allowance(MAX_FOLLOWED),
        )

    def start(self) -> None:
        self.served_log.start()
        self.follower.start()
        self.search.start()

    def close(self) -> None:
        self.search.stop()
        self.follower.stop()
        self.served_log.stop()
        self.queue.close()
        self.database.dispose()
