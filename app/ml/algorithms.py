"""The algorithms by name."""

from app.ml.blend import SINGLE, Blend
from app.ml.recommender import Algorithm

ALGORITHMS: dict[str, type[Algorithm]] = {**SINGLE, Blend.algorithm: Blend}
