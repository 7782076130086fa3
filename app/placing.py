"""Use-case: the served model follows the catalogue: what is new in it, gone, merged, corrected."""

import logging

from sqlmodel import Session

from app import catalog, changes
from app.ml.model_slot import LoadedModel, ModelSlot
from app.ml.newcomers import Catalogue, Newcomers

log = logging.getLogger(__name__)


class Placing:
    """Keeps the served model as the catalogue is; requests go on with the one they took."""

    def __init__(self) -> None:
        self._catalogue, self._note = Catalogue.of([]), 0
        self._fitted: LoadedModel | None = None
        """The served model as it was loaded."""
        self._placed: LoadedModel | None = None
        self._newcomers: Newcomers | None = None
        """Of the served model; None where they must be looked for from the beginning."""

    def placed(self, session: Session, fitted: LoadedModel) -> LoadedModel:
        """A model as it was loaded, with the tracks and artists that the catalogue has now."""
        later = self._follow(session)
        newcomers, self._newcomers = self._newcomers, None
        if newcomers is None or later is None or fitted is not self._fitted:
            newcomers = Newcomers(fitted, self._catalogue)
        elif len(later.ids):
            newcomers.add(later)
        placed = newcomers.placed
        if placed is not self._placed:
            count = len(placed.tracks) - len(fitted.tracks)
            log.info("new tracks placed", extra={"version": fitted.version, "tracks": count})
        self._fitted, self._placed, self._newcomers = fitted, placed, newcomers
        return placed

    def _follow(self, session: Session) -> Catalogue | None:
        """Bring what is held of the catalogue up to date: what came later, None for all anew.

        All is read where something was changed or removed, or where a track came with a smaller
        id, as one does whose transaction took longer than a later one's.
        """
        note, held = changes.last_note(session), self._catalogue
        later = catalog.catalogue_behind(session, int(held.ids.max(initial=0)))
        if note == self._note and len(held.ids) + len(later.ids) == catalog.count_tracks(session):
            self._catalogue = held.joined(later) if len(later.ids) else held
            return later
        self._catalogue, self._note = catalog.catalogue_behind(session, 0), note
        return None

    def renew(self, session: Session, slot: ModelSlot) -> None:
        """Swap in the served model with what came since it was placed, if anything did."""
        served = slot.model
        if served is None:
            return
        fitted = self._fitted if served is self._placed and self._fitted else served
        placed = self.placed(session, fitted)
        if placed is not served:
            slot.swap(placed)
