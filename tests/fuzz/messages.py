"""HTTP requests made from valid ones by mutation; the seed and a number decide each, so that any can be sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import quote_from_bytes

from mutations import mutate

from serving import EX, GRAPH

FORM = b"application/x-www-form-urlencoded"
QUERIES = tuple(
    text.encode()
    for text in (
        "ASK {}",
        f"SELECT ?s ?o {{ ?s <{EX}name> ?o }} ORDER BY DESC(?o) LIMIT 5 OFFSET 1",
        f"PREFIX ex: <{EX}> SELECT DISTINCT ?o FROM <{GRAPH}orchard> {{ ex:pear ex:name|ex:note ?o }}",
        f"PREFIX ex: <{EX}> SELECT (COUNT(?o) AS ?n) (SAMPLE(?s) AS ?one) {{ ?s ex:name ?o }} GROUP BY ?s HAVING(?n > 1)",
        f"SELECT * {{ GRAPH ?g {{ <{EX}plum> ?p ?o }} OPTIONAL {{ ?o <{EX}next> ?x }} MINUS {{ ?s ?p 7 }} }}",
        f"CONSTRUCT {{ ?s <{EX}called> ?o ; <{EX}by> [ ] }} WHERE {{ ?s <{EX}name> ?o FILTER(LANG(?o) = 'en') }}",
        f"DESCRIBE <{EX}pear>",
        f"PREFIX ex: <{EX}> ASK {{ ex:bead1 ex:next/ex:next+ ?x FILTER REGEX(STR(?x), '^h.*7$', 'i') }}",
        "SELECT ?x { VALUES (?x ?y) { (1 'a'@en) (UNDEF '''b\n''') } BIND(STRLEN(?y) * 2.5e1 AS ?z) # a comment\n}",
        "SELECT (REPLACE('aaa', 'a+', '$0') AS ?x) (STRDT('7', <http://www.w3.org/2001/XMLSchema#integer>) + 1 AS ?y) {}",
        "SELECT ?l { { SELECT ?l { ?s ?p ?l FILTER NOT EXISTS { ?l ?q ?r } } LIMIT 3 } UNION { BIND(NOW() AS ?l) } }",
    )
)
UPDATES = (
    f'INSERT DATA {{ GRAPH <{GRAPH}fuzz> {{ <{EX}a> <{EX}b> "c"@en , 7 , _:x }} }}'.encode(),
    f"PREFIX ex: <{EX}> DELETE {{ ?s ex:b ?o }} INSERT {{ ?s ex:c ?o }} USING <{GRAPH}fuzz> WHERE {{ ?s ex:b ?o }}".encode(),
    f"WITH <{GRAPH}fuzz> DELETE WHERE {{ <{EX}a> ?p ?o }} ; CLEAR SILENT GRAPH <{GRAPH}fuzz>".encode(),
    f"COPY <{GRAPH}fuzz> TO <{GRAPH}copy> ; DROP GRAPH <{GRAPH}copy> ; CREATE GRAPH <{GRAPH}new>".encode(),
)
BODIES = {
    b"text/turtle": f'@prefix ex: <{EX}> .\nex:a ex:b "c"@en , 7 , [ ex:d ( 1 2.5 true ) ] .\n'.encode(),
    b"application/n-triples": f'<{EX}a> <{EX}b> "c\\u00E9"^^<{EX}t> .\n_:x <{EX}b> _:y .\n'.encode(),
    b"application/rdf+xml": (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:ex="{EX}"><rdf:Description rdf:about="{EX}a"><ex:b xml:lang="en">c&amp;</ex:b>'
        "</rdf:Description></rdf:RDF>"
    ).encode(),
    b"application/ld+json": f'{{"@id": "{EX}a", "{EX}b": [{{"@value": "c", "@language": "en"}}, 7]}}'.encode(),
    b"application/trig": f"<{EX}a> <{EX}b> true .".encode(),
    b"application/n-quads": f'<{EX}a> <{EX}b> "c" .\n'.encode(),
    b"multipart/form-data; boundary=edge": (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.ttl"\r\nContent-Type: text/turtle\r\n\r\n'
        b"<a> <b> 1 .\n}{<\r\n--edge--\r\n"
    ),
}
PATHS = (
    b"/v1/sites",
    b"/v1/sites/coventry",
    b"/v1/queries",
    b"/v1/queries/colours",
    b"/v1/trace?from=factor/a&to=factor/b&depth=3&limit=9&direction=downstream&modality=observed",
    b"/v1/results/eJyLVkpU0lFQ0i8uSCzKVtJRKCxNLap0dAYAS0wGyA",
    b"/id/site/coventry",
    b"/graph/orchard",
    b"/doc/graph/orchard.ttl",
    b"/dataset.jsonld",
    b"/.well-known/void",
    b"/dumps/0/hct-kg.nq.gz",
    b"/problem/not-found",
    b"/static/style.css",
    b"/ns",
    b"/metrics",
    b"/readyz",
)
RANDOM_HEADERS = {
    b"Accept": b"text/csv;q=0.5, application/sparql-results+json;charset=utf-8, text/turtle;q=0.9, */*;q=0.1",
    b"Accept-Encoding": b"gzip;q=1.0, identity;q=0",
    b"Authorization": b"Bearer hct_0123456789ab_secret",
    b"Content-Encoding": b"gzip",
    b"Content-Type": b"application/sparql-query; charset=utf-8",
    b"If-Match": b'"0123456789abcdef-0123456789abcdef", W/"x", *',
    b"If-None-Match": b'"0123456789abcdef-0123456789abcdef", *',
    b"Host": b"[::1]:8000",
    b"Origin": b"https://example.org",
    b"Access-Control-Request-Method": b"POST",
    b"traceparent": b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    b"tracestate": b"vendor=value,other@x=1",
    b"X-Request-Id": b"request-0.1_A",
    b"X-Forwarded-For": b"203.0.113.7, 2001:db8::1",
    b"X-Forwarded-Proto": b"https",
    b"Range": b"bytes=0-5,-1",
    b"Expect": b"100-continue",
    b"Cookie": b"a=b; c",
    b"Upgrade": b"h2c, websocket",
    b"Connection": b"keep-alive, Upgrade",
}
FRAMING: Sequence[tuple[bytes, ...]] = (
    (b"Transfer-Encoding: chunked", b"Content-Length: 3"),
    (b"Transfer-Encoding: chunked, identity",),
    (b"Transfer-Encoding: identity, chunked",),
    (b"Transfer-Encoding: xchunked",),
    (b"Transfer-Encoding: \x0bchunked",),
    (b"Transfer-Encoding : chunked",),
    (b"Transfer-Encoding: gzip, chunked",),
    (b"Content-Length: 3", b"Content-Length: 4"),
    (b"Content-Length: -1",),
    (b"Content-Length: +3",),
    (b"Content-Length: 0x3",),
    (b"Content-Length: 3, 3",),
    (b"Content-Length: 99999999999999999999999999",),
    (b"Content-Length: 5000000",),
    (b"Content-Length:",),
    (b"X: a", b" folded: b"),
    (b": no name",),
    (b"no colon",),
    (b"X" * 70_000 + b": y",),
    (b"X: " + b"y" * 70_000,),
    (b"X: y",) * 2000,
)
CHUNKS = (
    b"0\r\n\r\n",
    b"5\r\nASK {\r\n",
    b"1\r\n}\r\n",
    b"ffffffffffffffff1\r\nx",
    b"-1\r\n",
    b"3;a=b\r\nASK\r\n",
    b"5\nASK {\n",
)
TARGETS = (b"*", b"http://other.example/sparql", b"//sparql", b"sparql", b"/sparql#x", b"/%", b"/\xff", b"/a\x00b", b"")
BROKEN_END = b"\n}{<"
"""Ends what is to be written, so that it is refused when it is read: a change takes a second."""
CHANGES_IN_FULL = 0.004


@dataclass(frozen=True, slots=True)
class Draft:
    """A request before it is written: its parts, of which some are mutated."""

    method: bytes
    path: bytes
    parameters: tuple[tuple[bytes, bytes], ...] = ()
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes | None = None
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A request as it is sent; `framed` tells whether it ends where HTTP says, so that an answer must come."""

    number: int
    data: bytes
    method: bytes
    framed: bool


