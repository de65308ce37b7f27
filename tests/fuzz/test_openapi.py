"""What the OpenAPI document says of each operation is what a server does, for requests made from it at random."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from editing import SHAPE
from hct_kg import keys
from hct_kg.settings import Settings
from serving import Server, invented, running

REFUSED_BY_PARSER = b"Invalid HTTP request received."
LIMITS = (503, 504, 507)
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
EXAMPLES = 3
CHANGES = ("POST /update", "PUT /graphs", "POST /graphs", "DELETE /graphs")


def check(case: Case[Any], headers: dict[str, str]) -> None:
    """Send a request, and compare its answer with what the document says of it."""
    response: Response = case.call(headers=headers, timeout=60)
    if response.status_code in (400, 414) and REFUSED_BY_PARSER in response.content:
        return  # No HTTP, or a URL of more than 64 KiB: the request has come to no operation.
    checks = CHECKS if response.status_code in LIMITS else [not_a_server_error, *CHECKS]
    case.validate_response(response, checks=checks)


def send(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> int:
    """Send examples of an operation; return how many there were."""
    sent = 0

    @seed(0)
    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def examples(case: Case[Any]) -> None:
        nonlocal sent
        sent += 1
        check(case, headers)

    try:
        examples()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "something valid can be sent to every operation"
    return sent


def operations(server: Server) -> dict[str, Any]:
    """Return the operations of a server's own document, by method and path."""
    schema = schemathesis.openapi.from_url(f"{server.client.base_url}/openapi.json")
    found = list(schema.get_all_operations())
    assert all(isinstance(result, Ok) for result in found), "the document is one that schemathesis reads"
    return {operation.label: operation for operation in (result.ok() for result in found if isinstance(result, Ok))}


@pytest.fixture(scope="module")
def published() -> Iterator[Server]:
    """A server over the real dataset, read only."""
    with ExitStack() as stack:
        yield running(Settings(), stack)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_read_the_answer_is_one_that_is_documented(published: Server, mode: GenerationMode) -> None:
    found = operations(published)
    sent = {label: send(operation, mode, {}) for label, operation in found.items() if label not in CHANGES}
    assert len(sent) > 60
    assert sum(sent.values()) > len(sent)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_changed_the_answer_is_one_that_is_documented(
    tmp_path_factory: pytest.TempPathFactory, mode: GenerationMode
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    _, key = keys.add(folder / "keys.json", "fuzz", "write")
    settings = invented(folder, writable=True, state=folder / "state", keys=folder / "keys.json")
    (settings.ontology / "shapes.ttl").write_text(SHAPE, encoding="utf-8")
    with ExitStack() as stack:
        server = running(settings, stack)
        found = operations(server)
        assert set(CHANGES) <= set(found)
        for headers in ({"Authorization": f"Bearer {key}"}, {}):
            sent = {label: send(found[label], mode, headers) for label in CHANGES}
            assert all(sent.values())
        assert server.client.get("/healthz").status_code == 200
