"""`/v1/validate`: the report about RDF that is sent, in each format; what it refuses, and that it is confined."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from hct_kg.api.validate_models import ValidateAnswer
from hct_kg.dataset import Dataset
from hct_kg.settings import Settings
from hct_kg.store import EmbeddedStore, NamedNode, in_graph, parse_turtle
from hct_kg.store.formats import FORMATS, GRAPH_FORMATS
from hct_kg.store.received import read_graph, write_triples
from hct_kg.store.values import Payload
from hct_kg.terms import ID, SH
from serving import Server, children, eventually, problem, running

TURTLE = "text/turtle"
SHAPES = Path(__file__).parents[1] / "shapes" / "Place"
PLACE = (SHAPES / "ok-complete.ttl").read_text(encoding="utf-8")
WITHOUT_LABEL = (SHAPES / "bad-no-label.ttl").read_text(encoding="utf-8")
RIVERSIDE = f"{ID}place/riverside"
LABEL = f'<{RIVERSIDE}> <http://www.w3.org/2004/02/skos/core#prefLabel> "Riverside"@en <urn:g> .\n'


def bomb(levels: int) -> bytes:
    """Return RDF/XML of a few kilobytes whose one literal is ten times as long with every level."""
    first = f'<!ENTITY e0 "{"x" * 10000}">'
    rest = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rdf:RDF [{first}{rest}]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
        f'<rdf:Description rdf:about="urn:s"><e:p>&e{levels - 1};</e:p></rdf:Description></rdf:RDF>'
    ).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        yield running(Settings(query_seconds=60, body_bytes=64), stack)


@pytest.fixture(scope="module")
def client(server: Server) -> httpx.Client:
    server.client.timeout = httpx.Timeout(90)
    return server.client


def validate(client: httpx.Client, body: str | bytes, media_type: str = TURTLE, accept: str = "*/*") -> httpx.Response:
    return client.post("/v1/validate", content=body, headers={"Content-Type": media_type, "Accept": accept})


def report(client: httpx.Client, body: str | bytes, media_type: str = TURTLE) -> Any:
    response = validate(client, body, media_type)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return ValidateAnswer.model_validate_json(response.content).model_dump()


def test_what_is_in_shape_conforms(client: httpx.Client, real: Dataset) -> None:
    assert report(client, PLACE) == {
        "data": {"conforms": True, "counts": {}, "results": []},
        "meta": {"dataset_version": real.version, "count": 0, "complete": True, "permalink": None},
    }


def test_a_result_says_on_what_by_which_path_for_which_shape_and_how_to_mend_it(client: httpx.Client) -> None:
    answer = report(client, WITHOUT_LABEL)
    (result,) = answer["data"]["results"]
    assert answer["data"]["counts"] == {"Violation": 1}
    assert (answer["data"]["conforms"], answer["meta"]["count"]) == (False, 1)
    assert result["focus"]["value"] == RIVERSIDE
    assert result["path"]["value"] == "http://www.w3.org/2004/02/skos/core#prefLabel"
    assert result["value"] is None
    assert result["shape"]["value"].startswith("https://w3id.org/hct-kg/")
    assert (result["component"], result["severity"]) == ("MinCountConstraintComponent", "Violation")
    assert "skos:prefLabel" in result["message"]


@pytest.mark.parametrize("name", ["turtle", "jsonld", "ntriples"])
def test_the_report_comes_as_rdf(client: httpx.Client, name: str) -> None:
    form = FORMATS[name]
    response = validate(client, WITHOUT_LABEL, accept=form.media_type)
    assert response.headers["content-type"] == form.content_type
    store = EmbeddedStore(
        in_graph(triple, NamedNode("urn:g")) for triple in read_graph(Payload(response.content, form))
    )
    rows = store.select(
        f"SELECT ?focus ?severity {{ ?r a <{SH}ValidationReport> ; <{SH}conforms> false ; <{SH}result> ?x . "
        f"?x <{SH}focusNode> ?focus ; <{SH}resultSeverity> ?severity }}"
    )
    assert [(row["focus"].value, row["severity"].value) for row in rows] == [(RIVERSIDE, f"{SH}Violation")]


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
def test_every_format_of_rdf_is_read(client: httpx.Client, form: Any) -> None:
    body = write_triples(parse_turtle(WITHOUT_LABEL), form, {})
    answer = report(client, body, form.media_type)
    assert [result["focus"]["value"] for result in answer["data"]["results"]] == [RIVERSIDE]


def test_graphs_and_files_are_validated_as_one(client: httpx.Client) -> None:
    quads = write_triples(parse_turtle(WITHOUT_LABEL), FORMATS["nquads"], {}).decode()
    assert not report(client, quads, "application/n-quads")["data"]["conforms"]
    assert report(client, quads + LABEL, "application/n-quads")["data"]["conforms"]
    files = [("one", ("one.ttl", WITHOUT_LABEL, TURTLE)), ("two", ("two.nq", LABEL, "application/n-quads"))]
    assert client.post("/v1/validate", files=files).json()["data"]["conforms"]


def test_with_the_dataset_a_body_may_refer_to_what_is_there(client: httpx.Client) -> None:
    member = (
        f'<{ID}grant/leeds-phase-2> <http://purl.org/dc/terms/description> "One thing too many."@en , '
        '"And another one."@en .\n'
    )
    beside = client.post("/v1/validate?with=dataset", content=member, headers={"Content-Type": TURTLE})
    assert beside.status_code == 200, beside.text
    assert f"{ID}grant/leeds-phase-2" in {result["focus"]["value"] for result in beside.json()["data"]["results"]}
    empty = client.post("/v1/validate?with=dataset", content="", headers={"Content-Type": TURTLE})
    assert empty.json()["data"] == {"conforms": True, "counts": {}, "results": []}


def test_nothing_that_is_sent_is_kept(client: httpx.Client, server: Server) -> None:
    report(client, PLACE)
    assert server.select(f"SELECT * {{ <{RIVERSIDE}> ?p ?o }}") == []


@pytest.mark.parametrize(
    ("media_type", "body", "line", "detail"),
    [
        (TURTLE, "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> oops .\n", 2, "not well-formed text/turtle"),
        (TURTLE, "@prefix hct: <urn:h> .\n<urn:a> a hct:Place", 2, "not well-formed text/turtle"),
        ("application/n-triples", "<urn:a> <urn:b> <urn:c> .\n<a> <b> <c> .\n", 2, "application/n-triples"),
        ("application/ld+json", '{"@id": ', 1, "application/ld+json"),
        ("application/rdf+xml", "<rdf", None, "application/rdf+xml"),
        ("application/ld+json", '{"@context": "http://127.0.0.1:1/c", "@id": "urn:a"}', None, "not fetched"),
    ],
)
def test_malformed_rdf_is_refused_with_its_line(
    client: httpx.Client, media_type: str, body: str, line: int | None, detail: str
) -> None:
    response = validate(client, body, media_type)
    assert problem(response) == (400, "malformed-request")
    assert response.json().get("line") == line
    assert detail in response.json()["detail"]


def test_what_is_not_read_here_is_refused_before_it_is_validated(client: httpx.Client) -> None:
    assert problem(validate(client, PLACE, "text/plain")) == (415, "unsupported-media-type")
    assert problem(validate(client, PLACE, accept="text/html")) == (406, "not-acceptable")
    assert problem(validate(client, "#" * (65 << 10))) == (413, "body-too-large")
    typed = {"Content-Type": TURTLE}
    assert problem(client.post("/v1/validate?colour=blue", content=PLACE, headers=typed)) == (422, "invalid-parameter")
    assert problem(client.post("/v1/validate?with=us", content=PLACE, headers=typed)) == (422, "invalid-parameter")
    assert problem(client.get("/v1/validate")) == (405, "method-not-allowed")


def memory_of(pid: int) -> int:
    """Return the most memory that a process has held, in KiB."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0])


