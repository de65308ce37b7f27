"""The dataset of an update: `using-graph-uri` of the protocol, written into the update itself.

The engine takes no dataset beside an update's text, so USING goes to where the grammar has it: in front of
the WHERE of each Modify. That is not any WHERE: sub-queries have it too, and comments, names and strings.
Which it is, the engine's own parser tells: USING is well-formed in front of a Modify's WHERE and nowhere else.

https://www.w3.org/TR/sparql11-protocol/#update-dataset, https://www.w3.org/TR/sparql11-query/#rModify
"""

from __future__ import annotations

import re

from hct_kg.errors import MalformedRequest
from hct_kg.store.embedded import NamedNode
from hct_kg.store.keywords import uses_keyword, well_formed
from hct_kg.store.values import Update

WHERE = re.compile("where", re.IGNORECASE)
PROBE = "USING <urn:x> "
OWN = ("USING", "WITH")


def with_dataset(request: Update) -> str:
    """Return the text of an update with the graphs of its request written into it.

    Raises MalformedRequest where the text names graphs with USING or WITH itself, or has a DELETE WHERE,
    which the grammar gives no place for them.
    """
    clauses = [f"USING {node(iri)} " for iri in request.using_graphs]
    clauses += [f"USING NAMED {node(iri)} " for iri in request.using_named_graphs]
    if not clauses:
        return request.text
    for keyword in OWN:
        if uses_keyword(request.text, keyword, update=True):
            raise MalformedRequest(
                f"The update has {keyword}, so using-graph-uri and using-named-graph-uri may not be."
            )
    return insert(request.text, "".join(clauses))


def node(iri: str) -> str:
    """Return an IRI as it is written; raises MalformedRequest where it is none."""
    try:
        return str(NamedNode(iri))
    except ValueError:
        raise MalformedRequest(f"{iri!r} is no IRI of a graph.", "using-graph-uri") from None


def insert(text: str, clauses: str) -> str:
    """Write clauses in front of the WHERE of each Modify; a text with a mistake stays as it is."""
    if not well_formed(text):
        return text
    result = text
    for match in reversed(list(WHERE.finditer(text))):
        before, word, after = text[: match.start()], match[0], text[match.end() :]
        if well_formed(f"{before}{word[:-1]}x{after}"):
            continue  # within a comment, a string or a name
        if well_formed(f"{before}{PROBE}{word}{after}"):
            result = result[: match.start()] + clauses + result[match.start() :]
        elif well_formed(f"{before}{{}} {word}{after}"):
            raise MalformedRequest("DELETE WHERE has no place for a dataset: write DELETE { … } WHERE { … }.")
    return result
