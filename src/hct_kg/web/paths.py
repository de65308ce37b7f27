"""Paths of causal links, and the loops that some close: told in sentences, with what to be careful about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hct_kg.web.causal_links import Json, read_link
from hct_kg.web.sentences import Sentence, sentence

Step = tuple[Sentence, ...]
"""From one factor to the next: a sentence for each claim that says so."""

TOGETHER: Mapping[str, str] = MappingProxyType(
    {
        "positive": "Read together, its steps point to more of",
        "negative": "Read together, its steps point to less of",
        "unsigned": "Read together, its steps do not tell whether they point to more or to less of",
    }
)
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reinforcing": ("Feeds itself", "A change in any part of it comes back as more of the same."),
        "balancing": ("Holds itself back", "A change in any part of it comes back as its opposite."),
        "unknown": (
            "Not told which way it turns",
            "For one of its links, no document says whether it leads to more or to less, or documents disagree.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from one factor to another, what they point to together, and what to be careful about."""

    steps: tuple[Step, ...]
    together: str
    cautions: tuple[str, ...]

    @property
    def links(self) -> frozenset[str]:
        """Return the identifiers of all claims along the path."""
        return frozenset(said.link.id for step in self.steps for said in step)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: what kind it is and what that means, whether a document says that it is one, and its story."""

    name: str
    meaning: str
    stated: bool
    model: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StatedLoop:
    """What a document calls a loop: whether the links that it names come round, and these links."""

    id: str
    label: str
    closes: bool
    model: str
    steps: tuple[Step, ...]


def read_path(chain: Json) -> Path:
    """Return a path as `/v1/trace` tells it."""
    steps = chain["steps"]
    goal = steps[-1]["effect"]["label"]
    cautions = tuple(plain(warning, steps) for warning in chain["warnings"])
    return Path(read_steps(steps), f"{TOGETHER[chain['sign']]} {goal}.", cautions)


def read_steps(steps: Sequence[Json]) -> tuple[Step, ...]:
    """Return steps in sentences."""
    return tuple(tuple(sentence(read_link(claim, step)) for claim in step["claims"]) for step in steps)


def plain(warning: str, steps: Sequence[Json]) -> str:
    """Return a warning of the service in the words of the pages: factors by name, a chain as a path."""
    names = {end["iri"]: end["label"] for step in steps for end in (step["cause"], step["effect"])}
    # The longest first: one identifier may begin with another.
    for iri in sorted(names, key=len, reverse=True):
        warning = warning.replace(iri, f"“{names[iri]}”")
    return warning.replace("The chain", "The path").replace("the chain", "the path")


def read_loop(item: Json) -> Loop:
    """Return a loop as `/v1/loops` tells it."""
    return Loop(*KINDS[item["kind"]], bool(item["stated"]), item["model"]["label"], read_steps(item["arcs"]))


def read_stated_loop(item: Json) -> StatedLoop:
    """Return what a document calls a loop, as `/v1/loops` tells it."""
    links = tuple((sentence(read_link(link)),) for link in item["links"])
    return StatedLoop(item["id"], item["label"], item["closes"], item["model"]["label"], links)
