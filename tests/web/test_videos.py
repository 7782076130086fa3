"""A missing video is searched for at the first play."""

from datetime import timedelta

from app import videos
from app.access import Viewer
from app.models import Role, Track, VideoState
from app.models.columns import utc_now
from tests.jobs_at_work import waiting_jobs
from tests.web.conftest import OpenSite, Site


def test_the_first_play_enqueues_one_search(site: Site) -> None:
    for _ in range(2):
        response = site.post(_path(site), {})
        assert response.json() == {"state": "searching", "youtube_id": None}
    jobs = waiting_jobs(site.state.queue)
    assert [(job.func_name, job.args) for job in jobs] == [
        ("jobs.find_videos.find_video", [site.world.tracks["Autobahn"]])
    ]


def test_what_the_search_found_is_told(site: Site) -> None:
    site.post(_path(site), {})
    with site.state.database.write() as session:
        videos.keep(session, site.world.tracks["Autobahn"], "x1234567890")
    assert site.get(_path(site)).json() == {"state": "found", "youtube_id": "x1234567890"}


def test_a_video_that_is_known_is_not_searched_for(site: Site) -> None:
    with site.state.database.write() as session:
        row = session.get_one(Track, site.world.tracks["Autobahn"])
        row.youtube_id, row.video_state = "x1234567890", VideoState.FOUND
    assert site.post(_path(site), {}).json()["youtube_id"] == "x1234567890"
    assert waiting_jobs(site.state.queue) == []


def test_without_the_queue_the_track_is_as_unknown_as_before(open_site: OpenSite) -> None:
    site = open_site(redis_url="redis://127.0.0.1:1/0")
    site.sign_in(site.world.ann)
    for _ in range(2):
        assert site.post(_path(site), {}).json() == {"state": "unknown", "youtube_id": None}


def test_too_many_searches_and_reports_are_refused(site: Site) -> None:
    ann = Viewer(site.world.ann, "ann", Role.LISTENER)
    for _ in range(20):
        site.state.access.count_video_search(ann)
    for path in (_path(site), f"{_path(site)}/search"):
        refused = site.post(path, {})
        assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    with site.state.database.write() as session:
        videos.keep(session, site.world.tracks["Autobahn"], "x1234567890")
    assert site.post(_path(site), {}).json()["state"] == "found"
    for _ in range(50):
        site.state.access.count_wrong_video(ann)
    assert site.post(f"{_path(site)}/wrong", {"youtube_id": "x1234567890"}).status_code == 429
    assert site.get(_path(site)).json()["youtube_id"] == "x1234567890"
    assert site.state.queue.waiting_ids() == []


def test_a_track_that_is_not_there_has_no_video(site: Site) -> None:
    assert site.post("/tracks/999/video", {}).status_code == 404
    assert site.get("/tracks/999/video").status_code == 404


def _path(site: Site) -> str:
    return f"/tracks/{site.world.tracks['Autobahn']}/video"


def test_a_wrong_video_is_set_aside_and_another_looked_for(site: Site) -> None:
    track_id = site.world.tracks["Autobahn"]
    with site.state.database.write() as session:
        videos.keep(session, track_id, "x1234567890")
    for _ in range(2):
        told = site.post(f"{_path(site)}/wrong", {"youtube_id": "x1234567890"})
        assert told.json() == {"state": "searching", "youtube_id": None}
    assert len(waiting_jobs(site.state.queue)) == 1
    assert site.post(f"{_path(site)}/wrong", {"youtube_id": "short"}).status_code == 422


def test_a_missing_video_can_be_looked_for_again_when_that_is_due(site: Site) -> None:
    track_id = site.world.tracks["Autobahn"]
    page = f"/tracks/{track_id}"
    with site.state.database.write() as session:
        videos.keep(session, track_id, None)
    assert "Find another" not in site.get(page).text
    assert "It can be looked for again from" in site.get(page).text
    with site.state.database.write() as session:
        session.get_one(Track, track_id).video_checked_at = utc_now() - timedelta(days=8)
    assert "Find another" in site.get(page).text
    assert site.post(f"{_path(site)}/search", {}).headers["location"] == page
    searching = site.get(page).text
    assert "Looking for a video of this track." in searching
    assert 'hx-trigger="every 2s"' in site.htmx(page, "article#sleeve").text
    assert len(waiting_jobs(site.state.queue)) == 1
