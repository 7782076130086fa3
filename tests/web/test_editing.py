"""The administrators' pages that correct and merge tracks and artists."""

import re

import pytest
from sqlalchemy import update
from sqlmodel import Session

from app import catalog, editing, listening, playlists
from app.editing import Correction
from app.models import CatalogueEdit, EditKind, ExternalKind, Feedback
from tests import making
from tests.web.conftest import Site
from tests.web.pages import attributes, text

_EDITED = {
    "title": "Sinnerman",
    "artist": "Nina Simone",
    "album": "Pastel Blues",
    "year": "1965",
    "genre": "soul",
    "length": "10:22",
}


def _track(site: Site, title: str) -> catalog.CatalogTrack:
    with site.state.database.read() as session:
        return catalog.track(session, site.world.tracks[title])


def _live_version(site: Site) -> int:
    """A track that is the same as Sinnerman, loved by Ann and in a playlist of hers."""

    def add(session: Session) -> int:
        track = making.track(session, "Sinnerman (live)", "Nina Simone")
        listening.record_listen(session, site.world.ann, listening.Listen(track))
        listening.set_feedback(session, site.world.ann, track, Feedback.LOVED)
        playlists.create(session, site.world.ann, "Sunday", [track])
        return track

    return site.state.database.transact(add)


def test_a_track_is_corrected_from_its_page(admin: Site) -> None:
    track = admin.world.tracks["Sinnerman"]
    assert f"/tracks/{track}/edit" in attributes(admin.get(f"/tracks/{track}").text, "href")
    form = admin.get(f"/tracks/{track}/edit").text
    assert {"Sinnerman", "Nina Simone", "1965", "soul", "3:20"} <= set(attributes(form, "value"))
    answer = admin.post(f"/tracks/{track}/edit", _EDITED | {"artist": "Nina  Simone Band"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tracks/{track}")
    found = _track(admin, "Sinnerman")
    said = (found.album, found.year, found.duration_seconds, found.artist_name)
    assert said == ("Pastel Blues", 1965, 622, "Nina Simone Band")
    record = text(admin.get("/admin/edits").text)
    for change in (
        "Album: nothing → Pastel Blues",
        "Length: 3:20 → 10:22",
        "Artist: Nina Simone → Nina Simone Band",
        "Track, by root,",
    ):
        assert change in record
    french = admin.get("/admin/edits", **{"Accept-Language": "fr"}).text
    assert "Durée\N{NO-BREAK SPACE}: <del>3:20" in french


def test_what_is_left_out_is_unknown(admin: Site) -> None:
    track = admin.world.tracks["Sinnerman"]
    admin.post(f"/tracks/{track}/edit", {"title": "Sinnerman", "artist": "Nina Simone"})
    found = _track(admin, "Sinnerman")
    assert (found.year, found.genre, found.duration_seconds) == (None, None, None)


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"title": " "}, "title", "This has 1 to 500 characters"),
        ({"artist": "A\x00B"}, "artist", "This has 1 to 500 characters"),
        ({"album": "a" * 501}, "album", "An album has at most 500"),
        ({"year": "196x"}, "year", "A year has digits alone"),
        ({"year": "9" * 5000}, "year", "A year has digits alone"),
        ({"year": "2101"}, "year", "A year has digits alone"),
        ({"genre": "g" * 65}, "genre", "A genre has at most 64"),
        ({"length": "622"}, "length", "A length is minutes and seconds"),
        ({"length": "3:75"}, "length", "A length is minutes and seconds"),
        ({"length": "24:00:01"}, "length", "A length is minutes and seconds"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(next(iter(value.items())))[:30],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    admin: Site, sent: dict[str, str], field: str, words: str
) -> None:
    before = _track(admin, "Sinnerman")
    answer = admin.post(f"/tracks/{before.id}/edit", _EDITED | sent)
    assert answer.status_code == 422
    wrong = answer.text.partition('aria-invalid="true"')
    assert f'<input id="{field}"' in wrong[0][-6000:].rpartition("<div")[2]
    assert f'aria-describedby="{field}-help"' in wrong[2][:100]
    said = answer.text.partition(f'id="{field}-help" role="alert">')[2]
    assert text(said).startswith(words)
    assert "Pastel Blues" in attributes(answer.text, "value") or field == "album", "what was typed"
    assert _track(admin, "Sinnerman") == before


