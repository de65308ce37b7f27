"""What Prometheus reads: counts that agree with what was asked, under labels of few values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from hct_kg import keys
from hct_kg.api.metrics import BOUNDS, Durations
from serving import Server, problem

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Samples:
    """Return the value of each sample by its name and labels; assert that there are no two of one."""
    samples = [sample for family in read_text(text) for sample in family.samples]
    values = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(values) == len(samples)
    return values


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[f"hct_kg_{name}", frozenset(labels.items())]


def metrics(server: Server) -> Samples:
    return read(server.client.get("/metrics").text)


@pytest.mark.parametrize(
    ("seconds", "bound"),
    [(0.0, "0.001"), (0.001, "0.001"), (0.0011, "0.0025"), (0.25, "0.25"), (9.0, "10.0"), (25.0, "25.0"), (26, "+Inf")],
)
def test_a_duration_counts_within_every_bound_from_its_own(seconds: float, bound: str) -> None:
    durations = Durations()
    durations.add(seconds)
    counts = durations.buckets()
    bounds = [name for name, _ in counts]
    assert bounds == [*map(str, BOUNDS), "+Inf"]
    assert [number for _, number in counts] == [int(bounds.index(name) >= bounds.index(bound)) for name in bounds]
    assert durations.seconds == seconds


def test_requests_are_counted_by_method_route_and_status(start_server: Callable[..., Server]) -> None:
    server = start_server()
    before = metrics(server)
    for _ in range(3):
        server.client.get("/v1/sites")
    server.client.head("/v1/sites")
    server.client.post("/v1/sites")
    server.client.get("/v1/sites/nobody")
    server.ask("ASK {")
    server.ask("SELECT ?a { ?a ?b ?c . ?d ?e ?f } LIMIT 5001")
    after = metrics(server)
    expected = {
        ("GET", "/v1/sites", "200"): 3,
        ("HEAD", "/v1/sites", "200"): 1,
        ("POST", "/v1/sites", "405"): 1,
        ("GET", "/v1/sites/{slug}", "404"): 1,
        ("GET", "/sparql", "400"): 1,
        ("GET", "/sparql", "507"): 1,
        ("GET", "/metrics", "200"): 1,
    }
    names = ("method", "route", "status")
    counted = {
        tuple(dict(labels)[item] for item in names): number - before.get((name, labels), 0)
        for (name, labels), number in after.items()
        if name == "hct_kg_requests_total"
    }
    assert {labels: number for labels, number in counted.items() if number} == expected
    assert value(after, "request_duration_seconds_count", route="/v1/sites") == 5
    assert value(after, "request_duration_seconds_bucket", route="/v1/sites", le="+Inf") == 5
    assert value(after, "request_duration_seconds_sum", route="/v1/sites") > 0
    assert value(after, "query_outcomes_total", outcome="syntax") == 1
    assert value(after, "query_outcomes_total", outcome="too-large") == 1
    assert value(after, "query_outcomes_total", outcome="timeout") == 0
    assert value(after, "requests_in_flight") == 1


def test_the_dataset_the_pools_and_the_process_are_shown_as_they_are(server: Server) -> None:
    samples = metrics(server)
    version = server.client.get("/healthz").json()["dataset_version"]
    assert value(samples, "dataset_info", version=version) == 1
    (count,) = server.select("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert value(samples, "dataset_triples") == int(count["n"]["value"])
    for pool in ("public", "curated"):
        shown = {state: value(samples, "workers", pool=pool, state=state) for state in ("idle", "busy")}
        assert all(number >= 0 for number in shown.values())
        assert value(samples, "queue_length", pool=pool) == 0
        assert value(samples, "workers_replaced_total", pool=pool) >= 0
    assert value(samples, "log_lines_dropped_total") == 0
    assert samples["process_resident_memory_bytes", frozenset()] > 1 << 20


def test_whatever_is_asked_the_labels_have_few_values(start_server: Callable[..., Server]) -> None:
    server = start_server()
    for number in range(50):
        server.client.get(f"/nowhere/{number}")
        server.client.get(f"/v1/sites/site-{number}")
    for method in ("PROPFIND", "SUBSCRIBE"):
        server.client.request(method, "/nowhere")
    samples = metrics(server)
    assert value(samples, "requests_total", method="GET", route="unmatched", status="404") == 50
    assert value(samples, "requests_total", method="GET", route="/v1/sites/{slug}", status="404") == 50
    assert value(samples, "requests_total", method="other", route="unmatched", status="404") == 2
    routes = {dict(labels)["route"] for name, labels in samples if name == "hct_kg_request_duration_seconds_count"}
    assert routes == {"/readyz", "unmatched", "/v1/sites/{slug}"}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
        (PROMETHEUS, "text/plain; version=0.0.4; charset=utf-8"),
        (OPENMETRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ],
)
def test_both_formats_of_prometheus_are_spoken(server: Server, accept: str, content_type: str) -> None:
    response = server.client.get("/metrics", headers={"Accept": accept})
    assert response.headers["content-type"] == content_type
    assert response.headers["cache-control"] == "no-store"
    reader = read_openmetrics if "openmetrics" in content_type else read_text
    names = {sample.name for family in reader(response.text) for sample in family.samples}
    assert {"hct_kg_requests_total", "hct_kg_dataset_info", "process_cpu_seconds_total"} <= names


def test_another_format_is_not_offered(server: Server) -> None:
    assert problem(server.client.get("/metrics", headers={"Accept": "application/json"})) == (406, "not-acceptable")


def test_nothing_tells_the_version_of_a_program(server: Server) -> None:
    text = server.client.get("/metrics").text.lower()
    assert "python" not in text
    assert [labels for name, labels in read(text) if "version" in dict(labels) and name != "hct_kg_dataset_info"] == []


def test_the_metrics_of_a_private_service_need_an_admin(start_server: Callable[..., Server], tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    texts = {scope: keys.add(path, scope, scope)[1] for scope in keys.SCOPES}
    server = start_server(private=True, keys=path)

    def get(text: str) -> int:
        return server.client.get("/metrics", headers={"Authorization": f"Bearer {text}"}).status_code

    assert problem(server.client.get("/metrics")) == (401, "unauthenticated")
    assert {scope: get(text) for scope, text in texts.items()} == {"read": 403, "write": 403, "admin": 200}
