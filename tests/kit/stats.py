"""verdict stats as a person and a program see it: from a daemon with a slow
resolver, a list and a busy account, which is also told by mail, and from a
control socket that is made up and tells hostile names. Loopback only; run in the build directory."""

import json
import os
import pwd
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
from fake_control import FakeControl  # noqa: E402
from milter_client import MilterClient  # noqa: E402

bad = []


def want(text, pattern, what):
    if not re.search(pattern, text, re.M):
        bad.append(what)
        print("%s: no %r in:\n%s" % (what, pattern, text))


class SlowDns(threading.Thread):
    """Knows no name; "slow" in a name is slow, "dead" gets no answer, and
    below bl.example only the test point that must be listed is."""

    def __init__(self):
        super().__init__(daemon=True)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]

    def run(self):
        while True:
            query, peer = self.sock.recvfrom(4096)
            question = query[12:].lower()
            delay = 0.15 if b"slow" in question else 0
            if b"\4dead" not in question:
                threading.Timer(delay, self.answer, (query, peer)).start()

    def answer(self, query, peer):
        end = query.index(b"\0", 12) + 5
        name, kind = query[12:end - 4].lower(), query[end - 4:end - 2]
        listed = (name == b"\x012\x010\x010\x03127\x02bl\x07example\0"
                  and kind == b"\0\1")
        head = query[:2] + struct.pack("!HHHHH", 0x8180 if listed else 0x8183,
                                       1, int(listed), 0, 0)
        record = (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\2" if listed else b"")
        self.sock.sendto(head + query[12:end] + record, peer)


class MailSink(threading.Thread):
    """Takes one mail over SMTP; .text is all that was said to it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.text = ""
        self.server = socket.socket()
        self.server.bind(("127.0.0.1", 0))
        self.server.listen(1)
        self.port = self.server.getsockname()[1]

    def run(self):
        peer = self.server.accept()[0]
        lines = peer.makefile("r", newline="")
        peer.sendall(b"220 sink\r\n")
        data = False
        for line in lines:
            self.text += line
            if data and line != ".\r\n":
                continue
            data = line == "DATA\r\n"
            peer.sendall(b"354 go on\r\n" if data else b"250-well\r\n250 done\r\n")


def wait_for(what, ready):
    for _ in range(300):
        if ready():
            return
        time.sleep(0.1)
    bad.append(what)
    print("%s did not happen" % what)


def verdict(*arguments):
    done = subprocess.run(["./verdict"] + list(arguments),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, NO_COLOR="1"), check=False)
    return done.stdout.decode("utf-8", "surrogateescape")


def daemon(place, sink):
    dns = SlowDns()
    dns.start()
    conf = place + "/verdict.conf"
    with open(conf, "w") as file:
        file.write('listen unix:%s/milter\ncontrol %s/control\nstate %s\n'
                   'user %s\nrules "%s/a.rules"\nresolver 127.0.0.1:%d\n'
                   'dns.timeout 400ms\ndeadline 1s\n'
                   'alert.mail ops@here.example\nalert.smtp 127.0.0.1:%d\n'
                   % (place, place, place, pwd.getpwuid(os.getuid()).pw_name,
                      place, dns.port, sink.port))
    with open(place + "/a.rules", "w") as file:
        file.write('list bl dnsbl "bl.example" codes 127.0.0.2=spam\n'
                   'rule listed when client.ip in bl then score 2\n'
                   'rule dear shadow when subject ~ /dear/ then reject\n'
                   'rule busy when limit auth.user to 1 per 1h then tag busy\n')
    log = open(place + "/log", "wb")
    return conf, subprocess.Popen(["./verdict-milter", "-f", "-c", conf],
                                  stdout=log, stderr=log)


def send(place, sender, user=None):
    mta = MilterClient(0, path=place + "/milter")
    mta.connect("192.0.2.9")
    mta.command(b"H", "client.example")
    if user:
        mta.macros(b"M", **{"{auth_authen}": user, "{auth_type}": "PLAIN"})
    mta.command(b"M", "<%s>" % sender)
    mta.command(b"R", "<b@here.example>")
    mta.header("From", sender or "mailer@slow.example")
    mta.header("Subject", "dear all")
    mta.send(b"N")
    mta.read()
    answer = mta.finish(b"hello\r\n")
    mta.close()
    return answer


def test_daemon(place):
    sink = MailSink()
    sink.start()
    conf, process = daemon(place, sink)
    try:
        wait_for("the control socket",
                 lambda: os.path.exists(place + "/control"))
        for sender, user in (("a@slow.example", None), ("", None),
                             ("a@dead.example", None), ("e@own.example", "eve"),
                             ("e@own.example", "eve")):
            send(place, sender, user)
        wait_for("the probe of the list", lambda: re.search(
            r"^bl\.example +ok ", verdict("stats", "-c", conf), re.M))
        text = verdict("stats", "-c", conf)
        want(text, r"^in the last +1 min +5 min +15 min +60 min$", "rates")
        want(text, r"^messages +[1-5] +5 +5 +5$", "rates")
        want(text, r"^messages a minute +[1-5]\.0 ", "rates")
        want(text, r"^verdict +accept 5 \(100%\)", "verdicts")
        want(text, r"^bounces +1: here\.example 1$", "bounces")
        want(text, r"^rule +hits +decided +shadow$", "rules")
        want(text, r"^dear +0 +0 +5$", "rules")
        want(text, r"^busy +1 +0 +0$", "rules")
        want(text, r"^slowest lookups of the last hour +type", "slow lookups")
        want(text, r"^\S*dead\.example +\S+ +\d{3,} ms +1 +1 ", "a dead name")
        want(text, r"^\S*slow\.example +\S+ +(1[5-9]\d|[2-9]\d\d|\d{4,}) ms +1 +0 ", "a slow name")
        want(text, r"^lookups that took most time together", "slow lookups")
        want(text, r"^list +state +asked +hits +no answer +refused$", "lists")
        want(text, r"^bl\.example +ok +[1-9]\d* +0 +0 +0$", "lists")
        want(text, r"^store +works \(", "what is kept")
        want(text, r"^journal +works", "what is kept")
        answer = json.loads(verdict("stats", "--json", "-c", conf))
        slow = answer["slow_lookups"]
        first = slow["worst"][0]
        if not ("dead.example" in first["name"] and first["unanswered"] == 1
                and first["worst_ms"] >= 400 and first["count"] == 1
                and any("slow.example" in s["name"] for s in slow["total"])):
            bad.append("json")
            print("slow_lookups in JSON:", slow)
        if [l["zone"] for l in answer["lists"]] != ["bl.example"]:
            bad.append("json")
            print("lists in JSON:", answer["lists"])
        with open(place + "/log") as log:
            want(log.read(), r"alert: account eve: account eve is over the limit "
                 r"\(auth\.user to 1 messages per 1h\): is it its owner",
                 "the alert about a condition")
        wait_for("the alert's mail", lambda: "\r\nQUIT\r\n" in sink.text)
        want(sink.text, r"(?s)^HELO [0-9a-f]{32}\.alert\.verdict\.invalid\r\n"
             r"MAIL FROM:<>\r\nRCPT TO:<ops@here\.example>\r\nDATA\r\n"
             r".*Subject: verdict on \S+: account eve is over the limit "
             r".*\r\n\.\r\nQUIT\r\n$", "the alert's mail")
    finally:
        process.terminate()
        process.wait(20)


# ---- names that would like to move the cursor --------------------------------

HOSTILE = "\x1b[2J\x1b]0;x\x07\u202e\u009b31m.example"


def test_hostile(place):
    name = HOSTILE + "." + "l" * 100 + ".example"
    lookup = {"name": name, "type": "A", "count": 3, "unanswered": 1,
              "worst_ms": 1234, "total_ms": 2345}
    answer = json.dumps({
        "version": "1", "uptime_s": 90000, "recent": [],
        "bounce_domains": [{"name": HOSTILE, "count": 1}],
        "slow_lookups": {"worst": [lookup], "total": [dict(lookup, name=HOSTILE)]},
        "lists": [{"zone": "bl.example", "state": "suspended",
                   "reason": "it lists everything", "asked": 7}],
        "metrics": {"bounces": 1, "rule_hits": {HOSTILE: 2},
                    "store_works": {"sqlite": 0}, "journal_works": 0,
                    "journal_lost": 4}})
    path = place + "/control2"
    FakeControl(path, {"stats": answer})
    with open(place + "/2.conf", "w") as file:
        file.write("control %s\nstate %s\n" % (path, place))
    text = verdict("stats", "-c", place + "/2.conf")
    if re.search(r"[^\n\x20-\x7e]", text):
        bad.append("hostile names")
        print("what is printed can move a cursor: %r" % text)
    want(text, r"\\x1b\[2J", "hostile names")
    want(text, r"^\.\.\.l+\.example +A +1234 ms +3 +1 +2345 ms$", "long names")
    want(text, r"^bl\.example +suspended +7 ", "a list that is suspended")
    want(text, r"^    not asked: it lists everything$", "a list that is suspended")
    want(text, r"^store +does not work \(sqlite\)$", "a lost store")
    want(text, r"^journal +does not work, 4 lost$", "a lost journal")


def main():
    place = tempfile.mkdtemp(prefix="stats_test.")
    os.chmod(place, 0o755)
    try:
        test_daemon(place)
        test_hostile(place)
        if bad and os.path.exists(place + "/log"):
            with open(place + "/log") as log:
                print(log.read())
    finally:
        shutil.rmtree(place)
    sys.exit(1 if bad else 0)


main()
