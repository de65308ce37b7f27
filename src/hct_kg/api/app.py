"""The service's composition root: a running service, and the application that answers for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from hct_kg import __version__, catalogue
from hct_kg.api import collections, health, queries, sparql, trace
from hct_kg.api.answers import RememberedAnswers
from hct_kg.api.basics import HttpBasics
from hct_kg.api.problems import install_problem_handlers
from hct_kg.api.service import Service, load_network
from hct_kg.settings import Settings
from hct_kg.store.pool import Pools

DESCRIPTION = """
A knowledge graph of Healthy Communities Together. Every claim comes with its evidence (a passage of a document:
section, offsets, digest), its scope, whose view it is, and whether it was planned, perceived or observed.

`/sparql` speaks the SPARQL 1.1 Protocol. `/v1` answers in JSON: every answer names the version of the dataset that
it is from, and says whether it is complete. Errors are RFC 9457 problem details with a stable `type`.
""".strip()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """Load data and queries, start the workers, and end them on leaving.

    Raises DataError, CatalogueError or SettingsError before anything is served.
    """
    questions = catalogue.load(settings.queries)
    pools = await Pools.start(settings)
    try:
        network = await load_network(pools.curated)
        yield Service(settings, pools, questions, network)
    finally:
        await pools.close()


def create_app(service: Service) -> FastAPI:
    """Return the application of a running service."""
    app = FastAPI(
        title="hct-kg",
        version=__version__,
        summary="Why is one thing said to lead to another, and where is that written?",
        description=DESCRIPTION,
        license_info={"name": "MIT (code), CC BY 4.0 (data)", "identifier": "MIT AND CC-BY-4.0"},
        # The pages that FastAPI offers load their scripts from elsewhere: they stay off.
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.include_router(sparql.router())
    app.include_router(health.router())
    app.include_router(collections.router())
    app.include_router(trace.router())
    app.include_router(queries.router(service.catalogue))
    install_problem_handlers(app)
    app.add_middleware(RememberedAnswers, service=service)
    app.add_middleware(HttpBasics)
    return app
