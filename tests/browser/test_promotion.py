"""An administrator trains, promotes by hand and rolls back, while a listener listens."""

import re

import pytest
from playwright.sync_api import expect
from sqlmodel import Session

from app import training
from app.models.columns import id_of
from app.training import Fitted
from tests.browser.conftest import OpenPage, Product
from tests.browser.tab import Tab
from tests.models_made import model
from tests.web.measured import contested, write_down

pytestmark = pytest.mark.browser

PLAYING = "1"
"""As YouTube's script numbers its states."""


def test_from_a_training_to_its_promotion_and_back(open_tab: OpenPage, product: Product) -> None:
    with product.database.read() as session:
        champion = training.champion(session)
    assert champion is not None
    heard = _listening(open_tab)
    tab = open_tab(product.world.root)
    tab.open("/admin/models")
    tab.page.get_by_role("button", name="Train now").click()
    expect(tab.page.locator("#trainings")).to_contain_text("It waits for a worker.")
    number = product.database.transact(lambda session: _end(session, product, champion.version))
    expect(tab.page.get_by_role("button", name="Train now")).to_be_visible()

    tab.page.locator("#trainings").get_by_role("link", name=str(number), exact=True).click()
    expect(tab.page.get_by_role("heading", name=f"Training {number}")).to_be_visible()
    expect(tab.page.locator("#progress")).to_have_text(contested(better=False).verdict.reason)
    expect(tab.page.locator(".plot .point").first).to_be_visible()
    tab.page.get_by_label("Why this model").fill("I want to hear it.")
    tab.page.get_by_role("button", name=f"Promote training {number}").click()

    verdict = tab.page.locator("#verdict")
    expect(verdict).to_contain_text(f"Training {number} is the champion, and this server")
    expect(tab.page).to_have_url(re.compile("/admin/models$"))
    verdict.get_by_role("link", name=f"Roll back to training {champion.version}").click()
    tab.page.get_by_label("Why", exact=True).fill("It was worse.")
    tab.page.get_by_role("button", name=f"Roll back to training {champion.version}").click()
    expect(verdict).to_contain_text(f"Training {champion.version} is the champion, and this")
    expect(tab.page.locator("#champions")).to_contain_text("It was worse.")
    assert tab.complaints == []
    _listens_on(heard)


def _listening(open_tab: OpenPage) -> Tab:
    tab = open_tab()
    tab.open("/")
    tab.play("Autobahn")
    expect(tab.label("Pause")).to_be_visible()
    return tab


def _listens_on(tab: Tab) -> None:
    """Nothing was loaded anew, and lists come as ever."""
    expect(tab.now).to_have_text("Autobahn")
    expect(tab.video).to_have_attribute("data-state", PLAYING)
    asked = len(tab.requests)
    tab.page.locator("#nav").get_by_role("link", name="Home").click()
    expect(tab.page.locator("#for-you .row").first).to_be_visible()
    assert not any(request.is_navigation_request() for request in tab.requests[asked:])
    assert tab.complaints == []


def _end(session: Session, product: Product, rival: int) -> int:
    """As the job does whose recipe was found worse."""
    row = training.active_training(session)
    assert row is not None
    number, tracks = id_of(row), sorted(product.world.tracks.values())
    training.start(session, number)
    name = training.artifact_name(number)
    checksum = model(number, tracks).save(product.settings.artifacts / name)
    training.finish(
        session, number, Fitted(name, checksum, 1, len(tracks), 1, None, None, 1, "f" * 64)
    )
    write_down(session, number, contested(better=False), champion_id=rival)
    return number
