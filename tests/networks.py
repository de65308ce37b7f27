"""Invented causal links, a few by hand or many by chance."""

from __future__ import annotations

from hypothesis import strategies as st

from hct_kg.links import Citation, Link, Scope
from hct_kg.terms import ID

ALL_SITES = Scope(f"{ID}scope/all", "all sites", frozenset())
LETTERS = "abcdef"


def passage(name: str) -> Citation:
    return Citation(f"{ID}passage/{name}", f"{ID}document/d", "D", f"{ID}section/s", "1 S", 0, 9, "0" * 64)


def link(
    cause: str,
    effect: str,
    sign: int = 1,
    *,
    implied: bool = False,
    model: str = "toc",
    modality: str = "intended",
    scope: Scope = ALL_SITES,
    condition: str = "",
    passages: tuple[str, ...] = (),
) -> Link:
    return Link(
        iri=f"{ID}link/{cause}-{effect}-{sign}-{model}",
        cause=cause,
        effect=effect,
        sign=sign,
        models=frozenset({model}),
        explicitness=f"{ID}explicitness/{'implied' if implied else 'stated'}",
        modality=f"{ID}modality/{modality}",
        scope=scope,
        voices=(),
        note="",
        description="",
        evidence=tuple(passage(name) for name in passages),
        condition=condition,
    )


def random_links(loops_of_one: bool = False, most: int = 14) -> st.SearchStrategy[list[Link]]:
    """Links of any sign among six factors, several between two at times."""
    made = st.builds(
        link,
        st.sampled_from(LETTERS),
        st.sampled_from(LETTERS),
        st.sampled_from([1, -1, 0]),
        implied=st.booleans(),
    )
    return st.lists(made if loops_of_one else made.filter(lambda link: link.cause != link.effect), max_size=most)
