"""The administrators' page of models."""

import pytest

from app import training
from app.models import TrainingStage, TrainingState
from tests.damaging import overwrite
from tests.jobs_at_work import waiting_jobs
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text

POLLS = 'hx-trigger="every 1s"'


def test_it_names_the_champion_and_what_it_learned_from(admin: Site) -> None:
    page = text(admin.get("/admin/models").text)
    assert "Training 1 is the champion, and this server recommends by it." in page
    assert "1 Champion ALS 1,234 12 root" in page
    assert "Training 1 the first Promoted by root" in page


def test_without_a_model_it_says_what_is_served(open_site: OpenSite) -> None:
    site = open_site(model=False)
    site.sign_in(site.world.root)
    assert "No model has been promoted yet" in text(site.get("/admin/models").text)


def test_a_champion_that_is_damaged_is_not_said_to_be_served(open_site: OpenSite) -> None:
    site = open_site()
    site.sign_in(site.world.root)
    for array in site.state.settings.artifacts.glob("*/*.npy"):
        overwrite(array, b"damaged")
    site.state.slot.swap(None)
    site.state.follower.reload()
    page = site.get("/admin/models").text
    assert "its files cannot be used: the most played tracks are recommended" in text(page)
    assert "hx-trigger" not in page.partition('id="trainings"')[2].partition("</section>")[0]


def test_a_training_is_enqueued_and_followed_until_it_ends(admin: Site) -> None:
    assert admin.post("/admin/trainings", {}).headers["location"] == "/admin/models"
    assert [job.func_name for job in waiting_jobs(admin.state.queue)] == ["jobs.train.train"]
    waiting = admin.get("/admin/models").text
    assert POLLS in waiting
    assert "It waits for a worker." in text(waiting)
    assert "Train now" not in text(waiting)
    with admin.state.database.write() as session:
        training.start(session, 2)
        training.progress(session, 2, TrainingStage.FITTING, 0.4)
    running = admin.htmx("/admin/models", "div#trainings").text
    assert running.startswith('<div class="stack" id="trainings" hx-get')
    assert '<progress value="40" max="100"' in running
    with admin.state.database.write() as session:
        training.fail(session, 2, "Its worker died. Train again.")
    over = admin.htmx("/admin/models", "div#trainings").text
    assert POLLS not in over
    assert "Failed Its worker died. Train again." in text(over)
    assert "Train now" in text(over)


def test_the_verdict_is_followed_until_the_champion_is_loaded(admin: Site) -> None:
    loaded = admin.state.slot.model
    admin.state.follower.stop()
    admin.state.slot.swap(None)
    waiting = admin.htmx("/admin/models", "div#trainings").text
    assert 'hx-trigger="every 2s"' in waiting
    assert '<hx-partial hx-target="#verdict">' in waiting
    assert "This server is loading it" in text(waiting)
    admin.state.slot.swap(loaded)
    over = admin.htmx("/admin/models", "div#trainings").text
    assert "hx-trigger" not in over
    assert "and this server recommends by it" in text(over)


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (TrainingStage.READING, "It is reading the listens."),
        (TrainingStage.EVALUATING, "It is being tested against the champion."),
        (TrainingStage.FITTING, "It is fitting."),
        (TrainingStage.CHECKING, "It is checking the model."),
        (TrainingStage.SAVING, "It is saving the model."),
        (TrainingStage.PROMOTING, "It is promoting the model."),
    ],
)
def test_each_stage_is_worded(admin: Site, stage: TrainingStage, words: str) -> None:
    admin.post("/admin/trainings", {})
    with admin.state.database.write() as session:
        training.start(session, 2)
        training.progress(session, 2, stage, 0.4)
    assert words in text(admin.get("/admin/models").text)


def test_two_trainings_at_once_are_refused(admin: Site) -> None:
    admin.post("/admin/trainings", {})
    response = admin.post("/admin/trainings", {})
    assert response.status_code == 409
    assert "A training is already under way." in text(response.text)
    with admin.state.database.read() as session:
        assert training.count_trainings(session, TrainingState.QUEUED) == 1


def test_listeners_are_not_shown_the_way(site: Site) -> None:
    assert "/admin" not in site.get("/").text
