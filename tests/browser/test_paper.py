"""Pages on paper: nothing that scrolls on a screen is cut off."""

from __future__ import annotations

import pytest

from browsing import HEIGHT, Visit
from sights import PAGES, SELECTED

A4 = 718
"""Width of the text on a sheet of A4 with Chromium's margins, in CSS pixels."""
CUT = """() => [...document.querySelectorAll("main, main *")].filter((each) => {
  if (!each.checkVisibility() || each.matches(".hidden, .hidden *") || each instanceof SVGElement) return false;
  const { overflowX, overflowY } = getComputedStyle(each);
  return (overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1)
    || (overflowY !== "visible" && each.scrollHeight > each.clientHeight + 1);
}).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("path", [*PAGES, *SELECTED])
def test_nothing_is_cut_off(window: Visit, path: str) -> None:
    page = window.open(path)
    page.set_viewport_size({"width": A4, "height": HEIGHT})
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert window.spill <= 0, "it is wider than the sheet"
