#!/usr/bin/python3
"""Up and down again between two versions, on one configuration, one set of rules
and one state directory: what is remembered of senders, the decisions and what
was taught stay, or are set aside where a person finds them. Opt-in:

    tests/upgrade/upgrade.py OLD NEW

OLD and NEW are build directories, each with verdict and verdict-milter.
tests/upgrade/run.sh makes them of two commits.
"""

import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))

from milter_client import MilterClient  # noqa: E402

RULES = """
rule grey when subject ~ /grey/ then greylist for 1s
rule busy when subject ~ /count/ and limit client.ip to 2 messages per 1h
  then reject 550 5.7.1 "too many"
rule bad when subject ~ /bad/ then reject
"""


def port_free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Daemon:
    def __init__(self, place):
        self.place, self.port = place, port_free()
        os.makedirs(place + "/state")
        os.makedirs(place + "/rules.d")
        with open(place + "/rules.d/10.rules", "w") as f:
            f.write(RULES)
        with open(place + "/verdict.conf", "w") as f:
            f.write("listen inet:127.0.0.1:%d\ncontrol %s/control\nuser root\n"
                    "state %s/state\nresolver 127.0.0.1:9\ndns.timeout 200ms\n"
                    "deadline 1s\n" % (self.port, place, place))
        self.log = open(place + "/log", "ab")

    def start(self, build):
        self.build = build
        self.process = subprocess.Popen(
            [build + "/verdict-milter", "-f", "-c", self.place + "/verdict.conf"],
            stdout=self.log, stderr=subprocess.STDOUT)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, self.text()[-2000:]
                time.sleep(0.05)
        raise AssertionError("it does not start: " + self.text()[-2000:])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.text()[-2000:]

    def text(self):
        with open(self.place + "/log", errors="replace") as f:
            return f.read()

    def tool(self, *arguments):
        got = subprocess.run([self.build + "/verdict", arguments[0], "-c",
                              self.place + "/verdict.conf"] + list(arguments[1:]),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return got.returncode, got.stdout.decode(errors="replace")

    def send(self, subject, sender="ann@stranger.example", ip="192.0.2.77"):
        client = MilterClient(self.port)
        _, answer = client.message(
            ip, "mx.stranger.example", sender, "bob@verdict.example",
            [("From", " " + sender), ("Subject", " " + subject),
             ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"), ("Message-ID", " <1@x>")],
            b"hello\r\n")
        client.close()
        return answer[1].decode() if answer[0] in (b"y", b"t", b"r") else ""

    def history(self, n):
        """At least n decisions, with their ids."""
        for _ in range(200):
            status, text = self.tool("history", "--json", "--limit", "1000")
            ids = re.findall(r'"id":"([^"]+)"', text)
            if status == 0 and len(ids) >= n:
                return ids
            time.sleep(0.05)
        raise AssertionError("%d decisions wanted: %s" % (n, text))


def old_begins(d):
    assert d.send("grey").startswith("451")
    time.sleep(1.2)
    assert d.send("grey") == ""
    assert d.send("count", ip="192.0.2.88") == ""
    assert d.send("count", ip="192.0.2.88") == ""
    assert d.send("bad").startswith("550")
    return d.history(5)


def new_goes_on(d, ids):
    now = d.history(5)
    assert set(ids) <= set(now), (ids, now)
    status, text = d.tool("explain", ids[0])
    assert status == 0 and "bad" in text, text
    # Known already, and counted already.
    assert d.send("grey") == ""
    assert d.send("count", ip="192.0.2.88").startswith("550")
    d.history(7)
    print("ok: up: decisions, greylist and limits are there")


def old_again(d):
    # Of the first version: it cannot write a journal of today's form, says so,
    # and leaves what is there. Later ones set it aside.
    assert d.send("bad").startswith("550")
    kept = d.send("count", ip="192.0.2.88").startswith("550")
    aside = glob.glob(d.place + "/state/*.other-*")
    assert kept or any("state.db" in path for path in aside), \
        "what was counted is neither there nor set aside"
    print("ok: down: it judges; %s" % (
        "set aside: " + ", ".join(sorted(os.path.basename(p) for p in aside))
        if aside else "all of it is read"))


def new_again(d, ids):
    assert d.send("bad").startswith("550")
    asides = [path for path in glob.glob(d.place + "/state/journal.db.other-*")
              if not path.endswith(("-wal", "-shm"))]
    assert asides or set(ids) <= set(d.history(len(ids))), \
        "decisions of before are neither there nor set aside"
    status, text = d.tool("lint")
    assert status == 0, text
    for path in asides:
        status, text = d.tool("history", "--journal", path)
        assert status == 0 and "bad" in text, text
    print("ok: up again: it judges, and all decisions are there%s"
          % (", beside" if asides else ""))


def main(old, new):
    place = tempfile.mkdtemp(prefix="verdict-upgrade-")
    d = Daemon(place)
    try:
        d.start(old)
        ids = old_begins(d)
        d.stop()
        d.start(new)
        new_goes_on(d, ids)
        d.stop()
        d.start(old)
        old_again(d)
        d.stop()
        d.start(new)
        new_again(d, ids)
        d.stop()
    finally:
        if d.process.poll() is None:
            d.process.kill()
        shutil.rmtree(place)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*(os.path.abspath(build) for build in sys.argv[1:]))
