"""The index of one version of the dataset, and how it is asked: the only door to SQLite.

Ranked by bm25 as FTS5 computes it: https://www.sqlite.org/fts5.html#the_bm25_function. Text is folded into words
before it goes in, and so are questions, so that the engine never sees anything but letters, digits and our quotes.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from hct_kg.searching.excerpts import Excerpt, Match, explain
from hct_kg.searching.meanings import Meaning, Vocabulary
from hct_kg.searching.terms import read_terms
from hct_kg.searching.things import FIELDS, QUERIES, Thing, read_things
from hct_kg.searching.words import Word, compounds, words
from hct_kg.store import Row
from hct_kg.terms import expand

__all__ = ["QUERIES", "Hit", "Index", "Results", "build"]

WEIGHTS = {"label": 10.0, "alternative_label": 6.0, "notation": 4.0, "title": 3.0, "description": 1.0, "joined": 3.0}
JOINED = "joined"
BETWEEN = " ¶ "
"""Stands between two texts of a field, so that no phrase goes from one into the next."""

# The tokenizer `ascii` ends a word at nothing but what is no letter and no digit in ASCII, as we have prepared it.
TABLE = (
    f"CREATE VIRTUAL TABLE text USING fts5({', '.join([*FIELDS, JOINED])}, content='', prefix='2 3', tokenize=ascii)"
)
INSERT = f"INSERT INTO text(rowid, {', '.join([*FIELDS, JOINED])}) VALUES (?{', ?' * (len(FIELDS) + 1)})"  # noqa: S608
MATCH = (
    f"SELECT rowid, -bm25(text, {', '.join(str(WEIGHTS[name]) for name in (*FIELDS, JOINED))}) "  # noqa: S608
    "FROM text WHERE text MATCH ?"
)
FOUND = "SELECT rowid FROM text WHERE text MATCH ?"

ALONE = {"label": 3.0, "alternative_label": 2.0, "notation": 1.75, "title": 1.5}
"""By how much the score of a thing grows of which this field alone has all words.

bm25 takes a thing's texts for one document: without this, a name is worth less the more is said of its thing.
"""

# Who types a whole name means it; who gives an identifier, all the more.
IDENTIFIER, WHOLE_LABEL, WHOLE_ALTERNATIVE = 1000.0, 200.0, 100.0
BONUS = {"label": WHOLE_LABEL, "title": WHOLE_LABEL, "alternative_label": WHOLE_ALTERNATIVE}


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: its score, how each term matches, an excerpt, and the terms that it lacks.

    `identified`: the question is its identifier. A thing without texts, which only that finds, has no excerpt.
    """

    thing: Thing
    score: float
    matches: tuple[Match, ...]
    excerpt: Excerpt | None
    missing: tuple[str, ...]
    identified: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, the best first; how many there are in all, and how many of each class whatever was chosen."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, int]


class Index:
    """Things by their words; may be asked from several threads."""

    def __init__(self, things: Sequence[Thing]) -> None:
        self._things = things
        self._numbers = {thing.iri: number for number, thing in enumerate(things)}
        self._lock = Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(TABLE)
        self._whole: dict[str, dict[int, float]] = defaultdict(dict)
        self._words: Counter[str] = Counter()
        with self._connection:
            self._connection.executemany(INSERT, (self._row(number, thing) for number, thing in enumerate(things)))
        self._vocabulary = Vocabulary(self._words)
        self.classes = frozenset(name for thing in things for name in thing.classes)

    def close(self) -> None:
        """Give back the memory."""
        with self._lock:
            self._connection.close()

    def label(self, iri: str) -> str | None:
        """Return what a thing is called; None where it is not known."""
        number = self._numbers.get(iri)
        return None if number is None else self._things[number].label

    def search(self, question: str, classes: frozenset[str] = frozenset(), offset: int = 0, limit: int = 20) -> Results:
        """Return a page of what matches all terms of a question; where nothing does, of what matches any of them.

        With classes, only things of one of them. Equal scores are ordered by label, then IRI.
        """
        meant = self._numbers.get(expand(question.strip()) or "")
        meanings = [self._vocabulary.meaning(term) for term in read_terms(question)]
        scores = self._scores(question, meanings, meant)
        facets = Counter(name for number in scores for name in self._things[number].classes)
        chosen = [number for number in scores if not classes or classes & self._things[number].classes]
        chosen.sort(key=lambda number: (-scores[number], self._things[number].label.casefold(), number))
        page = chosen[offset : offset + limit]
        hits = tuple(hit(self._things[number], scores[number], meanings, number == meant) for number in page)
        return Results(hits, len(chosen), facets)

    def _scores(self, question: str, meanings: Sequence[Meaning], meant: int | None) -> dict[int, float]:
        """Return the score of each thing that matches; `meant` is the one whose identifier the question is."""
        known = [meaning.expression for meaning in meanings if meaning.readings]
        scores: dict[int, float] = {}
        if known and len(known) == len(meanings):
            scores = self._match(" AND ".join(known))
        for number, bonus in self._whole.get(name_of(words(question)), {}).items():
            if number in scores:
                scores[number] += bonus
        if meant is not None:
            scores[meant] = scores.get(meant, 0.0) + IDENTIFIER
        return scores or (self._match(" OR ".join(known)) if known else {})

    def _match(self, expression: str) -> dict[int, float]:
        """Return number and score of what matches an expression of ours."""
        with self._lock:
            scores = dict(self._connection.execute(MATCH, (expression,)).fetchall())
            alone = {
                field: self._connection.execute(FOUND, (f"{field} : ({expression})",)).fetchall() for field in ALONE
            }
        grown: set[int] = set()
        for field, rows in alone.items():
            for (number,) in rows:
                if number not in grown:
                    scores[number] *= ALONE[field]
                    grown.add(number)
        return scores

    def _row(self, number: int, thing: Thing) -> tuple[int | str, ...]:
        """Return a thing as it is indexed, and count its words."""
        columns: dict[str, list[str]] = {name: [] for name in (*FIELDS, JOINED)}
        for text in thing.texts:
            found = words(text.content)
            held = [word.text for word in found]
            joined = [word.text for word in compounds(text.content, found)]
            self._words.update((*held, *joined))
            names = {name_of(found), *(word for word in joined if word == "".join(held))}
            columns[text.field].append(" ".join(held))
            columns[JOINED].extend(joined)
            if text.field in BONUS:
                for name in names:
                    self._whole[name].setdefault(number, BONUS[text.field])
        return (number, *(BETWEEN.join(column) for column in columns.values()))


def build(rows: Mapping[str, Sequence[Row]]) -> Index:
    """Make an index from the rows of QUERIES; takes about half a second for ten thousand texts."""
    return Index(read_things(rows))


def name_of(found: Sequence[Word]) -> str:
    """Return words as a name, by which `King's Fund` is The King's Fund."""
    name = " ".join(word.text for word in found)
    return name.removeprefix("the ")


def hit(thing: Thing, score: float, meanings: Sequence[Meaning], identified: bool) -> Hit:
    """Return a thing with the reasons for which it was found."""
    if not thing.texts:
        return Hit(thing, score, (), None, (), identified)
    matches, shown = explain(thing.texts, meanings)
    held = {match.asked for match in matches}
    return Hit(thing, score, tuple(matches), shown, () if identified else missing(meanings, held), identified)


def missing(meanings: Iterable[Meaning], held: set[str]) -> tuple[str, ...]:
    """Return the terms that a thing lacks, as asked."""
    return tuple(meaning.term.asked for meaning in meanings if meaning.term.asked not in held)
