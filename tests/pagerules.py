"""Rules that every page of ours keeps, each a reader of a page's tree that tells what breaks it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from xml.etree.ElementTree import Element

from webpages import VOID, Reader, having, words

Rule = Callable[[Element], Iterator[str]]

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "dl", "table", "section", "article", "aside", "blockquote", "form", "details", "nav"}
    | {"header", "footer", "main", "hr", "pre", "figure", *HEADINGS}
)
WORDS_ONLY = frozenset(
    {"p", "span", "small", "strong", "em", "b", "i", "code", "cite", "label", "button", "mark", "summary", "option"}
    | {"dt", "q", *HEADINGS}
)
"""Elements that hold words and what stands among words, no blocks."""
MEMBERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "html": frozenset({"head", "body"}),
        "ul": frozenset({"li"}),
        "ol": frozenset({"li"}),
        "dl": frozenset({"dt", "dd", "div"}),
        "table": frozenset({"caption", "colgroup", "thead", "tbody", "tfoot"}),
        "thead": frozenset({"tr"}),
        "tbody": frozenset({"tr"}),
        "tfoot": frozenset({"tr"}),
        "tr": frozenset({"th", "td"}),
        "select": frozenset({"option", "optgroup"}),
        "optgroup": frozenset({"option"}),
    }
)
"""Elements that hold nothing but these, and no words of their own."""
CONTROLS = ("input", "select", "textarea")
ACTIVE = frozenset({"a", "button", "details", "label", *CONTROLS})
BY_ID = frozenset({"for", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns"})
LABELS = ("caption", "th", "summary", "label")
NEVER_EMPTY = (*HEADINGS, "a", "button", "li", "dt", "dd", "p", *LABELS, "blockquote", "cite")
NAMES = (*HEADINGS, "a", "th", "dt", "option", "summary", "caption", "label")
OF_PROGRAMS = re.compile(r"\{\{|\{%|\bUndefined\b|\bobject at 0x|\bMarkup\(|\[object |\bNamedNode\b|\bMappingProxy")
"""What templates and programs leave behind where something went wrong."""
TELLING = ("href", "src", "action", "id", "name", "value", "title", "alt", "aria-label")
CODE = ("code", "pre", "textarea", "script")
NOTHING = frozenset({"None", "null", "nan", "NaN", "undefined", "True", "False", "[]", "{}", "()"})
IRI = re.compile(r"(https?://|urn:|_:)\S+")
"""An IRI and nothing else; terms of other vocabularies, of which the data has no labels, may be shortened."""
TERM = re.compile(r"hct:\w+")
NEAR = ("./", "../", "#")
AWAY = ("https://", "http://")
OURS = ("https://w3id.org/hct-kg", "http://127.0.0.1", "http://localhost")
"""What links within the service never begin with: what our IRIs do, and where tests ask for pages."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Lenient(Reader):
    """Builds the tree of any page; notes where an element is not closed in its place."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            super().handle_endtag(tag)
        elif tag not in VOID:
            self.faults.append(f"</{tag}> closes nothing, after <{self.open[-1] if self.open else ''}>")


def read_leniently(page: str) -> tuple[Element, list[str]]:
    """Return the tree of a page, and where it is not sound."""
    reader = Lenient()
    reader.feed(page)
    reader.close()
    faults = [*reader.faults, *(f"<{tag}> is not closed" for tag in reader.open)]
    if reader.doctype.lower() != "doctype html":
        faults.append("it does not begin with <!doctype html>")
    for tag in reversed(reader.open):
        reader.builder.end(tag)
    return reader.builder.close(), faults


def short(element: Element) -> str:
    """Return an element as a message names it."""
    return f"<{element.tag} {' '.join(f'{name}={value[:60]!r}' for name, value in element.attrib.items())}>"


def stands_where_it_may(tree: Element) -> Iterator[str]:
    """HTML's content models: what a browser would move elsewhere, or close earlier than is written."""
    for parent in tree.iter():
        members = MEMBERS.get(parent.tag)
        for child in parent:
            if parent.tag in WORDS_ONLY and child.tag in BLOCKS:
                yield f"<{child.tag}> in {short(parent)}"
            if members is not None and child.tag not in members:
                yield f"<{child.tag}> in {short(parent)}"
        loose = [parent.text, *(child.tail for child in parent)]
        if members is not None and any(text and text.strip() for text in loose):
            yield f"words in {short(parent)}"
    for element in (found for tag in ("a", "button", "summary") for found in tree.iter(tag)):
        yield from (
            f"{short(within)} in {short(element)}" for within in list(element.iter())[1:] if within.tag in ACTIVE
        )


