"""Every state of the drawings: with each factor selected, what is drawn, listed and answered are the same links.

Asked for: `/theory-of-change` in both views and `/map` with each factor of their models selected, `/map` for each
other model that has links, and how each factor of the map reaches the one farthest from it. Of the one model that is
too large to be drawn whole every sixteenth factor is selected, in the order of their identifiers.

So many pages take minutes. With EVERY_STATE set all are asked for; else, of each model, every fourth factor.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import httpx
import pytest

from drawnpages import boxes, drawn, ids, listed, reached, rows, told
from hct_kg.settings import Settings
from hct_kg.web.maps import LARGEST_WHOLE
from pagefacts import Facts, ask_all, facts_of
from pagefacts import told as message
from pagerules import read_leniently
from serving import running
from webpages import classes

THEORY, MAP = "model/hct-theory-of-change", "model/hct-system-map"
EACH = 1 if os.environ.get("EVERY_STATE") else 4
EACH_OF_A_LARGE_MODEL = 16 * EACH
DEPTH, LIMIT = 6, 10
"""How far, and how many ways, a page tells how one factor reaches another."""

Link = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """A box: how it is marked, where it stands, and what its link selects."""

    marks: frozenset[str]
    x: float
    y: float
    width: float
    height: float
    selects: str

    def overlaps(self, other: Box) -> bool:
        """Tell whether two boxes have a point within both."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class State:
    """What one state of a drawing shows."""

    facts: Facts
    drawn: tuple[str, ...]
    listed: tuple[str, ...]
    rows: int
    boxes: Mapping[str, Box]
    told: tuple[str, ...]
    """The links of the panel, in sentences."""
    paths: tuple[str, ...]
    lines: Mapping[str, str]
    """What the link of each line selects."""


@dataclass(frozen=True, slots=True)
class Models:
    """The links of each model that has some, as `/v1/links` answers, and its factors."""

    links: Mapping[str, list[Link]]
    factors: Mapping[str, tuple[str, ...]]

    def before(self, model: str, factor: str) -> list[str]:
        """Return the links that lead to a factor."""
        return ids(link for link in self.links[model] if link["effect"]["id"] == factor)

    def after(self, model: str, factor: str) -> list[str]:
        """Return the links that start from a factor."""
        return ids(link for link in self.links[model] if link["cause"]["id"] == factor)

    def upstream(self, model: str, factor: str, steps: int | None = None) -> set[str]:
        """Return what leads to a factor, within so many links."""
        return reached(self.links[model], factor, "effect", "cause", steps)

    def downstream(self, model: str, factor: str, steps: int | None = None) -> set[str]:
        """Return what follows from a factor, within so many links."""
        return reached(self.links[model], factor, "cause", "effect", steps)

    def linked(self, model: str) -> list[str]:
        """Return the factors that have a link, in order."""
        return sorted({link[end]["id"] for link in self.links[model] for end in ("cause", "effect")})


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with ExitStack() as stack:
        # On a busy machine a page may wait for long.
        yield running(Settings(query_seconds=60), stack).client


@pytest.fixture(scope="module")
def models(client: httpx.Client) -> Models:
    facets = client.get("/v1/links", params={"facets": "true", "limit": "1"}).json()["facets"]["model"]
    names = [facet["value"]["id"] for facet in facets]
    asked = {name: {"model": name, "limit": "1000"} for name in names}
    links = {name: client.get("/v1/links", params=asked[name]).json() for name in names}
    factors = {name: client.get("/v1/factors", params=asked[name]).json() for name in names}
    assert not [name for name in names if links[name]["meta"]["next"] or factors[name]["meta"]["next"]]
    return Models(
        {name: answer["data"] for name, answer in links.items()},
        {name: tuple(ids(answer["data"])) for name, answer in factors.items()},
    )


