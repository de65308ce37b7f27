"""Chains as RDF: an answer with its chains, their steps in order, and each link and passage as the dataset has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hct_kg.store import Literal, NamedNode, Triple
from hct_kg.terms import HCT, ID, PROV, RDFS, TYPE, XSD
from hct_kg.tracing import CAUTION, Chain

POLARITIES = {1: f"{ID}polarity/positive", -1: f"{ID}polarity/negative", 0: f"{ID}polarity/unsigned"}


def named_in(chains: Iterable[Chain]) -> list[str]:
    """Return the IRIs of the links that chains run through and of the passages behind them, each once."""
    links = [link for chain in chains for step in chain.steps for link in step.links]
    passages = (citation.passage for link in links for citation in link.evidence)
    return list(dict.fromkeys([*(link.iri for link in links), *passages]))


def describe_answer(
    answer: str, chains: Sequence[Chain], labels: Mapping[str, str], complete: bool
) -> Iterator[Triple]:
    """Yield what an answer is: a collection of chains, each with its sign, its warnings and its steps by position.

    A step names every link that says so. `answer` is the IRI of the answer; chains and steps are parts of it.
    """
    about = NamedNode(answer)
    yield Triple(about, NamedNode(TYPE), NamedNode(PROV + "Collection"))
    yield Triple(about, NamedNode(RDFS + "comment"), Literal(CAUTION, language="en"))
    yield Triple(about, NamedNode(HCT + "complete"), Literal(complete))
    for number, chain in enumerate(chains, 1):
        name = NamedNode(f"{answer}#chain-{number}")
        yield Triple(about, NamedNode(PROV + "hadMember"), name)
        yield Triple(name, NamedNode(TYPE), NamedNode(HCT + "Chain"))
        path = [chain.steps[0].cause, *(step.effect for step in chain.steps)]
        words = " → ".join(labels.get(factor, factor) for factor in path)
        yield Triple(name, NamedNode(RDFS + "label"), Literal(words, language="en"))
        yield Triple(name, NamedNode(HCT + "overallPolarity"), NamedNode(POLARITIES[chain.sign]))
        yield Triple(name, NamedNode(HCT + "weakestModality"), NamedNode(chain.modality))
        for warning in chain.warnings:
            yield Triple(name, NamedNode(HCT + "warning"), Literal(warning, language="en"))
        yield from describe_steps(name, chain)


def describe_steps(name: NamedNode, chain: Chain) -> Iterator[Triple]:
    """Yield the steps of a chain."""
    for position, step in enumerate(chain.steps, 1):
        part = NamedNode(f"{name.value}-step-{position}")
        yield Triple(name, NamedNode(HCT + "chainStep"), part)
        yield Triple(part, NamedNode(TYPE), NamedNode(HCT + "ChainStep"))
        yield Triple(part, NamedNode(HCT + "position"), Literal(str(position), datatype=NamedNode(XSD + "integer")))
        for link in step.links:
            yield Triple(part, NamedNode(HCT + "stepLink"), NamedNode(link.iri))
