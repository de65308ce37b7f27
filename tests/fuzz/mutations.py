"""Bytes changed at random: bits flipped, pieces cut out, doubled, moved, mixed, and what parsers trip over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 64 << 10
ODD: Sequence[bytes] = (
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",  # half of a surrogate pair, as UTF-8 forbids it
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{COMBINING ACUTE ACCENT}\N{LATIN SMALL LETTER LONG S}\N{KELVIN SIGN}İ".encode(),
    "\N{GRINNING FACE}\N{BYTE ORDER MARK}\N{LINE SEPARATOR}".encode(),
    b"\\uD800",
    b"\\U00110000",
    b"%00",
    b"%",
    b"%ff%fe",
    b"'\"<>{}[]()",
    b"\r\n",
    b"\t\x0b\x0c\x1f\x7f",
    b"9" * 400,
    b"-1",
    b"1e9999",
    b"NaN",
    b"../" * 20,
    b"{" * 300,
    b"(" * 300,
    b"A" * 9000,
    b"q=0.5,;,*/*;q=2",
    b" SERVICE <http://127.0.0.1:1/> { } ",
    b" LOAD <file:///etc/passwd> ; ",
    b"SELECT",
    b"FROM",
    b"GRAPH",
    b"null",
)


def flip_bits(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    for _number in range(random.choice((1, 1, 1, 2, 8))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def put_any_bytes(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    place = random.randrange(len(data) + 1)
    data[place:place] = random.randbytes(random.randrange(1, 20))


def cut_off(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    del data[random.randrange(len(data)) :]


def cut_out(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start, end = piece(data, random)
    del data[start:end]


def double(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start, end = piece(data, random)
    data[end:end] = data[start:end] * random.choice((1, 1, 2, 50))


def move(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start, end = piece(data, random)
    moved = data[start:end]
    del data[start:end]
    place = random.randrange(len(data) + 1)
    data[place:place] = moved


def splice(data: bytearray, random: Random, others: Sequence[bytes]) -> None:
    other = random.choice(others)
    start, end = piece(other, random)
    data[random.randrange(len(data)) :] = other[start:end] if random.random() < 0.5 else other[start:]


def put_something_odd(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start, end = piece(data, random)
    if random.random() < 0.5:
        end = start
    data[start:end] = random.choice(ODD)


def piece(data: bytes | bytearray, random: Random) -> tuple[int, int]:
    """Return where a piece begins and ends; short ones are likelier."""
    if not data:
        return 0, 0
    start = random.randrange(len(data))
    return start, min(len(data), start + random.choice((1, 2, 4, 16, 64, len(data))))


MUTATIONS: Sequence[Callable[[bytearray, Random, Sequence[bytes]], None]] = (
    flip_bits,
    put_any_bytes,
    cut_off,
    cut_out,
    double,
    move,
    splice,
    put_something_odd,
    put_something_odd,
)


def mutate(original: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Return bytes with one to four changes, made with pieces of others too."""
    data = bytearray(original)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        if not data:
            data += random.choice(ODD)
        random.choice(MUTATIONS)(data, random, others)
    return bytes(data[:MOST_BYTES])
