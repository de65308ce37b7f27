"""The floor: a FastAPI route that returns the same list of sites through its response model, and nothing else."""

from __future__ import annotations

import asyncio
import os

from fastapi import FastAPI

from hct_kg.api.app import running
from hct_kg.api.assembly import fetch
from hct_kg.api.collections import reader
from hct_kg.api.models import Listing, PageMeta, Site
from hct_kg.settings import from_environment
from hct_kg.terms import HCT


async def load() -> Listing[Site]:
    """Read the sites once, as the service does."""
    async with running(from_environment(os.environ)) as versions:
        service = versions.current
        names = [row["site"].value for row in await service.select(f"SELECT ?site {{ ?site a <{HCT}Site> }}")]
        sites = await fetch(reader(service), Site, names)
        data = sorted(sites.values(), key=lambda site: site.label)
        count = len(data)
        meta = PageMeta(
            dataset_version=service.version, count=count, total=count, complete=True, permalink=None, next=None
        )
        return Listing[Site](data=data, facets=None, meta=meta)


ANSWER = asyncio.run(load())
app = FastAPI()


@app.get("/v1/sites")
async def sites() -> Listing[Site]:
    return ANSWER
