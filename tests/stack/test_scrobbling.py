"""A public client of the ListenBrainz protocol against the live server."""

import time

import liblistenbrainz
import pytest
from liblistenbrainz.errors import InvalidAuthTokenException, ListenBrainzAPIException

from tests.stack.client import Client
from tests.stack.running import Running

pytestmark = pytest.mark.stack

NOW = int(time.time())


@pytest.fixture
def scrobbler(stack: Running, listener: Client) -> liblistenbrainz.ListenBrainz:
    made = liblistenbrainz.ListenBrainz(stack.address)
    made.set_auth_token(listener.http.headers["Authorization"].removeprefix("Bearer "))
    return made


def _listen(title: str, ago: int | None) -> liblistenbrainz.Listen:
    return liblistenbrainz.Listen(
        track_name=title,
        artist_name="Stereolab",
        release_name="Dots and Loops",
        listened_at=None if ago is None else NOW - ago,
        additional_info={"submission_client": "liblistenbrainz", "duration": 200},
    )


def test_listens_are_submitted_and_read_back(
    stack: Running, scrobbler: liblistenbrainz.ListenBrainz
) -> None:
    name = stack.accounts["listener"][0]
    before = scrobbler.get_user_listen_count(name)
    scrobbler.submit_single_listen(_listen("Brakhage", 500))
    scrobbler.submit_multiple_listens([_listen("Diagonals", 400), _listen("Parsec", 300)])
    scrobbler.submit_single_listen(_listen("Brakhage", 500))
    assert scrobbler.get_user_listen_count(name) == before + 3
    told = scrobbler.get_listens(name, min_ts=NOW - 501, max_ts=NOW - 299)
    assert [(one.track_name, one.listened_at) for one in told] == [
        ("Parsec", NOW - 300),
        ("Diagonals", NOW - 400),
        ("Brakhage", NOW - 500),
    ]
    assert told[0].release_name == "Dots and Loops"


def test_what_plays_now_is_told(stack: Running, scrobbler: liblistenbrainz.ListenBrainz) -> None:
    scrobbler.submit_playing_now(_listen("Prisoner of Mars", None))
    playing = scrobbler.get_playing_now(stack.accounts["listener"][0])
    assert playing is not None
    assert (playing.track_name, playing.artist_name) == ("Prisoner of Mars", "Stereolab")


def test_a_wrong_token_and_a_stranger_are_refused(
    stack: Running, scrobbler: liblistenbrainz.ListenBrainz
) -> None:
    with pytest.raises(InvalidAuthTokenException):
        liblistenbrainz.ListenBrainz(stack.address).set_auth_token("wrong")
    with pytest.raises(ListenBrainzAPIException) as refused:
        scrobbler.get_listens(stack.accounts["administrator"][0])
    assert refused.value.status_code == 404
