"""axe-core finds nothing to object to, on any page in any state, light and dark, wide and narrow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from browsing import HEIGHT, NARROW, Opener, Reader, Visit, needed
from sights import EMPTY, KINDS, STATES, Sight

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ALL = (*WCAG, "best-practice")
WIDE_ALONE = ("/schemes", "/shapes")
"""Tables by the hundred, from the template of /ns: one look at each."""
NARROW_ALONE = EMPTY
"""Pages of which the most is the same as where something is found."""
RUN = """async (tags) => {
  const found = await axe.run({ runOnly: tags, preload: false, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script."""
    folder = needed(os.environ.get("AXE_CORE"), "AXE_CORE does not name the folder of the npm package axe-core")
    return (Path(folder) / "axe.min.js").read_text(encoding="utf-8")


def objections(page: Page, rules: tuple[str, ...] = ALL) -> list[str]:
    """Return what axe-core finds, by the rules that have one of these tags."""
    found: list[str] = page.evaluate(RUN, list(rules))
    return found


def in_the_dark(page: Page) -> None:
    """Change to a narrow window and dark colours."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})


@pytest.mark.parametrize("sight", STATES, ids=lambda sight: sight.path)
def test_nothing_is_found_on_a_page(window: Visit, axe: str, sight: Sight) -> None:
    """In a wide window and in light colours; then in a narrow one and in dark colours."""
    page = window.open(sight.path, sight.status)
    page.evaluate(axe)
    if sight.path not in NARROW_ALONE:
        assert objections(page) == []
    if sight.path not in WIDE_ALONE:
        in_the_dark(page)
        assert objections(page) == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_found_on_the_page_of_a_thing(window: Visit, axe: str, things: dict[str, str], kind: str) -> None:
    """Light and wide for one kind, dark and narrow for the next: all have the same template."""
    if KINDS.index(kind) % 2:
        in_the_dark(window.page)
    page = window.open(things[kind])
    page.evaluate(axe)
    assert objections(page) == []


def test_axe_finds_what_is_wrong(visit: Opener, axe: str) -> None:
    """Else an empty list would say nothing."""
    page = visit().open("/about")
    page.evaluate(axe)
    page.evaluate("document.querySelector('h1').outerHTML = '<h4></h4><img src=static/icon.svg>'")
    assert {text.partition(":")[0] for text in objections(page)} >= {"image-alt", "page-has-heading-one"}


def test_nothing_is_found_where_suggestions_are_open(visit: Opener, axe: str) -> None:
    page = visit().open("/search")
    page.get_by_label("Words, or a “phrase”").press_sequentially("psychological")
    page.get_by_role("listbox").wait_for()
    page.evaluate(axe)
    assert objections(page) == []


@pytest.mark.parametrize(
    "path", ["/theory-of-change?select=factor/ultimate-impact", "/compare?sites=leeds,newham", "/discrepancies"]
)
def test_nothing_is_found_where_everything_is_unfolded(visit: Opener, axe: str, path: str) -> None:
    page = visit().open(path)
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.evaluate(axe)
    assert objections(page) == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_breach_of_wcag_is_found_in_the_explorer(visit: Opener, axe: str, colours: Literal["light", "dark"]) -> None:
    """It is made by others, with a main part of its own within ours: that is not best practice."""
    page = visit(Reader(colours=colours)).open("/data/api")
    page.get_by_role("button", name="Open the explorer").click()
    page.locator(".opblock-tag").first.wait_for()
    page.evaluate(axe)
    assert objections(page, WCAG) == []
