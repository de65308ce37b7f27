"""`/metrics`: what Prometheus reads, from counts of the requests and from the pools as they are.

Each label has few values: routes by template, methods and outcomes of a list, statuses that this service sends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from hct_kg.api.authorisation import require
from hct_kg.api.logs import dropped_lines
from hct_kg.api.negotiation import negotiate
from hct_kg.api.observation import CANCELLED, OK, OUTCOMES
from hct_kg.api.problems import problem_responses
from hct_kg.api.service import service_of
from hct_kg.api.versions import Versions
from hct_kg.store.engine import Edition

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0)
"""Upper bounds of the durations counted together, in seconds; the last is beyond the default limit of a query."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
TEXT = {"schema": {"type": "string"}}
FORMATS: Mapping[str, Callable[[CollectorRegistry], bytes]] = {
    CONTENT_TYPE_PLAIN_0_0_4: generate_latest,
    openmetrics.CONTENT_TYPE_LATEST: partial(openmetrics.generate_latest, version="1.0.0"),
}


@dataclass(slots=True)
class Durations:
    """How long requests took: their number within each bound (the last: beyond all), and their sum."""

    numbers: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one request."""
        self.numbers[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Return the number of requests at or below each bound, as Prometheus counts."""
        bounds = [*map(str, BOUNDS), "+Inf"]
        return list(zip(bounds, accumulate(self.numbers), strict=True))


class Metrics(Collector):
    """Counts of the requests since the start. Plain numbers, as only the event loop touches them: a locked
    counter of the library's costs each request several times as much."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._outcomes = dict.fromkeys((OK, CANCELLED, *OUTCOMES.values()), 0)
        self._durations: dict[str, Durations] = {}

    def count(self, method: str, route: str, status: int, seconds: float, outcome: str | None) -> None:
        """Count one request that has ended."""
        self._requests[method if method in METHODS else OTHER, route, status] += 1
        if route not in self._durations:
            self._durations[route] = Durations()
        self._durations[route].add(seconds)
        if outcome is not None:
            self._outcomes[outcome] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of requests."""
        requests = CounterMetricFamily("hct_kg_requests", "Requests answered.", labels=["method", "route", "status"])
        for (method, route, status), number in self._requests.items():
            requests.add_metric([method, route, str(status)], number)
        durations = HistogramMetricFamily(
            "hct_kg_request_duration_seconds", "Time from a request's head to the end of its answer.", labels=["route"]
        )
        for route, found in self._durations.items():
            durations.add_metric([route], found.buckets(), found.seconds)
        outcomes = CounterMetricFamily("hct_kg_query_outcomes", "How queries ended.", labels=["outcome"])
        for outcome, number in self._outcomes.items():
            outcomes.add_metric([outcome], number)
        yield from (requests, durations, outcomes)
        yield GaugeMetricFamily("hct_kg_requests_in_flight", "Requests being answered.", self.in_flight)


class ServiceCollector(Collector):
    """The dataset, the pools and the log, read when asked."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics of the service."""
        service = self._versions.current
        edition = service.edition
        yield InfoMetricFamily("hct_kg_dataset", "The dataset that is served.", {"version": service.version})
        yield GaugeMetricFamily("hct_kg_warming", "Whether pages are being made ahead.", self._versions.warming)
        yield GaugeMetricFamily("hct_kg_dataset_triples", "Triples of the dataset.", edition.triples)
        yield CounterMetricFamily("hct_kg_log_lines_dropped", "Log lines that could not be written.", dropped_lines())
        yield from pool_metrics(edition)


def pool_metrics(edition: Edition) -> Iterable[Metric]:
    """Return the metrics of both pools of workers."""
    workers = GaugeMetricFamily("hct_kg_workers", "Workers, idle and busy.", labels=["pool", "state"])
    waiting = GaugeMetricFamily("hct_kg_queue_length", "Queries that wait for a worker.", labels=["pool"])
    replaced = CounterMetricFamily("hct_kg_workers_replaced", "Workers ended and replaced.", labels=["pool"])
    for name, pool in (("public", edition.public), ("curated", edition.curated)):
        workers.add_metric([name, "idle"], pool.idle)
        workers.add_metric([name, "busy"], pool.busy)
        waiting.add_metric([name], pool.waiting)
        replaced.add_metric([name], pool.replaced)
    return workers, waiting, replaced


def registry_of(versions: Versions, metrics: Metrics) -> CollectorRegistry:
    """Return all that `/metrics` shows; of the process its memory, time and files, and no version of anything."""
    registry = CollectorRegistry()
    registry.register(metrics)
    registry.register(ServiceCollector(versions))
    ProcessCollector(registry=registry)
    return registry


def router(registry: CollectorRegistry) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["operations"])

    async def show(request: Request) -> Response:
        await may_read(request)
        media_type = negotiate(request.headers.get("accept"), tuple(FORMATS))
        headers = {"Content-Type": media_type, "Cache-Control": "no-store", "Vary": "Accept"}
        return Response(FORMATS[media_type](registry), headers=headers)

    routes.add_api_route(
        "/metrics",
        show,
        response_class=Response,
        operation_id="metrics",
        summary="Counts and gauges for Prometheus",
        description="Where reading needs a key, this needs one with the scope admin.",
        responses={200: {"content": dict.fromkeys(FORMATS, TEXT)}, **problem_responses(401, 403, 406)},
    )
    return routes


async def may_read(request: Request) -> None:
    """Raise Unauthenticated or NotAuthorised for who may not read the metrics of a private service."""
    if service_of(request).settings.private:
        await require(request, "admin")
