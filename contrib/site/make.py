#!/usr/bin/python3
"""The manual pages and guides as static HTML: contrib/site/make.py DIR.

Needs mandoc. What comes out reads in any browser, from a server or from the
disk, without JavaScript; with it, the field on each page searches all pages.
Nothing is fetched from elsewhere.
"""

import html
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
MANUALS = (
    ("milter/verdict-milter.8", "the daemon: how it runs and what it promises"),
    ("milter/verdict.conf.5", "every setting"),
    ("rules/verdict-rules.5", "the rule language, every fact and action"),
    ("tool/verdict.1", "the command: check, lint, explain, history, replay ..."),
    ("tool/verdict-cases.5", "messages as test cases"),
)
TEXTS = (
    ("README", "from nothing to a filter that runs"),
    ("contrib/GUIDE", "the first month"),
    ("contrib/rules/README", "what the shipped rules are, and what each hits"),
    ("NEWS", "what an upgrade changes"),
    ("SECURITY", "every bound and what happens beyond it"),
    ("HACKING", "for whoever changes the program"),
)
HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%(title)s - verdict-milter</title>
<link rel="stylesheet" href="site.css">
</head>
<body>
<a class="skip" href="#main">To the text</a>
<header>
<nav aria-label="Pages">%(nav)s</nav>
<form role="search" id="search" hidden>
<label for="words">Search</label>
<input id="words" type="search" autocomplete="off" aria-controls="found">
</form>
<ol id="found" aria-live="polite" hidden></ol>
</header>
<main id="main">
%(body)s
</main>
<script src="index.js"></script>
<script src="search.js"></script>
</body>
</html>
"""


def page_of(path):
    """README becomes readme.html, tool/verdict.1 verdict.1.html."""
    name = os.path.relpath(path, TOP) if os.path.isabs(path) else path
    if name == "contrib/rules/README":
        return "rules.html"
    base = os.path.basename(name)
    return (base if re.search(r"\.\d$", base) else base.lower()) + ".html"


# ---- texts: headings that are underlined, lists, what is indented ----------------

def links(text):
    """Escaped text in which names of manual pages lead to them."""
    names = {os.path.basename(path)[:-2] + "(" + path[-1] + ")": page_of(path)
             for path, _ in MANUALS}
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len,
                                                          reverse=True))
    return re.sub(r"(?<![\w.-])(?:%s)" % pattern,
                  lambda m: '<a href="%s">%s</a>' % (names[m[0]], m[0]),
                  re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text)))


def anchor_of(title, seen):
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"
    while name in seen:
        name += "-"
    seen.add(name)
    return name


# What an item of a list begins with, at the beginning of a line.
MARK = r"(?:\*|\d+\.)\s+"


def blocks(text):
    """Runs of lines without a blank one between, but what is indented stays
    together over blank lines."""
    block = []
    for line in text.split("\n") + [""]:
        if re.match(MARK, line) and block and not re.match(MARK, block[0]):
            yield block
            block = []
        if line.strip():
            if block and not block[-1] and not line.startswith("    "):
                yield [b for b in block if b] if not block[0].startswith(" ") else block
                block = []
            block.append(line.rstrip())
        elif block and block[0].startswith("    "):
            block.append("")
        elif block:
            yield block
            block = []
    if any(block):
        yield block


def heading(block):
    return (len(block) >= 2 and len(block[1]) >= 3
            and set(block[1]) <= {"="} or
            len(block) >= 2 and len(block[1]) >= 3 and set(block[1]) <= {"-"})


def items(block):
    """A list's items, or None: each begins with * or a number."""
    mark = r"\s*" + MARK
    if not re.match(mark, block[0]):
        return None
    out = []
    for line in block:
        if re.match(mark, line):
            out.append(re.sub(mark, "", line, count=1))
        else:
            out[-1] += "\n" + line.strip()
    return out


