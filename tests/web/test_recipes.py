"""Choosing a recipe: its fields, what is sent of them, and the best known one."""

import html
import re
from typing import Any

import pytest

from app import recipes, training
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Training
from tests.web.conftest import Site
from tests.web.pages import text

NEW = "/admin/trainings/new"


def _newest(site: Site) -> Training:
    with site.state.database.read() as session:
        return training.trainings(session, 1)[0]


def _champions(site: Site, recipe: Recipe) -> None:
    with site.state.database.write() as session:
        row = training.training(session, 1)
        row.algorithm, row.settings = recipe.algorithm, recipes.stored(recipe)
        session.add(row)


def test_train_now_takes_the_champions_recipe(admin: Site) -> None:
    wanted = Recipe("rp3beta", Weighting.LOG, {"beta": 0.2}, 30.0).complete()
    _champions(admin, wanted)
    admin.post("/admin/trainings", {})
    assert recipes.recipe_of(_newest(admin)) == wanted


def test_the_form_begins_with_the_best_known_recipe(admin: Site) -> None:
    _champions(admin, Recipe("ials", Weighting.LOG, {"factors": 12}, 30.0))
    page = admin.get(NEW).text
    assert '<option value="ials" selected>' in page
    assert 'name="set.factors" value="12"' in page
    assert '<option value="log" selected>' in page
    assert 'name="half_life_days" value="30"' in page


def test_a_blend_is_trained_with_the_members_that_it_is_shown_with(admin: Site) -> None:
    member = {"algorithm": "rp3beta", "weight": 0.7, "settings": {"beta": 0.45}}
    other = {"algorithm": "ials", "weight": 0.3, "binary": True, "settings": {"factors": 12}}
    wanted = Recipe("blend", Weighting.LOG, {"members": [member, other]}, 30.0).complete()
    _champions(admin, wanted)
    page = admin.get(NEW).text
    assert "0.7 × RP3beta" in text(page)
    admin.post(NEW, _sent_by(page))
    assert _newest(admin).id != 1
    assert recipes.recipe_of(_newest(admin)) == wanted


def _sent_by(page: str) -> dict[str, str]:
    """What a browser sends of the second form, where nothing was changed."""
    form = page[page.index('method="post" action="/admin/trainings/new"') :]
    form = form[: form.index("</form>")]
    fields = re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', form)
    picked = re.findall(r'<select[^>]* name="([^"]+)".*?value="(\w+)" selected', form, re.DOTALL)
    return {name: html.unescape(value) for name, value in [*fields, *picked]}


@pytest.mark.parametrize("members", ["{", "7", '"x"', "[7]", '[{"algorithm": "als"}]', "[]"])
def test_members_that_are_none_are_refused(admin: Site, members: str) -> None:
    response = admin.post(NEW, {"algorithm": "blend", "members": members})
    assert response.status_code == 422
    assert _newest(admin).id == 1


def test_another_algorithm_shows_its_own_settings(admin: Site) -> None:
    page = admin.get(f"{NEW}?algorithm=ease").text
    assert 'name="set.core" value="4000"' in page
    assert "set.factors" not in page
    assert "It has no settings of its own." in text(admin.get(f"{NEW}?algorithm=popularity").text)


def test_what_was_chosen_is_trained_and_what_is_empty_has_its_default(admin: Site) -> None:
    sent = {"algorithm": "als", "weighting": "bm25", "half_life_days": "14.5"}
    sent |= {"set.factors": "16", "set.alpha": "", "set.regularization": "3.5"}
    assert admin.post(NEW, sent).headers["location"] == "/admin/models"
    settings = {"factors": 16, "regularization": 3.5}
    expected = Recipe("als", Weighting.BM25, settings, 14.5).complete()
    assert recipes.recipe_of(_newest(admin)) == expected


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"algorithm": "als", "set.factors": "many"}, "factors"),
        ({"algorithm": "als", "set.factors": "nan"}, "factors"),
        ({"algorithm": "als", "set.factors": "1e9"}, "factors"),
        ({"algorithm": "als", "set.core": "9"}, "core"),
        ({"algorithm": "als", "weighting": "heavy"}, "weighting"),
        ({"algorithm": "als", "half_life_days": "0"}, "halfLifeDays"),
    ],
)
def test_what_cannot_be_taken_is_named_and_stays_typed(
    admin: Site, sent: dict[str, Any], field: str
) -> None:
    response = admin.post(NEW, sent)
    assert response.status_code == 422
    assert f"“{field}” cannot be taken" in text(response.text)
    assert all(value in response.text for name, value in sent.items() if name != "weighting")
    assert _newest(admin).id == 1


def test_an_algorithm_that_there_is_not_is_refused(admin: Site) -> None:
    assert admin.get(f"{NEW}?algorithm=magic").status_code == 422
    assert admin.post(NEW, {"algorithm": "magic"}).status_code == 422


def test_a_training_under_way_is_said_beside_what_was_chosen(admin: Site) -> None:
    admin.post("/admin/trainings", {})
    response = admin.post(NEW, {"algorithm": "als", "set.factors": "33"})
    assert response.status_code == 409
    assert 'value="33"' in response.text
