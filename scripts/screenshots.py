"""Take the pictures of README and docs from a fresh demo: `make screenshots`."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.stack.running import Running, running  # noqa: E402  found once the root is on the path

IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
Scheme = Literal["light", "dark"]


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("screenshots need Chromium: apt-get install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="pytune-") as folder,
        running(Path(folder), "demo") as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = _signed_in(browser, demo, "listener", "light", WIDE)
        _take(page, "/", "home")
        _take(page, page.locator(".row-title a").first.get_attribute("href") or "/", "track")
        _take(_signed_in(browser, demo, "listener", "dark", PHONE), "/", "home-phone")
        page = _signed_in(browser, demo, "administrator", "light", WIDE)
        _take(page, "/admin/models", "models")
        browser.close()


def _signed_in(
    browser: Browser, demo: Running, role: str, scheme: Scheme, size: ViewportSize
) -> Page:
    context = browser.new_context(base_url=demo.address, viewport=size, color_scheme=scheme)
    page = context.new_page()
    name, password = demo.accounts[role]
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#for-you").wait_for()
    return page


def _take(page: Page, path: str, name: str) -> None:
    page.goto(path, wait_until="networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
