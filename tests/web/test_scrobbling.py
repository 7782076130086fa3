"""The ListenBrainz protocol, answer by answer; a public client of it against the live server."""

import json
from typing import Any

import pytest
from httpx2 import Response

from app import listening
from tests.web.conftest import Site

NOW = 1_780_000_000
SONG = {"track_name": "Hyperballad", "artist_name": "Björk"}


def _post(site: Site, body: Any, token: str | None = None) -> Response:
    headers = {} if token is None else {"Authorization": f"Token {token}"}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return site.client.post("/1/submit-listens", content=content, headers=headers)


def _get(site: Site, path: str, token: str | None = None) -> Any:
    headers = {} if token is None else {"Authorization": f"Token {token}"}
    return site.client.get(f"/1/{path}", headers=headers)


def _single(**changed: Any) -> dict[str, Any]:
    listen = {"listened_at": NOW - 60, "track_metadata": SONG} | changed
    return {"listen_type": "single", "payload": [listen]}


def test_a_token_is_validated(site: Site) -> None:
    valid = {"code": 200, "message": "Token valid.", "valid": True, "user_name": "ann"}
    assert _get(site, "validate-token", site.token()).json() == valid
    assert _get(site, f"validate-token?token={site.token()}").json() == valid
    wrong = _get(site, "validate-token", "wrong")
    assert (wrong.status_code, wrong.json()["valid"]) == (200, False)
    assert _get(site, "validate-token").status_code == 400


def test_without_a_token_nothing_is_taken_nor_shown(site: Site) -> None:
    for answer in (_post(site, _single()), _post(site, _single(), "wrong")):
        assert (answer.status_code, answer.json()["code"]) == (401, 401)
        assert answer.json()["error"] == "Invalid authorization token."
    assert _get(site, "user/ann/listens").status_code == 401
    another = _get(site, "user/root/listens", site.token())
    assert another.json() == {"code": 404, "error": "Cannot find user: root"}


def test_listens_come_back_by_time(site: Site) -> None:
    payload = [
        {"listened_at": NOW - ago, "track_metadata": {**SONG, "track_name": f"Song {ago}"}}
        for ago in (30, 10, 20)
    ]
    sent = _post(site, {"listen_type": "import", "payload": payload}, site.token())
    assert (sent.status_code, sent.json()) == (200, {"status": "ok"})
    before = _get(site, f"user/ann/listens?max_ts={NOW - 10}&count=2", site.token()).json()
    after = _get(site, f"user/ann/listens?min_ts={NOW - 31}&count=2", site.token()).json()
    names = [
        [one["track_metadata"]["track_name"] for one in told["payload"]["listens"]]
        for told in (before, after)
    ]
    assert names == [["Song 20", "Song 30"], ["Song 20", "Song 30"]]
    assert before["payload"]["oldest_listen_ts"] == NOW - 30
    count = _get(site, "user/ann/listen-count", site.token()).json()
    assert count == {"payload": {"count": 5}}


def test_what_plays_now_is_no_listen(site: Site) -> None:
    nothing = _get(site, "user/ann/playing-now", site.token()).json()["payload"]
    assert nothing["listens"] == []
    playing = {"listen_type": "playing_now", "payload": [{"track_metadata": SONG}]}
    assert _post(site, playing, site.token()).status_code == 200
    told = _get(site, "user/ann/playing-now", site.token()).json()["payload"]
    assert told["listens"][0]["track_metadata"]["track_name"] == "Hyperballad"
    with site.state.database.read() as session:
        assert listening.count_listens(session, site.world.ann) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        b"{",
        b"[]",
        b'{"listen_type": "single"}',
        {"listen_type": "single", "payload": []},
        {"listen_type": "sung", "payload": [{}]},
        {"listen_type": "single", "payload": [_single()["payload"][0]] * 2},
        {"listen_type": "import", "payload": [_single()["payload"][0]] * 1001},
        {"listen_type": "playing_now", "payload": _single()["payload"]},
        _single(listened_at=None),
        _single(listened_at=True),
        _single(listened_at="yesterday"),
        _single(listened_at=1_000_000),
        _single(listened_at=10**12),
        _single(track_metadata=None),
        _single(track_metadata={**SONG, "artist_name": " "}),
        _single(track_metadata={**SONG, "track_name": 7}),
        _single(track_metadata={**SONG, "additional_info": []}),
        _single(track_metadata={**SONG, "additional_info": {"x": "y" * 10_240}}),
    ],
)
def test_what_cannot_be_taken_is_refused_whole(site: Site, wrong: Any) -> None:
    answer = _post(site, wrong, site.token())
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["error"]
    with site.state.database.read() as session:
        assert listening.count_listens(session, site.world.ann) == 2


def test_ids_that_make_no_sense_are_left_out(site: Site) -> None:
    more = {"recording_mbid": "nonsense", "isrc": 7, "origin_url": "https://[", "duration": "x"}
    sent = _post(site, _single(track_metadata={**SONG, "additional_info": more}), site.token())
    assert sent.status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=6CSiU0j_lFA&t=3",
        "https://music.youtube.com/watch?v=6CSiU0j_lFA",
        "https://youtu.be/6CSiU0j_lFA?si=x",
    ],
)
def test_a_video_that_was_played_is_the_tracks(site: Site, url: str) -> None:
    more = {"origin_url": url, "submission_client": "Web Scrobbler"}
    _post(site, _single(track_metadata={**SONG, "additional_info": more}), site.token())
    told = _get(site, "user/ann/listens", site.token()).json()["payload"]["listens"][-1]
    info = told["track_metadata"]["additional_info"]
    assert info["origin_url"] == "https://www.youtube.com/watch?v=6CSiU0j_lFA"
    assert info["submission_client"] == "Web Scrobbler"


def test_players_in_web_pages_may_ask(site: Site) -> None:
    asked = site.client.options("/1/submit-listens", headers={"Origin": "https://player.example"})
    assert asked.status_code == 204
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    headers = {"Origin": "https://player.example", "Authorization": f"Token {site.token()}"}
    sent = site.client.post("/1/submit-listens", content=json.dumps(_single()), headers=headers)
    assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (200, "*")


def test_a_cookie_is_no_token(site: Site) -> None:
    """Another site's page could have a browser send it."""
    assert _post(site, _single()).status_code == 401


def test_what_is_left_is_told_before_it_is_too_much(open_site: Any) -> None:
    site = open_site(requests_per_minute=1000)
    token = site.token()
    first, second = (_get(site, "user/ann/listen-count", token).headers for _ in range(2))
    assert first["x-ratelimit-limit"] == "1000"
    left = [int(headers["x-ratelimit-remaining"]) for headers in (first, second)]
    # The minute may end between the two.
    assert left[1] in {left[0] - 1, 999}
    assert 1 <= int(second["x-ratelimit-reset-in"]) <= 60
    assert "X-RateLimit-Remaining" in first["access-control-expose-headers"]


def test_too_much_is_told_when_to_come_again(open_site: Any) -> None:
    site = open_site(requests_per_minute=1)
    site.sign_in(site.world.ann)
    token = site.token()
    _get(site, "validate-token", token)
    answer = _get(site, "user/ann/listen-count", token)
    assert (answer.status_code, answer.json()["code"]) == (429, 429)
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["x-ratelimit-limit"] == "1"
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["x-ratelimit-reset-in"] == answer.headers["retry-after"]
