"""Drift over time: charts of what watches found, and the state of the webhook."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app import alerts, training
from app.models import AlertKind, DriftWatch, Promotion
from app.models.columns import id_of, utc_now
from app.queue import JobName
from tests.jobs_at_work import waiting_jobs
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text

PATH = "/admin/drift"


def _figures(value: float, before: float | None, *, drifted: bool = False) -> dict[str, Any]:
    return {"value": value, "before": before, "listeners": 40, "drifted": drifted}


@pytest.fixture
def watched(admin: Site) -> Site:
    """Three nights: the first had nothing to compare with, the last found drift."""
    values = [(0.25, None), (0.24, 0.26), (0.12, 0.26)]
    with admin.state.database.write() as session:
        for ago, (value, before) in zip((3, 2, 1), values, strict=True):
            row = DriftWatch(
                version=1,
                signals={"ndcg": _figures(value, before, drifted=value < 0.2)},
                click_through={"before": [0.2, 0.1] if before else [], "after": [0.1, None, 0.05]},
                watched_at=utc_now() - timedelta(days=ago),
            )
            session.add(row)
        training.promote(session, 1, "root", "again")
        promoted = Promotion(training_id=1, promoted_by="root", reason="again")
        promoted.created_at = utc_now() - timedelta(days=1, hours=12)
        session.add(promoted)
    return admin


def test_before_the_first_watch_nothing_is_drawn(admin: Site) -> None:
    page = admin.get(PATH).text
    assert "No watch has looked yet" in text(page)
    assert 'class="chart"' not in page


def test_each_figure_is_drawn_with_what_it_is_compared_with(watched: Site) -> None:
    page = watched.get(PATH).text
    [svg] = [part.partition("</svg>")[0] for part in page.split('<svg class="chart"')[1:]]
    chart = ET.fromstring(f"<svg {svg}</svg>")
    assert len(chart.findall("line[@class='whisker']")) == 2
    assert len(chart.findall("line[@class='rival']")) == 1, "the first night had none"
    assert len(chart.findall("line[@class='promoted']")) == 1, "that among the watches"
    [drifted] = chart.findall("circle[@class='won']")
    heights = [float(each.get("cy") or 0) for each in chart.findall("circle[@class='point']")]
    assert float(drifted.get("cy") or 0) > max(heights), "it fell"
    seen = text(page)
    assert "3 watches, from 0.2500 to 0.1200." in seen
    assert "0.1200 0.2600 40 Yes" in seen


def test_the_newest_click_through_is_shown_by_position(watched: Site) -> None:
    seen = text(watched.get(PATH).text)
    assert "1 10.0% before: 20.0% 3 5.0%" in seen


def test_an_administrator_has_a_worker_look_at_once(admin: Site) -> None:
    assert admin.post(f"{PATH}/watch", {}).headers["location"] == "/admin/jobs"
    assert [job.func_name for job in waiting_jobs(admin.state.queue)] == [JobName.WATCH_DRIFT]


def test_listeners_are_not_let_in(admin: Site) -> None:
    admin.sign_in(admin.world.ann)
    assert admin.get(PATH).status_code == 403
    assert admin.post(f"{PATH}/watch", {}).status_code == 403


def test_without_a_webhook_the_page_says_how_to_set_one(admin: Site) -> None:
    assert "PYTUNE_ALERT_WEBHOOK_URL names one" in text(admin.get("/admin/alerts").text)


def test_the_webhook_is_shown_by_its_host_with_how_it_does(open_site: OpenSite) -> None:
    site = open_site(alert_webhook_url="https://hooks.example.org/T0P/s3cret")
    site.sign_in(site.world.root)
    with site.state.database.write() as session:
        alerts.raise_alert(session, AlertKind.DRIFT, "Look.", {})
        number = id_of(alerts.alerts(session, 1)[0])
        alerts.mark_failed(session, number, "hooks.example.org: it answered 500")
    page = site.get("/admin/alerts").text
    assert "Failing hooks.example.org: it answered 500 Host hooks.example.org Waiting 1" in text(
        page
    )
    assert "s3cret" not in page
    with site.state.database.write() as session:
        alerts.mark_delivered(session, number)
    seen = text(site.get("/admin/alerts").text)
    assert "In order Host hooks.example.org Waiting 0" in seen
