"""A training's page, where it is measured again: asked for, followed, told; nothing is promoted."""

import pytest
from sqlmodel import Session

from app import evaluating, evaluations, jobs, training
from app.models import EvaluationRun
from app.models.columns import id_of
from tests.jobs_at_work import begin, fail, waiting_jobs
from tests.models_made import finished
from tests.web.conftest import OpenSite, Site
from tests.web.measured import contested, measure_again, write_down
from tests.web.pages import text

PANEL, POLLS = "section#again", 'hx-trigger="every 1s"'


@pytest.fixture
def rival(admin: Site) -> int:
    """A finished training that lost against the champion, 1."""
    tracks = sorted(admin.world.tracks.values())
    number = finished(admin.state.database, admin.state.settings, tracks)
    with admin.state.database.write() as session:
        write_down(session, 1, contested(better=True, first=True))
        write_down(session, number, contested(better=False), champion_id=1)
    return number


def _ask(site: Site, version: int) -> int:
    """By the button; the number of the run."""
    answer = site.post(f"/admin/models/{version}/evaluate", {})
    assert answer.headers["location"] == f"/admin/models/{version}"
    with site.state.database.read() as session:
        (runs,) = evaluations.runs_of(session, [version])
    return id_of(runs[0])


def _again(site: Site, version: int, **headers: str) -> str:
    """The part of the page that tells of it."""
    page = site.get(f"/admin/models/{version}", **headers).text
    return page.partition('id="again"')[2].partition("</section>")[0]


def test_it_is_asked_for_and_followed_to_its_result(admin: Site, rival: int) -> None:
    path = f"/admin/models/{rival}"
    assert "Measure against the champion again" in text(admin.get(path).text)
    run = _ask(admin, rival)
    waiting = _again(admin, rival)
    assert POLLS in waiting
    assert "It waits for a worker." in text(waiting)
    assert "Measure against" not in waiting
    with admin.state.database.write() as session:
        evaluating.start(session, run)
        evaluating.progress(session, run, 0.4)
    running = admin.htmx(path, PANEL).text
    assert running.startswith('<section class="section" id="again"')
    assert '<progress value="40"' in running
    assert "It is being measured." in text(running)
    with admin.state.database.write() as session:
        evaluating.finish(session, run, 1, contested(better=True).as_json(), "It would.")
    over = admin.htmx(path, PANEL).text
    assert POLLS not in over
    said = text(over)
    assert "Trained again, it would be promoted as the better recipe, over 60 listeners:" in said
    assert "Asked for by root" in said
    assert "Champion then: training 1" in said
    assert 'class="whisker"' in over
    assert "Measure against the champion again" in said


def test_who_asks_twice_gets_one_run(admin: Site, rival: int) -> None:
    assert _ask(admin, rival) == _ask(admin, rival)
    assert len(waiting_jobs(admin.state.queue)) == 1


def test_it_is_never_taken_for_what_a_training_was_judged_by(admin: Site, rival: int) -> None:
    """Verdict, chart, table and champions tell the same as before, though it would win today."""
    before = admin.get("/admin/models").text
    verdict = text(admin.get(f"/admin/models/{rival}").text).partition("In service")[0]
    run = _ask(admin, rival)
    with admin.state.database.write() as session:
        measure_again(session, run, contested(better=True), 1)
    assert admin.get("/admin/models").text == before
    assert text(admin.get(f"/admin/models/{rival}").text).partition("In service")[0] == verdict
    assert "Promoted" not in text(_again(admin, rival))
    with admin.state.database.read() as session:
        champion = training.champion(session)
    assert champion is not None
    assert champion.version == 1


@pytest.mark.parametrize("better", [True, False])
def test_a_page_says_what_the_api_says_and_in_french_too(
    admin: Site, rival: int, *, better: bool
) -> None:
    found = contested(better=better)
    run = _ask(admin, rival)
    with admin.state.database.write() as session:
        measure_again(session, run, found, 1)
    assert found.verdict.supposed in text(_again(admin, rival))
    french = text(_again(admin, rival, **{"Accept-Language": "fr"}))
    role = "serait promu comme meilleure recette" if better else "ne serait pas promu"
    assert f"Entraîné à nouveau, il {role}, sur 60 auditeurs : NDCG@5 " in french


def test_a_failure_is_told_on_both_pages_and_it_is_tried_again(admin: Site, rival: int) -> None:
    run = _ask(admin, rival)
    begin(admin.state.queue, evaluating.job_id(run))
    with admin.state.database.write() as session:
        evaluating.start(session, run)
        evaluating.progress(session, run, 0.3)
    panel = admin.htmx("/admin/jobs", "div#jobs").text
    assert f"Measure a training again Training {rival} It is being measured." in text(panel)
    assert '<progress value="30"' in panel
    with admin.state.database.write() as session:
        evaluating.fail(session, run, "Its worker died. Ask for it again.")
    fail(admin.state.queue, evaluating.job_id(run), "killed")
    assert "Its worker died. Ask for it again. Asked for by root" in text(_again(admin, rival))
    said = f"Measure a training again Training {rival} Its worker died. Ask for it again."
    assert said in text(admin.get("/admin/jobs").text)
    admin.post(f"/admin/jobs/{evaluating.job_id(run)}/retry", {})
    assert POLLS in _again(admin, rival)


def test_cancelling_its_job_ends_it(admin: Site, rival: int) -> None:
    run = _ask(admin, rival)
    admin.post(f"/admin/jobs/{evaluating.job_id(run)}/cancel", {})
    assert jobs.jobs(admin.state.queue, 5) == []
    again = _again(admin, rival)
    assert "Cancelled by root." in text(again)
    assert POLLS not in again


def test_the_champion_is_measured_too(admin: Site) -> None:
    assert "Measure the champion again" in _again(admin, 1)
    _ask(admin, 1)
    assert POLLS in _again(admin, 1)


def test_what_is_not_finished_is_not_measured(admin: Site) -> None:
    admin.post("/admin/trainings", {})
    assert _again(admin, 2) == ""
    response = admin.post("/admin/models/2/evaluate", {})
    assert response.status_code == 422
    assert "Only a finished training is measured again." in text(response.text)
    assert admin.post("/admin/models/99/evaluate", {}).status_code == 404


def test_without_the_queue_nothing_is_begun_and_it_is_said(open_site: OpenSite) -> None:
    admin = open_site(redis_url="redis://127.0.0.1:1/0")
    admin.sign_in(admin.world.root)
    response = admin.post("/admin/models/1/evaluate", {})
    assert response.status_code == 503
    assert "The job queue does not answer, so nothing was started." in text(response.text)
    assert POLLS not in response.text.partition('id="again"')[2]


def test_only_administrators_may(site: Site) -> None:
    assert site.post("/admin/models/1/evaluate", {}).status_code == 403

    def runs(session: Session) -> list[EvaluationRun]:
        return evaluations.runs_of(session, [1])[0]

    with site.state.database.read() as session:
        assert runs(session) == []
