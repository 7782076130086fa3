"""History, loved tracks and statistics as pages, without any script."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import editing, listening
from app.db import open_database
from app.importing.errors import StorageFull
from app.listening import Listen
from app.models import Feedback, User
from app.models.columns import utc_now
from app.web.plays import months_of
from app.web.privacy import _exported
from tests.web.conftest import Site
from tests.web.pages import text

BEGIN = datetime(2026, 1, 31, 20, 30, tzinfo=UTC)


def _listen(site: Site, title: str, moment: datetime) -> None:
    listen = Listen(site.world.tracks[title], moment)
    site.state.database.transact(
        lambda session: listening.record_listen(session, site.world.ann, listen)
    )


def _plays(site: Site) -> int:
    with site.state.database.read() as session:
        return listening.count_listens(session, site.world.ann)


def test_history_shows_each_listen_in_the_viewers_zone_and_forgets_one(site: Site) -> None:
    _listen(site, "Autobahn", BEGIN)
    site.post("/settings/preferences", {"time_zone": "Asia/Tokyo"})
    page = site.get("/history").text
    assert "3 listens" in text(page)
    assert "Sunday 1 February 2026" in text(page)
    assert "Kraftwerk · 05:30" in text(page)
    listen_id = re.findall(r'name="listen_id" value="(\d+)"', page)[-1]
    answer = site.post("/history/forget", {"listen_id": listen_id})
    assert (answer.status_code, answer.headers["location"]) == (303, "/history")
    assert "Autobahn" not in text(site.get("/history").text)
    assert _plays(site) == 2


def test_history_names_the_days(site: Site) -> None:
    _listen(site, "Isi", utc_now())
    assert "Today Isi Neu! · " in text(site.get("/history").text)


def test_long_histories_have_pages(site: Site) -> None:
    for number in range(60):
        _listen(site, "Isi", BEGIN - timedelta(hours=number))
    first = site.get("/history").text
    (further,) = re.findall(r'href="(/history\?after=[\d-]+)"', first)
    second = site.get(further).text
    ids = [re.findall(r'name="listen_id" value="(\d+)"', page) for page in (first, second)]
    assert (len(ids[0]), len(ids[1])) == (50, 12)
    assert not set(ids[0]) & set(ids[1])
    sent_from = {"Referer": f"{site.client.base_url}{further}"}
    answer = site.post("/history/forget", {"listen_id": ids[1][0]}, **sent_from)
    assert answer.headers["location"] == further


def test_a_track_is_forgotten_with_what_was_said_of_it(site: Site) -> None:
    track = site.world.tracks["Sinnerman"]
    site.post(f"/tracks/{track}/feedback", {"feedback": "loved"})
    assert "Sinnerman" in text(site.get("/loved").text)
    assert site.post(f"/tracks/{track}/forget", {}).status_code == 303
    assert "Sinnerman" not in text(site.get("/loved").text)
    assert _plays(site) == 0
    assert site.post("/tracks/99999/forget", {}).status_code == 404


def test_what_was_loved_last_comes_first(site: Site) -> None:
    for title in ("Isi", "Autobahn", "Spoon"):
        site.post(f"/tracks/{site.world.tracks[title]}/feedback", {"feedback": "loved"})
    shown = text(site.get("/loved").text)
    assert shown.index("Spoon") < shown.index("Autobahn") < shown.index("Isi")
    with site.state.database.read() as session:
        last = listening.rated(session, site.world.ann, Feedback.LOVED, 1)[0]
    behind = text(site.get(f"/loved?after={last.said}-{last.track_id}").text)
    assert ("Spoon" in behind, "Autobahn" in behind) == (False, True)
    assert site.get("/loved?after=7").status_code == 422


def test_what_was_merged_meanwhile_is_forgotten_with_what_it_became(site: Site) -> None:
    gone, kept = site.world.tracks["Sinnerman"], site.world.tracks["Isi"]
    site.state.database.transact(lambda session: editing.merge_track(session, gone, kept, "root"))
    assert _plays(site) == 2
    assert site.post(f"/tracks/{gone}/forget", {}).status_code == 303
    assert _plays(site) == 0


def test_statistics_are_plots_and_tables(site: Site) -> None:
    _listen(site, "Autobahn", BEGIN)
    site.post("/settings/preferences", {"time_zone": "Asia/Tokyo"})
    page = site.get("/statistics?year=2026").text
    assert "<title>Feb 2026: 1</title>" in page
    assert "<title>Sun 5:00: 1</title>" in page
    assert "Days and hours are those of Asia/Tokyo." in text(page)
    assert "Kraftwerk" in text(page)
    assert site.get("/statistics?year=1").status_code == 422


def test_a_newcomers_pages_say_what_will_be_there(nobody: Site) -> None:
    nobody.sign_in(nobody.world.newcomer)
    assert "What you play is listed here." in text(nobody.get("/history").text)
    loved = text(nobody.get("/loved").text)
    assert "Press the heart beside a track to keep it here. Back to your music" in loved
    assert "0 tracks" not in loved
    assert "there is nothing to count" in text(nobody.get("/statistics").text)
    assert "None yet." in text(nobody.get("/playlists").text)


def test_the_record_is_paused_and_goes_on(site: Site) -> None:
    assert site.post("/settings/record", {"paused": "true"}).status_code == 303
    assert "The record is paused." in text(site.get("/settings").text)
    assert "nothing new is written down" in text(site.get("/history").text)
    assert "Record paused" in text(site.get("/").text)
    assert "Record paused" in text(site.htmx("/search").text)
    site.post("/settings/record", {"paused": "false"})
    assert "Record paused" not in text(site.get("/").text)
    assert "The record is paused." not in text(site.get("/settings").text)


def test_everything_is_downloaded_and_the_account_deleted(site: Site) -> None:
    site.post(f"/tracks/{site.world.tracks['Isi']}/feedback", {"feedback": "loved"})
    answer = site.get("/settings/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="pytune-export.json"'
    told = answer.json()
    assert (told["account"]["name"], len(told["events"])) == ("ann", 3)
    assert told["tracks"][-1]["feedback"] == Feedback.LOVED
    wrong = site.post("/settings/delete", {"password": "wrong"})
    assert (wrong.status_code, "do not match" in text(wrong.text)) == (401, True)
    gone = site.post("/settings/delete", {"password": "correct horse battery"})
    assert (gone.status_code, gone.headers["location"]) == (303, "/login")
    assert site.get("/").headers["location"] == "/login"
    with site.state.database.read() as session:
        assert session.get(User, site.world.ann) is None


def test_a_slow_download_keeps_no_connection_to_the_database(site: Site) -> None:
    database = open_database(site.state.settings)
    with _exported(replace(site.state, database=database), site.world.ann) as file:
        assert file.tell() > 0
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    database.dispose()


def test_a_download_that_finds_no_room_says_so(site: Site, tmp_path: Path) -> None:
    elsewhere = site.state.settings.model_copy(update={"data_dir": tmp_path / "gone"})
    with pytest.raises(StorageFull):
        _exported(replace(site.state, settings=elsewhere), site.world.ann)


def test_the_last_administrator_stays(admin: Site) -> None:
    answer = admin.post("/settings/delete", {"password": "correct horse battery"})
    assert answer.status_code == 409
    assert "make somebody else one first" in text(answer.text)


@pytest.mark.parametrize(
    ("many", "named"),
    [(3, ["month"] * 3), (15, ["year", "month", "month", "month", "year"]), (48, ["year"] * 4)],
)
def test_months_are_named_as_far_as_there_is_room(many: int, named: list[str]) -> None:
    """The quarters of a few years, and of many the years alone."""
    months = [(2020 + number // 12, 1 + number % 12, 1) for number in range(many)]
    assert [bar.label for bar in months_of(months).bars if bar.label] == named
