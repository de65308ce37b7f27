"""Invented text: plain words at random, of the length that is asked for; it says nothing of anybody."""

from __future__ import annotations

import random
from dataclasses import dataclass

PLAIN = """
    able about across active additional advice aim amber answer apple approach area around arrange balance basket
    beacon begin benefit beside birch blue bridge bring brook build calm canal care careful carry centre change
    choice circle clear close coast collect common connect corner course cover craft creek current daily deep
    design different draft early east easy edge effort eight elder enough evening event every extra fair farm fern
    field first five focus follow forest forward four free fresh full garden gather general gentle glade grain
    grass green grove group grow harbour harvest hazel heath help high hill hold hour hundred idea island join
    journey keep kind ladder lake lane large later lead leaf learn level light limit linden list local long loose
    lower many maple march market meadow measure meet method middle mill minor model month moor morning narrow
    near need network new next north number oak offer often open orchard order other outer over page paper part
    path pattern people period pine place plain plan plant pond practice prepare present process project quarter
    quiet range reach ready reason record region report result review ridge river road room round rowan rule
    sample sand school season second section seed service settle seven shape share shore short simple six slow
    small soft south space spring square stage start station steady step still stone stream street strong study
    summer support table task team ten theme third thorn three time together topic tower track trade trail tree
    two under upper use valley value various view village visit voice walk warm water way weather week well west
    wheat wide willow wind window winter wood work year yellow yew young
"""
WORDS = PLAIN.split()
LANDSCAPE = """
    alder ash aspen beech birch bramble brook cedar chestnut clover coast cove dale dell elder elm fell fern field
    ford gorse grove harbour hawthorn hazel heather holly ivy juniper larch laurel linden maple marsh meadow moor
    moss oak orchard pine poplar reed ridge rowan rush sedge shore spruce sycamore thistle vale willow yarrow yew
"""
NAMES = LANDSCAPE.split()
LONGEST = 2048
"""The most characters of one text."""
ENOUGH = 1 << 18
"""About so many characters are in a stream."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Words in a row without an end of a sentence; a text is a part of it, from one word to another."""

    words: str

    @classmethod
    def of(cls, seed: str) -> Stream:
        """Return the words of a seed; two seeds have hardly nine words in a row in common."""
        return cls(" ".join(random.Random(seed).choices(WORDS, k=ENOUGH // 6)))  # noqa: S311 - not a secret

    def text(self, length: int, place: float) -> str:
        """Return whole words that take nearly as many characters as asked for, and never more, unless one word does.

        `place`, from 0 up to 1, says where in the stream they are taken from.
        """
        length = min(max(length, 4), LONGEST)
        start = self.words.index(" ", int(place * (len(self.words) - 2 * LONGEST))) + 1
        end = self.words.rfind(" ", start, start + length + 1)
        text = self.words[start : end if end > 0 else self.words.index(" ", start)]
        return text[0].upper() + text[1:]
