#!/bin/sh
# The documentation site: all text is there, every link leads somewhere, nothing
# comes from elsewhere, and what is searched are places that there are.
command -v mandoc >/dev/null || { echo "no mandoc: not tried"; exit 77; }
command -v python3 >/dev/null || { echo "no python3: not tried"; exit 77; }
top=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# Without mandoc, which a fresh system lacks, one line says what to do.
python=$(python3 -c 'import sys; print(sys.executable)')
[ "$(PATH=/nowhere "$python" -B "$top/contrib/site/make.py" "$out" 2>&1)" = \
	"contrib/site/make.py: there is no mandoc here (Debian: apt install mandoc)" ] ||
	{ echo "what make.py lacks is not told"; exit 1; }
PYTHONDONTWRITEBYTECODE=1 python3 "$top/contrib/site/make.py" "$out" >/dev/null &&
	PYTHONDONTWRITEBYTECODE=1 python3 - "$top" "$out" <<'END'
import html
import json
import os
import re
import sys

top, out = sys.argv[1:]
sys.path.insert(0, top + "/contrib/site")
import make

wrong = []
pages = {}
for name in os.listdir(out):
    with open(os.path.join(out, name), encoding="utf-8") as f:
        pages[name] = f.read()
anchors = {name: set(re.findall(r'\bid="([^"]+)"', text))
           for name, text in pages.items()}


def leads(page, link):
    target, _, anchor = html.unescape(link).partition("#")
    target = target or page
    return target in pages and (not anchor or anchor in anchors[target])


for name, text in pages.items():
    if not name.endswith(".html"):
        continue
    for link in re.findall(r'\b(?:href|src)="([^"]*)"', text):
        if not leads(name, link) and not link.startswith("mailto:"):
            wrong.append("%s: %s leads nowhere" % (name, link))
    if len(re.findall(r"<main", text)) != 1 or 'lang="en"' not in text:
        wrong.append(name + ": no page that a screen reader can follow")
for path, _ in make.TEXTS:
    with open(os.path.join(top, path), encoding="utf-8") as f:
        want = re.findall(r"[A-Za-z0-9]+", re.sub(r"(?m)^\s*\d+\.\s", "", f.read()))
    got = html.unescape(re.sub(r"<[^>]+>", " ", make.text_page(path)))
    got = re.findall(r"[A-Za-z0-9]+", got)
    # A text without a heading of its own gets its name as one.
    if want not in (got, got[1:]):
        wrong.append(path + ": its page has other words")
index = json.loads(pages["index.js"][len("const sections = "):-2])
for s in index:
    if not leads(s["p"], s["p"] + ("#" + s["a"] if s["a"] else "")):
        wrong.append("index.js: %s#%s is nowhere" % (s["p"], s["a"]))
if not any("journal.keep" in s["h"] for s in index):
    wrong.append("index.js: a setting can't be found")
if len(index) < 300:
    wrong.append("index.js: only %d places" % len(index))
print("\n".join(wrong))
sys.exit(bool(wrong))
END
