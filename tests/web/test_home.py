"""The home page: whose list it is, why, and what changes it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app import listening
from app.listening import Listen
from app.models import Feedback, Prediction
from app.models.columns import utc_now
from tests import making
from tests.queries import queries
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text, titles

ALL_NEW = "All of these are new to you."


def test_a_listeners_list_leads_with_their_taste_and_says_why(site: Site) -> None:
    page = site.get("/").text
    assert titles(page)[0] == "Feeling Good"
    assert "For you" in text(page)
    assert "Because you played Sinnerman 2 times" in text(page)
    assert ALL_NEW in text(page)


def test_the_history_is_read_once_however_many_shelves_ask_for_it(site: Site) -> None:
    """And what was heard last, by its own index."""
    with queries(site.state.database.engine) as made:
        page = site.get("/").text
    assert len(titles(page)) > 20
    assert len([one for one in made if "user_item" in one]) == 2


def test_every_card_says_why_it_is_there(site: Site) -> None:
    page = site.get("/").text
    assert page.count('class="card') >= 10
    assert page.count("#why") == page.count("data-track-id")


def test_a_newcomer_gets_what_most_have_played_and_is_told_so(nobody: Site) -> None:
    nobody.sign_in(nobody.world.newcomer)
    page = nobody.get("/").text
    assert titles(page)[0] == "Sinnerman"
    assert "the tracks that most listeners here have played" in text(page)
    assert "For you" not in text(page)
    assert "Because" not in text(page)
    assert 'id="dial"' not in page


def test_without_a_model_the_page_says_that_there_is_none(open_site: OpenSite) -> None:
    site = open_site(model=False)
    site.sign_in(site.world.ann)
    page = site.get("/").text
    assert "No model has been trained yet" in text(page)
    assert titles(page)[0] == "Feeling Good"
    assert 'id="dial"' not in page


def test_where_nothing_is_left_the_page_says_so(site: Site) -> None:
    with site.state.database.write() as session:
        for track_id in site.world.tracks.values():
            listening.set_feedback(session, site.world.ann, track_id, Feedback.DISLIKED)
    page = site.get("/").text
    assert "You have been through everything that is here." in text(page)


def test_an_empty_list_is_not_said_to_be_new(site: Site) -> None:
    with site.state.database.write() as session:
        for title, track_id in site.world.tracks.items():
            if title != "Sinnerman":
                listening.set_feedback(session, site.world.ann, track_id, Feedback.DISLIKED)
    page = site.get("/").text
    assert 'id="dial"' in page
    assert "You have been through everything" in text(page)
    assert ALL_NEW not in text(page)


def test_nothing_follows_from_what_was_turned_down(site: Site) -> None:
    with site.state.database.write() as session:
        autobahn = site.world.tracks["Autobahn"]
        listening.record_listen(session, site.world.ann, Listen(autobahn))
        listening.set_feedback(session, site.world.ann, autobahn, Feedback.DISLIKED)
    page = text(site.get("/").text)
    assert "Because you listened to Autobahn" not in page
    assert "Because you listened to Sinnerman" in page


def test_love_is_a_reason(site: Site) -> None:
    with site.state.database.write() as session:
        listening.set_feedback(
            session, site.world.ann, site.world.tracks["Sinnerman"], Feedback.LOVED
        )
    assert "Because you love Sinnerman" in text(site.get("/").text)


def test_reasons_that_weigh_alike_take_turns(site: Site) -> None:
    with site.state.database.write() as session:
        for minutes in (10, 20):
            moment = utc_now() - timedelta(minutes=minutes)
            listen = Listen(site.world.tracks["Feeling Good"], moment)
            listening.record_listen(session, site.world.ann, listen)
    page = text(site.get("/").text)
    assert "Because you played Sinnerman 2 times" in page
    assert "Because you played Feeling Good 2 times" in page


def test_what_no_model_has_met_makes_no_list_and_that_is_said(nobody: Site) -> None:
    with nobody.state.database.write() as session:
        track_id = making.track(session, "Unheard of", "Nobody")
        listening.record_listen(session, nobody.world.newcomer, Listen(track_id))
    nobody.sign_in(nobody.world.newcomer)
    page = nobody.get("/").text
    assert "The model has not met what you play yet" in text(page)
    assert 'id="dial"' not in page


def test_the_dial_brings_back_what_is_known_and_counts_it(site: Site) -> None:
    page = site.get("/?discovery=0").text
    assert "Sinnerman" in titles(page)
    assert "11 of these 12 are new to you." in text(page)
    assert 'step="0.1" value="0.0"' in page


@pytest.mark.parametrize("path", ["/", "/?discovery=1"])
def test_at_its_end_the_dial_means_only_new_ones(site: Site, path: str) -> None:
    page = site.get(path).text
    assert "Sinnerman" not in titles(page.split('id="shelves"')[0])
    assert ALL_NEW in text(page)
    assert 'step="0.1" value="1.0"' in page


def test_the_second_dial_lets_in_what_is_less_alike(site: Site) -> None:
    alike, varied = (
        titles(site.htmx(f"/?diversity={share}", "div#for-you-list").text) for share in (0, 1)
    )
    assert alike == titles(site.htmx("/", "div#for-you-list").text)
    assert alike[0] == varied[0]
    assert alike != varied
    assert 'step="0.1" value="0.7"' in site.get("/?diversity=0.7").text


def test_turning_the_dial_fetches_the_list_alone(site: Site) -> None:
    part = site.htmx("/?discovery=0", "div#for-you-list").text
    assert part.startswith('<div id="for-you-list"')
    assert '<hx-partial hx-target="#dial-says">' in part
    assert 'id="dial"' not in part
    assert "Recently played" not in part


def test_a_listen_changes_the_list_the_shelf_and_what_was_played(site: Site) -> None:
    autobahn = site.world.tracks["Autobahn"]
    before = titles(site.htmx("/", "section#for-you").text)
    assert "Autobahn" in before
    with site.state.database.write() as session:
        listen = Listen(autobahn, utc_now() - timedelta(minutes=5))
        listening.record_listen(session, site.world.ann, listen)
    assert "Autobahn" not in titles(site.htmx("/", "section#for-you").text)
    shelves = site.htmx("/", "div#shelves").text
    assert "Because you listened to Autobahn" in text(shelves)
    assert "The listeners of Autobahn also play these" in text(shelves)
    assert titles(shelves)[-2:] == ["Autobahn", "Sinnerman"]


def test_without_a_model_the_shelf_says_what_it_goes_by(open_site: OpenSite) -> None:
    site = open_site(model=False)
    site.sign_in(site.world.ann)
    page = text(site.get("/").text)
    assert "More by Nina Simone, and of the same genre." in page
    assert "also play these" not in page


def test_what_was_turned_down_is_in_no_list(site: Site) -> None:
    feeling = site.world.tracks["Feeling Good"]
    assert "Feeling Good" in titles(site.get("/").text)
    site.post(f"/tracks/{feeling}/feedback", {"feedback": "disliked"})
    assert "Feeling Good" not in titles(site.get("/").text)


def test_the_served_lists_are_written_down(site: Site) -> None:
    page = site.get("/").text
    site.state.served_log.stop()
    with site.state.database.read() as session:
        lists = {row.list_id: row for row in _predictions(session)}
    assert {row.kind.value for row in lists.values()} == {"recommendations", "similar"}
    assert {row.model_version for row in lists.values()} == {1}
    for list_id in lists:
        assert list_id in page


def _predictions(session: Session) -> list[Prediction]:
    return list(session.exec(select(Prediction)))
