"""verdict history, explain and stats --watch on a terminal of 80 columns and 24
lines, which this program holds the other end of."""

import fcntl
import json
import os
import pty
import re
import select
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

sys.path.insert(0, os.path.dirname(__file__))
from fake_control import FakeControl  # noqa: E402

SRC = os.environ.get("srcdir", ".")
DATA = os.path.join(SRC, "tests", "data", "journal")
bad = []


def check(what, ok, told=""):
    if not ok:
        bad.append(what)
        print("FAILED: %s %r" % (what, told))


class Terminal:
    def __init__(self, argv, **env):
        self.fd, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        own = {k: v for k, v in os.environ.items()
               if k not in ("COLUMNS", "LINES", "NO_COLOR", "PAGER", "LESS")}
        own.update(env, TZ="UTC")
        self.process = subprocess.Popen(argv, stdin=inside, stdout=inside,
                                        stderr=inside, env=own)
        os.close(inside)

    def read(self, until=None):
        """What comes until that was seen, or to the end."""
        text = b""
        while until is None or not re.search(until, text):
            if not select.select([self.fd], [], [], 30)[0]:
                break
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        return text

    def type(self, keys):
        os.write(self.fd, keys)

    def end(self):
        try:
            return self.process.wait(30)
        finally:
            os.close(self.fd)


def plain(line):
    return re.sub(rb"\x1b\[[0-9;]*[A-Za-z]", b"", line)


def columns(text):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def history(journal, place):
    t = Terminal(["./verdict", "history", "--journal", journal], PAGER="cat")
    text = t.read()
    t.end()
    lines = [plain(x).decode() for x in text.replace(b"\r", b"").split(b"\n") if x]
    check("history is 80 columns wide", all(len(x) <= 80 for x in lines), lines)
    check("what is left of the head", re.match(
        r"TIME +ID +VERDICT +FROM +TO +SUBJECT *$", lines[0]), lines[0])
    check("a line", any(re.match(r"01-01 00:00 1mnbe80wes0000 +accept +ann@good",
                                 x) and "Minutes" in x for x in lines), lines)
    check("colours", b"\x1b[31mreject" in text, text)
    t = Terminal(["./verdict", "history", "--journal", journal], PAGER="cat",
                 NO_COLOR="1")
    text = t.read()
    t.end()
    check("no colours", b"\x1b" not in text, text)
    # Letters of East Asia take two columns each, accents none.
    with sqlite3.connect(journal) as db:
        db.execute("UPDATE decision SET sender=?, rcpt=? WHERE id LIKE '%0000'", (
            "\u6f22\u5b57" * 30 + "@x.example", "e\u0301" * 60 + "@x.example"))
    t = Terminal(["./verdict", "history", "--journal", journal], PAGER="cat")
    lines = [plain(x).decode() for x in
             t.read().replace(b"\r", b"").split(b"\n") if x]
    t.end()
    for line in lines:
        check("wide letters", columns(line) <= 80, (columns(line), line))
    for wide in (True, False):
        t = Terminal(["./verdict", "explain", "--journal", journal,
                      "1mnbe80wes0000"], PAGER="cat", **({} if wide else {
                          "COLUMNS": "60"}))
        for line in t.read().replace(b"\r", b"").split(b"\n"):
            check("wide letters explained", columns(plain(line).decode()) <=
                  (80 if wide else 60), line)
        t.end()


def pager(journal, place):
    shown = place + "/shown"
    for name, env in (("VERDICT_PAGER", {"VERDICT_PAGER": "cat >%s; sleep 0.3"
                                         % shown, "PAGER": "false"}),
                      ("PAGER", {"PAGER": "cat >%s; sleep 0.3" % shown})):
        for command in (["history"], ["explain", "1mnbe9wwes0001"]):
            t = Terminal(["./verdict"] + command + ["--journal", journal], **env)
            t.read()
            check("its end", t.end() == 0)
            with open(shown, "rb") as file:
                text = file.read()
            check("%s gets %s" % (name, command[0]),
                  b"1mnbe9wwes0001" in text and b"\x1b[1m" in text, text)
            os.unlink(shown)
    # It was left early.
    t = Terminal(["./verdict", "history", "--journal", journal], PAGER="true")
    t.read()
    t.end()
    out = subprocess.run(["./verdict", "history", "--journal", journal],
                         env=dict(os.environ, PAGER="false"),
                         capture_output=True, text=True)
    check("no pager without a terminal", "1mnbe9wwes0001" in out.stdout, out)


def stats():
    rules = {"rule-%03d-with-a-name-that-is-rather-long" % i: i for i in range(99)}
    lists = [{"zone": "bl%d.example" % i, "state": "ok", "asked": i}
             for i in range(40)]
    return json.dumps({
        "version": "1", "uptime_s": 90000, "lists": lists,
        "recent": [{"minutes": m, "messages": 10 * m} for m in (1, 5, 15, 60)],
        "metrics": {"messages": {"accept": 10, "reject": 3}, "rule_hits": rules,
                    "flags": {"flag-%d" % i: 1 for i in range(50)},
                    "dns_asked": 5, "store_works": {"sqlite": 1}}})


def watch(place):
    FakeControl(place + "/control", {"stats": stats()})
    conf = place + "/verdict.conf"
    with open(conf, "w") as file:
        file.write("control %s/control\nuser root\n" % place)
    t = Terminal(["./verdict", "stats", "--watch", "--watch=600", "-c", conf])
    for key, word, other in ((b"", rb"\[1 now\]", rb"messages a minute"),
                             (b"2", rb"\[2 rules\]", rb"rule-098"),
                             (b"4", rb"\[4 lists\]", rb"bl0\.example"),
                             (b" ", rb"\[5 kept\]", rb"store"),
                             (b" ", rb"\[1 now\]", rb"messages a minute")):
        if key:
            t.type(key)
        text = t.read(other)
        page = text.replace(b"\r", b"").split(b"\x1b[H\x1b[2J")[-1]
        time.sleep(0.2)
        while select.select([t.fd], [], [], 0)[0]:
            page += os.read(t.fd, 65536).replace(b"\r", b"")
        lines = page.split(b"\n")
        check("part by %r" % key, re.search(word, plain(page)), page)
        check("%r is 24 lines high" % key, len(lines) <= 24, len(lines))
        check("%r is 80 columns wide" % key,
              all(len(plain(x)) <= 80 for x in lines), lines)
    t.type(b"q")
    check("q ends", t.end() == 0)


def main():
    with tempfile.TemporaryDirectory() as place:
        journal = place + "/journal.db"
        subprocess.run(["tests/kit/journal_make", journal, "-",
                        DATA + "/site.rules", DATA + "/cases.jsonl"], check=True)
        history(journal, place)
        pager(journal, place)
        watch(place)
    sys.exit(1 if bad else 0)


main()
