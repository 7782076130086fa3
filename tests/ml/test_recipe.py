import pytest
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml.als import Als
from app.ml.popularity import Popularity
from app.ml.recipe import Recipe
from app.ml.recommender import Extent


def test_a_recipe_fits_its_algorithm_with_its_settings(matrix: csr_matrix) -> None:
    model = Recipe("als", settings={"factors": 5}).fit(matrix, seed=0)
    assert isinstance(model, Als)
    assert model.item_factors.shape == (matrix.shape[1], 5)
    assert isinstance(Recipe("popularity").fit(matrix, seed=0), Popularity)


def test_an_unknown_algorithm_is_refused(matrix: csr_matrix) -> None:
    with pytest.raises(InvalidInput, match="als, ials"):
        Recipe("astrology").fit(matrix, seed=0)


def test_equal_recipes_are_equal_however_their_settings_are_ordered() -> None:
    one, other = {"factors": 5, "alpha": 1.0}, {"alpha": 1.0, "factors": 5}
    assert Recipe(settings=one) == Recipe(settings=other)
    assert Recipe(settings=one) != Recipe(settings={"factors": 5})


def test_a_fit_beyond_the_memory_limit_is_refused_before_it_starts(matrix: csr_matrix) -> None:
    recipe = Recipe("als", settings={"factors": 1024})
    needed = recipe.peak_mib(Extent.of(matrix))
    assert needed > 0.1
    with pytest.raises(InvalidInput, match="memory: als would need about"):
        recipe.fit(matrix, seed=0, memory_mib=needed / 2)


def test_estimates_count_the_vectors_of_both_sides() -> None:
    recipe = Recipe("als", settings={"factors": 1024})
    assert 390 < recipe.peak_mib(Extent(100_000, 1_000, 0)) < 600
    assert 9000 < recipe.peak_mib(Extent(100_000, 1_100_000, 10_000_000)) < 12000
