"""200 swaps while 8 clients ask, and 1,000 lists before and after a rollback. 5 minutes."""

import shutil
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app import promotion, recommending
from app.db import open_database
from app.graphql.ids import global_id
from app.ml.model_slot import ModelSlot
from app.models import User
from app.models.columns import id_of
from app.queue import JobQueue
from app.serving import ChampionFollower
from app.settings import Settings
from tests import servers
from tests.soak.conftest import Say
from tests.soak.swapping import (
    PASSWORD,
    Asking,
    add_listeners,
    add_newcomers,
    await_that,
    lists_by,
    milliseconds,
    train_another,
)
from tests.stack.client import STATUS, Client
from tests.stack.conftest import Demo
from tests.stack.running import Running, running

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(1800)]

CLIENTS, SWAPS, LISTENERS = 8, 200, 1000
REQUESTS, LOOK_SECONDS = 1500, 0.05
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
PROMOTE = """mutation ($id: ID!) {
  promoteModel(input: {trainingId: $id, reason: "soak"}) { __typename }
}"""


@pytest.fixture(scope="module")
def two_models(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(demo.folder, tmp_path_factory.mktemp("soak") / "data"))
    train_another(folder, demo.accounts["administrator"])
    return folder


def test_no_request_fails_and_no_list_is_mixed_while_models_are_swapped(
    two_models: Path, demo: Demo, say: Say
) -> None:
    settings = Settings(data_dir=two_models)
    database = open_database(settings)
    names = [f"soak {n}" for n in range(CLIENTS)]
    users, new = add_listeners(database, names), add_newcomers(database)
    database.dispose()
    lists = {version: lists_by(settings, version, users) for version in (1, 2)}
    assert lists[1] != lists[2]
    assert all(new.intersection(chain(*by_user)) for by_user in lists.values())
    with running(two_models) as stack:
        administrator = stack.signed_in(demo.accounts["administrator"])
        _promote(administrator, 1)
        quiet = _askers(stack, names, lists)
        with ExitStack() as asking:
            _all(asking, quiet)
            # An administrator looks on as often as while models are swapped.
            await_that(lambda: _asked(administrator, quiet) >= REQUESTS, LOOK_SECONDS)
        swapped = _askers(stack, names, lists)
        with ExitStack() as asking:
            _all(asking, swapped)
            for n in range(SWAPS):
                _promote(administrator, 2 - n % 2)
                if (n + 1) % 50 == 0:
                    say(f"{n + 1} of {SWAPS} swaps")
    failures = [failure for asker in quiet + swapped for failure in asker.failures]
    asked = sum(len(asker.seconds) for asker in swapped)
    say(f"{SWAPS} swaps, {CLIENTS} clients, {asked:,} lists, {len(failures)} failures")
    before, during = milliseconds(quiet, 0.99), milliseconds(swapped, 0.99)
    say(f"p99 {before:.0f} ms without swaps, {during:.0f} ms with: {during / before:.2f} times")
    assert failures == []
    assert all(asker.versions == {1, 2} for asker in swapped)


def _promote(administrator: Client, version: int) -> None:
    """Until the server serves it."""
    if administrator.ask(STATUS)["status"]["modelVersion"] == version:
        return
    answer = administrator.ask(PROMOTE, id=global_id("Training", version))
    assert answer["promoteModel"]["__typename"] == "ModelPromoted"
    await_that(lambda: administrator.ask(STATUS)["status"]["modelVersion"] == version, LOOK_SECONDS)


def _asked(administrator: Client, askers: list[Asking]) -> int:
    administrator.ask(STATUS)
    return sum(len(asker.seconds) for asker in askers)


def _askers(stack: Running, names: list[str], lists: dict[int, list[list[int]]]) -> list[Asking]:
    return [
        Asking(
            stack.signed_in((name, PASSWORD)),
            {v: [global_id("Track", t) for t in by_user[n]] for v, by_user in lists.items()},
        )
        for n, name in enumerate(names)
    ]


def _all(stack: ExitStack, askers: list[Asking]) -> None:
    for asker in askers:
        stack.enter_context(asker)


def test_a_rollback_gives_everybody_the_lists_of_before(two_models: Path, say: Say) -> None:
    settings = Settings(data_dir=two_models)
    database, slot = open_database(settings), ModelSlot()
    with servers.key_value(settings):
        queue = JobQueue(settings)
        follower = ChampionFollower(settings, database, queue, slot)
        follower.start()
        with database.read() as session:
            rows = session.exec(select(User).order_by(col(User.id)).limit(LISTENERS))
            users = [id_of(row) for row in rows]
            assert len(users) == LISTENERS
            leaving = slot.model.version if slot.model else 0
            before = _lists(session, slot, users)
            say(f"{LISTENERS:,} lists of model {leaving}")
            promotion.by_hand(database, queue, 3 - leaving, "soak", "to be rolled back")
            await_that(lambda: slot.model is not None and slot.model.version != leaving, 0.001)
            other = _lists(session, slot, users)
            started = time.perf_counter()
            promotion.roll_back(database, queue, "soak", "back")
            await_that(lambda: slot.model is not None and slot.model.version == leaving, 0.001)
            seconds = time.perf_counter() - started
            after = _lists(session, slot, users)
        follower.stop()
        queue.close()
    database.dispose()
    same = sum(one == two for one, two in zip(before, after, strict=True))
    changed = sum(one != two for one, two in zip(before, other, strict=True))
    say(f"rollback in {seconds:.3f} s: {same:,} of {LISTENERS:,} lists as before, {changed:,}")
    say("of which the other model had changed")
    assert after == before
    assert changed


def _lists(session: Session, slot: ModelSlot, users: list[int]) -> list[list[object]]:
    return [
        [
            (item.track.id, item.score)
            for item in recommending.recommend(session, slot.model, user, as_of=AS_OF).items
        ]
        for user in users
    ]
