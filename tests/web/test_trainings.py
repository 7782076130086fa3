"""One training's page: the verdict, promoting by hand, rolling back."""

import re
from xml.etree import ElementTree as ET

import pytest

from app import promotion, training, training_log
from app.models import Training, TrainingStage, TrainingState
from app.models.columns import id_of
from tests.damaging import overwrite
from tests.models_made import finished
from tests.web.conftest import OpenSite, Site
from tests.web.measured import contested, write_down
from tests.web.pages import attributes, text


@pytest.fixture
def rival(admin: Site) -> int:
    """A finished training, measured and found worse than the champion, 1."""
    tracks = sorted(admin.world.tracks.values())
    number = finished(admin.state.database, admin.state.settings, tracks)
    with admin.state.database.write() as session:
        write_down(session, 1, contested(better=True, first=True))
        write_down(session, number, contested(better=False), champion_id=1)
    return number


def _champion(site: Site) -> int | None:
    with site.state.database.read() as session:
        found = training.champion(session)
    return found.version if found else None


def _pictures(page: str) -> list[ET.Element]:
    """Every chart and plot: each must be well-formed."""
    found = re.findall(r'<svg class="(?:chart|band)".*?</svg>\s*(?=<)', page, re.DOTALL)
    return [ET.fromstring(svg) for svg in found if svg.count("<svg") == 1]


def test_the_verdict_is_said_and_drawn(admin: Site, rival: int) -> None:
    page = admin.get(f"/admin/models/{rival}").text
    seen, found = text(page), contested(better=False)
    assert found.verdict.reason in seen
    for check in found.verdict.figures["checks"]:
        assert f"{'Held' if check['passed'] else 'Not held'}: {check['text']}" in seen
    compared = found.verdict.figures["over_champion"]
    gain = compared["gain"]["mean"] / compared["other"]
    assert f"All listeners 60 tested {gain:+.1%}" in seen
    assert "Solid line: no gain." in seen
    pictures = _pictures(page)
    slices = len(found.verdict.figures["slices"])
    assert len(pictures) == (1 + slices + 1) + (slices + 1)
    whisker = pictures[0].find("line[@class='whisker']")
    assert whisker is not None
    limit = pictures[0].find("line[@class='limit']")
    assert limit is not None
    places = [float(str(line.get(name))[:-1]) for line, name in ((whisker, "x2"), (limit, "x1"))]
    assert 0 < places[0] < places[1] < 100, "the interval lies below what had to be reached"


def test_slices_and_metrics_stand_beside_the_champions(admin: Site, rival: int) -> None:
    seen = text(admin.get(f"/admin/models/{rival}").text)
    found = contested(better=False).as_json()
    for ours, theirs in zip(
        found["challenger"]["slices"], found["champion"]["slices"], strict=True
    ):
        first, second = (f"{part['ndcg']['mean']:.4f}" for part in (ours, theirs))
        assert re.search(rf"{first} [\d.]+ to [\d.]+ {second} [\d.]+ to", seen)
    assert "Metric This recipe Champion's recipe Popularity NDCG@5" in seen
    assert "Share of the catalogue listed" in seen


def test_how_it_was_made_is_on_record(admin: Site, rival: int) -> None:
    seen = text(admin.get(f"/admin/models/{rival}").text)
    with admin.state.database.read() as session:
        row = session.get_one(Training, rival)
    for name, version in row.library_versions.items():
        assert f"{name} {version}" in seen
    assert f"Fingerprint of the data {row.fingerprint}" in seen
    assert f"Checksum of the model {row.checksum}" in seen
    assert "Seed 1" in seen


def test_the_chart_shows_each_training_with_what_was_promoted(admin: Site, rival: int) -> None:
    page = admin.get("/admin/models").text
    chart = page.partition('<svg class="chart"')[2].partition("</figure>")[0]
    assert attributes(chart, "href")[:2] == ["/admin/models/1", f"/admin/models/{rival}"]
    assert (chart.count('class="won"'), chart.count('class="dot"')) == (1, 1)
    assert chart.count('class="ring"') == 1
    assert chart.count('class="mark"') == 1, "the champion's recipe, where there was a champion"
    assert re.search(rf"From 0\.\d+ in training 1 to 0\.\d+ in training {rival}\.", chart)
    assert "Champion now" in text(chart)


def test_a_model_is_promoted_by_hand_with_a_reason(admin: Site, rival: int) -> None:
    path = f"/admin/models/{rival}/promote"
    assert admin.post(path, {"reason": "Listeners asked."}).headers["location"] == "/admin/models"
    assert _champion(admin) == rival
    seen = text(admin.get(f"/admin/models/{rival}").text)
    assert "Listeners asked. Promoted by root" in seen
    assert "Roll back to training 1" in seen


def test_without_a_reason_nothing_is_promoted(admin: Site, rival: int) -> None:
    response = admin.post(f"/admin/models/{rival}/promote", {"reason": "  "})
    assert response.status_code == 422
    assert response.headers["HX-Push-Url"] == "false"
    assert "Give a reason" in text(response.text)
    assert 'aria-invalid="true"' in response.text
    assert _champion(admin) == 1


def test_a_model_whose_files_are_damaged_is_not_promoted(admin: Site, rival: int) -> None:
    for array in admin.state.settings.artifacts.glob(f"model-{rival:06d}/*.npy"):
        overwrite(array, b"damaged")
    response = admin.post(f"/admin/models/{rival}/promote", {"reason": "It is newer."})
    assert response.status_code == 409
    assert "files are damaged or gone, so the champion stays" in text(response.text)
    assert 'value="It is newer."' in response.text
    assert _champion(admin) == 1