def test_a_bomb_meets_the_limit_of_memory_and_the_server_does_not_notice(client: httpx.Client, server: Server) -> None:
    before = children(server.process.pid)
    response = validate(client, bomb(8), "application/rdf+xml")
    assert problem(response) == (507, "query-memory")
    assert "3072 MiB" in response.json()["detail"]
    assert children(server.process.pid) == before
    assert validate(client, bomb(2), "application/rdf+xml").status_code == 200
    assert memory_of(server.process.pid) < 512 << 10


def test_imports_and_contexts_cause_no_request(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        imports = f"<urn:a> <http://www.w3.org/2002/07/owl#imports> <{address}> ."
        assert validate(client, imports).status_code == 200
        context = f'{{"@context": "{address}", "@id": "urn:a", "urn:p": 1}}'
        assert validate(client, context, "application/ld+json").status_code == 400
        entity = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "{address}">]><a>&e;</a>'
        assert validate(client, entity, "application/rdf+xml").status_code in (200, 400)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_validation_that_takes_too_long_is_stopped(start_server: Callable[..., Server], root: Path) -> None:
    server = start_server(query_seconds=0.05, ontology=root / "ontology")
    response = validate(server.client, PLACE)
    assert problem(response) == (504, "query-timeout")
    assert eventually(lambda: len(children(server.process.pid)) == 1)


