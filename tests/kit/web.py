"""verdict web over a unix socket, with a control socket that is made up: pages,
lessons, who is let in, and what it refuses to listen on. With Chromium and
VERDICT_SCREENSHOTS=DIR it draws each page there as well, light, dark and
narrow, and looks whether the browser met anything that its policy forbids."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(__file__))
import page_rules  # noqa: E402
from fake_control import FakeControl  # noqa: E402

SRC = os.environ.get("srcdir", ".")
DATA = os.path.join(SRC, "tests", "data", "journal")
bad = []

STATS = {
    "version": "1", "time": 0, "uptime_s": 90061,
    "recent": [{"minutes": m, "messages": 1234, "refused": 5, "deferred": 1}
               for m in (1, 5, 15, 60)],
    "lists": [{"zone": "bl.example", "state": "suspended",
               "reason": "<b>lists everything</b>", "since": 1767225600,
               "asked": 10, "hits": 9, "failures": 0, "errors": 1},
              {"zone": "ok.example", "state": "ok", "asked": 10, "hits": 1}],
    "slow_lookups": {"worst": [{"name": "<i>slow</i>.example", "type": "TXT",
                                "worst_ms": 900, "count": 3}]},
    "metrics": {"sessions_open": 3, "dns_asked": 100, "dns_timeouts": 2,
                "store_works": {"sqlite": 1}, "journal_works": 1,
                "learn_promised": 0.001, "learn_realised": 0.0007,
                "rule_shadow_hits": {"idea": 42},
                "dns_latency_seconds": {"bounds": [0.001, 0.1],
                                        "buckets": [5, 4, 1], "count": 10}}}
LEARNED = {"works": True, "spam": 300, "ham": 400,
           "model": {"name": "m", "time": 1767225600, "spam": 300, "ham": 400,
                     "speaks": True, "error": 0.01, "promised": 0.001,
                     "realised": 0.0004},
           "teachers": [{"who": "", "spam": 300, "ham": 390, "trust": 1},
                        {"who": "<script>ann", "spam": 0, "ham": 10,
                         "judged": 10, "agreed": 9, "trust": 0.9}]}


class Unix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        # A backlog that is full is waited for, which needs a blocking socket.
        self.sock.connect(self.path)
        self.sock.settimeout(30)


def ask(path, target, method="GET", body=None, user="ann", **headers):
    c = Unix(path)
    fields = {k.replace("_", "-"): v for k, v in headers.items()}
    if user:
        fields["X-Remote-User"] = user
    if body is not None:
        fields["Content-Type"] = "application/x-www-form-urlencoded"
    c.request(method, target, body, fields)
    r = c.getresponse()
    return r.status, r.read().decode(), dict(r.getheaders())


def check(what, ok, told=""):
    if not ok:
        bad.append(what)
        print("FAILED: %s %s" % (what, told))


def wait_for(what, ready):
    for _ in range(600):
        if ready():
            return
        time.sleep(0.05)
    raise SystemExit("FAILED: waiting for " + what)


def listens(path):
    """Whether somebody answers at the socket; its file is there a little before
    that."""
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == 0


def refusals(journal):
    """What it does not listen on, and that it says why."""
    for where, more, word in (
            ("192.0.2.1:9898", [], "--public"), ("0.0.0.0:9898", [], "--public"),
            ("[::]:9898", [], "--public"), ("mail.example:80", [], "--public"),
            ("192.0.2.1:9898", ["--public"], "--host")):
        p = subprocess.run(["./verdict", "web", "--listen", where, "--journal",
                            journal] + more, capture_output=True, text=True,
                           timeout=60)
        check("listen " + where, p.returncode == 64 and word in p.stderr,
              p.stderr)


def pages(path):
    for target, words in (
            ("/", ["1 d 1 h", "1 of 2 suspended", "0.07 % (promised 0.10 %)"]),
            ("/health", ["&lt;b&gt;lists everything", "&lt;i&gt;slow",
                         "half in 1 ms"]),
            ("/learning", ["&lt;script&gt;ann", "90.0 %", "0.04 %"]),
            ("/rules", ["postmaster", ">42<"]),
            ("/history", ["Minutes", "junk threshold"]),
            ("/decision?id=1mnbe9wwes0001", ["decided by the rule forged"]),
            ("/senders", ["good.example"]), ("/promises", ["Promises"])):
        status, text, fields = ask(path, target)
        check("page " + target, status == 200, str(status))
        for word in words:
            check("page " + target, word in text, "lacks " + word)
        check("policy of " + target, "default-src 'none'" in
              fields.get("Content-Security-Policy", ""))
        check("script in " + target, "<script" not in text)
    check("nobody", ask(path, "/", user=None)[0] == 403)
    check("HEAD", ask(path, "/", method="HEAD")[0] == 200)
    check("a form that is too long",
          ask(path, "/teach", "POST", "a" * 100000)[0] == 413)


def readable(path):
    """For those who do not see the page, or do not use a mouse."""
    for target in ("/", "/?range=30d", "/history", "/history?subject=no+such",
                   "/decision?id=1mnbe9wwes0001", "/rules", "/rule?name=forged",
                   "/senders", "/sender?domain=good.example", "/health",
                   "/learning", "/promises", "/nothing"):
        for complaint in page_rules.complaints(ask(path, target)[1]):
            check("reading " + target, False, complaint)
    for complaint in page_rules.colour_complaints(ask(path, "/style.css")[1]):
        check("colours", False, complaint)


def search(path):
    for query, there, away in (("subject=MINUTES", "Minutes", "Pay"),
                               ("author=ann@good.example", "Minutes", "Urgent"),
                               ("author=partner.example&subject=urg", "Urgent", "Pay"),
                               ("subject=no+such", "Nothing like that", "Minutes")):
        text = ask(path, "/history?" + query)[1]
        found = text.split("<main", 1)[1]
        check("search " + query, there in found and ">%s<" % away not in found, found)


def lessons(path, control):
    text = ask(path, "/learning")[1]
    token = re.search(r'name="token" value="([0-9a-f]{64})"', text).group(1)
    form = "token=%s&id=1mnbe9wwes0001&kind=%s"
    control.answers["learn spam id 1mnbe9wwes0001 by ann"] = "learned"
    status, text, _ = ask(path, "/teach", "POST", form % (token, "spam"))
    check("a lesson", status == 200 and "1mnbe9wwes0001: learned" in text, text)
    status, text, _ = ask(path, "/teach", "POST", form % (token, "ham"))
    check("a lesson that is refused", "note bad" in text, text)
    for what, body, more in (
            ("no token", form % ("", "spam"), {}),
            ("another's", form % (token, "spam"), {"user": "bob"}),
            ("another site", form % (token, "spam"),
             {"Sec_Fetch_Site": "cross-site"})):
        check(what, ask(path, "/teach", "POST", body, **more)[0] == 403)


def silent(conf, place):
    """A daemon that hangs, and a database that does, cost those who look a
    moment once, and not one after the other."""
    def both(more, words, seconds):
        where = place + "/silent.sock"
        web = subprocess.Popen(["./verdict", "web", "--listen", "unix:" + where,
                                "--trust-header", "X-Remote-User", "--teach"] + more,
                               stdout=subprocess.DEVNULL)
        try:
            wait_for("the socket", lambda: listens(where))
            begun = time.monotonic()
            for _ in range(5):
                for target, word in words:
                    status, text, _ = ask(where, target)
                    check("silence: " + target, status == 200 and word in text, text)
            took = time.monotonic() - begun
            # One after the other it would be a minute.
            check("silence: time", took < seconds, "%.1f s" % took)
        finally:
            web.terminate()
            web.wait(30)

    hung = socket.socket(socket.AF_UNIX)
    hung.bind(place + "/hung")
    hung.listen(5)
    with open(place + "/hung.conf", "w") as file:
        file.write("control %s/hung\nstate %s\nuser root\n" % (place, place))
    both(["-c", place + "/hung.conf"],
         (("/", "the daemon does not answer"), ("/history", "good.example"),
          ("/health", "the daemon does not answer"), ("/rules", "postmaster"),
          ("/learning", "the daemon does not answer")), 20)
    hung.close()
    if "libpq" not in subprocess.run(["./verdict", "version"], capture_output=True,
                                     text=True).stdout:
        return
    hung = socket.socket()
    hung.bind(("127.0.0.1", 0))
    hung.listen(5)
    both(["-c", conf, "--journal", "postgresql://x@127.0.0.1:%d/x"
          % hung.getsockname()[1]],
         (("/", "The journal can&#39;t be read"),
          ("/history", "The journal can&#39;t be read"),
          ("/learning", "90.0 %")), 20)
    hung.close()


def many(path):
    """More connections that say nothing than there is room for, and one that
    asks."""
    idle = []
    for _ in range(80):
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        idle.append(s)
    check("beside idle ones", ask(path, "/style.css")[0] == 200)
    for s in idle:
        s.close()


def unreadable(path, journal):
    """What can't be read is not said not to be there."""
    with sqlite3.connect(journal) as db:
        db.execute("ALTER TABLE decision RENAME TO gone")
    for target, never in (("/history", "Nothing like that"),
                          ("/history?from=ann", "Nothing like that"),
                          ("/decision?id=1mnbe9wwes0001", "has no decision")):
        _, text, _ = ask(path, target)
        check("unreadable " + target, never not in text and
              "can&#39;t be read" in text, text)
    os.rename(journal, journal + ".away")
    status, text, _ = ask(path, "/decision?id=1mnbe9wwes0001")
    check("no journal", "has no decision" not in text and
          "can&#39;t be read: there is none at " in text, text)
    os.rename(journal + ".away", journal)
    with sqlite3.connect(journal) as db:
        db.execute("ALTER TABLE gone RENAME TO decision")


