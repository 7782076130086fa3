"""The pages of searches: begun, followed, stopped, gone on with; what they tried and chose."""

import pytest

from app import recipes, tuning
from app.ml.recipe import Recipe
from app.ml.search import Trial
from app.ml.weighting import Weighting
from app.models import TrainingState, Tuning, TuningTrial
from app.models.columns import utc_now
from app.queue import JobName
from tests.jobs_at_work import waiting_jobs
from tests.web.conftest import Site
from tests.web.pages import text

ADDRESS = "/admin/tunings"
POLLS = 'hx-trigger="every 2s"'
CHOSEN = Recipe("ials", Weighting.BINARY, {"factors": 12}, 30.0).complete()
TRIALS = (
    Trial("popularity/binary", {}, "complete", 0.1, 0.1, 2.0),
    Trial("als/binary", {"factors": 64, "half_life_days": 3000.0}, "complete", 0.2, 0.2, 4.0),
    Trial("als/binary", {"factors": 65}, "complete", 0.15, 0.2, 4.0),
    Trial("als/binary", {"factors": 66}, "pruned", 0.3, 0.3, 1.0),
    Trial("ease/binary", {"regularization": 10.5}, "refused", 0.0, 0.0, 0.1),
    Trial("ials/binary", {"factors": 12, "half_life_days": 30.0}, "complete", 0.25, 0.2, 5.5),
)


def _launched(site: Site) -> int:
    return tuning.launch(site.state.database, site.state.queue, "root", 600, seed=7)


def _tried(site: Site) -> int:
    """A search that is running and has tried a few."""
    number = _launched(site)
    with site.state.database.write() as session:
        tuning.start(session, number)
        tuning.progress(session, number, 0.4, TRIALS)
    return number


def _finished(site: Site, ndcg: float = 0.25) -> int:
    number = _tried(site)
    with site.state.database.write() as session:
        row = tuning.tuning(session, number)
        row.state, row.finished_at, row.ndcg = TrainingState.FINISHED, utc_now(), ndcg
        row.algorithm, row.settings = CHOSEN.algorithm, recipes.stored(CHOSEN)
    return number


def _state(site: Site, number: int) -> tuple[TrainingState, str | None]:
    with site.state.database.read() as session:
        row = tuning.tuning(session, number)
        return row.state, row.error


def test_one_is_begun_and_followed(admin: Site) -> None:
    empty = admin.get(ADDRESS).text
    assert "Nobody has searched yet." in text(empty)
    assert POLLS not in empty
    answer = admin.post(ADDRESS, {"seconds": "60", "seed": "7"})
    assert answer.headers["location"] == f"{ADDRESS}/1"
    with admin.state.database.read() as session:
        row = tuning.tuning(session, 1)
        assert (row.seconds, row.seed, row.requested_by) == (60, 7, "root")
    assert [job.func_name for job in waiting_jobs(admin.state.queue)] == [JobName.TUNE]
    page = admin.get(f"{ADDRESS}/1").text
    assert POLLS in page
    assert "It waits for a worker." in text(page)
    panel = admin.htmx(ADDRESS, "div#tunings").text
    assert panel.startswith('<div id="tunings"')
    assert POLLS in panel
    assert 'name="seconds"' not in panel, "one at a time"


def test_what_cannot_be_begun_is_said_and_what_was_typed_stays(admin: Site) -> None:
    short = admin.post(ADDRESS, {"seconds": "5", "seed": "3"})
    assert short.status_code == 422
    assert "A search takes 10 to 86,400 seconds." in text(short.text)
    assert 'name="seconds" value="5"' in short.text
    assert 'name="seed" value="3"' in short.text
    _launched(admin)
    second = admin.post(ADDRESS, {})
    assert second.status_code == 409
    assert "A search is already under way." in text(second.text)


def test_a_running_one_shows_what_it_has_tried(admin: Site) -> None:
    number = _tried(admin)
    panel = admin.htmx(f"{ADDRESS}/{number}", "div#tuning").text
    assert panel.startswith('<div id="tuning"')
    assert '<progress value="40"' in panel
    seen = text(panel)
    assert "It is searching, for 10:00 in all." in seen
    assert "iALS 0.2500 ALS 0.2000 Popularity 0.1000" in seen
    assert "6 trials, the best first." in seen
    best, *others = panel.partition("<tbody>")[2].rpartition("<tbody>")[2].split("<tr>")[1:]
    assert "iALS Played or not 0.2500 Tested Factors 12 · Half-life in days 30 5.5 s" in text(best)
    assert "Half-life" not in text(others[0]), "3,000 days are for good"
    assert "Given up after a quarter of the listeners" in text(others[3])
    assert "Needs too much memory" in text(others[4])


