"""A real browser over the published data: how it is started, who reads with it, and what no page may do to them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

from hct_kg.settings import Settings
from serving import running
from sights import one_of_each_kind

FLAGS = (
    "--no-sandbox",  # tests may run as root, in which case Chromium has no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever a page asks for, nothing leaves the machine
)
PATIENCE = 60_000
"""Milliseconds to wait for what must come, on a machine that may be busy with other things."""
HEIGHT = 900
WIDE, TELEPHONE, NARROW = 1400, 390, 320
"""Widths of windows, in CSS pixels; 320 is a window of 1280 at 400%: https://www.w3.org/TR/WCAG22/#reflow"""
SPILL = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def needed(found: str | None, what: str) -> str:
    """Return what has been found; skip the test where it may be missing, fail where it may not."""
    required = "CI" in os.environ or os.environ.get("BROWSER_TESTS") == "required"
    if found is None and not required:
        pytest.skip(what)
    assert found is not None, f"{what}, and here browser tests are required"
    return found


def published_settings() -> Settings:
    """Return settings for the published data, with the texts of passages where copies of the documents are held."""
    folder = os.environ.get("HCT_KG_DOCUMENTS")
    return Settings(documents=Path(folder) if folder else None)


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """Start Chromium, and end it."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Reader:
    """Somebody who reads: how wide their window is, whether it runs JavaScript, which colours they prefer."""

    width: int = WIDE
    javascript: bool = True
    colours: Literal["light", "dark"] = "light"


@dataclass
class Visit:
    """A page that is open in the browser, and what it has done that it must not."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Addresses that are meant to be answered by an error: of these the browser complains rightly."""

    def __post_init__(self) -> None:
        self.page.on("request", self.hear_request)
        self.page.on("console", self.hear_message)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def hear_request(self, request: Request) -> None:
        """Complain of what is asked of another host."""
        if not request.url.startswith((f"{self.base}/", "data:")):
            self.complaints.append(f"{self.page.url} asks for {request.url}")

    def hear_message(self, message: ConsoleMessage) -> None:
        """Complain of errors and warnings in the console."""
        meant = message.location["url"] in self.refused and message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not meant:
            self.complaints.append(f"{self.page.url} says: {message.text}")

    def open(self, path: str, status: int = 200) -> Page:
        """Open a page as if its address were typed."""
        if status >= 400:
            self.refused.add(f"{self.base}{path}")
        response = self.page.goto(f"{self.base}{path}")
        assert isinstance(response, Response)
        assert response.status == status, path
        return self.page

    @property
    def path(self) -> str:
        """Return where the reader has come to."""
        return self.page.url.removeprefix(self.base)

    @property
    def spill(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        spill: int = self.page.evaluate(SPILL)
        return spill


@pytest.fixture(scope="session")
def site() -> Iterator[httpx.Client]:
    """A client of one server for all browser tests."""
    with ExitStack() as stack:
        yield running(published_settings(), stack).client


@pytest.fixture(scope="session")
def things(site: httpx.Client) -> dict[str, str]:
    """The page of one thing of each kind."""
    return one_of_each_kind(site)


# Not for the whole session: as long as Playwright runs, no other test of this thread could run an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for the tests of one module."""
    with launched(needed(shutil.which("chromium"), "Chromium is not installed: apt-get install chromium")) as browser:
        yield browser


@contextmanager
def visiting(browser: Browser, site: httpx.Client, reader: Reader) -> Iterator[Visit]:
    """Open a window for a reader, and close it."""
    context = browser.new_context(
        viewport={"width": reader.width, "height": HEIGHT},
        java_script_enabled=reader.javascript,
        color_scheme=reader.colours,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    context.set_default_navigation_timeout(2 * PATIENCE)
    try:
        yield Visit(context.new_page(), str(site.base_url).rstrip("/"))
    finally:
        context.close()


Opener = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser, site: httpx.Client) -> Iterator[Opener]:
    """Open windows, each for a reader; at the end nothing must have been complained of."""
    visits: list[Visit] = []
    with ExitStack() as stack:

        def begin(reader: Reader = Reader()) -> Visit:
            visits.append(stack.enter_context(visiting(chromium, site, reader)))
            return visits[-1]

        yield begin
    assert [complaint for each in visits for complaint in each.complaints] == []


@pytest.fixture(scope="module")
def same_window(chromium: Browser, site: httpx.Client) -> Iterator[Visit]:
    """One window for all tests of a module that only look: a new one takes longer than most pages."""
    with visiting(chromium, site, Reader()) as here:
        yield here


@pytest.fixture
def window(same_window: Visit) -> Visit:
    """That window, wide and light again; whoever looks asks it for complaints."""
    same_window.page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    same_window.page.emulate_media(media="screen", color_scheme="light")
    same_window.complaints.clear()
    same_window.refused.clear()
    return same_window
