"""Use-case: place tracks that the served model does not know, as the catalogue grows."""

import logging

from sqlmodel import Session

from app import catalog
from app.ml.model_slot import LoadedModel, ModelSlot
from app.ml.newcomers import Catalogue, with_newcomers

log = logging.getLogger(__name__)


class Placing:
    """Places the newest tracks in the served model; requests go on with the one they took."""

    def __init__(self) -> None:
        self._catalogue = Catalogue.of([])
        self._fitted: LoadedModel | None = None
        """The served model as it was loaded."""
        self._placed: LoadedModel | None = None

    def placed(self, session: Session, fitted: LoadedModel) -> LoadedModel:
        """A model as it was loaded, with every track placed that the catalogue has now."""
        later = catalog.catalogue_behind(session, int(self._catalogue.ids.max(initial=0)))
        if fitted is self._fitted and self._placed is not None and not len(later.ids):
            return self._placed
        self._catalogue = self._catalogue.joined(later)
        placed = with_newcomers(fitted, self._catalogue)
        self._fitted, self._placed = fitted, placed
        count = len(placed.tracks) - len(fitted.tracks)
        log.info("new tracks placed", extra={"version": fitted.version, "tracks": count})
        return placed

    def renew(self, session: Session, slot: ModelSlot) -> None:
        """Swap in the served model with what came since it was placed, if anything did."""
        served = slot.model
        if served is None:
            return
        fitted = self._fitted if served is self._placed and self._fitted else served
        placed = self.placed(session, fitted)
        if placed is not served:
            slot.swap(placed)
