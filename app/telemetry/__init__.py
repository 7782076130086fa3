"""What a process counts and times, in the words of Prometheus, and the ids its log lines carry."""

from app.telemetry.instruments import COST, FOLD_IN, OPERATION, REGISTRY, REQUESTS
from app.telemetry.request_ids import HEADER, bind_request, request_id

__all__ = [
    "COST",
    "FOLD_IN",
    "HEADER",
    "OPERATION",
    "REGISTRY",
    "REQUESTS",
    "bind_request",
    "request_id",
]
