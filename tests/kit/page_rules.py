"""Whether a page is one that people can read with a keyboard, a screen reader
or large type: what can be told from its HTML and its style sheet. complaints()
gives a line for each thing that is not as it should be.

Looked at: the language; one title and one h1; headings that leave out no
level; landmarks (header, nav with a name, main, footer) and a link that skips
to the content, which comes first; ids that are there once and that links and
labels name; tables with a caption, heads with a scope and rows as long as the
head; a label for each field; a name for each link, button and drawing; what
takes the focus in the order of the page; and the contrast of the style sheet's
colours, 4.5 to 1 for text, in light and in dark.

Not looked at, for it takes eyes or a reader: whether names say the right
thing, how pages are read aloud, zoom and reflow (tests/kit/web.py draws narrow
ones), and colours of charts, which words repeat."""

import html.parser
import re

VOID = {"meta", "link", "input", "br", "img", "hr"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FIELDS = ("input", "select", "textarea")


class Element:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children, self.words = [], ""

    def get(self, name):
        return self.attributes.get(name)

    def all(self, *tags):
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.all(*tags)

    def inside(self, tag):
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above

    def text(self):
        return (self.words + " ".join(c.text() for c in self.children)).strip()


class Tree(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.top = self.here = Element("", {}, None)
        self.wrong = []
        self.feed(text)
        if self.here is not self.top:
            self.wrong.append("<%s> is not closed" % self.here.tag)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.wrong.append("<%s> has an attribute twice" % tag)
        element = Element(tag, attributes, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attributes):
        self.here.children.append(Element(tag, attributes, self.here))

    def handle_endtag(self, tag):
        if self.here.tag != tag:
            self.wrong.append("</%s> ends <%s>" % (tag, self.here.tag))
        elif self.here.parent is not None:
            self.here = self.here.parent

    def handle_data(self, data):
        self.here.words += data


def name_of(element):
    """What a reader calls it, near enough."""
    if element.get("aria-label"):
        return element.get("aria-label")
    titles = [c.text() for c in element.all("title")]
    return element.text() or element.get("alt") or "".join(titles)


def frame(top):
    one = [e for e in top.all("html")]
    if len(one) != 1 or not one[0].get("lang"):
        yield "no language"
    if not any(e.text() for e in top.all("title") if e.inside("head")):
        yield "no title"
    views = [e for e in top.all("meta") if e.get("name") == "viewport"]
    if not views or re.search("user-scalable=no|maximum-scale", views[0].get("content")):
        yield "it cannot be made larger"
    for tag in ("main", "footer"):
        if len(list(top.all(tag))) != 1:
            yield "<%s> is there %d times" % (tag, len(list(top.all(tag))))
    if not any(e.parent.tag == "body" for e in top.all("header")):
        yield "no <header>"
    navs = list(top.all("nav"))
    names = [name for name in (e.get("aria-label") for e in navs) if name]
    if not navs or len(set(names)) != len(navs):
        yield "a <nav> without a name of its own"
    if len([e for e in top.all("a") if e.get("aria-current") == "page"
            and e.inside("nav") is navs[0]]) > 1:
        yield "two pages are the current one"


def headings(top):
    level = 0
    found = list(top.all(*HEADINGS))
    if [e.tag for e in found].count("h1") != 1:
        yield "<h1> is not there once"
    for e in found:
        if int(e.tag[1]) > level + 1:
            yield "%s behind h%d: %s" % (e.tag, level, e.text())
        if not e.text():
            yield "an empty " + e.tag
        level = int(e.tag[1])
    for section in top.all("section"):
        if not section.get("aria-label") and not section.get("aria-labelledby") \
                and not any(True for _ in section.all(*HEADINGS)):
            yield "a <section> without a heading"


def links(top, ids):
    focus = [e for e in top.all("a", "button", "summary", *FIELDS)
             if e.get("type") != "hidden"]
    if not focus or focus[0].get("href") != "#content":
        yield "the first thing is no link to the content"
    for e in focus:
        if e.get("tabindex") and e.get("tabindex") != "0":
            yield "an order of its own: %s" % e.text()
        if e.tag in ("a", "button", "summary") and not name_of(e):
            yield "<%s> without a name" % e.tag
        if e.tag == "a" and (e.get("href") or "").startswith("#") and \
                e.get("href")[1:] not in ids:
            yield "a link to %s, which is not there" % e.get("href")
        if e.tag in FIELDS and e.inside("label") is None and \
                not e.get("aria-label") and e.get("id") not in \
                [label.get("for") for label in top.all("label")]:
            yield "the field %s has no label" % e.get("name")
    for e in top.all("label"):
        if not e.words.strip():
            yield "an empty label"


def tables(top):
    for table in top.all("table"):
        captions = list(table.all("caption"))
        name = captions[0].text() if captions else ""
        if not name:
            yield "a table without a caption"
        heads = [e for e in table.all("th")]
        if not heads or any(e.get("scope") not in ("col", "row") for e in heads):
            yield "heads without a scope: " + name
        if any(not name_of(e) for e in heads):
            yield "an empty head: " + name
        widths = {sum(int(c.get("colspan") or 1) for c in row.children)
                  for row in table.all("tr")}
        if len(widths) > 1:
            yield "rows of %s cells: %s" % (sorted(widths), name)
        box = table.parent
        if box.get("class") == "scroll" and (box.get("tabindex") != "0" or not
                                             box.get("aria-label")):
            yield "what scrolls cannot be reached by keys: " + name


def drawings(top):
    for svg in top.all("svg"):
        if svg.get("aria-hidden") != "true" and (
                svg.get("role") != "img" or not name_of(svg)):
            yield "a drawing without role and name"
    for e in top.all("img"):
        if e.get("alt") is None:
            yield "a picture without alt"


def complaints(text):
    tree = Tree(text)
    ids = [e.get("id") for e in every(tree.top) if e.get("id")]
    found = list(tree.wrong)
    if len(ids) != len(set(ids)):
        found.append("an id is there twice: %s" % sorted(ids))
    for e in every(tree.top):
        for name in ("aria-labelledby", "aria-describedby", "for"):
            if e.get(name) and e.get(name) not in ids:
                found.append("%s=%s leads nowhere" % (name, e.get(name)))
    for part in (frame(tree.top), headings(tree.top), links(tree.top, ids),
                 tables(tree.top), drawings(tree.top)):
        found.extend(part)
    return found


def every(element):
    for child in element.children:
        yield child
        yield from every(child)


# ---- colours ------------------------------------------------------------------

# Text on its ground, as the style sheet pairs them.
PAIRS = [("ink", "bg"), ("ink", "card"), ("ink", "notebg"), ("ink", "goodbg"),
         ("ink", "warnbg"), ("ink", "badbg"), ("soft", "bg"), ("soft", "card"),
         ("soft", "notebg"), ("link", "bg"), ("link", "card"), ("link", "notebg"),
         ("link", "goodbg"), ("link", "warnbg"), ("link", "badbg"),
         ("accent", "notebg"), ("card", "accent"), ("good", "goodbg"),
         ("warn", "warnbg"), ("bad", "badbg"), ("good", "card"), ("warn", "card"),
         ("bad", "card"), ("quarantine", "notebg")]


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(2 * c for c in colour[1:])
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
             for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colour_complaints(sheet):
    blocks = re.findall(r":root\{([^}]*)\}", sheet)[:2]
    light = dict(re.findall(r"--([a-z]+):(#[0-9a-f]+)", blocks[0]))
    dark = dict(light, **dict(re.findall(r"--([a-z]+):(#[0-9a-f]+)", blocks[1])))
    for look, colours in (("light", light), ("dark", dark)):
        for text, ground in PAIRS:
            got = contrast(colours[text], colours[ground])
            if got < 4.5:
                yield "%s: %s on %s has a contrast of %.2f" % (look, text, ground, got)
    if ":focus-visible{outline:" not in sheet or re.search(r"outline:\s*(0|none)", sheet):
        yield "the focus cannot be seen"