def text_page(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        text = f.read().expandtabs(8)
    out, seen = [], set()
    for block in blocks(text):
        if heading(block):
            level = "h1" if block[1][0] == "=" else "h2"
            out.append('<%s id="%s">%s</%s>' % (
                level, anchor_of(block[0], seen), links(block[0]), level))
            block = block[2:]
        if not block:
            continue
        listed = items(block)
        if listed is not None:
            number = re.match(r"\s*(\d+)", block[0])
            out.append("%s%s%s" % (
                '<ol start="%s">' % number[1] if number else "<ul>",
                "".join("<li>%s</li>" % links(i) for i in listed),
                "</ol>" if number else "</ul>"))
        elif any(re.search(r"\S {2,}\S", line) for line in block) or \
                block[0].startswith("  "):
            out.append("<pre>%s</pre>" % links(textwrap.dedent(
                "\n".join(block)).rstrip()))
        else:
            out.append("<p>%s</p>" % links("\n".join(block)))
    if not any(b.startswith("<h1") for b in out):
        out.insert(0, "<h1>%s</h1>" % html.escape(os.path.basename(path)))
    return "\n".join(out)


# ---- manual pages -------------------------------------------------------------------

def manual_page(path):
    got = subprocess.run(["mandoc", "-T", "html", "-O", "fragment,toc",
                          os.path.join(TOP, path)], stdout=subprocess.PIPE,
                         check=True).stdout.decode()
    ours = {os.path.basename(p): page_of(p) for p, _ in MANUALS}

    def reference(match):
        name = "%s.%s" % (match[1], match[2])
        if name not in ours:
            return match[0]
        return '<a class="Xr" href="%s">%s(%s)</a>' % (ours[name], match[1], match[2])
    return re.sub(r'<a class="Xr">([^<(]+)\((\d)\)</a>', reference, got)


# ---- the index that is searched --------------------------------------------------------

class Sections(html.parser.HTMLParser):
    """What stands below each anchor, as text."""

    def __init__(self, page):
        super().__init__()
        self.page, self.found = page, []
        self.begin("", "")

    def begin(self, anchor, title):
        self.found.append({"p": self.page, "a": anchor, "h": title, "t": ""})

    def handle_starttag(self, tag, attributes):
        anchor = dict(attributes).get("id")
        self.fresh = tag in ("h1", "h2", "dt") and anchor
        if self.fresh:
            self.begin(anchor, "")
            self.titled = tag

    def handle_endtag(self, tag):
        if tag == getattr(self, "titled", None):
            self.titled = None

    def handle_data(self, data):
        key = "h" if getattr(self, "titled", None) else "t"
        self.found[-1][key] += data


def sections(page, title, body):
    reader = Sections(page)
    reader.feed(body)
    for section in reader.found:
        name = " ".join(section["h"].split())
        words = " ".join(section["t"].split())
        if name or words:
            yield {"p": page, "a": section["a"],
                   "h": title + (": " + name if name else ""), "t": words[:2000]}


# ---- all of it ---------------------------------------------------------------------------

def index_body(pages):
    out = ["<h1>verdict-milter</h1>",
           "<p>One mail filter behind Postfix or Sendmail: SPF, DKIM, DMARC, ARC, "
           "content rules, and what an administrator needs around them.</p>"]
    for title, kind in (("Guides", TEXTS), ("Manual pages", MANUALS)):
        out.append("<h2>%s</h2><dl>" % title)
        for path, says in kind:
            out.append('<dt><a href="%s">%s</a></dt><dd>%s</dd>' % (
                page_of(path), html.escape(pages[path][0]), html.escape(says)))
        out.append("</dl>")
    return "\n".join(out)


def main(directory):
    pages = {}
    for path, _ in TEXTS:
        pages[path] = (os.path.basename(path) if path != "contrib/rules/README"
                       else "Shipped rules", text_page(path))
    for path, _ in MANUALS:
        base = os.path.basename(path)
        pages[path] = ("%s(%s)" % (base[:-2], base[-1]), manual_page(path))
    nav = ['<a href="index.html">All</a>'] + [
        '<a href="%s">%s</a>' % (page_of(p), html.escape(t))
        for p, (t, _) in pages.items()]
    os.makedirs(directory, exist_ok=True)
    index = []
    written = [("index.html", "All pages", index_body(pages))] + [
        (page_of(path), title, body) for path, (title, body) in pages.items()]
    for name, title, body in written:
        here = [a.replace('href="%s"' % name, 'href="%s" aria-current="page"' % name)
                for a in nav]
        with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
            f.write(PAGE % {"title": html.escape(title), "nav": "\n".join(here),
                            "body": body})
        if name != "index.html":
            index += sections(name, title, body)
    with open(os.path.join(directory, "index.js"), "w", encoding="utf-8") as f:
        f.write("const sections = %s;\n" % json.dumps(index, separators=(",", ":"))
                .replace("</", "<\\/"))
    for name in ("site.css", "search.js"):
        with open(os.path.join(HERE, name), encoding="utf-8") as source:
            with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
                f.write(source.read())
    print("%d pages in %s" % (len(written), directory))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: contrib/site/make.py DIR")
    if shutil.which("mandoc") is None:
        sys.exit("contrib/site/make.py: there is no mandoc here "
                 "(Debian: apt install mandoc)")
    main(sys.argv[1])
