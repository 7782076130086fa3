"""Not found? Search YouTube: the way from the search page to a track that was not there."""

from collections.abc import Iterator

import pytest

from tests.music_search import Song, music_search
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text, titles

VIDEO = "e3W6yf6c-FA"


@pytest.fixture
def adding(open_site: OpenSite) -> Iterator[Site]:
    with music_search() as music:
        music.songs["zzz rio"] = [Song("Rio", "Duran Duran", VIDEO, "5:36")]
        site = open_site(video_search_url=music.url)
        site.sign_in(site.world.ann)
        yield site


def test_a_song_that_is_not_there_is_added(adding: Site) -> None:
    assert 'href="/search/youtube?q=zzz+rio"' in adding.get("/search?q=zzz%20rio").text
    page = adding.get("/search/youtube?q=zzz%20rio").text
    assert "Rio Duran Duran 5:36" in text(page)
    for _ in range(2):
        added = adding.post("/search/youtube", {"q": "zzz rio", "video_id": VIDEO})
        assert added.status_code == 303
        assert "Rio" in text(adding.get(added.headers["location"]).text)
    assert titles(adding.get("/search?q=duran").text) == ["Rio"]


def test_what_is_not_found_says_so(adding: Site) -> None:
    assert "knows no song “nothing”" in text(adding.get("/search/youtube?q=nothing").text)
    missing = adding.post("/search/youtube", {"q": "zzz rio", "video_id": "AAAAAAAAAAA"})
    assert missing.status_code == 404


def test_without_the_search_the_page_says_so(open_site: OpenSite) -> None:
    site = open_site(video_search_url="http://127.0.0.1:1")
    site.sign_in(site.world.ann)
    failed = site.get("/search/youtube?q=rio")
    assert failed.status_code == 502
    assert "YouTube Music gave no answer" in text(failed.text)
    assert '<a class="button button-main" href="/search/youtube?q=rio">Try again</a>' in failed.text


def test_without_words_the_search_itself_is_shown(site: Site) -> None:
    answer = site.get("/search/youtube?q=%20")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search")
