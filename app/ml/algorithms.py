"""The algorithms by name."""

from app.ml.als import Als
from app.ml.popularity import Popularity
from app.ml.recommender import Recommender

ALGORITHMS: dict[str, type[Recommender]] = {
    algorithm.algorithm: algorithm for algorithm in (Als, Popularity)
}