def test_trials_that_count_no_more_are_told_of(admin: Site) -> None:
    number = _tried(admin)
    told = "6 trials were set aside, and the search began anew"
    assert told not in text(admin.get(f"{ADDRESS}/{number}").text)
    with admin.state.database.write() as session:
        assert tuning.stand_on(session, number, "other") == len(TRIALS)
        assert tuning.stand_on(session, number, "other") == 0
    for address in (ADDRESS, f"{ADDRESS}/{number}"):
        assert told in text(admin.get(address).text)


def test_it_is_stopped_and_gone_on_with(admin: Site) -> None:
    number = _tried(admin)
    page = f"{ADDRESS}/{number}"
    assert admin.post(f"{page}/stop", {}).headers["location"] == page
    assert _state(admin, number) == (TrainingState.FAILED, "Stopped by root.")
    stopped = admin.get(page).text
    assert POLLS not in stopped
    assert "Stopped by root. Go on with it" in text(stopped)
    again = admin.post(f"{page}/stop", {})
    assert again.status_code == 409
    assert "That search is in another state by now" in text(again.text)
    assert admin.post(f"{page}/resume", {}).headers["location"] == page
    assert _state(admin, number) == (TrainingState.QUEUED, None)
    assert admin.post(f"{page}/resume", {}).status_code == 409


def test_what_it_chose_is_said_until_a_training_tries_it(admin: Site) -> None:
    number = _finished(admin)
    page = admin.get(f"{ADDRESS}/{number}").text
    assert "It chose “iALS: the same, held back by how much is known”" in text(page)
    assert "Train it now" in page
    assert "Half-life in days 30.0" in text(page)
    admin.post("/admin/trainings", {})
    assert "Train it now" not in admin.get(f"{ADDRESS}/{number}").text


def test_all_stand_on_one_axis(admin: Site) -> None:
    first, second = _finished(admin), _finished(admin, 0.4)
    page = admin.get(ADDRESS).text
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    assert [f'/{number}">' in row for number, row in zip((second, first), rows, strict=True)] == [
        True,
        True,
    ]
    for row, ndcg in zip(rows, ("0.4000", "0.2500"), strict=True):
        assert f"iALS {ndcg} iALS {ndcg} ALS 0.2000 Popularity 0.1000" in text(row)
        assert row.count("<circle") == 3
        assert row.count('class="won"') == 1


def test_older_ones_are_a_page_away(admin: Site) -> None:
    with admin.state.database.write() as session:
        for _ in range(11):
            session.add(
                Tuning(requested_by="schedule", state=TrainingState.FAILED, seconds=60, seed=1)
            )
    page = admin.get(ADDRESS).text
    assert f'href="{ADDRESS}?before=2"' in page
    older = text(admin.get(f"{ADDRESS}?before=2").text)
    assert "Search 1 Failed the timetable" in older
    assert "Search 2" not in older


def test_many_trials_are_cut(admin: Site) -> None:
    number = _tried(admin)
    with admin.state.database.write() as session:
        session.add_all(
            TuningTrial(tuning_id=number, trial=TRIALS[0].as_json()) for _ in range(200)
        )
    seen = text(admin.get(f"{ADDRESS}/{number}").text)
    assert "206 trials, the best first. The first 200 are shown." in seen


def test_models_and_jobs_lead_to_it(admin: Site) -> None:
    assert f'href="{ADDRESS}"' in admin.get("/admin/models").text
    number = _launched(admin)
    assert f'href="{ADDRESS}/{number}"' in admin.get("/admin/jobs").text


def test_it_is_there_in_french(admin: Site) -> None:
    number = _finished(admin)
    french = {"Accept-Language": "fr"}
    assert "Ce qui a été trouvé" in text(admin.get(ADDRESS, **french).text)
    assert "0,2500" in text(admin.get(f"{ADDRESS}/{number}", **french).text)


def test_what_is_not_there_is_said(admin: Site) -> None:
    for answer in (
        admin.get(f"{ADDRESS}/99"),
        admin.post(f"{ADDRESS}/99/stop", {}),
        admin.post(f"{ADDRESS}/99/resume", {}),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ["", "/1", "/1/stop", "/1/resume"])
def test_only_administrators_may(site: Site, path: str) -> None:
    number = _launched(site)
    if path in {"", "/1"}:
        assert site.get(f"{ADDRESS}{path}").status_code == 403
    assert site.post(f"{ADDRESS}{path}", {}).status_code in {403, 405}
    assert _state(site, number) == (TrainingState.QUEUED, None)
