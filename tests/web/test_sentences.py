"""Causal links in words: as they are said to people, from every answer that tells links."""

from __future__ import annotations

from typing import Any

import pytest

from hct_kg.web.causal_links import CausalLink, Json, Name, Passage, read_link
from hct_kg.web.sentences import be, sentence

CAUSE = {"id": "factor/grant-funding", "label": "Grant funding"}
EFFECT = {"id": "factor/time-and-capacity", "label": "Time and capacity"}
REPORT = {"id": "document/report", "label": "Report"}
CHAPTER = {"id": "section/report-3", "label": "What helped"}


def link(**given: Any) -> CausalLink:
    ends = Name(**CAUSE), Name(**EFFECT)
    told = {"sign": 1, "modality": "intended", "implied": False, **given}
    return CausalLink("link/funding-to-time", *ends, **told)


def passages(count: int) -> tuple[Passage, ...]:
    return tuple(Passage(f"passage/{number}", Name(**REPORT), Name(**CHAPTER)) for number in range(count))


def test_a_link_reads_as_a_sentence_with_its_marks() -> None:
    said = sentence(link(passages=passages(2)))
    assert said.text == "Grant funding is meant to lead to more of Time and capacity – intended, stated, 2 passages"


@pytest.mark.parametrize(
    ("given", "verb"),
    [
        ({"modality": "intended", "sign": -1}, "is meant to lead to less of"),
        ({"modality": "anticipated"}, "is expected to lead to more of"),
        ({"modality": "recommended"}, "is recommended so as to lead to more of"),
        ({"modality": "perceived"}, "is seen to lead to more of"),
        ({"modality": "observed", "sign": 0}, "is observed to affect"),
        ({"modality": "dreamt"}, "is said to lead to more of"),
    ],
)
def test_each_ground_and_direction_has_words_of_its_own(given: dict[str, Any], verb: str) -> None:
    assert sentence(link(**given)).verb == verb


def test_an_implied_link_says_so() -> None:
    said = sentence(link(implied=True, passages=passages(1)))
    assert said.marks == ("intended", "implied")
    assert said.text.endswith("– intended, implied, 1 passage")


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("Incentives for volunteers", "are"),
        ("Access to external funding", "is"),
        ("Progress of specific actions", "is"),
        ("In-person events", "are"),
        ("Structured one-to-one conversations", "are"),
        ("Theoretical frameworks, concepts and language", "are"),
        ("Time and capacity", "is"),
        ("Services aligned with community needs", "are"),
        ("Statutory sector's ingrained focus on delivery", "is"),
        ("People with lived experience", "are"),
        ("Men's mental health group", "is"),
        ("News of the hubs", "is"),
        ("", "is"),
    ],
)
def test_the_verb_agrees_with_the_head_of_the_name(name: str, verb: str) -> None:
    assert be(name) == verb


def test_the_long_and_the_short_form_of_a_link_are_read_alike() -> None:
    # given: a link as /v1/links tells it, and as a step of /v1/trace does
    marks = {"id": "link/funding-to-time", "condition": "If it is flexible.", "curator_note": None}
    long = {
        **marks,
        "cause": CAUSE,
        "effect": EFFECT,
        "polarity": {"id": "polarity/negative"},
        "modality": {"id": "modality/perceived", "label": "Perceived"},
        "explicitness": {"id": "explicitness/implied", "label": "Implied"},
        "scope": {"id": "scope/all", "label": "All five sites"},
        "voices": [{"id": "voice/site", "label": "Site"}],
        "description": None,
        "supported_by": [{"id": "passage/1", "document": REPORT, "section": CHAPTER, "text": None}],
    }
    short = {
        **marks,
        "modality": "modality/perceived",
        "explicitness": "implied",
        "scope": "All five sites",
        "voices": ["Site"],
        "passages": [
            {
                "id": "passage/1",
                "document": REPORT["id"],
                "document_title": REPORT["label"],
                "section": CHAPTER["id"],
                "section_title": CHAPTER["label"],
            }
        ],
    }
    # when
    read = read_link(long)
    # then
    assert read == read_link(short, {"cause": CAUSE, "effect": EFFECT, "polarity": "negative"})
    assert (read.sign, read.modality, read.implied, read.condition) == (-1, "perceived", True, "If it is flexible.")
    assert (read.scope, read.voices) == ("All five sites", ("Site",))
    assert read.passages == (Passage("passage/1", Name(**REPORT), Name(**CHAPTER)),)


def test_a_direction_that_claims_dispute_is_none() -> None:
    item: Json = {"id": "link/x", "modality": None, "explicitness": "stated", "scope": "", "voices": [], "passages": []}
    read = read_link(item, {"cause": CAUSE, "effect": EFFECT, "polarity": "disputed"})
    assert (read.sign, sentence(read).verb, read.scope) == (0, "is said to affect", "")
