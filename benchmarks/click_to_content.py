"""From a click to new content, against the bare JSON call for the same data.

A listener of the demo opens a track's page from their list in Chromium: from the click until the
new main part is drawn. The call asks GraphQL for what that page shows, but for the reasons,
which it has of lists alone; in the same browser with the same cookie, turn by turn in one run.
Fails where the slowest clicks take longer than allowed.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from app.graphql.ids import global_id
from tests.stack.running import running

CLICKS, WARM = 60, 5
MOST = 3.0
QUERY = """query ($id: ID!) {
  node(id: $id) { ... on Track {
    title year album durationSeconds youtubeId videoState viewerFeedback viewerPlayCount
    artist { id name }
  } }
  similarTracks(trackId: $id, first: 12) { id items { score track {
    id title durationSeconds youtubeId videoState viewerFeedback viewerPlayCount artist { id name }
  } } }
}"""
CLICK = """(path) => new Promise((done) => {
  const began = performance.now();
  const told = () => done(performance.now() - began);
  const drawn = () => requestAnimationFrame(() => setTimeout(told));
  document.addEventListener("htmx:after:swap", drawn, { once: true });
  document.querySelector(`#main a[href="${path}"]`).click();
})"""
CALL = """async ([query, id]) => {
  const began = performance.now();
  const body = JSON.stringify({ query, variables: { id } });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/graphql", { method: "POST", headers, body });
  const { data, errors } = await answer.json();
  if (errors || !data.similarTracks.items.length) throw new Error(JSON.stringify(errors));
  return performance.now() - began;
}"""


def measure(page: Page, clicks: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each click and of each call; the list's tracks in turn."""
    page.goto("/", wait_until="networkidle")
    links = page.locator("#for-you .row-title a").evaluate_all("all => all.map((a) => a.pathname)")
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(clicks):
        path = links[number % len(links)]
        times[0].append(page.evaluate(CLICK, path))
        page.go_back()
        page.locator(f'#for-you a[href="{path}"]').first.wait_for()
        track = global_id("Track", int(path.rpartition("/")[2]))
        times[1].append(page.evaluate(CALL, [QUERY, track]))
    return times


def main(clicks: int = CLICKS) -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("Nothing was measured: this needs Chromium.")
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="pytune-") as folder,
        running(Path(folder), "demo") as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=demo.address)
        page.goto("/login")
        page.get_by_label("Name").fill(demo.accounts["listener"][0])
        page.get_by_label("Password").fill(demo.accounts["listener"][1])
        page.get_by_role("button", name="Sign in").click()
        page.locator("#for-you").wait_for()
        measure(page, WARM)
        times = measure(page, clicks)
        browser.close()
    return told(times)


def told(times: tuple[list[float], list[float]]) -> int:
    """Print what clicks and calls took and the ratio of the slowest; 1 where it is too great."""
    tails = [float(np.percentile(one, 95)) for one in times]
    for name, one, tail in zip(("click", "call"), times, tails, strict=True):
        print(f"{name:>6}: median {np.median(one):6.1f} ms, p95 {tail:6.1f} ms")
    print(f" ratio: {tails[0] / tails[1]:.2f}, at most {MOST:g}")
    return int(tails[0] > MOST * tails[1])


if __name__ == "__main__":
    sys.exit(main())
