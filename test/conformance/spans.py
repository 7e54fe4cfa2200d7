"""A program of somebody who traces with OpenTelemetry alone, to LangSmith: two spans with all that a span may carry, sent in its binary form."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

MAIL = "mira.castellanos@example.com"
exporter = OTLPSpanExporter(endpoint=f"{os.environ['LANGSMITH_ENDPOINT']}/otel/v1/traces", headers={"x-api-key": os.environ["LANGSMITH_API_KEY"], "langsmith-project": "orders"})
provider = TracerProvider(resource=Resource.create({"service.name": "orders"}))
provider.add_span_processor(SimpleSpanProcessor(exporter))
tracer = provider.get_tracer("test", "1.0", attributes={"owner": MAIL})
with tracer.start_as_current_span(f"ask {MAIL}", kind=trace.SpanKind.CLIENT) as first:
    first.set_attributes({"gen_ai.prompt": f"Please write to {MAIL} about her order.", "cc": [MAIL, "nobody"], "card": 4111111111111111, "tokens": 12, "ratio": 0.5, "cached": True})
    first.add_event("answered", {"text": f"I wrote to {MAIL}."})
    with tracer.start_as_current_span("inner", links=[trace.Link(first.get_span_context(), {"why": MAIL})]) as inner:
        inner.set_status(trace.Status(trace.StatusCode.ERROR, f"{MAIL} is unknown"))
provider.shutdown()
print("sent")
