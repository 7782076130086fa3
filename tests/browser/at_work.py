"""What administrators see where things have happened: a verdict, drift, an alert, links."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from app import alerts, playlists, recipes, users
from app.ml.recipe import Recipe
from app.ml.search import Trial
from app.models import (
    Alert,
    AlertKind,
    CatalogueEdit,
    DriftWatch,
    EditKind,
    Evaluation,
    ExternalKind,
    Role,
    TrainingState,
    Tuning,
    TuningTrial,
)
from app.models.columns import id_of, utc_now
from tests.browser.conftest import Product
from tests.models_made import finished
from tests.web.measured import contested, write_down

_NIGHTS = 20
_FALLS = 16


@contextmanager
def at_work(product: Product, administrator: int) -> Iterator[list[str]]:
    """The addresses of it, as long as it is there."""
    tracks = sorted(product.world.tracks.values())
    rival = finished(product.database, product.settings, tracks)

    def happen(session: Session) -> list[str]:
        write_down(session, 1, contested(better=True, first=True))
        write_down(session, rival, contested(better=False), champion_id=1)
        session.add_all([*map(_night, range(_NIGHTS)), _edited(tracks[0])])
        details = {"name": "ndcg", "before": 0.26, "after": 0.12, "listeners": 40, "version": 1}
        alerts.raise_alert(session, AlertKind.DRIFT, "Lists fit less well.", details)
        link = users.invite(session, f"guest {rival}", Role.LISTENER, "root", timedelta(days=1))
        playlist = playlists.create(session, administrator, "Sunday", tracks[:3])
        return [
            f"/admin/models/{rival}",
            f"/admin/users/{link.account.user.id}",
            f"/invitations/{link.token}",
            f"/playlists/{playlist}",
            *(f"/tracks/{tracks[0]}{each}" for each in ("", "/forget", "/playlists")),
            *_corrected(f"/tracks/{tracks[0]}", tracks[1]),
            "/artists/1",
            *_corrected("/artists/1", 2),
            f"/admin/tunings/{_searched(session)}",
            *(f"/admin/{each}" for each in ("tunings", "edits", "models", "alerts", "drift")),
        ]

    addresses = product.database.transact(happen)
    try:
        yield addresses
    finally:
        product.database.transact(_forget)


def _corrected(address: str, other: int) -> list[str]:
    return [f"{address}/{each}" for each in ("edit", f"merge?into={other}", "split")]


def _searched(session: Session) -> int:
    """A search that is over, and what it tried."""
    row = Tuning(requested_by="root", state=TrainingState.FINISHED, seconds=60, seed=1, ndcg=0.2)
    row.algorithm, row.settings = "als", recipes.stored(Recipe("als"))
    row.finished_at = utc_now()
    session.add(row)
    session.flush()
    tried = [("als/binary", {"factors": 64}, 0.2), ("popularity/binary", {}, 0.1)]
    for arm, settings, ndcg in tried:
        trial = Trial(arm, settings, "complete", ndcg, ndcg, 1.0)
        session.add(TuningTrial(tuning_id=id_of(row), trial=trial.as_json()))
    return id_of(row)


def _night(number: int) -> DriftWatch:
    fell = number >= _FALLS
    figures: dict[str, Any] = {
        "ndcg": (0.13 if fell else 0.26 - 0.001 * (number % 3), 0.26, fell),
        "click_through": (0.05 if fell else 0.11, 0.11, fell),
        "popularity": (0.3 if fell else 0.05, 0.06, fell),
    }
    return DriftWatch(
        version=1,
        signals={
            name: {"value": value, "before": before, "listeners": 40, "drifted": drifted}
            for name, (value, before, drifted) in figures.items()
        },
        click_through={"before": [0.3, 0.2, 0.1], "after": [0.2, 0.2, 0.05]},
        watched_at=utc_now() - timedelta(days=_NIGHTS - number, hours=-1),
    )


def _edited(track_id: int) -> CatalogueEdit:
    details = {"year": [1964, 1965]}
    return CatalogueEdit(
        kind=EditKind.EDIT,
        thing=ExternalKind.TRACK,
        our_id=track_id,
        details=details,
        edited_by="root",
    )


def _forget(session: Session) -> None:
    for row in session.exec(select(Alert)):
        alerts.acknowledge(session, id_of(row), "root")
    for table in (CatalogueEdit, DriftWatch, Evaluation, TuningTrial, Tuning):
        for each in session.exec(select(table)):
            session.delete(each)
