"""Every page at every width: nothing from elsewhere, nothing for the console, nothing sideways, one main heading."""

from __future__ import annotations

import pytest

from browsing import HEIGHT, NARROW, TELEPHONE, WIDE, Opener, Reader, Visit
from hct_kg.api.site.router import PAGES as ROUTED
from sights import KINDS, PAGES, STATES, Sight

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`p { margin-bottom: 2em !important; }
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
"""https://www.w3.org/TR/WCAG22/#text-spacing"""


def look(here: Visit, sight: Sight) -> None:
    """Open a page in a wide window, and make that narrower."""
    page = here.open(sight.path, sight.status)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.getAnimations().length") == 0, "nothing moves by itself"
    for width in (WIDE, TELEPHONE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert here.spill <= 0, f"{width} pixels are not wide enough"
    page.evaluate(SPACED)
    assert here.spill <= 0, "with wider spaces between lines, words and letters it is too wide"
    assert here.complaints == []


@pytest.mark.parametrize("sight", STATES, ids=lambda sight: sight.path)
def test_a_page_keeps_to_itself_and_fits_its_window(window: Visit, sight: Sight) -> None:
    look(window, sight)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_thing_keeps_to_itself_and_fits_its_window(
    window: Visit, things: dict[str, str], kind: str
) -> None:
    look(window, Sight(things[kind]))


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/"])
def test_a_page_loads_in_a_window_of_a_telephone_without_javascript(visit: Opener, path: str) -> None:
    here = visit(Reader(TELEPHONE, javascript=False))
    here.open(path)
    assert here.spill <= 0
    here.page.get_by_role("link", name="hct-kg", exact=True).click()
    here.page.wait_for_url(f"{here.base}/")


def test_all_kinds_of_things_are_looked_at(things: dict[str, str]) -> None:
    assert sorted(things) == list(KINDS)


def test_all_pages_are_looked_at(visit: Opener) -> None:
    """Those that have a route of their own, and those that the head and the foot of every page lead to."""
    page = visit().open("/")
    links = page.locator("header a, footer a:not([rel=license]):not([type])")
    led = {f"/{link.get_attribute('href')}".replace("/./", "/") for link in links.all()}
    assert led >= {"/", "/map", "/ns"}
    assert led | {each.path for each in ROUTED} <= set(PAGES)
