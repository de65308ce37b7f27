"""CLEAR GRAPH is read as CLEAR SILENT GRAPH where it is an operation, and nowhere else."""

from __future__ import annotations

import pytest

from hct_kg.store.clearing import clearing_silently


@pytest.mark.parametrize(
    "text",
    [
        "CLEAR| GRAPH <urn:g>",
        "clear| graph <urn:g> ; INSERT DATA { <urn:a> <urn:b> 'clear graph' } ; CLEAR|\nGRAPH <urn:h>",
        "# CLEAR GRAPH <urn:g>\nPREFIX clear: <urn:clear> CLEAR| GRAPH clear:graph",
        "CLEAR SILENT GRAPH <urn:g> ; CLEAR ALL ; CLEAR DEFAULT ; DROP GRAPH <urn:g>",
        "INSERT DATA { <urn:a> <urn:b> '''CLEAR GRAPH <urn:g>''' }",
        "CLEAR| GRAPH <relative>",
    ],
)
def test_silent_goes_behind_each_clear_that_names_a_graph(text: str) -> None:
    assert clearing_silently(text.replace("|", "")) == text.replace("|", " SILENT")


@pytest.mark.parametrize("text", ["CLEAR GRAPH {", "CLEAR GRAPH <urn:g> ; oops", "SELECT * { ?clear ?graph ?o }"])
def test_a_text_with_a_mistake_stays_as_it_is_so_that_its_place_is_named(text: str) -> None:
    assert clearing_silently(text) == text
