"""The schema: the topics joined."""

from datetime import datetime

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from app.graphql.accounts import AccountsMutation, AccountsQuery
from app.graphql.adding import AddingMutation, AddingQuery
from app.graphql.alerts import AlertsMutation, AlertsQuery
from app.graphql.batch import BatchMutation
from app.graphql.catalog import CatalogQuery
from app.graphql.context import Context
from app.graphql.drift import DriftMutation, DriftQuery
from app.graphql.editing import EditingMutation
from app.graphql.edits import EditsQuery
from app.graphql.erasing import ErasingMutation
from app.graphql.evaluating import EvaluatingMutation
from app.graphql.executing import Executor
from app.graphql.importing import ImportingMutation, ImportingQuery
from app.graphql.jobs import JobsMutation, JobsQuery
from app.graphql.limits import Limits
from app.graphql.listening import ListeningMutation
from app.graphql.mixes import MixesQuery
from app.graphql.nodes import NodesQuery
from app.graphql.permissions import describe_role
from app.graphql.playlists import PlaylistsMutation
from app.graphql.preferences import PreferencesMutation
from app.graphql.presented import presented
from app.graphql.problems import HANDLERS
from app.graphql.promotion import PromotionMutation, PromotionQuery
from app.graphql.radio import RadioQuery
from app.graphql.recommending import RecommendingQuery
from app.graphql.record import RecordMutation
from app.graphql.scalars import DATE_TIME
from app.graphql.splitting import SplittingMutation, SplittingQuery
from app.graphql.starting import StartingMutation, StartingQuery
from app.graphql.status import StatusQuery
from app.graphql.subscriptions import Subscription
from app.graphql.supposing import SupposingQuery
from app.graphql.tokens import TokensMutation
from app.graphql.training import TrainingMutation, TrainingQuery
from app.graphql.tuning import TuningMutation, TuningQuery
from app.graphql.users import UsersMutation, UsersQuery
from app.graphql.videos import VideosMutation


@strawberry.type(description="Everything that can be asked.")
class Query(
    StatusQuery,
    AccountsQuery,
    NodesQuery,
    CatalogQuery,
    AddingQuery,
    RecommendingQuery,
    MixesQuery,
    SupposingQuery,
    RadioQuery,
    StartingQuery,
    TrainingQuery,
    TuningQuery,
    PromotionQuery,
    JobsQuery,
    ImportingQuery,
    AlertsQuery,
    DriftQuery,
    EditsQuery,
    SplittingQuery,
    UsersQuery,
):
    pass


@strawberry.type(description="Everything that can be done.")
class Mutation(
    AccountsMutation,
    TokensMutation,
    ListeningMutation,
    StartingMutation,
    BatchMutation,
    RecordMutation,
    PreferencesMutation,
    PlaylistsMutation,
    ErasingMutation,
    EditingMutation,
    SplittingMutation,
    VideosMutation,
    AddingMutation,
    TrainingMutation,
    TuningMutation,
    EvaluatingMutation,
    PromotionMutation,
    JobsMutation,
    ImportingMutation,
    AlertsMutation,
    DriftMutation,
    UsersMutation,
):
    pass


class Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Put what clients may see in place of each error, whatever stage it comes from."""
        context = execution_context.context if execution_context else None
        production = isinstance(context, Context) and context.state.settings.production
        errors[:] = [presented(error, suggest=not production) for error in errors]


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    extensions=[Limits],
    execution_context_class=Executor,
    exception_handlers=HANDLERS,
)
describe_role(schema._schema)  # noqa: SLF001  its core has no other name