def test_one_validation_more_than_may_be_is_refused_and_its_place_is_given_back(
    start_server: Callable[..., Server], root: Path
) -> None:
    server = start_server(query_seconds=60, ontology=root / "ontology", curated_workers=1)
    port = server.client.base_url.port
    assert port is not None
    head = f"POST /v1/validate HTTP/1.1\r\nHost: a\r\nContent-Type: {TURTLE}\r\nContent-Length: {len(PLACE)}\r\n\r\n"
    held = socket.create_connection(("127.0.0.1", port))
    held.sendall((head + PLACE).encode())
    assert eventually(lambda: len(examiners(server)) == 1)
    (examiner,) = examiners(server)
    os.kill(examiner, 19)  # stopped: it neither ends nor goes on
    assert problem(validate(server.client, PLACE)) == (503, "queue-full")
    held.close()
    assert eventually(lambda: children(server.process.pid) == {server_zygote(server)})
    server.client.timeout = httpx.Timeout(60)
    assert validate(server.client, PLACE).status_code == 200


def examiners(server: Server) -> set[int]:
    """Return the processes that validate, once they run a program of their own: until then the server waits."""
    return {pid for pid in children(server.process.pid) if b"hct_kg.examining" in command(pid)}


def command(pid: int) -> bytes:
    """Return the command line of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def server_zygote(server: Server) -> int:
    """Return the process that has children of its own: the workers."""
    return next(pid for pid in children(server.process.pid) if children(pid))


def test_who_validates_ends_with_the_server(start_server: Callable[..., Server], root: Path) -> None:
    server = start_server(query_seconds=60, ontology=root / "ontology")
    sent = threading.Thread(target=silently, args=(server.client,))
    sent.start()
    assert eventually(lambda: len(children(server.process.pid)) == 2)
    (examiner,) = children(server.process.pid) - {server_zygote(server)}
    server.process.kill()
    assert eventually(lambda: not Path(f"/proc/{examiner}/exe").exists())
    sent.join()


def silently(client: httpx.Client) -> None:
    """Send something to validate to a server that will not answer."""
    with pytest.raises(httpx.TransportError):
        validate(client, PLACE)


def test_the_walls_refuse_network_programs_and_writing() -> None:
    program = """
import os, socket
from hct_kg.store.confinement import confine
confine(1 << 28, 10)
def refused(action):
    try:
        action()
    except PermissionError:
        return True
    return False
ways = (socket.socket, socket.socketpair, lambda: os.execv('/bin/true', ['true']),
        lambda: open('/tmp/hct-kg-never', 'w'), lambda: open('/tmp/hct-kg-never', 'a'),
        lambda: os.mkdir('/tmp/hct-kg-never'), lambda: os.kill(os.getppid(), 0))
assert all(map(refused, ways)), [refused(way) for way in ways]
open('/proc/self/statm').close()
try:
    bytes(1 << 29)
except MemoryError:
    print('held')
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "held\n", done.stderr