def test_errors_are_in_the_readers_language(admin: Site) -> None:
    track = admin.world.tracks["Sinnerman"]
    sent = _EDITED | {"year": "x"}
    answer = admin.post(f"/tracks/{track}/edit", sent, **{"Accept-Language": "fr"})
    assert "Une année n’a que des chiffres" in text(answer.text)


def test_a_track_is_merged_and_separated_again(admin: Site) -> None:
    kept, live = admin.world.tracks["Sinnerman"], _live_version(admin)
    form = admin.get(f"/tracks/{live}/edit?q=sinnerman").text
    assert f"/tracks/{live}/merge?into={kept}" in attributes(form, "href")
    assert f"/tracks/{live}/merge?into={live}" not in attributes(form, "href")
    asked = text(admin.get(f"/tracks/{live}/merge?into={kept}").text)
    assert "“Sinnerman (live)” by Nina Simone is shown no more" in asked
    assert "Plays 1 Listeners 1 Loved by 1 Playlists that it stands in 1" in asked
    answer = admin.post(f"/tracks/{live}/merge", {"into": kept})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tracks/{kept}/edit")
    page = text(admin.get(f"/tracks/{kept}/edit").text)
    assert "Merged into it" in page
    assert admin.get(f"/tracks/{live}/edit").headers["location"] == f"/tracks/{kept}/edit"
    with admin.state.database.read() as session:
        state = listening.states_of(session, admin.world.ann, [kept])[kept]
        assert (state.plays, state.feedback) == (3, Feedback.LOVED)
    record = admin.get("/admin/edits").text
    assert "“Sinnerman (live)” was merged into it." in text(record)
    assert f"/tracks/{live}/separate" in attributes(record, "action")
    answer = admin.post(f"/tracks/{live}/separate", {})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tracks/{live}/edit")
    record = admin.get("/admin/edits").text
    assert "“Sinnerman (live)” was separated from it again." in text(record)
    assert f"/tracks/{live}/separate" not in attributes(record, "action")
    with admin.state.database.read() as session:
        assert listening.states_of(session, admin.world.ann, [kept])[kept].plays == 2


def test_what_a_newer_version_did_leaves_the_record_to_be_read(admin: Site) -> None:
    admin.post(f"/tracks/{admin.world.tracks['Sinnerman']}/edit", _EDITED)
    with admin.state.database.write() as session:
        session.connection().execute(update(CatalogueEdit).values(kind="transposed"))
    assert "Track, by root," in text(admin.get("/admin/edits").text)


def test_what_happened_meanwhile_is_said(admin: Site) -> None:
    kept, live = admin.world.tracks["Sinnerman"], _live_version(admin)
    other = admin.world.tracks["At Last"]
    admin.post(f"/tracks/{live}/merge", {"into": kept})
    for path, sent, words in (
        (f"/tracks/{live}/merge", {"into": other}, "merged or separated meanwhile"),
        (f"/tracks/{other}/merge", {"into": live}, "Choose again."),
        (f"/tracks/{other}/merge", {"into": other}, "Choose again."),
        (f"/tracks/{other}/separate", {}, "merged or separated meanwhile"),
    ):
        answer = admin.post(path, sent)
        assert answer.status_code == 422
        assert words in text(answer.text)
    same = admin.get(f"/tracks/{live}/merge?into={kept}")
    assert same.headers["location"] == f"/tracks/{kept}/edit"
    assert admin.get(f"/tracks/{kept}/merge").headers["location"] == f"/tracks/{kept}/edit"
    assert admin.post(f"/tracks/{kept}/merge", {"into": 10**6}).status_code == 404
    assert admin.get(f"/tracks/{kept}/merge?into={10**6}").status_code == 404


