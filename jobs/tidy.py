"""Clear away what is over: expired sign-ins, old lists, old models, half-written artifacts."""

import logging
from datetime import timedelta

from app import accounts, changes, observing, promotion, training, users
from app.importing import asking, records, uploads
from app.ml import artifacts
from app.models.columns import utc_now
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)

_AT_ONCE = 2000


def tidy() -> None:
    with runtime() as rt:
        _tidy(rt)


def _tidy(rt: Runtime) -> None:
    tokens = rt.transact(accounts.remove_expired_tokens)
    links = rt.transact(users.remove_expired_links)
    rt.transact(changes.remove_old)
    idle = rt.read(training.active_training) is None
    leftovers = artifacts.remove_unfinished(rt.settings.artifacts) if idle else 0
    removed = promotion.remove_old_models(rt.database, rt.settings)
    before = utc_now() - timedelta(days=rt.settings.keep_reports)
    reports = rt.transact(lambda session: records.remove_reports(session, before))
    needed = rt.read(asking.paths_needed)
    uploads_removed = uploads.remove_old(rt.settings, rt.settings.upload_hours, needed)
    log.info(
        "tidied",
        extra={
            "tokens": tokens,
            "lists": _remove_lists(rt),
            "links": links,
            "unfinished_artifacts": leftovers,
            "models_removed": removed,
            "uploads_removed": uploads_removed,
            "reports_removed": reports,
        },
    )


def _remove_lists(rt: Runtime) -> int:
    """A few at a time, so that nobody waits long to write."""
    before, removed = utc_now() - rt.settings.lists_kept, 0
    while True:
        some = rt.transact(lambda session: observing.remove_lists(session, before, _AT_ONCE))
        removed += some
        if some < _AT_ONCE:
            return removed
