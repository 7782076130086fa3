"""Use-case: place tracks that the served model does not know, as the catalogue grows."""

import logging

from sqlmodel import Session

from app import catalog
from app.ml.model_slot import LoadedModel, ModelSlot
from app.ml.newcomers import Catalogue, with_newcomers

log = logging.getLogger(__name__)


class Placing:
    """Swaps in the model with the newest tracks placed; requests go on with the one they took."""

    def __init__(self) -> None:
        self._catalogue = Catalogue.of([])
        self._fitted: LoadedModel | None = None
        """The served model as it was loaded."""
        self._placed: LoadedModel | None = None

    def renew(self, session: Session, slot: ModelSlot) -> None:
        """Place what came since the last time, or everything in another model."""
        model = slot.model
        if model is None:
            return
        later = catalog.catalogue_behind(session, int(self._catalogue.ids.max(initial=0)))
        if model is self._placed and not len(later.ids):
            return
        fitted = self._fitted if model is self._placed and self._fitted else model
        self._catalogue = self._catalogue.joined(later)
        self._fitted, self._placed = fitted, with_newcomers(fitted, self._catalogue)
        slot.swap(self._placed)
        count = len(self._placed.tracks) - len(fitted.tracks)
        log.info("new tracks placed", extra={"version": model.version, "tracks": count})
