"""Two listeners take turns in one browser: what each did stays theirs."""

import pytest
from playwright.sync_api import expect
from sqlmodel import Session, col, select

from app.models import Event
from tests import making
from tests.browser.conftest import Product, cookie
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def other(product: Product, listener: int) -> int:
    name = f"other than {listener}"
    return product.database.transact(lambda session: making.user(session, name))


def test_a_listen_waits_until_who_heard_it_is_signed_in(
    tab: Tab, product: Product, listener: int, other: int
) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.page.locator("#now-feedback").get_by_label("Love: Isi")).to_be_visible()
    with tab.answer("/listens") as told:
        tab.page.context.add_cookies([cookie(product, other)])
    assert told.value.status == 401
    tab.page.context.add_cookies([cookie(product, listener)])
    with tab.answer("/listens") as told:
        tab.page.reload()
    assert told.value.status == 204
    assert _heard(product, other) == []
    assert product.world.tracks["Isi"] in _heard(product, listener)
    assert "status of 401" in tab.complaints.pop()


def test_a_page_of_another_listener_is_loaded_afresh(
    tab: Tab, product: Product, listener: int, other: int
) -> None:
    tab.open("/search?q=neu")
    expect(tab.page.locator("body")).to_have_attribute("data-viewer", str(listener))
    tab.page.context.add_cookies([cookie(product, other)])
    tab.page.get_by_role("link", name="Isi", exact=True).click()
    expect(tab.page.locator("body")).to_have_attribute("data-viewer", str(other))
    assert "status of 401" in tab.complaints.pop()


def test_a_press_counts_for_nobody_else(tab: Tab, product: Product, other: int) -> None:
    tab.open("/search?q=neu")
    tab.page.context.add_cookies([cookie(product, other)])
    tab.row("Isi").get_by_label("Love: Isi").click()
    expect(tab.page.locator("body")).to_have_attribute("data-viewer", str(other))
    assert _heard(product, other) == []
    assert "status of 401" in tab.complaints.pop()


def test_going_back_to_another_listeners_page_loads_it_afresh(
    tab: Tab, product: Product, other: int
) -> None:
    tab.open("/search?q=neu")
    tab.page.get_by_role("link", name="Isi", exact=True).click()
    expect(tab.page.get_by_role("heading", name="Isi")).to_be_visible()
    tab.page.context.add_cookies([cookie(product, other)])
    tab.page.go_back()
    expect(tab.page.locator("body")).to_have_attribute("data-viewer", str(other))
    expect(tab.page.locator("#ask")).to_have_value("neu")
    assert "status of 401" in tab.complaints.pop()


def _heard(product: Product, user_id: int) -> list[int]:
    """Tracks that anything was recorded of."""

    def tracks(session: Session) -> list[int]:
        return list(session.exec(select(Event.track_id).where(col(Event.user_id) == user_id)))

    return product.database.transact(tracks)
