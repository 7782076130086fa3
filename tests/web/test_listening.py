"""Listens, skips and feedback, as the player and the forms send them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app import listening
from app.models import Event, EventKind, Feedback, User
from app.models.columns import utc_now
from tests.web.conftest import Site
from tests.web.pages import text

LIST_ID = "0b6b3f0e-2f0a-4b9e-9c0a-0d1f5f1c1a11"
THEN = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_a_listen_is_kept_with_what_the_player_says(site: Site) -> None:
    response = site.post("/listens", _played(site, list_id=LIST_ID, position=3))
    assert (response.status_code, "hx-trigger" in response.headers) == (204, False)
    event = _last(site)
    assert (event.kind, event.track_id) == (EventKind.LISTEN, site.world.tracks["Autobahn"])
    assert (event.occurred_at, event.seconds_played) == (THEN, 120)
    assert (event.source, event.list_id, event.position) == ("web", LIST_ID, 3)


def test_a_listen_that_is_sent_twice_is_kept_once(site: Site) -> None:
    for moment in (THEN, THEN + timedelta(seconds=5)):
        played = _played(site, listened_at=moment.isoformat())
        assert site.post("/listens", played).status_code == 204
    assert _state(site, "Autobahn").plays == 1


@pytest.mark.parametrize("wrong", [timedelta(hours=5), timedelta(days=-400), timedelta()])
def test_a_clock_that_is_wrong_costs_no_listen(site: Site, wrong: timedelta) -> None:
    sent = utc_now() + wrong
    began = sent - timedelta(minutes=4)
    played = _played(site, listened_at=began.isoformat(), sent_at=sent.isoformat())
    assert site.post("/listens", played).status_code == 204
    kept = _last(site).occurred_at
    assert kept is not None
    assert abs(kept - (utc_now() - timedelta(minutes=4))) < timedelta(minutes=1)


def test_what_was_sent_before_it_began_began_now(site: Site) -> None:
    played = _played(site, sent_at=(THEN - timedelta(days=1)).isoformat())
    assert site.post("/listens", played).status_code == 204
    kept = _last(site).occurred_at
    assert kept is not None
    assert utc_now() - kept < timedelta(minutes=1)


def test_a_skip_is_no_play(site: Site) -> None:
    assert site.post("/skips", _played(site, seconds_played=7)).status_code == 204
    assert _last(site).kind is EventKind.SKIP
    assert _state(site, "Autobahn").plays == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"track_id": 999},
        {"track_id": 10**30},
        {"track_id": "abc"},
        {"listened_at": "2026-03-01T12:30:00"},
        {"listened_at": "2126-03-01T12:30:00Z"},
        {"listened_at": "yesterday"},
        {"listened_at": "0001-01-01T00:00:00Z", "sent_at": "9999-12-31T00:00:00Z"},
        {"sent_at": "2026-03-01T12:30:00"},
        {"seconds_played": -1},
        {"seconds_played": 10**30},
        {"idempotency_key": ""},
        {"idempotency_key": "k" * 200},
        {"list_id": "not-a-list"},
        {"position": 0},
        {"position": 10**30},
    ],
)
@pytest.mark.parametrize("path", ["/listens", "/skips"])
def test_what_cannot_be_is_refused(site: Site, path: str, wrong: dict[str, Any]) -> None:
    before = _last(site).id
    assert site.post(path, _played(site, **wrong)).status_code in {404, 422}
    assert _last(site).id == before


def test_without_scripts_feedback_leads_back_to_the_page_it_came_from(site: Site) -> None:
    path = f"/tracks/{site.world.tracks['Autobahn']}/feedback"
    referer = "http://testserver/search?q=auto"
    response = site.post(path, {"feedback": "loved"}, Referer=referer, Host="testserver")
    assert (response.status_code, response.headers["location"]) == (303, "/search?q=auto")
    assert _state(site, "Autobahn").feedback is Feedback.LOVED


@pytest.mark.parametrize("referer", ["", "https://evil.example/search", "nonsense", "http://["])
def test_without_a_page_of_ours_feedback_leads_to_the_track(site: Site, referer: str) -> None:
    track_id = site.world.tracks["Autobahn"]
    said = {"feedback": "loved"}
    response = site.post(f"/tracks/{track_id}/feedback", said, Referer=referer)
    assert response.headers["location"] == f"/tracks/{track_id}"


def test_love_presses_every_heart_of_the_track(site: Site) -> None:
    track_id = site.world.tracks["Autobahn"]
    part = _say(site, "Autobahn", "loved").text
    assert f"""hx-target="[data-love='{track_id}']" hx-swap="outerMorph">""" in part
    assert 'value="none" data-love="7" aria-pressed="true"'.replace("7", str(track_id)) in part
    part = _say(site, "Autobahn", "none").text
    assert f'value="loved" data-love="{track_id}" aria-pressed="false"' in part
    assert _state(site, "Autobahn").feedback is None


def test_a_dislike_takes_the_track_from_the_lists_and_can_be_undone(site: Site) -> None:
    response = _say(site, "Autobahn", "disliked")
    track_id = site.world.tracks["Autobahn"]
    assert f"""hx-target="[data-recommended='{track_id}']" hx-swap="delete">""" in response.text
    assert "Autobahn will not be recommended again." in text(response.text)
    assert "Undo" in text(response.text)
    told = {"taste-changed": {"track": track_id, "disliked": True}}
    assert json.loads(response.headers["hx-trigger"]) == told


def test_lists_are_told_of_an_undone_dislike_but_not_of_love(site: Site) -> None:
    _say(site, "Autobahn", "disliked")
    undone = _say(site, "Autobahn", "none")
    told = {"taste-changed": {"track": site.world.tracks["Autobahn"], "disliked": False}}
    assert json.loads(undone.headers["hx-trigger"]) == told
    assert "will not be recommended" not in text(undone.text)
    assert "hx-trigger" not in _say(site, "Autobahn", "loved").headers


def test_feedback_says_where_it_came_from(site: Site) -> None:
    _say(site, "Autobahn", "loved", list_id=LIST_ID, position=2)
    event = _last(site)
    assert (event.source, event.list_id, event.position) == ("web", LIST_ID, 2)


def test_feedback_that_is_none_is_refused(site: Site) -> None:
    assert _say(site, "Autobahn", "adored").status_code == 422


def test_the_players_bar_gets_the_buttons_alone(site: Site) -> None:
    track_id = site.world.tracks["Autobahn"]
    part = site.htmx(f"/tracks/{track_id}/feedback", "div#now-feedback").text
    assert part.startswith('<form class="feedback"')
    assert f'data-love="{track_id}"' in part
    assert f'hx-get="/tracks/{track_id}/playlists"' in part


def _played(site: Site, **changed: Any) -> dict[str, Any]:
    usual = {
        "track_id": site.world.tracks["Autobahn"],
        "listened_at": THEN.isoformat(),
        "seconds_played": 120,
        "idempotency_key": "one",
    }
    return usual | changed


def _say(site: Site, title: str, feedback: str, **where: Any) -> Any:
    path = f"/tracks/{site.world.tracks[title]}/feedback"
    return site.post(path, {"feedback": feedback, **where}, **{"HX-Request": "true"})


def _last(site: Site) -> Event:
    with site.state.database.read() as session:
        return session.exec(select(Event).order_by(col(Event.id).desc())).first()  # type: ignore[return-value]


def _state(site: Site, title: str) -> listening.TrackState:
    track_id = site.world.tracks[title]
    with site.state.database.read() as session:
        return listening.states_of(session, site.world.ann, [track_id])[track_id]


def test_a_paused_record_keeps_nothing_and_says_so(site: Site) -> None:
    before = _last(site).id
    with site.state.database.write() as session:
        session.get_one(User, site.world.ann).paused_at = utc_now()
    for path in ("/listens", "/skips"):
        response = site.post(path, _played(site, listened_at=utc_now().isoformat()))
        assert (response.status_code, response.headers["pytune-record"]) == (204, "paused")
        assert "hx-trigger" not in response.headers
    assert _last(site).id == before
