"""An administrator starts a training and watches it."""

import pytest
from playwright.sync_api import expect

from app import training
from app.models import TrainingStage
from app.models.columns import id_of
from tests.browser.conftest import OpenPage, Product
from tests.web import world

pytestmark = pytest.mark.browser


def test_the_panel_follows_the_training_and_then_rests(
    open_tab: OpenPage, product: Product
) -> None:
    tab = open_tab(product.world.root)
    tab.open("/admin/models")
    tab.page.get_by_role("button", name="Train now").click()
    expect(tab.page.locator("#trainings")).to_contain_text("It waits for a worker.")
    with product.database.write() as session:
        row = training.active_training(session)
        assert row is not None
        number = id_of(row)
        training.start(session, number)
        training.progress(session, number, TrainingStage.FITTING, 0.5)
    bar = tab.page.get_by_label(f"Progress of training {number}")
    expect(bar).to_have_attribute("value", "50")
    with product.database.write() as session:
        training.fail(session, number, "The test is over.")
    expect(tab.page.get_by_role("button", name="Train now")).to_be_visible()
    expect(tab.page.get_by_text("The test is over.")).to_be_visible()
    assert tab.complaints == []


def test_the_verdict_follows_a_promotion(open_tab: OpenPage, product: Product) -> None:
    with product.database.read() as session:
        champion = training.champion(session)
    assert champion is not None
    newer = world.crown(product.database, product.settings, product.world)
    tab = open_tab(product.world.root)
    tab.open("/admin/models")
    verdict = tab.page.locator("#verdict")
    expect(verdict).to_contain_text(f"Training {newer} is the champion")
    tab.page.get_by_role("button", name="Train now").click()
    expect(tab.page.locator("#trainings")).to_contain_text("It waits for a worker.")
    with product.database.write() as session:
        row = training.active_training(session)
        assert row is not None
        training.fail(session, id_of(row), "The test is over.")
        training.promote(session, champion.version, "root", "It was better.")
    expect(verdict).to_contain_text(f"Training {champion.version} is the champion, and this")
    expect(tab.page.locator("#trainings")).not_to_have_attribute("hx-get", "/admin/models")
    assert tab.complaints == []
