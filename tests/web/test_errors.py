"""Errors as pages: worded, designed, and without what is nobody's business."""

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import errors
from app.errors import InvalidInput, PyTuneError
from app.errors.invalid import out_of_range, too_many, wrong_name
from app.web.errors import STATUS
from app.web.render import environment
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text
from tests.web.test_headers import _bug


@pytest.mark.parametrize(
    "path", ["/nowhere", "/tracks/999", "/artists/999", "/tracks/abc", f"/tracks/{10**30}"]
)
def test_what_is_not_there_is_said_in_the_page_one_knows(site: Site, path: str) -> None:
    response = site.get(path)
    assert response.status_code == 404
    assert "Not in this crate." in text(response.text)
    assert "Sign out" in text(response.text)


def test_strangers_see_the_same_in_the_doorway(nobody: Site) -> None:
    response = nobody.get("/nowhere")
    assert response.status_code == 404
    assert "Not in this crate." in text(response.text)
    assert "Sign out" not in text(response.text)


def test_htmx_gets_the_error_as_a_part(site: Site) -> None:
    response = site.htmx("/tracks/999")
    assert response.status_code == 404
    assert response.text.startswith("<title>Not in this crate. · PyTune</title>")
    assert "<html" not in response.text


def test_a_bug_keeps_its_details_to_the_log(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.catalog.artist", _bug)
    response = site.get("/artists/1")
    assert response.status_code == 500
    assert "The needle skipped." in text(response.text)
    assert "secret" not in response.text


def test_a_database_that_is_away_is_no_bug(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.catalog.artist", _away)
    response = site.get("/artists/1?from=2")
    assert response.status_code == 503
    assert "The database does not answer. Try again when it is back." in text(response.text)
    assert 'href="/artists/1?from=2">Try again</a>' in response.text
    told = site.client.get("/artists/1", headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["error"]) == (503, "database_unavailable")
    assert "SELECT" not in told.text


def test_a_statement_that_is_wrong_is_a_bug(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.catalog.artist", _wrong)
    response = site.get("/artists/1")
    assert response.status_code == 500
    assert "The needle skipped." in text(response.text)


def _away(*_: object) -> None:
    raise OperationalError("SELECT 1", {}, Exception(2003, "Can't connect"))


def _wrong(*_: object) -> None:
    raise ProgrammingError("SELECT 1", {}, Exception(1064, "Syntax"))


def test_a_wrong_value_is_named(site: Site) -> None:
    response = site.get("/?discovery=7")
    assert response.status_code == 422
    assert "The value of “discovery” cannot be taken." in text(response.text)


def test_a_method_that_is_not_taken_is_refused(site: Site) -> None:
    assert site.client.delete("/login").status_code == 405


def test_an_address_that_is_only_sent_to_is_not_said_to_be_missing(site: Site) -> None:
    response = site.get("/logout")
    assert response.status_code == 405
    assert "This address is there to be sent something" in text(response.text)
    assert "Nothing is kept" not in text(response.text)


def test_programs_get_code_and_message(site: Site) -> None:
    response = site.client.get("/tracks/999", headers={"Accept": "application/json"})
    assert response.json() == {"error": "not_found", "message": "No track has id 999."}


def test_without_the_queue_nothing_is_started_and_that_is_said(open_site: OpenSite) -> None:
    site = open_site(redis_url="redis://127.0.0.1:1/0")
    site.sign_in(site.world.root)
    response = site.post("/admin/trainings", {})
    assert response.status_code == 503
    assert "The job queue does not answer" in text(response.text)
    assert "Try again<" not in response.text, "what was sent is not sent by a link"
    assert "It waits for a worker" not in site.get("/admin/models").text


@pytest.mark.parametrize("code", sorted(STATUS))
def test_every_code_has_words_and_a_title_of_its_own(code: str) -> None:
    values = {"field": "name", "retry_after_seconds": 60}
    error = SimpleNamespace(code=code, reason="other", values=values)
    for template, unforeseen in (("_story", "Something went wrong here"), ("_title", "needle")):
        told = environment().get_template(f"errors/{template}.html").render(error=error)
        assert text(told)
        assert unforeseen not in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (too_many("trackIds", 2_001, 2_000), "That is more than fits: 2,000 are the most."),
        (wrong_name("name", "", 200), "A name has 1 to 200 characters that can be printed."),
        (out_of_range("first", 0, 1, 9), "The value of “first” cannot be taken."),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_reason(error: InvalidInput, words: str) -> None:
    told = environment().get_template("errors/_story.html").render(error=error)
    assert text(told) == f"{words} Nothing was changed."


FORESEEN = [
    errors.NotAllowed(role="administrator", actual="listener"),
    errors.CrossSiteRefused(origin="https://evil.example"),
    errors.RateLimited(retry_after_seconds=60),
    errors.NoListens(),
    errors.TrainingUnderway(training_id=3),
    errors.QueueUnavailable(address="unix:///secret/socket"),
    errors.DatabaseUnavailable(address="mysql://secret", reason="gone"),
]


@pytest.mark.parametrize("error", FORESEEN, ids=lambda error: error.code)
def test_foreseen_errors_have_words_of_their_own(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: PyTuneError
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("app.catalog.artist", fail)
    response = site.get("/artists/1")
    assert response.status_code not in {200, 500}
    assert "The needle skipped" not in response.text
    assert "secret" not in response.text
