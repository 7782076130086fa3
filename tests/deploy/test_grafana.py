"""The dashboard asks for nothing that PyTune does not tell."""

import json
import re
from pathlib import Path

from app.job_times import note_job
from tests import making
from tests.probes.conftest import furnished, open_site
from tests.web.conftest import OpenSite

__all__ = ["furnished", "open_site"]

DASHBOARD = Path(__file__).resolve().parents[2] / "deploy" / "grafana.json"
METRIC = re.compile(r"\b(?:pytune|process)_[a-z_]+\b")


def test_every_panel_asks_for_what_is_told(open_site: OpenSite) -> None:
    token = "of-the-test"
    site = open_site(probe_token=token)
    note_job(site.state.queue, "train", 1.0, failed=True)
    site.get("/login")
    with site.state.database.write() as session:
        session.add(making.drift_watch(session))
    told = site.client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).text
    known = set(METRIC.findall(told))
    panels = json.loads(DASHBOARD.read_text())["panels"]
    for panel in panels:
        asked = {name for each in panel["targets"] for name in METRIC.findall(each["expr"])}
        assert asked, panel["title"]
        assert asked <= known | {"pytune_alerts_open"}, panel["title"]


def test_panels_do_not_overlap() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len(panels) == len({panel["id"] for panel in panels})