def test_an_artist_is_renamed_and_merged(admin: Site) -> None:
    nina, etta = (_track(admin, title).artist_id for title in ("Sinnerman", "At Last"))
    path = f"/artists/{nina}"
    assert f"{path}/edit" in attributes(admin.get(path).text, "href")
    taken = admin.post(f"{path}/edit", {"name": "etta JAMES"})
    assert taken.status_code == 422
    assert "Another artist has that name." in text(taken.text)
    assert "etta JAMES" in attributes(taken.text, "value")
    nameless = admin.post(f"{path}/edit", {"name": ""})
    assert "This has 1 to 500 characters" in text(nameless.text)
    assert admin.post(f"{path}/edit", {"name": "Nina"}).headers["location"] == path
    form = admin.get(f"{path}/edit?q=etta").text
    assert f"{path}/merge?into={etta}" in attributes(form, "href")
    asked = text(admin.get(f"{path}/merge?into={etta}").text)
    assert "2 tracks, with all their listens" in asked
    assert "The merge can be taken back" in asked
    merged = admin.post(f"{path}/merge", {"into": etta})
    assert merged.headers["location"] == f"/artists/{etta}/edit"
    assert _track(admin, "Sinnerman").artist_name == "Etta James"
    record = text(admin.get("/admin/edits").text)
    assert "“Nina” was merged into it. Artist, by root" in record
    assert "Name: Nina Simone → Nina Artist, by root" in record
    again = admin.post(f"/artists/{etta}/merge", {"into": nina})
    assert again.status_code == 422
    assert "Choose again." in text(again.text)


def test_a_merge_of_artists_is_taken_back(admin: Site) -> None:
    nina, etta = (_track(admin, title).artist_id for title in ("Sinnerman", "At Last"))
    admin.post(f"/artists/{nina}/merge", {"into": etta})
    page = admin.get(f"/artists/{etta}/edit").text
    assert "Nina Simone 2 tracks go back. Separate" in text(page)
    assert f"/artists/{nina}/separate" in attributes(page, "action")
    assert f"/artists/{nina}/separate" in attributes(admin.get("/admin/edits").text, "action")
    separated = admin.post(f"/artists/{nina}/separate", {})
    assert separated.headers["location"] == f"/artists/{nina}/edit"
    assert _track(admin, "Sinnerman").artist_name == "Nina Simone"
    assert admin.post(f"/artists/{nina}/separate", {}).status_code == 422


def test_the_record_comes_in_pages_that_lose_none(admin: Site) -> None:
    track = admin.world.tracks["Sinnerman"]
    with admin.state.database.write() as session:
        for year in range(1, 121):
            editing.edit_track(session, track, Correction("Sinnerman", "X", year=year), "root")
    path: str | None = "/admin/edits"
    seen: list[str] = []
    while path:
        page = admin.get(path).text
        seen += re.findall(r"Year: \w+ → (\d+)", text(page))
        path = next((to for to in attributes(page, "href") if "?before=" in to), None)
    assert seen == [str(year) for year in range(120, 0, -1)]


def test_what_is_gone_is_still_on_record(admin: Site) -> None:
    with admin.state.database.write() as session:
        gone = CatalogueEdit(
            kind=EditKind.EDIT, thing=ExternalKind.TRACK, our_id=10**6, edited_by="root"
        )
        session.add(gone)
    assert "No longer there Track, by root" in text(admin.get("/admin/edits").text)


@pytest.mark.parametrize(
    "path",
    [
        f"{thing}/1/{what}"
        for thing in ("tracks", "artists")
        for what in ("edit", "merge", "separate", "split")
    ],
)
def test_only_administrators_may(site: Site, path: str) -> None:
    sent = {"title": "X", "artist": "X", "name": "X", "into": 2}
    assert site.post(f"/{path}", sent).status_code == 403
    if not path.endswith("separate"):
        assert site.get(f"/{path}").status_code == 403
    with site.state.database.read() as session:
        assert editing.edits(session, 1) == []


@pytest.mark.parametrize("path", ["/tracks/1", "/artists/1"])
def test_listeners_are_offered_none_of_it(site: Site, path: str) -> None:
    assert "Correct this" not in site.get(path).text
    assert site.get("/admin/edits").status_code == 403
