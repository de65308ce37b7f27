"""The SPARQL that reproduces each part of an explanation, for whoever would rather not take our word for it.

Each query runs as it stands on `/sparql`, over the union of all graphs. Its IRIs are ones that the dataset holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hct_kg.explaining import Explanation
from hct_kg.terms import HCT, ID

PREFIXES = f"PREFIX hct: <{HCT}>\nPREFIX polarity: <{ID}polarity/>\n"
LINK = "?link a hct:Link ; hct:cause ?cause ; hct:effect ?effect ."
OTHER = "?other a hct:Link ; hct:cause ?cause ; hct:effect ?effect ."


def queries(explanation: Explanation, depth: int) -> Mapping[str, str]:
    """Return a query for each part, by the name of the part."""
    pairs = f"VALUES (?cause ?effect) {{ {' '.join(f'({iris(pair)})' for pair in explanation.pairs)} }}"
    return {
        "chains": PREFIXES + chains(explanation.cause, explanation.effect, depth),
        "links": PREFIXES + select("?link", pairs, LINK),
        "passages": PREFIXES + select("?passage", pairs, LINK, "?link hct:supportedBy ?passage ."),
        "grounds": PREFIXES + select("?cause ?effect ?modality", pairs, LINK, "?link hct:modality ?modality ."),
        "findings": PREFIXES + select("?link ?finding", pairs, LINK, "?finding a hct:Finding ; hct:finds ?link ."),
        "opposed": PREFIXES
        + select(
            "?link ?other",
            pairs,
            f"{LINK} ?link hct:polarity polarity:positive .",
            f"{OTHER} ?other hct:polarity polarity:negative .",
        ),
        "narrower": PREFIXES + narrower(pairs),
        "conditional": PREFIXES + select("?link ?condition", pairs, LINK, "?link hct:condition ?condition ."),
        "alternatives": PREFIXES + alternatives(explanation),
    }


def chains(cause: str, effect: str, depth: int) -> str:
    """Return the query for all chains of at most `depth` links: a row each, its factors and polarities in order."""
    ways = " UNION\n  ".join(chain_of(cause, effect, length) for length in range(1, depth + 1))
    columns = " ".join([*(f"?f{place}" for place in range(1, depth)), *(f"?p{place}" for place in range(1, depth + 1))])
    return f"SELECT DISTINCT ?length {columns} WHERE {{\n  {ways}\n}}\nORDER BY ?length {columns}"


def chain_of(cause: str, effect: str, length: int) -> str:
    """Return the pattern of a chain of exactly `length` links; no factor comes twice."""
    factors = [f"<{cause}>", *(f"?f{place}" for place in range(1, length)), f"<{effect}>"]
    links = " ".join(
        f"?l{place} hct:cause {factors[place - 1]} ; hct:effect {factors[place]} ; hct:polarity ?p{place} ."
        for place in range(1, length + 1)
    )
    between = factors[1:-1]
    differs = "".join(
        f" FILTER ({name} NOT IN ({', '.join([factors[0], factors[-1], *between[:place]])}))"
        for place, name in enumerate(between)
    )
    return f"{{ {links}{differs} BIND ({length} AS ?length) }}"


def narrower(pairs: str) -> str:
    """Return the query for links whose named members are some of those that another of the same sign names."""
    return select(
        "?link ?other",
        pairs,
        f"{LINK} ?link hct:polarity ?polarity ; hct:scope ?narrow .",
        f"{OTHER} ?other hct:polarity ?polarity ; hct:scope ?wide .",
        "FILTER EXISTS { ?narrow hct:member ?some }",
        "FILTER EXISTS { ?wide hct:member ?more FILTER NOT EXISTS { ?narrow hct:member ?more } }",
        "FILTER NOT EXISTS { ?narrow hct:member ?one FILTER NOT EXISTS { ?wide hct:member ?one } }",
    )


def alternatives(explanation: Explanation) -> str:
    """Return the query for links to the effect from factors that are on none of the chains."""
    met = ", ".join(f"<{factor}>" for factor in explanation.factors)
    return select(
        "?link",
        f"?link a hct:Link ; hct:cause ?cause ; hct:effect <{explanation.effect}> .",
        f"FILTER (?cause NOT IN ({met}))",
    )


def select(columns: str, *patterns: str) -> str:
    """Return a SELECT in rows of one order."""
    body = "\n  ".join(patterns)
    return f"SELECT DISTINCT {columns} WHERE {{\n  {body}\n}}\nORDER BY {columns}"


def iris(values: Iterable[str]) -> str:
    """Return IRIs as SPARQL writes them."""
    return " ".join(f"<{value}>" for value in values)
