"""The way in, in a browser."""

from playwright.sync_api import Page, expect


def sign_in(page: Page, name: str, password: str) -> None:
    """By the form, until the listener's own page stands."""
    page.goto("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#for-you")).to_be_visible()
    page.wait_for_load_state()