def drawn(where, journal, conf, shots):
    """In a browser: nothing on any page is against the policy."""
    browser = shutil.which("chromium")
    if browser is None:
        print("no Chromium: pages are not drawn")
        return
    os.makedirs(shots, exist_ok=True)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    base = "http://127.0.0.1:%d/" % port
    web = subprocess.Popen(["./verdict", "web", "--listen", base[7:-1], "--teach",
                            "--journal", journal, "-c", conf],
                           stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        for page in ("", "history", "decision?id=1mnbe9wwes0001", "rules",
                     "rule?name=forged", "senders", "sender?domain=good.example",
                     "health", "learning", "promises"):
            for look, size, more in (
                    ("light", "1200,1400", []), ("narrow", "500,1400", []),
                    ("dark", "1200,1400", ["--blink-settings=preferredColorScheme=0",
                                           "--force-dark-mode"])):
                name = "%s-%s.png" % (re.split(r"\?", page)[0] or "overview", look)
                p = subprocess.run(
                    [browser, "--headless=new", "--no-sandbox", "--disable-gpu",
                     "--hide-scrollbars", "--enable-logging=stderr", "--v=0",
                     "--user-data-dir=" + where + "/chromium",
                     "--window-size=" + size,
                     "--screenshot=" + os.path.join(shots, name)] + more
                    + [base + page], capture_output=True, text=True, timeout=120)
                check("drawing " + name, os.path.exists(os.path.join(shots, name)),
                      p.stderr[-500:])
                check("policy in " + name,
                      "Content Security Policy" not in p.stderr, p.stderr[-500:])
    finally:
        web.terminate()
        web.wait()


def main():
    with tempfile.TemporaryDirectory() as place:
        journal, conf = place + "/journal.db", place + "/verdict.conf"
        subprocess.run(["tests/kit/journal_make", journal, "-",
                        DATA + "/site.rules", DATA + "/cases.jsonl"], check=True)
        control = FakeControl(place + "/control", {
            "stats": json.dumps(STATS), "learned": json.dumps(LEARNED)})
        with open(conf, "w") as file:
            file.write("control %s/control\nstate %s\nuser root\n" % (place, place))
        if "built without" in subprocess.run(
                ["./verdict", "web", "--listen", "192.0.2.1:1"],
                capture_output=True, text=True).stderr:
            print("built without libmicrohttpd: nothing to try")
            return
        refusals(journal)
        path = place + "/web.sock"
        web = subprocess.Popen(
            ["./verdict", "web", "--listen", "unix:" + path, "--trust-header",
             "X-Remote-User", "--teach", "-c", conf], stdout=subprocess.DEVNULL)
        try:
            wait_for("the socket", lambda: listens(path))
            wait_for("the sums", lambda: "8 decisions" in ask(path, "/")[1])
            check("mode of the socket", os.stat(path).st_mode & 0o777 == 0o660)
            pages(path)
            search(path)
            readable(path)
            lessons(path, control)
            many(path)
            silent(conf, place)
            unreadable(path, journal)
        finally:
            web.send_signal(signal.SIGTERM)
            check("its end", web.wait(30) == 0)
        check("its socket goes", not os.path.exists(path))
        if os.environ.get("VERDICT_SCREENSHOTS"):
            drawn(place, journal, conf, os.environ["VERDICT_SCREENSHOTS"])
    sys.exit(1 if bad else 0)


main()
