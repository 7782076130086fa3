"""The page where a history is sent in, and the plain POSTs behind it."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.importing import uploads
from app.importing.errors import UploadTooLarge
from app.importing.records import Claim
from app.models import DataImport, ImportState
from app.queue import JsonJob
from jobs import import_data
from jobs.runtime import Runtime
from tests.importing.packing import packed, stream
from tests.web.conftest import HTML, OpenSite, Site

UNFINISHED = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\nabc'


@pytest.fixture
def content(tmp_path: Any) -> bytes:
    streams = [stream(1), stream(2), stream(3, ts="never")]
    return packed(tmp_path / "made.zip", {"endsong_0.json": streams}).read_bytes()


def _post(site: Site, path: str, form: str, file: bytes | None, name: str = "mine.zip") -> Any:
    files = {} if file is None else {"file": (name, file, "application/zip")}
    return site.client.post(
        path, data={"format": form}, files=files, headers=HTML, follow_redirects=False
    )


def _work(site: Site) -> None:
    queue = site.state.queue
    for job_id in queue.waiting_ids():
        job = JsonJob.fetch(job_id, connection=queue.redis)
        queue.remove(job_id)
        rt = Runtime(site.state.settings, site.state.database, queue)
        import_data._import_data(rt, Claim(*job.args))


def _rows(site: Site) -> list[DataImport]:
    with site.state.database.read() as session:
        return list(session.exec(select(DataImport)))


def test_a_history_goes_in_by_page_and_out_again(site: Site, content: bytes) -> None:
    assert _post(site, "/imports", "spotify", content).headers["location"] == "/imports"
    waiting = site.get("/imports").text
    assert "Where to get the file" in waiting
    assert "It waits for a worker." in waiting
    assert 'hx-trigger="every 1s"' in waiting
    _work(site)
    shown = site.htmx("/imports", "div#imports").text
    assert "It is in." in shown
    assert "every 1s" not in shown
    assert "3 rows read, 2 new, 0 known before, 1 rejected" in shown
    (row,) = _rows(site)
    rejected = site.get(f"/imports/{row.id}/rejected")
    assert rejected.headers["content-type"].startswith("text/csv")
    assert "attachment" in rejected.headers["content-disposition"]
    assert "is no date" in rejected.text
    site.post(f"/imports/{row.id}/undo", {})
    assert "It is being taken back." in site.get("/imports").text
    _work(site)
    assert "It was taken back." in site.get("/imports").text


def test_an_import_is_cancelled_by_page(site: Site, content: bytes) -> None:
    _post(site, "/imports", "takeout", content)
    (row,) = _rows(site)
    site.post(f"/imports/{row.id}/cancel", {})
    assert _rows(site)[0].state is ImportState.CANCELLED


def test_a_stale_button_changes_nothing_and_says_so(site: Site, content: bytes) -> None:
    _post(site, "/imports", "spotify", content)
    (row,) = _rows(site)
    _work(site)
    refused = site.post(f"/imports/{row.id}/cancel", {}, **{"Accept-Language": "fr"})
    assert refused.status_code == 422
    assert "Cette importation est maintenant dans un autre état" in refused.text
    assert ": Spotify</h3>" in refused.text
    assert _rows(site)[0].state is ImportState.FINISHED


@pytest.mark.parametrize("form", ["", "csv", "taste-profile", "exe"])
def test_a_listener_sends_their_own_history_alone(site: Site, content: bytes, form: str) -> None:
    refused = _post(site, "/imports", form, content)
    assert refused.status_code == 422
    assert "Choose where the file comes from." in refused.text
    assert _rows(site) == []
    assert list(site.state.settings.uploads.rglob("*.zip")) == []


@pytest.mark.parametrize(("name", "source"), [("The Shop", "the-shop"), (" ", "mine")])
def test_an_administrator_names_a_catalogue(
    site: Site, tmp_path: Path, name: str, source: str
) -> None:
    site.sign_in(site.world.root)
    assert "Name of the catalogue" in site.get("/imports").text
    path = packed(tmp_path / "mine.zip", {"tracks.csv": b"track_id,title,artist\n1,Halo,Rush\n"})
    site.client.post(
        "/imports",
        data={"format": "csv", "source": name},
        files={"file": (path.name, path.read_bytes(), "application/zip")},
        headers=HTML,
    )
    assert [row.source for row in _rows(site)] == [source]


@pytest.mark.parametrize("file", [None, b""])
def test_a_form_without_a_file_is_refused(site: Site, file: bytes | None) -> None:
    refused = _post(site, "/imports", "spotify", file)
    assert refused.status_code == 422
    assert ("Choose one file that is not empty" in refused.text) == (file is not None)
    assert _rows(site) == []


def test_an_upload_by_form_or_by_body(site: Site) -> None:
    by_form = _post(site, "/imports/uploads", "x", b"12345", "a/../b c.json")
    by_body = site.client.post("/imports/uploads?name=../../x.json", content=b"123")
    assert (by_form.status_code, by_form.json()["bytes"], by_form.json()["name"]) == (
        201, 5, "b c.json",
    )  # fmt: skip
    assert (by_body.status_code, by_body.json()["bytes"]) == (201, 3)
    kept = sorted(path.name for path in site.state.settings.uploads.rglob("*.json"))
    assert kept == ["b c.json", "x.json"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"no form"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data; boundary=x", UNFINISHED),
    ],
)
def test_a_form_that_breaks_off_leaves_nothing(site: Site, kind: str, body: bytes) -> None:
    answer = site.client.post("/imports/uploads", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 422
    assert not any(path.is_file() for path in site.state.settings.uploads.rglob("*"))


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/zip"])
def test_who_goes_away_in_mid_upload_leaves_nothing_and_is_no_fault(
    site: Site, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    said = [{"type": "http.request", "body": UNFINISHED, "more_body": True}]

    async def receive() -> dict[str, Any]:
        return said.pop(0) if said else {"type": "http.disconnect"}

    answers: list[Any] = []

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [
        (b"authorization", f"Bearer {site.token()}".encode()),
        (b"content-type", kind.encode()),
    ]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/imports/uploads",
        "headers": headers,
    }
    scope |= {"query_string": b"", "app": site.client.app, "state": dict(site.client.app_state)}
    assert site.client.portal is not None
    site.client.portal.call(site.client.app, scope, receive, send)
    assert answers[0]["status"] == 422
    assert [record for record in caplog.records if record.exc_info] == []
    assert not any(path.is_file() for path in site.state.settings.uploads.rglob("*"))


def test_a_file_beyond_the_limit_is_refused_and_gone(open_site: OpenSite) -> None:
    site = open_site(upload_megabytes=1, upload_quota_megabytes=2)
    site.sign_in(site.world.ann)
    big = _post(site, "/imports/uploads", "x", bytes(2**20 + 1))
    assert big.status_code == 413
    assert "The file is larger than this server takes" in big.text
    by_form = _post(site, "/imports", "spotify", bytes(2**20 + 1))
    assert "The file is too large: this server takes 1 MB at most." in by_form.text
    for expected in (201, 201, 413):
        answer = site.client.post("/imports/uploads", content=bytes(2**20))
        assert answer.status_code == expected
    assert len(list(site.state.settings.uploads.glob("*/*"))) == 2


def test_uploads_at_once_share_the_quota(open_site: OpenSite) -> None:
    site = open_site(upload_megabytes=8, upload_quota_megabytes=8)
    user, settings = site.world.ann, site.state.settings
    with uploads.Upload(settings, user, "a.zip") as one, uploads.Upload(settings, user, "b") as two:
        one.write(b"x" * 6 * 2**20)
        one.finish()
        two.write(b"x" * 3 * 2**20)
        with pytest.raises(UploadTooLarge):
            two.finish()
    assert [path.name for path in settings.uploads.glob("*/*/*")] == ["a.zip"]


def test_a_form_of_much_else_than_a_file_is_refused(site: Site) -> None:
    many = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\nv\r\n' % number
        for number in range(5000)
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = site.client.post("/imports/uploads", content=many + b"--x--\r\n", headers=kind)
    assert answer.status_code == 422
    assert "a few short fields" in answer.json()["message"]


def test_a_name_in_any_alphabet_can_be_kept(site: Site) -> None:
    name = "再生履歴" * 40 + ".json"
    sent = site.client.post("/imports/uploads", files={"file": (name, b"[]", "application/json")})
    assert sent.status_code == 201
    assert sent.json()["name"].endswith("履歴.json")


def test_anothers_rejected_rows_do_not_exist(site: Site, content: bytes) -> None:
    _post(site, "/imports", "spotify", content)
    _work(site)
    (row,) = _rows(site)
    site.sign_in(site.world.newcomer)
    assert site.get(f"/imports/{row.id}/rejected").status_code == 404
    assert site.post(f"/imports/{row.id}/undo", {}).status_code == 404


def test_nobody_sends_anything_in(nobody: Site, content: bytes) -> None:
    assert nobody.client.post("/imports/uploads", content=content).status_code == 401
