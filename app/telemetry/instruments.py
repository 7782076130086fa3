"""Instruments of this process. Names and units follow Prometheus' conventions."""

from prometheus_client import CollectorRegistry, Gauge, GCCollector, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
"""Our own: libraries that fill the default one do not appear unasked."""

OPERATION = "pytune.operation"
"""Where in a request's scope a door writes what was asked of it."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_FAST_SECONDS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5)
_COSTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)

REQUESTS = Histogram(
    "pytune_request_seconds",
    "Time to the end of an answer, or to the beginning of a stream, by operation (a root field of"
    " the API, or a page's route).",
    ("door", "operation", "status"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
STREAMS = Gauge(
    "pytune_streams",
    "Web sockets and streams of events that are open, which subscriptions are for.",
    ("kind",),
    registry=REGISTRY,
)
COST = Histogram(
    "pytune_graphql_cost",
    "Cost of GraphQL operations, as docs/api.md counts it; refused ones included.",
    buckets=_COSTS,
    registry=REGISTRY,
)
FOLD_IN = Histogram(
    "pytune_fold_in_seconds",
    "Time to score every track for one listener from what they did.",
    buckets=_FAST_SECONDS,
    registry=REGISTRY,
)
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
