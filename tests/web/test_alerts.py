"""Alerts: their page, and the banner that administrators see on every other one."""

import pytest

from app import alerts
from app.models import AlertKind
from app.models.columns import id_of
from tests.web.conftest import Site
from tests.web.pages import text

DRIFT = "Lists are played less: 20.0% of what they show were played, now 10.0% are."


@pytest.fixture
def alert(admin: Site) -> int:
    with admin.state.database.write() as session:
        alerts.raise_alert(session, AlertKind.DRIFT, DRIFT, {"before": 0.2, "after": 0.1})
        (row,) = alerts.alerts(session, 1)
        return id_of(row)


def test_an_alert_stands_on_every_page_until_somebody_has_seen_it(admin: Site, alert: int) -> None:
    for path in ("/", "/search", "/admin/models", "/tracks/999"):
        page = admin.get(path).text
        assert f"Listeners drift away. {DRIFT} See the alert" in text(page), path
    assert "notice-alarm" in admin.htmx("/search").text
    assert "notice-alarm" not in admin.get("/admin/alerts").text
    answer = admin.post(f"/admin/alerts/{alert}/acknowledge", {})
    assert answer.headers["location"] == "/admin/alerts"
    assert DRIFT not in admin.get("/").text
    seen = text(admin.get("/admin/alerts").text)
    assert "Nothing. All is quiet." in seen
    assert "seen by root" in seen


def test_an_alert_speaks_the_readers_language(admin: Site) -> None:
    figures = {"name": "ndcg", "before": 0.25, "after": 0.125, "listeners": 1200, "version": 3}
    days = {
        "before_since": "2026-03-02T00:00:00+00:00",
        "before_until": "2026-03-09T00:00:00+00:00",
    }
    with admin.state.database.write() as session:
        alerts.raise_alert(session, AlertKind.DRIFT, "Lists fit less well.", {**figures, **days})
        alerts.raise_alert(
            session, AlertKind.BAD_ARTIFACT, "Damaged.", {"version": 3, "reason": "x"}
        )
    english = text(admin.get("/admin/alerts").text)
    assert "Lists fit less well: their NDCG fell from 0.2500 to 0.1250. Seen over 1,200" in english
    assert "against 2 Mar 2026 to 9 Mar 2026" in english
    french = text(admin.get("/admin/alerts", **{"Accept-Language": "fr"}).text)
    assert "leur NDCG est tombé de 0,2500 à 0,1250." in french
    assert "Les fichiers du modèle de l’entraînement 3 sont inutilisables" in french


def test_what_failed_by_itself_is_said_in_the_readers_language(admin: Site) -> None:
    failed = {"reason": "no disk."}
    with admin.state.database.write() as session:
        for kind, details in (
            (AlertKind.TRAINING_FAILED, {"training": 3, **failed}),
            (AlertKind.TUNING_FAILED, {"tuning": 2, **failed}),
            (AlertKind.SERVING, {"reason": "The champion could not be followed: OSError"}),
            (AlertKind.TRAINING_UNDECIDED, {"training": 4, "why": "stale"}),
            (AlertKind.TRAINING_UNDECIDED, {"training": 5, "why": "forgotten"}),
        ):
            alerts.raise_alert(session, kind, "In English.", details, same=str(details))
    english = admin.get("/admin/alerts").text
    assert "Training 3 failed, and the champion stays as it was. The reason: no disk." in text(
        english
    )
    assert '<a href="/admin/models/3">' in english
    french = text(admin.get("/admin/alerts", **{"Accept-Language": "fr"}).text)
    assert "Un entraînement parti tout seul a échoué L’entraînement 3 a échoué" in french
    assert "La recherche 2 a échoué. Ce qu’elle a essayé est gardé" in french
    assert "en dit plus. Ce qui a échoué : The champion could not be followed" in french
    assert "Un autre modèle est devenu champion pendant le test de l’entraînement 4" in french
    assert "pour le comparer à l’entraînement 5 : promouvez" in french


def test_listeners_are_not_alarmed(admin: Site, alert: int) -> None:
    admin.sign_in(admin.world.ann)
    assert DRIFT not in admin.get("/").text
    assert admin.get("/admin/alerts").status_code == 403
    assert admin.post(f"/admin/alerts/{alert}/acknowledge", {}).status_code == 403
    with admin.state.database.read() as session:
        assert alerts.count_alerts(session, acknowledged=False) == 1


def test_several_are_counted(admin: Site, alert: int) -> None:
    with admin.state.database.write() as session:
        alerts.raise_alert(session, AlertKind.BAD_ARTIFACT, "The files are damaged.", {})
    seen = text(admin.get("/").text)
    assert "A model cannot be loaded. The files are damaged. See 2 alerts" in seen


def test_the_figures_are_there(admin: Site, alert: int) -> None:
    seen = text(admin.get("/admin/alerts").text)
    assert f"Listeners drift away {DRIFT}" in seen
    assert "Figures After 0.1 Before 0.2" in seen
    french = text(admin.get("/admin/alerts", **{"Accept-Language": "fr"}).text)
    assert "Chiffres Après 0,1 Avant 0,2" in french


def test_old_ones_are_a_page_away(admin: Site) -> None:
    with admin.state.database.write() as session:
        for number in range(23):
            alerts.raise_alert(session, AlertKind.DRIFT, f"Alert {number}.", {})
        for row in alerts.alerts(session, 30):
            alerts.acknowledge(session, id_of(row), "root")
        oldest = id_of(alerts.alerts(session, 30)[19])
    assert f'href="/admin/alerts?before={oldest}"' in admin.get("/admin/alerts").text
    older = text(admin.get(f"/admin/alerts?before={oldest}").text)
    assert "Alert 2." in older
    assert "Alert 3." not in older


def test_what_is_not_there_is_said(admin: Site) -> None:
    assert admin.post("/admin/alerts/999/acknowledge", {}).status_code == 404