@pytest.fixture(scope="module")
def chains(client: httpx.Client, models: Models) -> dict[str, list[str]]:
    """By the address of a page that asks for them: the links along the ways from each factor to the farthest one."""
    found = {}
    for factor in models.linked(MAP)[::EACH]:
        goal = farthest(models, factor)
        if goal is not None:
            asked = {"from": factor, "to": goal, "model": MAP, "depth": str(DEPTH), "limit": str(LIMIT)}
            answer = client.get("/v1/trace", params=asked).json()["data"]["chains"]
            ways = [claim["id"] for chain in answer for step in chain["steps"] for claim in step["claims"]]
            found[f"/map?select={factor}&to={goal}&ask=path"] = ways
    assert len(found) >= 20 // EACH
    return found


def farthest(models: Models, factor: str) -> str | None:
    """Return the last of those factors that only most links lead to."""
    met: set[str] = set()
    last = None
    for steps in range(1, DEPTH + 1):
        new = models.downstream(MAP, factor, steps) - met
        last = max(new, default=last)
        met |= new
    return last


@pytest.fixture(scope="module")
def states(client: httpx.Client, models: Models, chains: dict[str, list[str]]) -> dict[str, State]:
    """All states, by address."""
    addresses = [*theory(models), *maps(models), *chains]
    assert len(addresses) > 400 // EACH
    return asyncio.run(ask_all(client.base_url, addresses, look))


def theory(models: Models) -> dict[str, str]:
    """Return the states of the theory of change: address → what is selected."""
    return {
        f"/theory-of-change?{view}select={factor}": factor
        for view in ("view=full&", "")
        for factor in models.factors[THEORY][::EACH]
    }


def maps(models: Models) -> dict[str, tuple[str, str]]:
    """Return the states of the map: address → model and what is selected."""
    found = {f"/map?select={factor}": (MAP, factor) for factor in models.linked(MAP)[::EACH]}
    for model in sorted(models.links.keys() - {MAP}):
        large = len(models.links[model]) > LARGEST_WHOLE
        factors = models.linked(model)[:: EACH_OF_A_LARGE_MODEL if large else EACH]
        found |= {f"/map?model={model}&select={factor}": (model, factor) for factor in factors}
    return found


async def look(client: httpx.AsyncClient, address: str) -> State:
    """Return what a state shows."""
    response = await client.get(address)
    assert response.status_code == 200, (address, response.text)
    tree, faults = read_leniently(response.text)
    sections = {section.get("id"): section for section in tree.iter("section")}
    nothing = Element("section")
    return State(
        facts_of(address, tree, faults),
        tuple(drawn(tree)),
        tuple(listed(tree)),
        len(rows(tree)),
        {name: read_box(box) for name, box in boxes(tree).items()},
        tuple(told(sections.get("selected", nothing))),
        tuple(told(sections.get("paths", nothing))),
        {
            line.get("data-edge", ""): selection(href)
            for line in tree.iter("a")
            if "data-edge" in line.attrib
            for href in [line.get("href", "")]
        },
    )


def read_box(box: Element) -> Box:
    """Return a box as it is drawn."""
    rect = next(box.iter("rect"))
    x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return Box(frozenset(classes(box)) - {"box"}, x, y, width, height, selection(box.get("href", "")))


def selection(href: str) -> str:
    """Return what an address selects."""
    return parse_qs(urlsplit(href).query).get("select", [""])[0]


def test_every_state_is_a_sound_page(states: dict[str, State]) -> None:
    broken = [(address, f"{rule}: {how}") for address, state in states.items() for rule, how in state.facts.broken]
    assert not broken, message(broken)


def test_the_full_theory_draws_and_lists_every_link_whatever_is_selected(
    states: dict[str, State], models: Models
) -> None:
    wanted = tuple(ids(models.links[THEORY]))
    others = [
        (address, f"{len(states[address].drawn)} drawn, {len(states[address].listed)} listed")
        for address in theory(models)
        if "view=full" in address and not states[address].drawn == states[address].listed == wanted
    ]
    assert not others, message(others)