def has_one_title(tree: Element) -> Iterator[str]:
    """One `title` with words before the name of the site."""
    titles = [words(title) for title in tree.findall("head/title")]
    if len(titles) != 1 or not titles[0].removesuffix("hct-kg").strip(" –"):
        yield f"titles {titles}"


def tells_its_language(tree: Element) -> Iterator[str]:
    """British English as a whole, and proper tags where words are in another language."""
    if tree.get("lang") != "en-GB":
        yield f"lang={tree.get('lang')!r}"
    yield from (
        short(each) for each in tree.iter() if "lang" in each.attrib and not LANGUAGE.fullmatch(each.attrib["lang"])
    )


def tells_browsers_how_to_show_it(tree: Element) -> Iterator[str]:
    """Its encoding, and that it fits narrow screens, where nobody is kept from enlarging it."""
    metas = [meta.attrib for meta in tree.iter("meta")]
    if {"charset": "utf-8"} not in metas:
        yield "no charset"
    views = [meta.get("content", "") for meta in metas if meta.get("name") == "viewport"]
    if len(views) != 1 or "maximum-scale" in views[0] or "user-scalable" in views[0]:
        yield f"viewport {views}"


def has_its_landmarks(tree: Element) -> Iterator[str]:
    """One main part, one header and footer of the site, navigations told apart, a way past them that comes first."""
    if [main.get("id") for main in tree.iter("main")] != ["content"]:
        yield "not one <main id=content>"
    for tag in ("header", "footer"):
        if len(tree.findall(f"body/{tag}")) != 1:
            yield f"not one <{tag}>"
    names = Counter(nav.get("aria-label") or nav.get("aria-labelledby") for nav in tree.iter("nav"))
    yield from (f"{count} navigations are named {name!r}" for name, count in names.items() if count > 1 or not name)
    first = next(tree.iter("a"), None)
    if first is None or first.get("href") != "#content":
        yield "the first link does not skip to the content"


def has_its_headings_in_order(tree: Element) -> Iterator[str]:
    """One h1, and it comes first; no level is left out on the way down."""
    levels = [int(each.tag[1]) for each in tree.iter() if each.tag in HEADINGS]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"levels {levels[:9]}"
    yield from (f"h{after} after h{before}" for before, after in pairwise(levels) if after > before + 1)


def gives_each_id_once(tree: Element) -> Iterator[str]:
    """Anchors are unique, and can be written in addresses."""
    counts = Counter(each.attrib["id"] for each in tree.iter() if "id" in each.attrib)
    yield from (f"id={name!r} {count} times" for name, count in counts.items() if count > 1 or not name or " " in name)


def refers_to_what_is_there(tree: Element) -> Iterator[str]:
    """What names, describes or is labelled by id stands on the page."""
    there = {each.get("id") for each in tree.iter()}
    for each in tree.iter():
        for name in each.attrib.keys() & BY_ID:
            referred = set(each.attrib[name].split())
            if not referred or referred - there:
                yield f"{name}={each.attrib[name]!r}"


def names_its_pictures(tree: Element) -> Iterator[str]:
    """Images have words instead; drawings a name, unless they are hidden from those who cannot see them."""
    yield from (short(image) for image in tree.iter("img") if "alt" not in image.attrib)
    for drawing in tree.iter("svg"):
        named = drawing.get("aria-label") or drawing.get("aria-labelledby")
        if drawing.get("aria-hidden") != "true" and not (named and drawing.get("role") in ("img", "group")):
            yield short(drawing)


def labels_its_controls(tree: Element) -> Iterator[str]:
    """Each control has a label, or is in one; each button has words."""
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {control for label in tree.iter("label") for control in label.iter() if control.tag in CONTROLS}
    for control in (found for tag in CONTROLS for found in tree.iter(tag)):
        named = control.get("id") in labelled or control in inside or control.get("aria-label")
        if control.get("type") not in ("hidden", "submit") and not named:
            yield short(control)
    yield from (short(button) for button in tree.iter("button") if not name_of(button))


def sets_out_its_tables(tree: Element) -> Iterator[str]:
    """A caption, headers that say what they head, rows of one length."""
    for table in tree.iter("table"):
        caption = table.find("caption")
        if caption is None or caption is not table[0]:
            yield f"{short(table)} does not begin with a caption"
        heads = list(table.iter("th"))
        if not heads or any(head.get("scope") not in ("row", "col", "rowgroup", "colgroup") for head in heads):
            yield f"{short(table)} has no header, or one without scope"
        if not any("rowspan" in cell.attrib for cell in table.iter()):
            wide = {sum(int(cell.get("colspan", "1")) for cell in row) for row in table.iter("tr")}
            if len(wide) != 1:
                yield f"{short(table)} has rows of {sorted(wide)} cells"


