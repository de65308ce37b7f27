"""All that a mouse can do a keyboard can: everything is reached, what has the focus is seen, nothing holds it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import TELEPHONE, Opener, Reader

WIDE, SMALL = Reader(), Reader(TELEPHONE)
REACHABLE = """() => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  window.reachable = [...document.querySelectorAll(kinds)].filter(
    (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }));
  return window.reachable.map((each) => each.outerHTML.slice(0, 120));
}"""
"""All that can be reached, in the order of the page."""
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const framed = at.closest(".CodeMirror") ?? at;
  const style = getComputedStyle(framed);
  const shown = [...framed.getClientRects()].some((box) => {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (left >= right || top >= bottom) return false;
    const shares = [.5, .1, .9];
    return shares.some((x) => shares.some((y) => framed.contains(
      document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y))));
  });
  return {
    number: window.reachable.indexOf(at),
    what: at.outerHTML.slice(0, 120),
    framed: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || [...at.querySelectorAll(":scope > rect")].some((rect) => parseFloat(getComputedStyle(rect).strokeWidth) >= 4),
    shown,
  };
}"""
"""What has the focus: which of them it is, whether it has a frame (in a drawing a thick line) and is in sight."""

READ = (
    (WIDE, "/"),
    (WIDE, "/map?select=factor/siloed-working&ask=causes"),
    (WIDE, "/map/loops"),
    (WIDE, "/evidence?column=site/coventry"),
    (WIDE, "/discrepancies?kind=discrepancy-kind/value"),
    (WIDE, "/compare?sites=coventry&sites=plymouth"),
    (WIDE, "/search?q=psychological+safety"),
    (WIDE, "/query"),
    (WIDE, "/query?name=grants-by-site-and-phase"),
    (WIDE, "/data"),
    (WIDE, "/about"),
    (WIDE, "/doc/factor/siloed-working"),
    (SMALL, "/map?select=factor/siloed-working&ask=causes"),
    (SMALL, "/compare?sites=coventry&sites=plymouth"),
    (SMALL, "/query"),
)


def focus(page: Page) -> dict[str, Any] | None:
    """Return what has the focus."""
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    return found


def tab_to(page: Page, selector: str, most: int = 400) -> None:
    """Press Tab until something that a selector describes has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not lead to {selector}")


@pytest.mark.parametrize(("reader", "path"), READ, ids=lambda value: value if isinstance(value, str) else value.width)
def test_tab_leads_through_everything_and_the_focus_is_seen(visit: Opener, reader: Reader, path: str) -> None:
    page = visit(reader).open(path)
    reachable = page.evaluate(REACHABLE)
    reached: list[int] = []
    for _ in range(len(reachable) + 20):
        page.keyboard.press("Tab")
        at = focus(page)
        if at is None or at["number"] in reached[:1]:
            break
        assert at["framed"], f"one does not see that this has the focus: {at['what']}"
        assert at["shown"], f"this has the focus and is out of sight: {at['what']}"
        reached.append(at["number"])
    assert 'class="skip"' in reachable[reached[0]]
    assert [reachable[number] for number in sorted({*range(len(reachable))} - {*reached})] == []
    assert len(reached) < len(reachable) + 20, "the focus does not come round"


def test_the_skip_link_leads_past_the_head(visit: Opener) -> None:
    page = visit().open("/evidence")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_something_in_the_drawing_is_selected(visit: Opener) -> None:
    here = visit()
    page = here.open("/theory-of-change")
    tab_to(page, ".drawing a")
    page.keyboard.press("Tab")
    chosen = page.evaluate("document.activeElement.querySelector('title, text').textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("select=factor/"))
    assert chosen
    panel = page.locator("#selected")
    expect(panel).to_be_visible()
    tab_to(page, ".selected-line a")
    page.keyboard.press("Enter")
    expect(panel).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#selected') !== null"), "and one reads on from there"


def test_the_drawing_is_passed_by(visit: Opener) -> None:
    page = visit().open("/map")
    tab_to(page, ".past-drawing a")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.scroll:not(.drawing)')")


def test_a_query_is_written_run_and_left(visit: Opener) -> None:
    page = visit().open("/query")
    tab_to(page, ".CodeMirror textarea")
    page.keyboard.press("Control+A")
    page.keyboard.type("ASK {}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror') === null"), "Tab leaves the editor"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null"), "and comes back"
    page.keyboard.press("Tab")
    tab_to(page, ".editor button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("The result of a query")
    expect(page.locator(".lead")).to_have_text("Yes")


def test_a_query_is_run_out_of_the_editor(visit: Opener) -> None:
    page = visit().open("/query?query=ASK+%7B%7D")
    tab_to(page, ".CodeMirror textarea")
    page.keyboard.press("Control+A")
    page.keyboard.type("ASK { <urn:nothing> ?p ?o }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".lead")).to_have_text("No")


def test_filters_are_set(visit: Opener) -> None:
    page = visit().open("/discrepancies")
    tab_to(page, "#resolution")
    page.keyboard.type("Expl")
    tab_to(page, ".filters button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("resolution=resolution"))
    assert {"Explained"} == set(page.locator(".dispute > .scope .mark:last-child").all_inner_texts())


def test_a_suggestion_is_taken(visit: Opener) -> None:
    here = visit()
    page = here.open("/search")
    tab_to(page, "#q")
    page.keyboard.type("psychological saf")
    first = page.get_by_role("option").first
    expect(first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.activeElement.getAttribute('aria-activedescendant')") == first.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url("**/doc/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("sychological safety")


def test_suggestions_are_put_away(visit: Opener) -> None:
    page = visit().open("/search")
    tab_to(page, "#q")
    page.keyboard.type("psychological")
    suggestions = page.get_by_role("listbox")
    expect(suggestions).to_be_visible()
    page.keyboard.press("Escape")
    expect(suggestions).to_be_hidden()
    expect(page.locator("#q")).to_have_value("psychological")
