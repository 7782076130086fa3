"""Where a collector is named, it hears of each request, its statements, and the jobs it began."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from sqlalchemy.exc import DBAPIError

from app.db import Database
from app.queue import JobName, JsonJob
from app.telemetry import TRACEPARENT, Tracing
from tests.web.conftest import OpenSite, Site

TRACE = "0af7651916cd43dd8448eb211c80319c"
GIVEN = f"00-{TRACE}-b7ad6b7169203331-01"


@dataclass
class Collector:
    """A loopback server that takes spans by OTLP over HTTP."""

    url: str
    spans: list[Span] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def take(self, spans: Iterable[Span]) -> None:
        with self.arrived:
            self.spans.extend(spans)
            self.arrived.notify_all()

    def named(self, name: str) -> Span:
        """The one of that name, once it has come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: name in {span.name for span in self.spans}, 60)
            (found,) = [span for span in self.spans if span.name == name]
            return found


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent = ExportTraceServiceRequest.FromString(body)
            for resource in sent.resource_spans:
                for scope in resource.scope_spans:
                    made.take(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what failed."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def test_a_request_continues_its_callers_trace_with_its_statements_and_jobs(
    open_site: OpenSite, collector: Collector
) -> None:
    site = open_site(otlp_url=collector.url)
    site.sign_in(site.world.ann)
    answer = site.get("/", **{TRACEPARENT: GIVEN})
    span = collector.named("page /")
    assert span.trace_id.hex() == TRACE
    said = {each.key: each.value for each in span.attributes}
    assert said["http.response.status_code"].int_value == answer.status_code == 200
    assert said["pytune.request_id"].string_value == answer.headers["X-Request-ID"]
    statements = [each for each in collector.spans if each.parent_span_id == span.span_id]
    assert {each.name for each in statements} >= {"SELECT"}


def test_a_job_is_part_of_the_trace_that_began_it(nobody: Site, collector: Collector) -> None:
    queue, tracing = nobody.state.queue, Tracing(collector.url, "web")
    with tracing.span("request", GIVEN, serves=True):
        job_id = queue.enqueue(JobName.TIDY)
    begun_by = JsonJob.fetch(job_id, connection=queue.redis).meta[TRACEPARENT]
    with tracing.span("job tidy", begun_by):
        pass
    tracing.close()
    request, job = collector.named("request"), collector.named("job tidy")
    assert request.trace_id.hex() == job.trace_id.hex() == TRACE
    assert job.parent_span_id == request.span_id


def test_what_raises_is_a_failed_span_without_its_text(collector: Collector) -> None:
    tracing = Tracing(collector.url, "job")
    with pytest.raises(ValueError, match="secret"), tracing.span("job train", None):
        raise ValueError("secret")
    tracing.close()
    status = collector.named("job train").status
    assert (status.code, status.message) == (Status.STATUS_CODE_ERROR, "ValueError")


def test_a_statement_that_fails_is_a_failed_span_without_its_text(
    collector: Collector, database: Database
) -> None:
    tracing = Tracing(collector.url, "job")
    tracing.watch(database.engine)
    with tracing.span("job train", GIVEN), database.read() as session:
        connection = session.connection()
        with pytest.raises(DBAPIError, match="secret"):
            connection.exec_driver_sql("DELETE FROM secret")
        connection.exec_driver_sql("SELECT 1")
    tracing.close()
    failed, went = collector.named("DELETE"), collector.named("SELECT")
    assert failed.parent_span_id == went.parent_span_id == collector.named("job train").span_id
    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert failed.status.message in {"OperationalError", "ProgrammingError"}
    assert failed.end_time_unix_nano >= failed.start_time_unix_nano
    assert went.status.code == Status.STATUS_CODE_UNSET
