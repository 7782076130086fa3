"""Every algorithm's fold-in written down once more, densely and in double precision."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.algorithms import ALGORITHMS
from app.ml.recommender import History, Recommender


def closed_form_of_als(model: Recommender, history: History) -> NDArray[np.float64]:
    return factorised(model, history, model.settings()["regularization"])


def factorised(model: Recommender, history: History, ridge: float) -> NDArray[np.float64]:
    """(YᵀCY + λI)⁻¹ YᵀCp over the whole catalogue, heard or not: Hu et al., eq. 4."""
    item_factors = model.arrays()["item_factors"].astype(np.float64)
    settings = model.settings()
    strengths = np.zeros(model.n_items)
    strengths[history.items] = history.strengths
    confidence = 1 + settings["alpha"] * np.abs(strengths)
    system = (item_factors.T * confidence) @ item_factors
    system += ridge * np.eye(len(system))
    wanted = item_factors.T @ (confidence * (strengths > 0))
    scores: NDArray[np.float64] = item_factors @ np.linalg.solve(system, wanted)
    return scores


def closed_form_of_ials(model: Recommender, history: History) -> NDArray[np.float64]:
    """As of ALS, with λ = regularization · (|I| + alpha · n) ^ exponent: Rendle et al. 2021."""
    settings = model.settings()
    known = model.n_items + settings["alpha"] * len(history)
    ridge = settings["regularization"] * known ** settings["exponent"]
    return factorised(model, history, ridge)


def closed_form_of_weights(model: Recommender, history: History) -> NDArray[np.float64]:
    """Strengths times the dense weights."""
    arrays = model.arrays()
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    weights = csr_matrix(parts, shape=2 * (model.n_items,)).toarray().astype(np.float64)
    scores: NDArray[np.float64] = history.strengths @ weights[history.items]
    return scores


def closed_form_of_blend(model: Recommender, history: History) -> NDArray[np.float64]:
    """Σ weight · s / σ of the members' closed forms."""
    total = np.zeros(model.n_items)
    for n, member in enumerate(model.settings()["members"]):
        own = {
            name.split("-", 1)[1]: array
            for name, array in model.arrays().items()
            if name.startswith(f"{n}-")
        }
        fitted_member = ALGORITHMS[member["algorithm"]].from_arrays(own, member["settings"])
        strengths = history.strengths.copy()
        if member["binary"]:
            strengths[strengths > 0] = 1
        form = CLOSED_FORMS[member["algorithm"]]
        scores = form(fitted_member, History(history.items, strengths))
        total += member["weight"] * scores / scores.std()
    return total


def closed_form_of_popularity(model: Recommender, _: History) -> NDArray[np.float64]:
    return model.arrays()["shares"].astype(np.float64)


CLOSED_FORMS: Mapping[str, Callable[[Recommender, History], NDArray[np.float64]]] = {
    "als": closed_form_of_als,
    "blend": closed_form_of_blend,
    "ease": closed_form_of_weights,
    "ials": closed_form_of_ials,
    "neighbours": closed_form_of_weights,
    "rp3beta": closed_form_of_weights,
    "popularity": closed_form_of_popularity,
}
