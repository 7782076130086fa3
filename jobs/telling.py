"""What a training tells of itself, in sentences for its log."""

from app.ml.contest import ContestResult
from app.ml.evaluation import Evaluation
from app.ml.model_slot import LoadedModel
from app.ml.sanity import Soundness
from jobs.training_data import TrainingData


def of_data(data: TrainingData) -> str:
    span = ""
    if data.data_from is not None and data.data_until is not None:
        span = f", listens from {data.data_from:%Y-%m-%d} to {data.data_until:%Y-%m-%d}"
    return (
        f"Read {len(data.interactions):,} pairs of listener and track{span}, up to event"
        f" {data.last_event_id}, fingerprint {data.interactions.fingerprint()[:12]}."
    )


def of_contest(result: ContestResult) -> str:
    counts = result.counts
    held = (
        f"Fitted on {counts['train']:,} pairs before the cutoff, tested {counts['listeners']:,}"
        f" listeners on {counts['targets']:,} first plays after it"
    )
    measured = [("The recipe", result.challenger), ("popularity", result.popularity)]
    if result.champion is not None:
        measured.insert(1, ("the champion's", result.champion))
    return f"{held}. {', '.join(_figures(name, each) for name, each in measured)}."


def of_refit(model: LoadedModel, sound: Soundness | None) -> str:
    fitted = f"Fitted on everything: {len(model.tracks):,} tracks"
    if sound is None:
        return f"{fitted}. Nobody could be tested, so its lists were compared with none."
    return (
        f"{fitted}. Of {sound.listeners:,} listeners' lists {sound.overlap:.0%} are those of the"
        f" tested model, and they show {sound.shown:,} tracks ({sound.shown_before:,} before)."
    )


def _figures(name: str, measured: Evaluation) -> str:
    took = measured.cost.fit_seconds
    return f"{name} reaches NDCG@{measured.terms.k} {measured.mean():.4f} (fit {took:.1f} s)"
