"""What is kept of every page of the service, once it has been read: facts, not its HTML, for there are thousands."""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from sys import intern
from typing import TypeAlias, TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree.ElementTree import Element

import httpx

from hct_kg.api.representations import BY_SUFFIX
from pagerules import RULES, read_leniently
from webpages import words

HERE = "http://here"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
T = TypeVar("T")
Ask: TypeAlias = Callable[[httpx.AsyncClient, str], Awaitable[T]]
AT_ONCE = 4
"""Connections: enough to keep the service and the reader busy."""
SOUND = "is_sound"


@dataclass(frozen=True, slots=True)
class Facts:
    """One answer: where it was asked for, what came, and of a page what it is called, holds, leads to and breaks."""

    address: str
    status: int
    media_type: str
    title: str = ""
    heading: str = ""
    anchors: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    """Where its links lead, within the service: addresses, with their fragment."""
    broken: tuple[tuple[str, str], ...] = ()
    """The rules that it breaks, each with how."""

    @property
    def is_page(self) -> bool:
        """Tell whether it came, and is HTML."""
        return self.status == 200 and self.media_type == "text/html"


def read_page(address: str, body: str) -> Facts:
    """Return the facts of a page."""
    return facts_of(address, *read_leniently(body))


def facts_of(address: str, tree: Element, faults: Iterable[str]) -> Facts:
    """Return the facts of a page that has been read."""
    broken = [(SOUND, fault) for fault in faults]
    broken += [(name, fault) for name, rule in RULES.items() for fault in rule(tree)]
    targets = (each.get("href") or each.get("src") or "" for tag in ("a", "link", "script") for each in tree.iter(tag))
    base = HERE + address
    urls = {urljoin(base, target) for target in targets if target}
    return Facts(
        address,
        200,
        "text/html",
        title=next((words(title) for title in tree.findall("head/title")), ""),
        heading=next((words(heading) for heading in tree.iter("h1")), ""),
        anchors=frozenset(intern(each.attrib["id"]) for each in tree.iter() if "id" in each.attrib),
        links=frozenset(intern(url.removeprefix(HERE)) for url in urls if url.startswith(f"{HERE}/")),
        broken=tuple(broken),
    )


async def ask(client: httpx.AsyncClient, address: str) -> Facts:
    """Return the facts of an answer; what is no page is not read to its end."""
    async with client.stream("GET", address) as response:
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if response.has_redirect_location:
            to = urljoin(HERE + address, response.headers["location"]).replace(str(client.base_url).rstrip("/"), HERE)
            return Facts(address, response.status_code, media_type, links=frozenset({to.removeprefix(HERE)}))
        if response.status_code != 200 or media_type != "text/html":
            return Facts(address, response.status_code, media_type)
        body = await response.aread()
    return read_page(address, body.decode())


async def ask_all(base_url: httpx.URL, addresses: Iterable[str], ask: Ask[T]) -> dict[str, T]:
    """Return what is asked for at addresses, a few at once."""
    waiting = iter(dict.fromkeys(addresses))
    found: dict[str, T] = {}
    # A connection that is kept may be closed by the service just when it is used again, after a long page was read.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=base_url, headers=BROWSER, timeout=120, limits=limits) as client:

        async def work() -> None:
            for address in waiting:
                found[address] = await ask(client, address)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return found


def gather(base_url: httpx.URL, addresses: Iterable[str]) -> dict[str, Facts]:
    """Return the facts of the answers at addresses."""
    return asyncio.run(ask_all(base_url, addresses, ask))


def targets(pages: Iterable[Facts]) -> dict[str, str]:
    """Return where pages lead, without fragments, each with a page that leads there."""
    found: dict[str, str] = {}
    for page in pages:
        for link in page.links:
            found.setdefault(link.partition("#")[0], page.address)
    return found


def stem(address: str) -> str:
    """Return the address of which this one is a format, "" where it has no suffix of a format."""
    path, dot, suffix = address.rpartition(".")
    return path if dot and suffix in BY_SUFFIX else ""


def form(address: str) -> tuple[str, ...]:
    """Return what addresses with a query have in common: the route, and which parameters are given."""
    parts = urlsplit(address)
    route = re.sub(r"^/(query|v1/results|doc/\w+|v1/[\w-]+)/.+", r"/\1/…", parts.path)
    return (route, *sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))


def spread(addresses: Iterable[str], most: int, files: int) -> list[str]:
    """Return so many addresses of each form at most, spread over all of them in their order; fewer of files."""
    forms: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for address in sorted(addresses):
        forms[form(address)].append(address)
    return [
        address
        for (route, *_), found in forms.items()
        for address in found[:: -(-len(found) // (files if "." in route else most))]
    ]


def told(failing: Iterable[tuple[str, str]], most: int = 20) -> str:
    """Return failures as a message: how many, and the first with their reasons."""
    found = sorted(set(failing))
    kinds = Counter(address.split("/")[1] for address, _ in found).most_common(5)
    lines = (f"  {address}: {reason}" for address, reason in found[:most])
    return "\n".join([f"{len(found)} faults, of {dict(kinds)}; the first:", *lines])


def faults(pages: Iterable[Facts], rule: str) -> Iterator[tuple[str, str]]:
    """Yield the pages that break a rule, with how."""
    for page in pages:
        yield from ((page.address, how) for name, how in page.broken if name == rule)