@dataclass(frozen=True, slots=True)
class Messages:
    """All messages of a seed; with a key some of them try to change the dataset."""

    seed: int
    key: str | None = None
    pool: tuple[bytes, ...] = field(default=(*QUERIES, *UPDATES, *BODIES.values(), *PATHS, *RANDOM_HEADERS.values()))

    def __getitem__(self, number: int) -> Message:
        """Return one message."""
        random = Random(f"{self.seed}/{number}")  # noqa: S311 - to be repeated, not to be secret
        draft = self._mutated(self._draft(random), random)
        if random.random() < 0.1:
            return Message(number, self._unframed(draft, random), draft.method, framed=False)
        return Message(number, write(draft, random), draft.method, framed=True)

    def _draft(self, random: Random) -> Draft:
        """Return a valid request."""
        kind = random.random()
        if self.key and kind < 0.5:
            return self._writing(random)
        if kind < 0.85:
            return self._asking(random)
        path, _, text = random.choice(PATHS).partition(b"?")
        parameters = tuple(pair.partition(b"=")[::2] for pair in text.split(b"&")) if text else ()
        method = random.choice((b"GET", b"GET", b"GET", b"HEAD", b"OPTIONS", b"POST", b"DELETE", b"PATCH", b"BREW"))
        return Draft(method, path, parameters)

    def _asking(self, random: Random) -> Draft:
        """Return a request to /sparql, or one that reads a graph."""
        query, way = random.choice(QUERIES), random.random()
        accept = ((b"Accept", RANDOM_HEADERS[b"Accept"]),) if random.random() < 0.3 else ()
        if way < 0.5:
            return Draft(random.choice((b"GET", b"GET", b"HEAD")), b"/sparql", ((b"query", query),), accept)
        if way < 0.7:
            body = b"query=" + quote_from_bytes(query).encode()
            return Draft(b"POST", b"/sparql", (), ((b"Content-Type", FORM), *accept), body)
        if way < 0.85:
            return Draft(b"POST", b"/sparql", (), ((b"Content-Type", b"application/sparql-query"), *accept), query)
        if way < 0.9:
            given = (b"default-graph-uri", f"{GRAPH}orchard".encode()), (b"named-graph-uri", f"{GRAPH}beads".encode())
            return Draft(b"GET", b"/sparql", ((b"query", query), *given), accept)
        return Draft(b"GET", b"/graphs", ((b"graph", f"{GRAPH}orchard".encode()),), accept)

    def _writing(self, random: Random) -> Draft:
        """Return a request that would change the dataset, most with the key."""
        headers: tuple[tuple[bytes, bytes], ...] = ()
        if random.random() < 0.9:
            headers = ((b"Authorization", f"Bearer {self.key}".encode()),)
        if random.random() < 0.1:
            headers += ((b"If-Match", RANDOM_HEADERS[b"If-Match"].partition(b",")[0]),)
        if random.random() < 0.5:
            update = random.choice(UPDATES)
            if random.random() < 0.5:
                body = b"update=" + quote_from_bytes(update).encode()
                return Draft(b"POST", b"/update", (), ((b"Content-Type", FORM), *headers), body, writes=True)
            media_type = b"application/sparql-update"
            return Draft(b"POST", b"/update", (), ((b"Content-Type", media_type), *headers), update, writes=True)
        media_type, body = random.choice(tuple(BODIES.items()))
        place = random.choice((((b"graph", f"{GRAPH}fuzz".encode()),), ((b"default", b""),), ()))
        method = random.choice((b"PUT", b"POST"))
        return Draft(method, b"/graphs", place, ((b"Content-Type", media_type), *headers), body, writes=True)

    def _mutated(self, draft: Draft, random: Random) -> Draft:
        """Return a request with some of its parts changed."""
        if draft.writes:
            if random.random() < CHANGES_IN_FULL:
                return draft
            draft = replace(draft, body=(draft.body or b"") + BROKEN_END)
        part = random.random()
        if part < 0.45 and draft.body is not None:
            body = mutate(draft.body, random, self.pool)
            draft = replace(draft, body=body + BROKEN_END if draft.writes else body)
        elif part < 0.6 and draft.parameters:
            at = random.randrange(len(draft.parameters))
            name, value = draft.parameters[at]
            changed = (
                (mutate(name, random, self.pool), value) if random.random() < 0.1 else (name, self._any(value, random))
            )
            draft = replace(draft, parameters=(*draft.parameters[:at], changed, *draft.parameters[at + 1 :]))
        elif part < 0.7:
            path = b"/" + mutate(draft.path, random, self.pool).lstrip(b"/") or b"/"
            draft = replace(draft, path=path)
        if part > 0.5:
            draft = replace(draft, headers=(*draft.headers, *self._some_headers(random)))
        return draft

    def _any(self, value: bytes, random: Random) -> bytes:
        return mutate(value, random, self.pool)

    def _some_headers(self, random: Random) -> tuple[tuple[bytes, bytes], ...]:
        """Return one to three headers, most with a value that has been changed."""
        names = random.sample(tuple(RANDOM_HEADERS), random.choice((1, 1, 2, 3)))
        found = []
        for name in names:
            value = RANDOM_HEADERS[name]
            found.append((name, value if random.random() < 0.2 else mutate(value, random, self.pool)))
        return tuple(found)

    def _unframed(self, draft: Draft, random: Random) -> bytes:
        """Return a request whose bytes as such are changed."""
        way = random.random()
        if way < 0.5:
            return mutate(write(draft, random), random, self.pool)
        if way < 0.8:
            head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            lines = b"\r\n".join(random.choice(FRAMING))
            return head + lines + b"\r\n\r\n" + b"".join(random.choices(CHUNKS, k=random.randrange(4)))
        if way < 0.9:
            version = random.choice(
                (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.10", b"http/1.1", b"")
            )
            return draft.method + b" " + random.choice(TARGETS) + b" " + version + b"\r\nHost: x\r\n\r\n"
        return write(draft, random) + mutate(write(draft, random), random, self.pool)


def write(draft: Draft, random: Random) -> bytes:
    """Return a request as bytes; whatever its parts hold, its end is where HTTP/1.1 says."""
    query = b"&".join(target(name, random) + b"=" + target(value, random) for name, value in draft.parameters)
    lines = [draft.method + b" " + target(draft.path, random) + (b"?" + query if query else b"") + b" HTTP/1.1"]
    given = {name.lower() for name, _ in draft.headers}
    if b"host" not in given:
        lines.append(b"Host: 127.0.0.1")
    lines += [name + b": " + value.translate(None, b"\r\n\0") for name, value in draft.headers]
    body = draft.body
    if body is None:
        return b"\r\n".join(lines) + b"\r\n\r\n"
    if random.random() < 0.2:
        lines.append(b"Transfer-Encoding: chunked")
        at = random.randrange(len(body) + 1)
        parts = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:at], body[at:]) if part)
        return b"\r\n".join(lines) + b"\r\n\r\n" + parts + b"0\r\n\r\n"
    lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def target(text: bytes, random: Random) -> bytes:
    """Return a part of a URL percent-encoded; at times only what would end the line is."""
    safe = "/" if random.random() < 0.9 else "/%&=?#;+<>\"'{}|\\^`[]:@!$()*,"
    return quote_from_bytes(text, safe=safe).encode()
