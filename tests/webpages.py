"""Our web pages as tests read them: a tree, its words and links, and what every page must be."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder

import httpx

VOID = {"link", "meta", "br", "input", "hr", "img", "wbr"}


class Reader(HTMLParser):
    """Builds the tree of a page; fails where an element is not closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = TreeBuilder()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def read(page: str) -> Element:
    """Return the tree of a page that is sound."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader.builder.close()


def words(element: Element) -> str:
    """Return the text of an element, its spaces single."""
    return " ".join("".join(element.itertext()).split())


def having(tree: Element, name: str, kind: str = "*") -> list[Element]:
    """Return the elements that have a class."""
    return [element for element in tree.iter() if name in classes(element) and kind in ("*", element.tag)]


def classes(element: Element) -> list[str]:
    """Return the classes of an element."""
    return element.get("class", "").split()


def one(tree: Element, path: str) -> Element:
    """Return the only element at a path."""
    (found,) = tree.findall(path)
    return found


def hrefs(tree: Element) -> list[str]:
    """Return where the links of a tree lead."""
    return [link.get("href", "") for link in tree.iter("a")]


def get(client: httpx.Client, path: str, status: int = 200) -> Element:
    """Ask for a page as a browser does; return its tree, once it has been seen to be one for everybody."""
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    tree = read(response.text)
    check(tree)
    return tree


def check(tree: Element) -> None:
    """Assert what holds for every page: its headings, names, tables and controls, and that nothing stands inline."""
    levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.get("id") for element in tree.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids)), "an id is given twice"
    for element in tree.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
    # A block of JSON-LD is data: it is never run.
    scripts = [script for script in tree.iter("script") if script.get("type") != "application/ld+json"]
    assert all("src" in script.attrib and not script.text for script in scripts)
    assert not list(tree.iter("style"))
    assert all(link.get("href") and words(link) for link in tree.iter("a"))
    check_controls(tree)
    check_tables(tree)


def check_controls(tree: Element) -> None:
    """Assert that each control has a label, by its id or around it."""
    named = {label.get("for") for label in tree.iter("label")}
    inside = {control for label in tree.iter("label") for control in label.iter("input")}
    for control in (element for name in ("input", "select", "textarea") for element in tree.iter(name)):
        assert control.get("type") == "hidden" or control.get("id") in named or control in inside, control.attrib


def check_tables(tree: Element) -> None:
    """Assert that tables have a caption and scoped headers, and stand in a region that can be scrolled by keyboard."""
    for table in tree.iter("table"):
        assert table.find("caption") is not None
        assert all(header.get("scope") in ("row", "col") for header in table.iter("th"))
    for region in having(tree, "scroll"):
        assert (region.get("tabindex"), region.get("role")) == ("0", "region")
        assert region.get("aria-label")


def staying(tree: Element) -> Element:
    """Return a page without its links to elsewhere on the web and to the large files of the whole dataset."""
    for link in tree.iter("a"):
        if link.get("href", "").startswith(("https://", "http://")) or "/dumps/" in link.get("href", ""):
            link.set("href", "#content")
    return tree


def dead_links(client: httpx.Client, page: str, tree: Element, most: int = 40) -> list[str]:
    """Return the links of a page's own part, up to so many, that lead nowhere; each must stay on this service."""
    main = one(tree, ".//main")
    found = dict.fromkeys(urljoin(f"http://here{page}", href) for href in hrefs(main))
    assert all(urlsplit(url).netloc == "here" for url in found)
    paths = [url.removeprefix("http://here").partition("#")[0] for url in found]
    spread = paths[:: max(1, len(paths) // most)]
    # As browsers do: HTML best, and anything else as well.
    return [path for path in spread if client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}).status_code != 200]
