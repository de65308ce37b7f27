"""The service's composition root: a running service, and the application that answers for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from hct_kg import __version__, catalogue
from hct_kg.api import (
    compare,
    contested,
    dataset_description,
    dumps,
    evidence,
    explain,
    gaps,
    graphs,
    health,
    leverage,
    linked_data,
    listing,
    loops,
    metrics,
    permalinks,
    problem_pages,
    queries,
    search,
    sparql,
    static,
    trace,
    update,
    validate,
    vocabularies,
)
from hct_kg.api.authorisation import PrivateReading
from hct_kg.api.basics import HttpBasics
from hct_kg.api.collections_openapi import add_answers
from hct_kg.api.compression import Compression
from hct_kg.api.conditional import Representations
from hct_kg.api.interface import complete
from hct_kg.api.jsonld import read_context
from hct_kg.api.lean import ShortWay
from hct_kg.api.observer import Observer
from hct_kg.api.problems import install_problem_handlers
from hct_kg.api.publishing import Publisher
from hct_kg.api.query_openapi import add_examples
from hct_kg.api.rate import RateLimit
from hct_kg.api.routetable import RouteTable
from hct_kg.api.site.router import router as site_router
from hct_kg.api.versions import OneVersion, Versions
from hct_kg.keyring import Keyring
from hct_kg.settings import Settings
from hct_kg.store.opening import engine_of

DESCRIPTION = """
A knowledge graph of Healthy Communities Together. Every claim comes with its evidence (a passage of a document:
section, offsets, digest), its scope, whose view it is, and whether it was planned, perceived or observed.

`/sparql` speaks the SPARQL 1.1 Protocol. `/v1` answers in JSON: every answer names the version of the dataset that
it is from, and says whether it is complete. Errors are RFC 9457 problem details with a stable `type`.
""".strip()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Versions]:
    """Load data and queries, start the workers, and end them on leaving.

    Raises DataError, CatalogueError or SettingsError before anything is served.
    """
    questions = catalogue.load(settings.queries)
    versions = Versions(settings, questions, engine_of(settings))
    try:
        await versions.open()
        yield versions
    finally:
        await versions.close()


class Application(FastAPI):
    """The application, observed from outside all else: an answer to a mistake of ours has its ids too."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the observer around the whole; by now all routes are there."""
        inner = super().build_middleware_stack()
        return Observer(inner, RouteTable(self.routes), self.state.metrics, self.state.settings)

    def openapi(self) -> dict[str, Any]:
        """Return the description of the interface, with what no single route says."""
        document = add_examples(super().openapi(), self.state.versions.catalogue)
        return complete(add_answers(document), self.state.settings.private)


def create_app(versions: Versions) -> FastAPI:
    """Return the application of a running service."""
    app = Application(
        title="hct-kg",
        version=__version__,
        summary="Why is one thing said to lead to another, and where is that written?",
        description=DESCRIPTION,
        license_info={"name": "MIT (code), CC BY 4.0 (data)", "identifier": "MIT AND CC-BY-4.0"},
        # The pages that FastAPI offers load their scripts from elsewhere: they stay off.
        docs_url=None,
        redoc_url=None,
        # The observer does this; to find out that nobody listens costs a tenth of a small request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    settings = versions.settings
    app.state.settings = settings
    app.state.versions = versions
    app.state.metrics = metrics.Metrics()
    app.state.draining = False
    app.state.keyring = Keyring(settings.keys) if settings.keys else None
    publisher = Publisher(read_context(settings.ontology / "context.jsonld"))
    app.include_router(sparql.router())
    app.include_router(update.router())
    app.include_router(graphs.router())
    app.include_router(dumps.router())
    app.include_router(permalinks.router())
    app.include_router(health.router())
    app.include_router(metrics.router(metrics.registry_of(versions, app.state.metrics)))
    app.include_router(trace.router(publisher))
    app.include_router(explain.router())
    app.include_router(loops.router())
    app.include_router(leverage.router())
    app.include_router(gaps.router())
    app.include_router(contested.router())
    app.include_router(compare.router())
    app.include_router(evidence.router())
    app.include_router(search.router())
    app.include_router(validate.router())
    app.include_router(queries.router(versions.catalogue, settings.ontology))
    app.include_router(linked_data.router(publisher))
    app.include_router(vocabularies.router(publisher, settings))
    app.include_router(dataset_description.router(publisher))
    app.include_router(problem_pages.router())
    app.include_router(static.router())
    app.include_router(site_router())
    # Last, for they are many: what is found before them is found sooner.
    app.include_router(listing.router(publisher))
    install_problem_handlers(app)
    # The last one added is the outermost: read upwards for the way of a request.
    app.add_middleware(ShortWay, endpoints=sparql.ENDPOINTS)
    app.add_middleware(Representations)
    app.add_middleware(OneVersion, versions=versions)
    app.add_middleware(Compression)
    if settings.private:
        app.add_middleware(PrivateReading)
    app.add_middleware(RateLimit, rate=settings.rate, burst=settings.burst)
    app.add_middleware(HttpBasics)
    return app
