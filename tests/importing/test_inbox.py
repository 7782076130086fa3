"""The folder whose files are imported by themselves: each once, whole, then set aside."""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import open_database
from app.errors import QueueUnavailable
from app.importing import inbox
from app.importing.records import Claim
from app.queue import JobQueue, JsonJob
from app.settings import Settings
from jobs import import_data, look_for_files
from jobs.runtime import Runtime
from tests.importing.conftest import plays, titles
from tests.importing.packing import packed, stream

TRACKS = "track_id,title,artist\n1,Halo,Beyoncé\n2,,Nobody\n"


@pytest.fixture
def rt(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Runtime]:
    (tmp_path / "inbox").mkdir()
    changed = {"import_dir": tmp_path / "inbox", "import_quiet_seconds": 0.0}
    settings = sqlite_settings.model_copy(update=changed)
    database, queue = open_database(settings), JobQueue(settings)
    yield Runtime(settings, database, queue)
    queue.close()
    database.dispose()


@pytest.fixture
def folder(rt: Runtime) -> Path:
    assert rt.settings.import_dir is not None
    return rt.settings.import_dir


def _look(rt: Runtime, quiet_seconds: float = -1.0) -> None:
    """As the schedule has it done; below zero, whatever was written just now is quiet."""
    settings = rt.settings.model_copy(update={"import_quiet_seconds": quiet_seconds})
    look_for_files._look_for_files(Runtime(settings, rt.database, rt.queue))


def _work(rt: Runtime) -> None:
    for job_id in rt.queue.waiting_ids():
        job = JsonJob.fetch(job_id, connection=rt.queue.redis)
        rt.queue.remove(job_id)
        import_data._import_data(rt, Claim(*job.args))


def _names(folder: Path) -> list[str]:
    """What lies there, without the moment that is put before the names."""
    return sorted(path.name.partition("-")[2] for path in folder.iterdir())


def _put(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "tracks.csv").write_text(TRACKS)


def test_a_folder_is_taken_whole_imported_and_set_aside(rt: Runtime, folder: Path) -> None:
    _put(folder, "library")
    _look(rt)
    _look(rt)
    assert _names(folder / "working") == ["library"]
    assert len(rt.queue.waiting_ids()) == 1
    _work(rt)
    assert titles(rt.database) == [("Halo", "Beyoncé")]
    assert _names(folder / "working") == []
    assert _names(folder / "done") == [
        "library", "library.rejected.csv", "library.report.json",
    ]  # fmt: skip
    (report,) = (folder / "done").glob("*.report.json")
    told = json.loads(report.read_text())
    assert (told["state"], told["rows"]["loaded"], told["rows"]["rejected"]) == ("finished", 1, 1)


def test_the_same_source_again_changes_only_what_changed(rt: Runtime, folder: Path) -> None:
    for title in ("Halo", "Halo!"):
        _put(folder, "library")
        (folder / "library" / "tracks.csv").write_text(TRACKS.replace("Halo", title))
        _look(rt)
        _work(rt)
    assert titles(rt.database) == [("Halo!", "Beyoncé")]


def test_what_still_grows_is_left_alone(rt: Runtime, folder: Path) -> None:
    _put(folder, "library")
    _look(rt, quiet_seconds=3600)
    assert (folder / "library").is_dir()
    assert rt.queue.waiting_ids() == []


def test_files_that_lie_there_loose_go_together(rt: Runtime, folder: Path) -> None:
    (folder / "tracks.csv").write_text(TRACKS)
    (folder / "listens.csv").write_text("user_id,track_id,listened_at\nu,1,2026-03-01\n")
    (folder / ".hidden").write_text("x")
    _look(rt)
    _work(rt)
    (done,) = (path for path in (folder / "done").iterdir() if path.is_dir())
    assert sorted(path.name for path in done.iterdir()) == ["listens.csv", "tracks.csv"]
    assert (folder / ".hidden").exists()


def test_what_is_no_catalogue_is_set_aside_with_the_reason(rt: Runtime, folder: Path) -> None:
    packed(folder / "history.zip", {"endsong_0.json": [stream(1)]})
    _look(rt)
    assert _names(folder / "failed") == ["history.zip", "history.zip.report.json"]
    (report,) = (folder / "failed").glob("*.report.json")
    assert "neither tracks.csv nor listens.csv" in json.loads(report.read_text())["error"]


def test_what_a_death_left_behind_is_gone_on_with(
    rt: Runtime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moved but never begun, then over but never set aside."""
    _put(folder, "library")
    for name in ("working", "done", "failed"):
        (folder / name).mkdir()
    inbox._take(folder, "library", [folder / "library"])
    _look(rt)
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "set_aside", lambda *_: None)
        _work(rt)
    assert _names(folder / "working") == ["library"]
    _look(rt)
    assert _names(folder / "working") == []
    assert len(titles(rt.database)) == 1


def test_what_the_queue_could_not_take_is_imported_later(
    rt: Runtime, folder: Path, tmp_path: Path
) -> None:
    _put(folder, "library")
    away = JobQueue(rt.settings.model_copy(update={"redis_url": f"unix://{tmp_path}/none"}))
    with pytest.raises(QueueUnavailable):
        inbox.look(rt.database, away, folder, -1.0)
    away.close()
    assert _names(folder / "working") == ["library"]
    _look(rt)
    _work(rt)
    assert (len(titles(rt.database)), _names(folder / "failed")) == (1, [])


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_loose_files_of_which_a_death_left_some_are_imported_together(
    rt: Runtime, folder: Path, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "tracks.csv").write_text(TRACKS)
    (folder / "listens.csv").write_text("user_id,track_id,listened_at\nu,1,2026-03-01\n")
    rename, done = Path.rename, list[Path]()

    def dying(path: Path, target: Path) -> Path:
        if len(done) == moved:
            raise KeyboardInterrupt
        done.append(path)
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            _look(rt)
    _look(rt)
    _work(rt)
    (taken,) = (path for path in (folder / "done").iterdir() if path.is_dir())
    assert sorted(path.name for path in taken.iterdir()) == ["listens.csv", "tracks.csv"]
    with rt.database.read() as session:
        assert plays(session) == 1


def test_two_looks_at_once_are_one(rt: Runtime, folder: Path) -> None:
    _put(folder, "library")
    with inbox._alone(folder, fcntl.LOCK_EX):
        _look(rt)
        assert (folder / "library").is_dir()
    _look(rt)
    assert _names(folder / "working") == ["library"]
