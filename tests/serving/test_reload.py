"""Loading the champion: whole or not at all, and a bad model changes nothing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import select

from app import alerts, promotion, training
from app.db import Database
from app.models import Alert, Training
from app.models.columns import id_of
from app.queue import JobQueue
from app.serving import ChampionFollower, Reload
from app.settings import Settings
from tests.damaging import overwrite
from tests.serving.conftest import Crown, Follow, WatchedSlot


def _artifact(settings: Settings, database: Database, version: int) -> Path:
    with database.read() as session:
        row = session.get_one(Training, version)
    return settings.artifacts / str(row.artifact)


def _damage(settings: Settings, database: Database, version: int) -> Callable[[], object]:
    """Change one bit of its files; what brings them back."""
    file = min(_artifact(settings, database, version).glob("*.npy"))
    whole = file.read_bytes()
    overwrite(file, whole[:-1] + bytes([whole[-1] ^ 1]))
    return lambda: overwrite(file, whole)


def _alerts(database: Database) -> list[Alert]:
    with database.read() as session:
        return list(session.exec(select(Alert)))


def test_without_a_champion_nothing_is_loaded(
    follower: ChampionFollower, slot: WatchedSlot
) -> None:
    assert follower.reload() == Reload(None, changed=False)
    assert follower.reload(force=True) == Reload(None, changed=False)
    assert slot.model is None


def test_the_champion_is_loaded_once(
    follower: ChampionFollower, slot: WatchedSlot, crown: Crown
) -> None:
    first = crown()
    assert follower.reload() == Reload(first, changed=True)
    assert follower.reload() == Reload(first, changed=False)
    assert follower.reload(force=True) == Reload(first, changed=True)
    second = crown()
    assert follower.reload() == Reload(second, changed=True)
    assert slot.versions == [first, first, second]


def test_the_old_model_is_not_changed_by_a_swap(
    follower: ChampionFollower, slot: WatchedSlot, crown: Crown
) -> None:
    first = crown()
    follower.reload()
    held = slot.model
    crown()
    follower.reload()
    assert held is not None
    assert held.version == first
    assert slot.model is not held


def test_a_damaged_model_is_reported_once_and_the_old_one_stays(
    settings: Settings,
    database: Database,
    follower: ChampionFollower,
    slot: WatchedSlot,
    crown: Crown,
) -> None:
    first = crown()
    follower.reload()
    second = crown()
    _damage(settings, database, second)
    for _ in range(2):
        result = follower.reload()
        assert (result.version, result.changed) == (first, False)
        assert "damaged" in str(result.problem)
    assert slot.versions == [first]
    (alert,) = _alerts(database)
    assert (alert.kind, alert.details["version"]) == ("bad_artifact", second)
    assert "damaged" in alert.message


def test_a_fresh_process_serves_an_earlier_champion_while_the_newest_is_damaged(
    settings: Settings,
    database: Database,
    follower: ChampionFollower,
    slot: WatchedSlot,
    crown: Crown,
) -> None:
    versions = [crown(), crown(), crown()]
    for damaged in versions[1:]:
        _damage(settings, database, damaged)
    result = follower.reload()
    assert (result.version, result.changed) == (versions[0], False)
    assert "damaged" in str(result.problem)
    assert slot.versions == versions[:1]
    assert follower.reload().version == versions[0]


def test_a_fresh_process_never_serves_what_was_rolled_back(
    settings: Settings,
    database: Database,
    queue: JobQueue,
    follower: ChampionFollower,
    slot: WatchedSlot,
    crown: Crown,
) -> None:
    versions = [crown(), crown(), crown()]
    promotion.roll_back(database, queue, "root", "it disappoints")
    _damage(settings, database, versions[1])
    assert follower.reload().version == versions[0]
    assert slot.versions == versions[:1]


def test_a_damaged_model_is_not_told_again_once_somebody_knows(
    settings: Settings, database: Database, follower: ChampionFollower, crown: Crown
) -> None:
    _damage(settings, database, crown())
    follower.reload()
    (alert,) = _alerts(database)
    with database.write() as session:
        alerts.acknowledge(session, id_of(alert), "root")
    assert follower.reload(force=True).problem is not None
    assert len(_alerts(database)) == 1


def test_a_damaged_model_is_not_read_at_every_look(
    settings: Settings,
    database: Database,
    follower: ChampionFollower,
    slot: WatchedSlot,
    crown: Crown,
) -> None:
    """By force it is; and its next promotion is another matter."""
    follower.settings = settings.model_copy(update={"champion_poll_seconds": 3600.0})
    version = crown()
    whole = _damage(settings, database, version)
    assert "damaged" in str(follower.reload().problem)
    whole()
    assert "damaged" in str(follower.reload().problem)
    assert follower.gave_up(version)
    database.transact(lambda session: training.promote(session, version, "root", "restored"))
    assert follower.reload() == Reload(version, changed=True)
    assert not follower.gave_up(version)


def test_a_model_whose_files_are_restored_is_served(
    settings: Settings, database: Database, follow: Follow, slot: WatchedSlot, crown: Crown
) -> None:
    version = crown()
    whole = _damage(settings, database, version)
    follower = follow(0.05)
    assert follower.has_looked()
    assert follower.gave_up(version)
    whole()
    assert slot.serves(version)


def test_a_loaded_model_does_not_need_its_files(
    settings: Settings,
    database: Database,
    follower: ChampionFollower,
    slot: WatchedSlot,
    crown: Crown,
) -> None:
    first = crown()
    follower.reload()
    for file in _artifact(settings, database, first).glob("*.npy"):
        file.write_bytes(b"")
    assert slot.model is not None
    assert np.isfinite(slot.model.recommender.similar(0)).all()


@pytest.mark.parametrize("missing", ["folder", "manifest.json", "array"])
def test_a_model_that_lacks_something_is_reported(
    settings: Settings, database: Database, follower: ChampionFollower, crown: Crown, missing: str
) -> None:
    folder = _artifact(settings, database, crown())
    files = list(folder.iterdir())
    if missing == "manifest.json":
        files = [folder / missing]
    elif missing == "array":
        files = sorted(folder.glob("*.npy"))[:1]
    for file in files:
        file.unlink()
    if missing == "folder":
        folder.rmdir()
    result = follower.reload()
    assert (result.version, result.changed) == (None, False)
    assert result.problem is not None
    assert len(_alerts(database)) == 1


def test_a_report_of_any_length_can_be_kept(
    settings: Settings, database: Database, queue: JobQueue, slot: WatchedSlot, crown: Crown
) -> None:
    crown()
    deep = settings.model_copy(update={"artifact_dir": Path("/", *["x" * 200] * 6)})
    assert ChampionFollower(deep, database, queue, slot).reload().problem is not None
    assert len(_alerts(database)) == 1


def test_a_follower_that_never_began_can_be_stopped(follower: ChampionFollower) -> None:
    follower.stop()