def test_the_champion_is_not_promoted_again_by_a_stale_form(admin: Site) -> None:
    response = admin.post("/admin/models/1/promote", {"reason": "Once more."})
    assert response.status_code == 422
    assert "it is the champion already" in text(response.text)


def test_rolling_back_is_asked_about_first(admin: Site, rival: int) -> None:
    admin.post(f"/admin/models/{rival}/promote", {"reason": "Listeners asked."})
    asked = text(admin.get("/admin/rollback").text)
    assert f"Training {rival} leaves, and training 1 is champion again." in asked
    assert _champion(admin) == rival
    sent = {"version": rival, "reason": "They did not like it."}
    assert admin.post("/admin/rollback", sent).headers["location"] == "/admin/models"
    assert _champion(admin) == 1
    seen = text(admin.get("/admin/models").text)
    assert "Training 1 They did not like it. Put back by root" in seen


def test_a_double_click_rolls_back_once(admin: Site, rival: int) -> None:
    with admin.state.database.write() as session:
        training.promote(session, rival, "root", "newer")
        training.promote(session, 1, "root", "older")
    sent = {"version": 1, "reason": "Back."}
    assert admin.post("/admin/rollback", sent).status_code == 303
    again = admin.post("/admin/rollback", sent)
    assert again.status_code == 422
    assert "Another model became champion meanwhile" in text(again.text)
    with admin.state.database.read() as session:
        assert promotion.line(session) == [1, rival]


def test_without_a_champion_there_is_nothing_to_go_back_from(open_site: OpenSite) -> None:
    site = open_site(model=False)
    site.sign_in(site.world.root)
    page = text(site.get("/admin/rollback").text)
    assert "there is nothing to go back from" in page
    assert "before this one" not in page


def test_the_first_champion_has_nothing_before_it(admin: Site) -> None:
    assert "There is no champion before this one" in text(admin.get("/admin/rollback").text)
    response = admin.post("/admin/rollback", {"version": 1, "reason": "Back."})
    assert response.status_code == 409
    assert "Roll back to" not in text(admin.get("/admin/models").text)


def test_a_training_is_followed_until_its_verdict_is_shown(admin: Site) -> None:
    admin.post("/admin/trainings", {})
    path, panel = "/admin/models/2", "div#progress"
    assert 'hx-trigger="every 1s"' in admin.get(path).text
    with admin.state.database.write() as session:
        training.start(session, 2)
        training.progress(session, 2, TrainingStage.FITTING, 0.7)
        training_log.write(session, 2, [training_log.line("Fitted 3 of 8.")])
    running = admin.htmx(path, panel).text
    assert '<progress value="70"' in running
    assert '</time> <span lang="en">Fitted 3 of 8.</span>' in running, (
        "the moment is in the reader's language"
    )
    with admin.state.database.read() as session:
        job = training.training(session, 2).job_id
    assert f'action="/admin/jobs/{job}/cancel"' in running
    with admin.state.database.write() as session:
        training.fail(session, 2, "Its worker died. Train again.")
    over = admin.htmx(path, panel).text
    assert "hx-trigger" not in over
    assert over.count("Fitted 3 of 8.") == 1, "what was going on is kept"
    assert '<hx-partial hx-target="#more">' in over
    assert "Its worker died. Train again. The champion was not touched." in text(over)
    assert 'href="/admin/trainings/new"' in over


def test_a_queue_that_is_away_starts_nothing_and_says_so(open_site: OpenSite) -> None:
    admin = open_site(redis_url="redis://127.0.0.1:1/0")
    admin.sign_in(admin.world.root)
    response = admin.post("/admin/trainings", {})
    assert response.status_code == 503
    assert "The job queue does not answer, so nothing was started." in text(response.text)
    with admin.state.database.read() as session:
        assert training.active_training(session) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/models"),
        ("GET", "/admin/models/1"),
        ("GET", "/admin/rollback"),
        ("POST", "/admin/trainings"),
        ("POST", "/admin/models/1/promote"),
        ("POST", "/admin/rollback"),
    ],
)
def test_only_administrators_may(site: Site, method: str, path: str) -> None:
    sent = {"reason": "x", "version": "1"}
    response = site.get(path) if method == "GET" else site.post(path, sent)
    assert response.status_code == 403
    assert "This page is for administrators." in text(response.text)


def test_older_trainings_are_a_page_away(admin: Site) -> None:
    with admin.state.database.write() as session:
        for _ in range(25):
            row = Training(requested_by="root", state=TrainingState.FAILED, algorithm="als", seed=1)
            row.settings = {"weighting": "log"}
            session.add(row)
        session.flush()
        newest = id_of(row)
    page = admin.get("/admin/models").text
    assert f'href="/admin/models?before={newest - 19}"' in page
    older = text(admin.get(f"/admin/models?before={newest - 19}").text)
    assert "Newest trainings" in older
    assert "1 Champion ALS" in older


def test_what_is_not_there_is_said(admin: Site) -> None:
    assert admin.get("/admin/models/999").status_code == 404
    assert admin.get("/admin/models/x").status_code == 404
    assert admin.post("/admin/models/999/promote", {"reason": "x"}).status_code == 404
