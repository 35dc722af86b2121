#!/usr/bin/env python3
"""What each shipped rule hits, as the table in README:

  evidence.py [--verdict PROGRAM] [--write README] [--half 0|1] [--made]
      NAME=spam:DIR NAME=ham:DIR ...

Each NAME is a column: a directory with one message a file, looked through to
any depth, of which all are spam or all are ham. Sender and recipient are taken
from Return-Path, Delivered-To and To where they stand, of nobody else is
anything known, and no name exists in DNS: it is the content alone that is
judged. --half 0 or 1 takes every other message of these, so that rules can be
made on one half and told of the other.

--made adds the mail that tests/corpus makes, with the DNS that it says: honest
mail, phishing of the half that rules were made on, and of the half that they
are measured on, where nothing is known of its sender and where it passes
DMARC."""

import argparse
import bisect
import collections
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- evidence -->\n", "<!-- end of evidence -->\n"
MESSAGE_MAX = 1 << 20
CORPUS = os.path.join(HERE, "..", "..", "tests", "corpus")
# Columns of --made: title, kind, directories that corpus.py writes.
MADE = (("made honest", "ham", ("honest", "modern", "small")),
        ("phish, read", "spam", ("phish-read-poor",)),
        ("phish, kept", "spam", ("phish-kept-poor",)),
        ("kept, passes", "spam", ("phish-kept-good",)),
        ("kept, DNS dead", "spam", ("phish-kept-dead",)))
JUNK = 4.5
DECIDED = 15.0  # what counts as the score of mail that a rule refuses or marks
FIELD = r"^%s:[^\n]*?([\w.+=-]+@[\w.-]+)"


def field(octets, names):
    head = octets[:20000].decode("latin-1").split("\n\n")[0]
    found = re.search(FIELD % names, head, re.M | re.I)
    return found.group(1) if found else ""


def messages(directory, half):
    paths = sorted(os.path.join(where, name) for where, _, names in os.walk(directory) for name in names)
    for number, path in enumerate(paths):
        if half is not None and number % 2 != half:
            continue
        with open(path, "rb") as f:
            octets = f.read(MESSAGE_MAX).replace(b"\r\n", b"\n")
        if octets.startswith(b"From "):
            octets = octets.split(b"\n", 1)[-1]
        if re.match(rb"[\w-]+:", octets):
            yield octets


def judge(program, rules, directory, half):
    """The answers to all messages of a directory."""
    with tempfile.TemporaryDirectory(prefix="evidence-") as work:
        with open(work + "/verdict.conf", "w"):
            pass
        with open(work + "/cases.jsonl", "w") as out:
            for number, octets in enumerate(messages(directory, half)):
                with open("%s/%d.eml" % (work, number), "wb") as f:
                    f.write(octets)
                out.write(json.dumps({
                    "eml": "%d.eml" % number, "helo": "mail.example.net",
                    "mailfrom": field(octets, "Return-Path"),
                    "rcpt": field(octets, "(?:Delivered-To|To)") or "bob@verdict.example"}) + "\n")
        return ask(program, rules, work)


def ask(program, rules, work):
    run = subprocess.run([program, "check", "-c", work + "/verdict.conf", "--rules", rules,
                          "--cases", work + "/cases.jsonl"], stdout=subprocess.PIPE)
    return [json.loads(line) for line in run.stdout.splitlines()]


def judge_made(program, rules):
    """The columns of what tests/corpus makes."""
    with tempfile.TemporaryDirectory(prefix="evidence-") as work:
        subprocess.run([sys.executable, os.path.join(CORPUS, "corpus.py"), "--write", work],
                       check=True, stdout=subprocess.DEVNULL)
        for title, kind, directories in MADE:
            answers = []
            for directory in directories:
                with open("%s/%s/verdict.conf" % (work, directory), "w"):
                    pass
                answers += ask(program, rules, "%s/%s" % (work, directory))
            yield title, kind, answers


