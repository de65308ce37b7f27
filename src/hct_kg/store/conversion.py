"""Results of a SELECT from JSON to another format, without asking again."""

from __future__ import annotations

from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from hct_kg.store.formats import JSON, Format


def convert_rows(body: bytes, form: Format) -> bytes:
    """Return SPARQL 1.1 Query Results JSON of a SELECT in another format of rows."""
    if form is JSON:
        return body
    solutions = parse_query_results(body, QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions), "a SELECT gives rows"
    assert isinstance(form.engine, QueryResultsFormat), "row formats are formats of results"
    written = solutions.serialize(format=form.engine)
    assert written is not None, "it is written to a file only where one is given"
    return written
