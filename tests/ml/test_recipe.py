import pytest
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml.als import Als
from app.ml.popularity import Popularity
from app.ml.recipe import Recipe


def test_a_recipe_fits_its_algorithm_with_its_settings(matrix: csr_matrix) -> None:
    model = Recipe("als", settings={"factors": 5}).fit(matrix, seed=0)
    assert isinstance(model, Als)
    assert model.item_factors.shape == (matrix.shape[1], 5)
    assert isinstance(Recipe("popularity").fit(matrix, seed=0), Popularity)


def test_an_unknown_algorithm_is_refused(matrix: csr_matrix) -> None:
    with pytest.raises(InvalidInput, match="als, popularity"):
        Recipe("astrology").fit(matrix, seed=0)


def test_equal_recipes_are_equal_however_their_settings_are_ordered() -> None:
    one, other = {"factors": 5, "alpha": 1.0}, {"alpha": 1.0, "factors": 5}
    assert Recipe(settings=one) == Recipe(settings=other)
    assert Recipe(settings=one) != Recipe(settings={"factors": 5})