def score_of(answer):
    """What a rule decides counts as much as may be, if the score would not."""
    score = answer.get("score", 0)
    return DECIDED if answer.get("verdict") in MARKED and score < JUNK else score


def roca(spam, ham):
    """How often, in percent, ham scores higher than spam; equal scores count
    half."""
    scores = sorted(score_of(a) for a in ham)
    wrong = sum((len(scores) - bisect.bisect_left(scores, s) + len(scores) - bisect.bisect_right(scores, s)) / 2
                for s in (score_of(a) for a in spam))
    return 100 * wrong / max(1, len(spam) * len(scores))


MARKED = ("junk", "quarantine", "reject", "tempfail")


def rule_names(rules):
    with open(rules) as f:
        return re.findall(r"^rule (\S+)", f.read(), re.M)


def table(columns, rules):
    """columns: of (name, kind, answers)."""
    head = ["rule"] + ["%s (%s, %d)" % (name, kind, len(answers)) for name, kind, answers in columns]
    rows = [head, ["---"] + ["---:"] * len(columns)]
    hits = [collections.Counter(r["name"] for a in answers for r in a.get("rules", ()))
            for _, _, answers in columns]
    for title, wanted in (("**marked or refused**", MARKED), ("**refused**", ("reject", "tempfail"))):
        rows.append([title] + ["**%d** (%.2f %%)" % (n, 100 * n / max(1, len(answers)))
                               for _, _, answers in columns
                               for n in [sum(a.get("verdict") in wanted for a in answers)]])
    for name in rule_names(rules):
        if any(h[name] for h in hits):
            rows.append([name] + [str(h[name]) for h in hits])
    told = len(rows) - 4
    silent = [name for name in rule_names(rules) if not any(h[name] for h in hits)]
    made = "%s; %d of %d rules fire.\n\n" % (datetime.date.today().isoformat(), told, told + len(silent))
    return (made + "".join("| " + " | ".join(row) + " |\n" for row in rows)
            + "\n" + fold("On none of it fire: " + ", ".join(silent) + ".") + "\n" + areas(columns))


def fold(text):
    return textwrap.fill(text, 80, break_long_words=False, break_on_hyphens=False) + "\n"


def areas(columns):
    """The score as a classifier: old spam against old ham, made against made."""
    pairs = []
    for is_made in (False, True):
        some = [c for c in columns if (c[0] in [m[0] for m in MADE]) == is_made]
        ham = [a for _, kind, answers in some if kind == "ham" for a in answers]
        pairs += ["%s %.2f %%" % (name, roca(answers, ham))
                  for name, kind, answers in some if kind == "spam" and ham]
    return fold("The score alone, how often ham of the same source has more than spam (1-ROCA): "
                + ", ".join(pairs) + ".") if pairs else ""


def write(path, text):
    with open(path) as f:
        old = f.read()
    before, rest = old.split(BEGIN)
    with open(path, "w") as f:
        f.write(before + BEGIN + text + END + rest.split(END)[1])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--verdict", default="verdict")
    options.add_argument("--rules", default=HERE + "/default.rules")
    options.add_argument("--half", type=int, choices=(0, 1))
    options.add_argument("--write")
    options.add_argument("--made", action="store_true")
    options.add_argument("corpus", nargs="*", metavar="NAME=spam:DIR|NAME=ham:DIR")
    options = options.parse_args()
    columns = []
    for corpus in options.corpus:
        found = re.fullmatch(r"([^=]+)=(spam|ham):(.+)", corpus)
        if not found or not os.path.isdir(found.group(3)):
            options.error("%s is no NAME=spam:DIR or NAME=ham:DIR" % corpus)
        columns.append((found.group(1), found.group(2),
                        judge(options.verdict, options.rules, found.group(3), options.half)))
    if options.made:
        columns += judge_made(options.verdict, options.rules)
    text = table(columns, options.rules)
    if options.write:
        write(options.write, text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
