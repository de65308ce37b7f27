"""The collections of `/v1`: a class of things each, as a list and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Path, Request, Response

from hct_kg.api import models
from hct_kg.api.answers import cached, no_parameters
from hct_kg.api.assembly import Reader, fetch, instances, things
from hct_kg.api.problems import PROBLEM_RESPONSES
from hct_kg.api.service import Service, service_of
from hct_kg.errors import UnknownResource
from hct_kg.terms import HCT, ID

SLUG = r"^[A-Za-z0-9][A-Za-z0-9._~-]*$"


@dataclass(frozen=True, slots=True)
class Collection:
    """A class of things under `/v1`: its path, class, the type in its identifiers, and its models."""

    name: str
    class_iri: str
    kind: str
    summary: type[models.Resource]
    item: type[models.Resource]
    example: str

    @property
    def path(self) -> str:
        """Return the path of the list."""
        return f"/v1/{self.name}"


COLLECTIONS = (
    Collection("programmes", HCT + "Programme", "programme", models.Programme, models.ProgrammeItem, "hct"),
    Collection("sites", HCT + "Site", "site", models.Site, models.SiteItem, "coventry"),
    Collection(
        "organisations",
        HCT + "Organisation",
        "organisation",
        models.Organisation,
        models.OrganisationItem,
        "the-kings-fund",
    ),
    Collection(
        "support-strands",
        HCT + "SupportStrand",
        "strand",
        models.SupportStrand,
        models.SupportStrandItem,
        "learning-support",
    ),
    Collection("grants", HCT + "Grant", "grant", models.Grant, models.GrantItem, "coventry-phase-2"),
    Collection("mechanisms", HCT + "Mechanism", "factor", models.Factor, models.FactorItem, "time-and-capacity"),
    Collection("outcomes", HCT + "Outcome", "factor", models.Factor, models.FactorItem, "ultimate-impact"),
)

ROUTES = {collection.class_iri: collection.path for collection in COLLECTIONS}


def router() -> APIRouter:
    """Return the routes of every collection."""
    routes = APIRouter(tags=["collections"], responses=PROBLEM_RESPONSES)
    for collection in COLLECTIONS:
        add_list(routes, collection)
        add_item(routes, collection)
    return routes


def add_list(routes: APIRouter, collection: Collection) -> None:
    """Add the route of a collection's list."""

    async def listing(request: Request) -> Response:
        no_parameters(request)
        service = service_of(request)

        async def answer() -> models.Answer:
            found = await fetch(reader(service), collection.summary, instances(collection.class_iri))
            data = sorted(found.values(), key=lambda thing: thing.label.casefold())
            return models.Listing[Any](data=data, meta=service.meta(request, len(data)))

        return await cached(service, request, answer)

    routes.add_api_route(
        collection.path,
        listing,
        response_model=models.Listing[collection.summary],  # type: ignore[name-defined]
        operation_id=f"list-{collection.name}",
        summary=f"All {collection.name.replace('-', ' ')}, by label",
    )


def add_item(routes: APIRouter, collection: Collection) -> None:
    """Add the route of one thing of a collection."""

    async def item(
        request: Request,
        slug: str = Path(pattern=SLUG, max_length=200, examples=[collection.example]),
    ) -> Response:
        no_parameters(request)
        service = service_of(request)
        iri = f"{ID}{collection.kind}/{slug}"

        async def answer() -> models.Answer:
            pattern = f"{things([iri])} {instances(collection.class_iri)}"
            found = await fetch(reader(service), collection.item, pattern)
            if iri not in found:
                raise UnknownResource(f"{collection.path} has no {slug!r}; {collection.path} lists all there are")
            return models.Item[Any](data=found[iri], meta=service.meta(request, 1))

        return await cached(service, request, answer)

    routes.add_api_route(
        f"{collection.path}/{{slug}}",
        item,
        response_model=models.Item[collection.item],  # type: ignore[name-defined]
        operation_id=f"get-{collection.name}",
        summary=f"One of the {collection.name.replace('-', ' ')}, with its claims and their passages",
    )


def reader(service: Service) -> Reader:
    """Return how a service's dataset is read."""
    return Reader(service.select, ROUTES)
