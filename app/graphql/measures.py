"""The closed sets of an evaluation: who is compared, by what, on whom."""

from enum import StrEnum

from app.graphql.enums import describe


class Contestant(StrEnum):
    CHALLENGER = "challenger"
    CHAMPION = "champion"
    POPULARITY = "popularity"


class MetricName(StrEnum):
    NDCG = "ndcg"
    PRECISION = "precision"
    RECALL = "recall"
    MAP = "map"
    MRR = "mrr"
    AUC = "auc"
    REPEAT_NDCG = "repeat_ndcg"
    NOVELTY = "novelty"
    POPULARITY = "popularity"
    HEARD_POPULARITY = "heard_popularity"
    DIVERSITY = "diversity"
    ARTIST_DIVERSITY = "artist_diversity"


class CheckName(StrEnum):
    LISTENERS = "listeners"
    FORGOTTEN = "forgotten"
    POPULARITY = "popularity"
    BETTER = "better"
    NOT_WORSE = "not_worse"
    COVERAGE = "coverage"
    AUC = "auc"
    SLICE_LIGHT = "slice_light"
    SLICE_MIDDLE = "slice_middle"
    SLICE_HEAVY = "slice_heavy"
    LATENCY = "latency"
    SIZE = "size"


class SliceName(StrEnum):
    LIGHT = "light"
    MIDDLE = "middle"
    HEAVY = "heavy"


describe(
    Contestant,
    "Part in an evaluation's contest of recipes.",
    CHALLENGER="The training's own recipe.",
    CHAMPION="The recipe of the model that was champion then.",
    POPULARITY="The same list for everybody: what any model must beat.",
)
describe(
    MetricName,
    "What is measured of a list.",
    NDCG="Normalised discounted cumulative gain: hits count more the nearer to the top.",
    PRECISION="Share of the list that was played.",
    RECALL="Share of what was played that stands in the list.",
    MAP="Mean average precision.",
    MRR="Mean reciprocal rank: of the first hit.",
    AUC="Area under the ROC curve, over the whole catalogue.",
    REPEAT_NDCG="NDCG of what was heard before, against what was played again.",
    NOVELTY="How little known what stands in the list is, in bits.",
    POPULARITY="Share of listeners that know the tracks of the list, on average.",
    HEARD_POPULARITY="The same of what the listener heard.",
    DIVERSITY="How little the tracks of a list share their listeners.",
    ARTIST_DIVERSITY="Share of the pairs of a list that are by different artists.",
)
describe(
    SliceName,
    "A third of the tested listeners.",
    LIGHT="Those who had heard least.",
    MIDDLE="Those between.",
    HEAVY="Those who had heard most.",
)
describe(
    CheckName,
    "A condition of the gate.",
    LISTENERS="Enough listeners are tested.",
    FORGOTTEN="The data that the champion was fitted on is still there, to compare on.",
    POPULARITY="It beats the same list for everybody.",
    BETTER="A new recipe beats the champion's by more than the margin.",
    NOT_WORSE="The champion's recipe on newer data loses no more than the margin.",
    COVERAGE="It shows enough of the catalogue.",
    AUC="The whole of its ranking is hardly worse.",
    SLICE_LIGHT="Those who had heard least lose hardly anything.",
    SLICE_MIDDLE="Those between lose hardly anything.",
    SLICE_HEAVY="Those who had heard most lose hardly anything.",
    LATENCY="A list is made fast enough.",
    SIZE="The model is small enough.",
)