def test_the_overview_lists_every_link_and_draws_each_as_a_line_or_a_box(
    states: dict[str, State], models: Models
) -> None:
    others = []
    for address in theory(models):
        state = states[address]
        if "view=full" not in address:
            undrawn = set(state.listed) - set(state.drawn) - state.boxes.keys()
            if state.rows != len(models.links[THEORY]) or undrawn or not set(state.drawn) <= set(state.listed):
                others.append((address, f"{state.rows} rows, not drawn: {sorted(undrawn)[:3]}"))
    assert not others, message(others)


def test_a_map_draws_and_lists_the_same_links_which_are_those_of_the_model(
    states: dict[str, State], models: Models
) -> None:
    others = []
    for address, (model, factor) in maps(models).items():
        state, all_links = states[address], ids(models.links[model])
        if len(all_links) > LARGEST_WHOLE:
            own = {*models.before(model, factor), *models.after(model, factor)}
            fits = own <= set(state.drawn) <= set(all_links)
        else:
            fits = list(state.drawn) == all_links
        if not fits or state.drawn != state.listed:
            others.append((address, f"{len(state.drawn)} drawn, {len(state.listed)} listed of {len(all_links)}"))
    assert not others, message(others)


def test_what_leads_to_a_factor_and_from_it_is_told_link_by_link(states: dict[str, State], models: Models) -> None:
    wanted = {address: (THEORY, factor) for address, factor in theory(models).items()} | maps(models)
    others = [
        (address, f"tells {len(states[address].told)}")
        for address, (model, factor) in wanted.items()
        if sorted(states[address].told) != sorted([*models.before(model, factor), *models.after(model, factor)])
    ]
    assert not others, message(others)


def test_the_boxes_are_marked_by_what_leads_to_the_selected_one_and_what_follows(
    states: dict[str, State], models: Models
) -> None:
    wanted = {address: (THEORY, factor) for address, factor in theory(models).items() if "view=full" in address} | maps(
        models
    )
    others = []
    for address, (model, factor) in wanted.items():
        found = states[address].boxes
        near = 1 if len(models.links[model]) > LARGEST_WHOLE else None
        sets = {
            "upstream": models.upstream(model, factor, near),
            "downstream": models.downstream(model, factor, near),
            "selected": {factor},
        }
        faded = {"faded"} if factor in found else set()
        for name, box in found.items():
            expected = {mark for mark, factors in sets.items() if name in factors} or faded
            if box.marks != expected:
                others.append((address, f"{name} is {sorted(box.marks)}, not {sorted(expected)}"))
        missing = set() if factor not in found else set().union(*sets.values()) - found.keys()
        others += [(address, f"{name} is not drawn") for name in missing]
    assert not others, message(others)


def test_a_factor_is_selected_by_the_link_of_its_box_and_a_link_by_that_of_its_line(states: dict[str, State]) -> None:
    others = [
        (address, f"{name} leads to {selects!r}")
        for address, state in states.items()
        for name, selects in [*((name, box.selects) for name, box in state.boxes.items()), *state.lines.items()]
        if name != selects
    ]
    assert all(state.boxes for state in states.values())
    assert not others, message(others)


def test_no_box_lies_over_another(states: dict[str, State]) -> None:
    over = [
        (address, f"{one} over {other}")
        for address, state in states.items()
        for (one, box), (other, next_box) in combinations(state.boxes.items(), 2)
        if box.overlaps(next_box)
    ]
    assert not over, message(over)


def test_ways_from_one_factor_to_another_are_those_of_the_trace(
    states: dict[str, State], chains: dict[str, list[str]]
) -> None:
    others = [
        (address, f"tells {states[address].paths[:4]}, not {ways[:4]}")
        for address, ways in chains.items()
        if list(states[address].paths) != ways
    ]
    assert all(chains.values())
    assert not others, message(others)
