"""CLEAR GRAPH of a graph that is not there clears nothing, and is no mistake.

The engine refuses it, which the language allows a store that knows empty graphs. But a CLEAR GRAPH is how clients
begin that want a graph to hold what they are about to write and nothing else, W3C's own tests of the protocol among
them. So it is read as CLEAR SILENT GRAPH. DROP GRAPH is left as it is: who drops a graph says that it is there.

https://www.w3.org/TR/sparql11-update/#clear
"""

from __future__ import annotations

import re

from hct_kg.store.keywords import well_formed

CLEAR_GRAPH = re.compile(r"\b(clear)(?=\s+graph\b)", re.IGNORECASE)


def clearing_silently(text: str) -> str:
    """Return an update with SILENT after each CLEAR that a graph is named to; one with a mistake stays as it is."""
    found = list(CLEAR_GRAPH.finditer(text))
    if not found or not well_formed(text):
        return text
    result = text
    for match in reversed(found):
        before, word, after = text[: match.start()], match[1], text[match.end() :]
        if not well_formed(f"{before}{word[:-1]}x{after}"):  # else within a comment, a string or a name
            result = f"{result[: match.end()]} SILENT{result[match.end() :]}"
    return result
