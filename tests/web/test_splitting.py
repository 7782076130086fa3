"""The administrators' pages that split tracks and artists."""

import re

from app import catalog, listening
from app.listening import Listen, Origin
from app.models import ExternalId, ExternalKind
from tests import making
from tests.web.conftest import Site
from tests.web.pages import attributes, text


def _artist_of(site: Site, title: str) -> tuple[int, str]:
    with site.state.database.read() as session:
        track = catalog.track(session, site.world.tracks[title])
    return track.artist_id, track.artist_name


def _brought_live(admin: Site, track: int) -> None:
    """An id of another track, a listen that came by it, and one of which nobody knows."""
    with admin.state.database.write() as session:
        live = ExternalId(
            source="spotify",
            kind=ExternalKind.TRACK,
            external_id="7<b>",
            our_id=track,
            title="Sinnerman (live)",
            artist="Nina Simone Trio",
        )
        session.add(live)
        session.flush()
        heard = (Origin("spotify", came_by=live.id), Origin("spotify"))
        for number, origin in enumerate(heard):
            at = making.WATCHED_AT.replace(year=2025, minute=number)
            listening.record_listen(session, admin.world.ann, Listen(track, at, origin=origin))


def test_a_track_that_is_two_is_split_from_its_page(admin: Site) -> None:
    track = admin.world.tracks["Sinnerman"]
    assert "Two tracks in one" not in text(admin.get(f"/tracks/{track}/edit").text)
    _brought_live(admin, track)
    page = admin.get(f"/tracks/{track}/edit").text
    assert "“Sinnerman (live)” by Nina Simone Trio, spotify: 7<b>, one listen" in text(page)
    assert "spotify, no id known, one listen" in text(page)
    (key,) = (value for value in attributes(page, "value") if value.startswith("id-"))
    nothing = admin.get(f"/tracks/{track}/split")
    assert (nothing.status_code, "and not all" in text(nothing.text)) == (422, True)
    asked = admin.get(f"/tracks/{track}/split?origin={key}").text
    assert {"Sinnerman (live)", "Nina Simone Trio", key} <= set(attributes(asked, "value"))
    assert "Of one listen from spotify nobody wrote down by which id it came" in text(asked)
    sent = {"origin": key, "title": " ", "artist": "Nina"}
    refused = admin.post(f"/tracks/{track}/split", sent)
    assert refused.status_code == 422
    assert "This has 1 to 500 characters" in text(refused.text)
    assert {"Nina", key} <= set(attributes(refused.text, "value"))
    answer = admin.post(f"/tracks/{track}/split", sent | {"title": "Sinnerman (live)"})
    new = answer.headers["location"]
    assert "Sinnerman (live)" in text(admin.get(new).text)
    record = admin.get("/admin/edits").text
    assert "What came by spotify became a track of its own." in text(record)
    assert new in attributes(record, "href")
    gone = admin.post(f"/tracks/{track}/split", sent)
    assert (gone.status_code, "and not all" in text(gone.text)) == (422, True)


def test_an_artist_who_is_two_is_split_from_its_page(admin: Site) -> None:
    artist, _ = _artist_of(admin, "Sinnerman")
    track, path = admin.world.tracks["Sinnerman"], f"/artists/{artist}/split"
    assert path in attributes(admin.get(f"/artists/{artist}/edit").text, "href")
    page = admin.get(path).text
    assert str(track) in attributes(page, "value")
    for sent, words in (
        ({"name": "Nina"}, "Choose some of the artist’s tracks, and not all."),
        ({"track": track, "name": "nina SIMONE"}, "That name leads to this very artist."),
        ({"track": track, "name": " "}, "This has 1 to 500 characters"),
        ({"track": admin.world.tracks["At Last"], "name": "Nina"}, "Choose some of the artist’s"),
    ):
        refused = admin.post(path, sent)
        assert refused.status_code == 422
        assert words in text(refused.text)
    answer = admin.post(path, {"track": track, "name": "Nina Simone Trio"})
    other, name = _artist_of(admin, "Sinnerman")
    assert (answer.headers["location"], name) == (f"/artists/{other}", "Nina Simone Trio")
    record = admin.get("/admin/edits").text
    assert "One track was given to Nina Simone Trio" in text(record)
    assert f"/artists/{other}" in attributes(record, "href")


def test_an_artist_of_many_tracks_is_split_page_by_page(admin: Site) -> None:
    with admin.state.database.write() as session:
        tracks = making.tracks(session, 130, "Many")
        artist = catalog.track(session, tracks[0]).artist_id
    path = f"/artists/{artist}/split"
    (further,) = (to for to in attributes(admin.get(path).text, "href") if "after=" in to)
    page = admin.get(further).text
    offered = re.findall(r'name="track" value="(\d+)"', page)
    assert [int(number) for number in offered] == tracks[100:]
    assert further in attributes(page, "action")
    wrong = admin.post(further, {"track": tracks[129], "name": ""})
    assert f'value="{tracks[129]}" checked' in wrong.text
    admin.post(further, {"track": tracks[129], "name": "Few"})
    with admin.state.database.read() as session:
        assert catalog.track(session, tracks[129]).artist_name == "Few"
