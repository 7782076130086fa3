"""An artist's page."""

from app import catalog, videos
from app.models import Artist
from app.models.columns import id_of
from tests import making
from tests.web.conftest import Site
from tests.web.pages import attributes, text, titles


def test_the_artists_tracks_stand_with_the_best_known_first(site: Site) -> None:
    page = site.get(_path(site, "Nina Simone")).text
    assert titles(page) == ["Sinnerman", "Feeling Good"]
    assert "2 tracks" in text(page)
    assert "Play both" in text(page)


def test_only_what_can_be_played_is_counted_and_offered(site: Site) -> None:
    nina = [site.world.tracks[title] for title in ("Sinnerman", "Feeling Good")]
    for track_id, offered in zip(nina, ("Play this one", None), strict=True):
        with site.state.database.write() as session:
            videos.keep(session, track_id, None)
        page = site.get(_path(site, "Nina Simone")).text
        assert "Play both" not in text(page)
        assert (offered is None) != ("data-play-all" in page)
        assert offered is None or offered in text(page)


def test_many_tracks_come_in_pages_that_lose_none(site: Site) -> None:
    with site.state.database.write() as session:
        making.tracks(session, 120, "Fela Kuti")
    path: str | None = _path(site, "Fela Kuti")
    whole = site.get(f"{path}/take-along/m3u").text
    seen: list[str] = []
    while path:
        page = site.get(path).text
        played = len(titles(page))
        assert f"Play these {played}" in text(page)
        assert "Play all" not in text(page)
        seen += titles(page)
        path = next((to for to in attributes(page, "href") if "?after=" in to), None)
    assert seen == [f"Song {number}" for number in range(120)]
    assert whole.count("#EXTINF") == len(seen)


def test_an_artist_without_tracks_has_a_page(site: Site) -> None:
    with site.state.database.write() as session:
        row = Artist(name="Silence", name_key="silence")
        session.add(row)
        session.flush()
        artist_id = id_of(row)
    response = site.get(f"/artists/{artist_id}")
    assert response.status_code == 200
    assert "0 tracks" in text(response.text)


def _path(site: Site, name: str) -> str:
    with site.state.database.read() as session:
        (artist,) = catalog.search_artists(session, name, 1)
    return f"/artists/{artist.id}"


def test_similar_artists_are_shown_and_lead_on(site: Site) -> None:
    page = site.get(_path(site, "Neu!")).text
    near = page[page.index('id="near"') :]
    assert "Similar artists" in text(near)
    links = [link for link in attributes(near, "href") if link.startswith("/artists/")]
    assert links
    assert _path(site, "Neu!") not in links
