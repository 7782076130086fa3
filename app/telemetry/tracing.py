"""Spans of requests, jobs and statements, sent by OTLP over HTTP to whoever collects them.

Where no address is set nothing is sent, and OpenTelemetry is not even imported.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from typing import Any

from sqlalchemy import Engine, ExceptionContext, event

TRACEPARENT = "traceparent"
"""The header, and the key in a job's notes, of W3C's Trace Context."""

_CURRENT: ContextVar[str | None] = ContextVar("pytune_traceparent", default=None)


def traceparent() -> str | None:
    """What continues the span that is under way, in another process; None outside of one."""
    return _CURRENT.get()


class Span:
    """One that is under way; its name may be known at its end only."""

    def __init__(self, span: Any) -> None:
        self._span = span

    def about(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        from opentelemetry.trace import StatusCode

        self._span.update_name(name)
        self._span.set_attributes(attributes)
        if failed:
            self._span.set_status(StatusCode.ERROR)


class Tracing:
    """The spans of one process."""

    def __init__(self, url: str | None, process: str) -> None:
        self._provider = _provider(url, process) if url else None

    @contextmanager
    def span(self, name: str, parent: str | None, *, serves: bool = False) -> Iterator[Span | None]:
        """None where nothing is sent. An error that is raised is noted by its kind alone."""
        if self._provider is None:
            yield None
            return
        from opentelemetry.trace import SpanKind, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        words = TraceContextTextMapPropagator()
        context = words.extract({TRACEPARENT: parent} if parent else {})
        kind = SpanKind.SERVER if serves else SpanKind.CONSUMER
        with self._provider.get_tracer("pytune").start_as_current_span(
            name, context, kind, record_exception=False, set_status_on_exception=False
        ) as span:
            carrier: dict[str, str] = {}
            words.inject(carrier)
            token = _CURRENT.set(carrier[TRACEPARENT])
            try:
                yield Span(span)
            except BaseException as error:
                span.set_status(StatusCode.ERROR, type(error).__name__)
                raise
            finally:
                _CURRENT.reset(token)

    def watch(self, engine: Engine) -> None:
        """A span for each statement within another. Neither values nor whole texts are sent."""
        if self._provider is None:
            return
        tracer = self._provider.get_tracer("pytune")

        def before(*words: Any) -> None:
            if traceparent() is not None:
                context = words[4]
                context.pytune_span = tracer.start_span(
                    words[2].split(maxsplit=1)[0].upper(),
                    attributes={"db.system.name": engine.dialect.name},
                )

        def after(*words: Any) -> None:
            if span := getattr(words[4], "pytune_span", None):
                span.end()

        # Before others add to the statement: the span has its first word.
        event.listen(engine, "before_cursor_execute", before, insert=True)
        event.listen(engine, "after_cursor_execute", after)
        event.listen(engine, "handle_error", _end_as_failed)

    def close(self) -> None:
        """Send what waits, and end."""
        if self._provider is not None:
            self._provider.shutdown()


def _end_as_failed(about: ExceptionContext) -> None:
    """Of a statement that failed: by the driver's kind of error, whose text may hold values."""
    from opentelemetry.trace import StatusCode

    if span := getattr(about.execution_context, "pytune_span", None):
        span.set_status(StatusCode.ERROR, type(about.original_exception).__name__)
        span.end()


def _provider(url: str, process: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = {"service.name": f"pytune-{process}", "service.version": version("pytune")}
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
