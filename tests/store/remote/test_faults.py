"""What an engine's status, headers and words mean."""

from __future__ import annotations

import pytest

from hct_kg.errors import EngineFault, EngineUnreachable, EvaluationError, HctError, QueryTimeout
from hct_kg.store.remote.faults import refusal, wrong_type


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "says"),
    [
        (401, {}, b"", EngineFault, "HCT_KG_STORE_USER"),
        (403, {}, b"", EngineFault, "HCT_KG_STORE_USER"),
        (500, {}, b"Virtuoso 42000 Error SR186: No permission to execute", EngineFault, "HCT_KG_STORE_USER"),
        (404, {}, b"<html>", EngineFault, "HCT_KG_STORE"),
        (302, {"location": "http://elsewhere/"}, b"", EngineFault, "HCT_KG_STORE"),
        (503, {"retry-after": "5"}, b"", EngineUnreachable, "busy"),
        (400, {}, b"\n<p>Parse error at http://10.0.0.7:3030/ds</p>\nquery", EvaluationError, "Parse error at …"),
        (500, {}, b"Virtuoso 37000 Error SP031: too long\n\nSPARQL query:\nSELECT", EvaluationError, "SP031: too long"),
        (500, {}, b"Virtuoso S1T00 Error SR171: Transaction timed out", QueryTimeout, "time limit"),
        (200, {"x-sql-state": "S1TAT"}, b"{}", QueryTimeout, "time limit"),
        (500, {}, b"java.lang.NullPointerException", EngineFault, "500"),
    ],
)
def test_a_refusal_says_whose_matter_it_is(
    status: int, headers: dict[str, str], body: bytes, kind: type[HctError], says: str
) -> None:
    error = refusal(status, headers, body)
    assert type(error) is kind
    assert says in str(error)
    assert not any(word in str(error) for word in ("10.0.0.7", "elsewhere", "SELECT", "<p>"))
    if isinstance(error, EngineUnreachable):
        assert error.retry_after == 5


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_no_refusal(status: int) -> None:
    assert refusal(status, {}, b"") is None


def test_an_answer_of_another_type_is_none() -> None:
    assert wrong_type("application/sparql-results+json; charset=utf-8", ("application/sparql-results+json",)) is None
    assert "text/html" in str(wrong_type("text/html", ("application/sparql-results+json",)))
