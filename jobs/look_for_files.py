"""The scheduled look into the import folder."""

from app.importing import inbox
from jobs.runtime import Runtime, runtime


def look_for_files() -> None:
    with runtime() as rt:
        _look_for_files(rt)


def _look_for_files(rt: Runtime) -> None:
    folder = rt.settings.import_dir
    if folder is not None and folder.is_dir():
        inbox.look(rt.database, rt.queue, folder, rt.settings.import_quiet_seconds)