def lets_the_keyboard_scroll(tree: Element) -> Iterator[str]:
    """What scrolls sideways can be reached by keyboard, and has a name."""
    for region in having(tree, "scroll"):
        if (region.get("tabindex"), region.get("role")) != ("0", "region") or not region.get("aria-label"):
            yield short(region)


def leaves_nothing_empty(tree: Element) -> Iterator[str]:
    """No heading, link, item or label without words."""
    for tag in NEVER_EMPTY:
        yield from (short(each) for each in tree.iter(tag) if not name_of(each))
    lists = (found for tag in ("ul", "ol", "dl", "tbody", "select") for found in tree.iter(tag))
    yield from (f"{short(each)} has no member" for each in lists if not len(each))


def leaves_nothing_over(tree: Element) -> Iterator[str]:
    """No words of templates or programs, where something is missing."""
    for each in tree.iter():
        if each.text and not len(each) and each.text.strip() in NOTHING and not may_say_none(each):
            yield f"{short(each)} says {each.text.strip()!r}"
        if any(value in NOTHING and name in TELLING for name, value in each.attrib.items()):
            yield short(each)
    if OF_PROGRAMS.search("".join(tree.itertext())):
        # Queries have braces of their own.
        code = {text for tag in CODE for each in tree.iter(tag) for text in each.itertext()}
        told = (text for text in tree.itertext() if text not in code)
        yield from (f"{found!r} in its words" for text in told for found in OF_PROGRAMS.findall(text))


def may_say_none(element: Element) -> bool:
    """Tell whether None is what is meant: the choice of nothing."""
    return element.tag == "option" and element.get("value") == ""


def has_words_for_names(tree: Element) -> Iterator[str]:
    """No raw IRI where people look for a name."""
    recorded = addresses(tree)
    for each in (found for tag in NAMES for found in tree.iter(tag)):
        said = words(each)
        # What is in <code> is shown as what it is; so is the address of a work on the web.
        of_work = said == each.get("href") and "#" not in said
        if IRI.fullmatch(said) and not of_work and each not in recorded and not any(each.iter("code")):
            yield f"{short(each)} says {said[:80]!r}"


def calls_our_terms_by_their_labels(tree: Element) -> Iterator[str]:
    """A term of ours has a label, so that its short form is not needed."""
    for each in (found for tag in NAMES for found in tree.iter(tag)):
        if TERM.fullmatch(words(each)):
            yield f"{short(each)} says {words(each)!r}"


def holds_nothing_inline(tree: Element) -> Iterator[str]:
    """Nothing that the content security policy would refuse."""
    for each in tree.iter():
        if each.attrib:
            yield from (f"{name} in {short(each)}" for name in each.attrib if name == "style" or name.startswith("on"))
    yield from ("<style>" for _ in tree.iter("style"))
    for script in tree.iter("script"):
        # A block of JSON-LD is data: it is never run.
        if script.get("type") != "application/ld+json" and ("src" not in script.attrib or (script.text or "").strip()):
            yield short(script)


def links_within_relatively(tree: Element) -> Iterator[str]:
    """Links within the service hold on any host; those to elsewhere lead to the web."""
    recorded = addresses(tree)
    for name, tags in (("href", ("a", "link")), ("src", ("script", "img")), ("action", ("form",))):
        for each in (found for tag in tags for found in tree.iter(tag) if name in found.attrib):
            target = each.attrib[name]
            if not target.startswith(AWAY) and (not target.startswith(NEAR) or target.startswith(".//")):
                yield short(each)
            if target.startswith(OURS) and each not in recorded:
                yield short(each)


def addresses(tree: Element) -> set[Element]:
    """Return the links that are data: web addresses, told as such."""
    items = (item for item in tree.iter("li") if len(item) == 2 and item[1].tag == "small")
    return {item[0] for item in items if words(item[1]) == "xsd:anyURI"}


def name_of(element: Element) -> str:
    """Return the words by which an element is known: its own, or those for who cannot see it."""
    pictures = (picture.get("alt") or picture.get("aria-label") or "" for picture in element.iter())
    return words(element) or element.get("aria-label", "") or next(filter(None, pictures), "")


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            stands_where_it_may,
            has_one_title,
            tells_its_language,
            tells_browsers_how_to_show_it,
            has_its_landmarks,
            has_its_headings_in_order,
            gives_each_id_once,
            refers_to_what_is_there,
            names_its_pictures,
            labels_its_controls,
            sets_out_its_tables,
            lets_the_keyboard_scroll,
            leaves_nothing_empty,
            leaves_nothing_over,
            has_words_for_names,
            calls_our_terms_by_their_labels,
            holds_nothing_inline,
            links_within_relatively,
        )
    }
)
"""By the name of each: `every page …`."""
