"""The recipe that `pytune train` is given."""

import pytest

from app.cli.training import Wanted
from app.errors import InvalidInput
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting


def test_nothing_given_asks_for_the_best_known() -> None:
    assert Wanted(None, None, "", []).recipe() is None


def test_a_recipe_is_read_from_options() -> None:
    wanted = Wanted("rp3beta", "log", "30", ["beta=0.2", "neighbours=100"]).recipe()
    settings = {"beta": 0.2, "neighbours": 100}
    assert wanted == Recipe("rp3beta", Weighting.LOG, settings, 30).complete()


def test_a_setting_alone_is_one_of_the_usual_algorithm() -> None:
    assert (
        Wanted(None, None, "", ["factors=8"]).recipe() == Recipe(settings={"factors": 8}).complete()
    )


@pytest.mark.parametrize("given", ["factors", "=8", "factors=", "factors=many"])
def test_a_setting_without_a_number_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput):
        Wanted("als", None, "", [given]).recipe()
