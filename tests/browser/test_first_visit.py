"""A newcomer picks artists and has a list, then brings a history along."""

from pathlib import Path
from random import randbytes

import pytest
from playwright.sync_api import expect

from app.importing.records import Claim
from app.queue import JobName, JobQueue, JsonJob
from jobs import import_data
from jobs.runtime import Runtime
from tests import making
from tests.browser.conftest import OpenPage, Product
from tests.browser.tab import Tab
from tests.importing.packing import packed, stream

pytestmark = pytest.mark.browser

_LINE = {"offline": False, "latency": 0, "downloadThroughput": -1}
_PADDING = 150_000
"""Bytes that no zip makes smaller."""
_BRING_UP_TO_DATE = """
  htmx.ajax("GET", "/imports", { target: "#main", select: "#main", swap: "outerMorph" })
"""


@pytest.fixture
def newcomer(open_tab: OpenPage, product: Product, request: pytest.FixtureRequest) -> Tab:
    """Nobody has seen them before."""
    name = f"of {request.node.name}"
    return open_tab(product.database.transact(lambda session: making.user(session, name)))


def test_a_few_picks_make_a_list_at_once(newcomer: Tab) -> None:
    newcomer.open("/")
    newcomer.play("Autobahn")
    expect(newcomer.label("Pause")).to_be_visible()
    newcomer.label("Pause").click()
    newcomer.video.evaluate("frame => { frame.marked = true; }")
    newcomer.page.get_by_role("link", name="Or pick artists that you like.").click()
    newcomer.page.get_by_label("Kraftwerk").check()
    newcomer.page.get_by_role("button", name="More like these").click()
    expect(newcomer.page.get_by_text("One picked.")).to_be_visible()
    newcomer.page.get_by_role("button", name="Start listening").click()
    expect(newcomer.page.get_by_role("heading", name="For you")).to_be_visible()
    expect(newcomer.page.get_by_text("Because you picked Kraftwerk").first).to_be_visible()
    assert newcomer.video.evaluate("frame => frame.marked")
    newcomer.play("Hallogallo")
    expect(newcomer.now).to_have_text("Hallogallo")
    assert newcomer.complaints == []


def test_a_history_goes_in_while_music_plays(
    newcomer: Tab, product: Product, tmp_path: Path
) -> None:
    newcomer.open("/")
    newcomer.play("Autobahn")
    expect(newcomer.label("Pause")).to_be_visible()
    newcomer.page.locator("#nav").get_by_role("link", name="Settings").click()
    newcomer.page.get_by_role("link", name="Bring your history along").click()
    newcomer.label("Where it comes from").select_option("spotify")
    newcomer.label("The file, as it came").set_input_files(_history(tmp_path))
    _send_slowly(newcomer)
    expect(newcomer.page.locator("#imports")).to_contain_text("It waits for a worker.")
    newcomer.page.evaluate("htmx.config.defaultTimeout = 60000")
    expect(newcomer.page.locator("[data-sending]")).to_be_hidden()
    assert len(newcomer.sent("/imports")) == 2
    _work(product)
    expect(newcomer.page.locator("#imports")).to_contain_text("It is in.")
    expect(newcomer.page.locator("#imports")).to_contain_text("3 rows read, 2 new")
    with newcomer.page.expect_download() as download:
        newcomer.page.get_by_role("link", name="What was left out").click()
    assert "is no date" in download.value.path().read_text()
    newcomer.page.locator("#nav").get_by_role("link", name="Library").click()
    expect(newcomer.page.get_by_role("heading", name="Saturday 2 March 2024")).to_be_visible()
    expect(newcomer.label("Pause")).to_be_visible()
    newcomer.play("Isi")
    expect(newcomer.now).to_have_text("Isi")
    assert newcomer.complaints == []


def _send_slowly(tab: Tab) -> None:
    """Longer than any other request may take; cancelled, then sent whole at one press."""
    line = tab.page.context.new_cdp_session(tab.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", _LINE | {"uploadThroughput": _PADDING / 10})
    send = tab.page.get_by_role("button", name="Import", exact=True)
    sent = tab.page.get_by_role("progressbar", name="How much of the file was sent")
    send.press("Enter")
    expect(send).to_be_disabled()
    expect(sent).not_to_have_attribute("value", "0")
    send.dispatch_event("click")
    tab.page.evaluate(_BRING_UP_TO_DATE)
    expect(sent).to_be_visible()
    tab.page.locator("[data-sending] button").press("Enter")
    expect(sent).to_be_hidden()
    expect(send).to_be_focused()
    line.send("Network.emulateNetworkConditions", _LINE | {"uploadThroughput": _PADDING})
    tab.page.evaluate("htmx.config.defaultTimeout = 400")
    send.press("Enter")


def _history(folder: Path) -> Path:
    """Two plays of the least known of their artists, who stay so, and one that makes no sense."""
    heard = [
        stream(
            number,
            master_metadata_track_name=title,
            master_metadata_album_artist_name=artist,
            **changed,
        )
        for number, (title, artist, changed) in enumerate(
            [("Neonlicht", "Kraftwerk", {}), ("Isi", "Neu!", {}), ("x", "y", {"ts": "never"})],
            1,
        )
    ]
    beside = randbytes(_PADDING)
    files = {"endsong_0.json": heard, "ReadMeFirst.pdf": beside}
    return packed(folder / "my_spotify_data.zip", files)


def _work(product: Product) -> None:
    """As a worker does with what waits."""
    queue = JobQueue(product.settings)
    for job_id in queue.waiting_ids():
        job = JsonJob.fetch(job_id, connection=queue.redis)
        if job.func_name == JobName.IMPORT_DATA:
            queue.remove(job_id)
            rt = Runtime(product.settings, product.database, queue)
            import_data._import_data(rt, Claim(*job.args))
