"""What a process counts and times, the ids its log lines carry, and the spans that it sends."""

from app.telemetry.instruments import COST, FOLD_IN, OPERATION, REGISTRY, REQUESTS, STREAMS
from app.telemetry.request_ids import HEADER, bind_request, request_id
from app.telemetry.tracing import TRACEPARENT, Span, Tracing, traceparent

__all__ = [
    "COST",
    "FOLD_IN",
    "HEADER",
    "OPERATION",
    "REGISTRY",
    "REQUESTS",
    "STREAMS",
    "TRACEPARENT",
    "Span",
    "Tracing",
    "bind_request",
    "request_id",
    "traceparent",
]
