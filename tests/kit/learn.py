"""verdict learn, unlearn and learned with a daemon of their own: a start from
two folders, a decision taught by its id, another host, the door. Unix sockets
only; run in the build directory."""

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from milter_client import MilterClient  # noqa: E402

bad = []
SPAM = "From: a@a.example\nSubject: cheap pills %d\n\nBuy cheap pills, offer %d\n"
HAM = "From: b@b.example\nSubject: minutes %d\n\nNotes of the meeting, page %d\n"


def want(text, pattern, what):
    if not re.search(pattern, text, re.M):
        bad.append(what)
        print("%s: no %r in:\n%s" % (what, pattern, text))


class Daemon:
    def __init__(self, top, name):
        self.dir = os.path.join(top, name)
        os.makedirs(self.dir + "/state")
        self.conf = self.dir + "/verdict.conf"
        with open(self.dir + "/r.rules", "w") as f:
            f.write("rule learned when spam.probability > 0.6 then junk\n")
        with open(self.conf, "w") as f:
            f.write("\n".join([
                "listen unix:%s/milter" % self.dir,
                "control %s/control" % self.dir,
                "learn.socket %s/door" % self.dir,
                "state %s/state" % self.dir, "rules r.rules",
                "resolver 127.0.0.1:9", "dns.timeout 100ms",
                "user %s" % pwd.getpwuid(os.getuid()).pw_name]) + "\n")
        self.process = subprocess.Popen(
            ["./verdict-milter", "-f", "-c", self.conf],
            stderr=subprocess.PIPE, text=True)
        self.log = ""
        while "takes connections" not in self.log:
            line = self.process.stderr.readline()
            if not line:
                raise SystemExit(self.log)
            self.log += line

    def verdict(self, *arguments):
        done = subprocess.run(
            ["./verdict", *arguments[:1], "-c", self.conf, *arguments[1:]],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return "%s%sstatus %d\n" % (done.stdout, done.stderr, done.returncode)

    def ask_door(self, line):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.dir + "/door")
            s.sendall(line)
            s.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: s.recv(4096), b"")).decode()

    def decide(self, body):
        """The decision's id and its line in the log."""
        client = MilterClient(0, path=self.dir + "/milter")
        client.message("192.0.2.9", "client.example", "a@a.example",
                       "b@here.example", [("From", "a@a.example"),
                                          ("Subject", body)],
                       body.encode() + b"\r\n")
        client.close()
        while True:
            line = self.process.stderr.readline()
            found = re.search(r" id=(\S+)", line)
            if found or not line:
                return found.group(1), line

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


def folders(top):
    for name, text in (("spam", SPAM), ("ham", HAM)):
        os.mkdir(os.path.join(top, name))
        for i in range(120):
            with open(os.path.join(top, name, str(i)), "w") as f:
                f.write(text % (i, i))


def teach(d, top):
    want(d.verdict("learn", "spam", "0123456789abcd"),
         r"nothing is kept of such.*\nstatus 1|not kept any more.*\nstatus 1",
         "an unknown id")
    want(d.verdict("learn", "--ham", top + "/ham", "--spam", top + "/spam"),
         r"240 messages, 0 known already, 0 not\nstatus 0", "a start")
    want(d.verdict("learned"), r"samples +120 spam, 120 ham", "the state")
    state = json.loads(d.verdict("learned", "--json").rsplit("status", 1)[0])
    if not state["model"]["speaks"] or state["teachers"][0]["who"] != "":
        bad.append("the state as JSON")
        print(state)
    number, line = d.decide("cheap pills, buy cheap pills 500")
    want(line, r" spam=0\.[6-9]\S* .*verdict=junk", "spam is known")
    want(d.verdict("learn", "ham", "--by", "ann", number), r"status 0",
         "a decision is taught")
    want(d.verdict("unlearn", "--by", "bob", number),
         r"may not contradict\nstatus 1", "by another it is not forgotten")
    want(d.verdict("unlearn", "--by", "ann", number), r"status 0",
         "by the same it is")
    want(d.verdict("learn", "spam", "--json", top + "/spam/7"),
         r'"known":1.*\nstatus 0', "what is known")
    want(d.verdict("learned", "forget", "--since", "tomorrow"), r"status 64",
         "no time")


def door(d):
    want(d.ask_door(b"learned\n"), r"^error\nthere is no such command",
         "the door is for lessons")
    want(d.ask_door(b"learn spam message 4\nx: y"), r"^error\n.*its user",
         "and for users")
    want(d.ask_door(b"learn spam message 20 by ann\nFrom: a@b.c\n\nhello"),
         r"^error\nthe octets .* did not come", "and for whole messages")
    want(d.ask_door(b"learn spam message 19 by ann\nFrom: a@b.c\n\nhello "),
         r"^ok\ndone", "a lesson comes through")


def travel(d, other, top):
    path = os.path.join(top, "samples")
    with open(path, "w") as f:
        f.write(d.verdict("learned", "export").rsplit("status", 1)[0])
    want(other.verdict("learned", "import", path),
         r"^241 samples imported, 0 known already\nstatus 0", "an import")
    name = r"model +([0-9a-f]{16}) "
    one = re.search(name, d.verdict("learned", "train"))
    two = re.search(name, other.verdict("learned", "train"))
    if not one or not two or one.group(1) != two.group(1):
        bad.append("the same samples, the same model")


def main():
    top = tempfile.mkdtemp(prefix="learn_test.")
    daemons = []
    try:
        folders(top)
        daemons = [Daemon(top, "one"), Daemon(top, "two")]
        teach(daemons[0], top)
        door(daemons[0])
        travel(daemons[0], daemons[1], top)
    finally:
        for d in daemons:
            d.end()
        shutil.rmtree(top)
    return 1 if bad else 0


sys.exit(main())
