"""Lists in DNS through a real Postfix: who is refused, at which step, what
happens when a list is silent, refuses us or dies."""

import json
import os
import socket
import sys
import threading
import time

from stage import (Milter, Nsd, Postfix, Sink, Smtp, Stage, ZONE_HEAD, headers,
                   run, send, wait_for)
from world import GOOD_IP, World

LISTED_IP, SILENT_IP, FRESH_IP = "203.0.113.2", "203.0.113.3", "203.0.113.9"
KEY = "s3cretk3yofours"

RULES = """
list zen dnsbl "zen.test" codes 127.0.0.2=sbl 127.0.0.4-7=xbl
list keyed dnsbl "%{key}.dqs.test" key file "../dqs.key" codes 127.0.0.2=dqs
list dbl rhsbl "dbl.test" codes 127.0.1.2-6
list uri uribl "uri.test" bits 8=phish 16=malware probe "test.uri.example"
list refusing dnsbl "refusing.test"
list dead dnsbl "dead.test"
list wild dnsbl "wild.test"
rule listed when client.ip in zen
  then reject 554 5.7.1 "%{client.ip} is listed by %{zen.name} as %{zen.code}"
rule keyed when client.ip in keyed
  then reject 554 5.7.1 "%{client.ip} is listed by %{keyed.name} as %{keyed.code}"
rule name when sender in dbl then reject 550 5.7.1 "%{sender.domain} is listed"
rule link when any url (host in uri) then reject 550 5.7.1 "a link is %{uri.code}"
rule others when client.ip in refusing or client.ip in dead or client.ip in wild
  then reject 554 5.7.1 "by a list that is not well"
"""


def zones():
    points = "2.0.0.127 A 127.0.0.2\n"
    listed = "2.113.0.203 A %s\n"
    return {
        "zen.test.": ZONE_HEAD + points + listed % "127.0.0.2"
                     + "2.113.0.203 A 127.0.0.4\n",
        "%s.dqs.test." % KEY: ZONE_HEAD + points + "5.113.0.203 A 127.0.0.2\n",
        "dbl.test.": ZONE_HEAD + "test A 127.0.1.2\nspam.example A 127.0.1.2\n",
        "uri.test.": ZONE_HEAD + "test.uri.example A 127.0.0.24\n"
                     "phish.example A 127.0.0.8\n",
        "refusing.test.": ZONE_HEAD + "* A 127.255.255.254\n",
        "dead.test.": ZONE_HEAD,
        "wild.test.": ZONE_HEAD + "* A 127.0.0.2\n",
        "fresh.test.": ZONE_HEAD + points + "9.113.0.203 A 127.0.0.2\n",
    }


class Forwarder:
    """Hands questions on to the server, but for those with a word of silent."""

    def __init__(self, port):
        self.server = ("127.0.0.1", port)
        self.silent = set()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            if any(word in query.lower() for word in self.silent):
                continue
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(2)
                s.sendto(query, self.server)
                try:
                    self.sock.sendto(s.recv(65535), peer)
                except OSError:
                    pass

    def close(self):
        self.sock.close()


stage = Stage()
world = World()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), dict(world.zones(), **zones())))
dns = stage.add(Forwarder(nsd.port))
dns.silent.add(b"\x013\x03113\x010\x03203\x03zen")


def started(own, rules=RULES, config=""):
    directory = own.path("milter")
    os.makedirs(directory + "/rules.d")
    with open(directory + "/rules.d/10.rules", "w") as f:
        f.write(rules)
    with open(directory + "/dqs.key", "w") as f:
        f.write(KEY + "\n")
    judge = own.add(Milter(directory, "resolver 127.0.0.1:%d\n" % dns.port + config))
    return judge, own.add(Postfix(own.path("postfix"), sink,
                                  "inet:127.0.0.1:%d" % judge.port))


milter, postfix = started(stage)
count = 0


def token():
    global count
    count += 1
    return "Lists-%d-end" % count


def state(judge, zone):
    status, output = judge.tool("lists", "--json")
    assert status == 0, output
    return [l for l in json.loads(output)["lists"] if l["zone"] == zone][0]


def settled(judge=milter):
    """Until each list has been probed."""
    wait_for("probes", lambda: "new" not in [
        l["state"] for l in json.loads(judge.tool("lists", "--json")[1])["lists"]])


def step_by_step(ip, sender="alice@good.example"):
    """The replies up to RCPT, with a pause in which answers come."""
    s = Smtp(postfix.port)
    s.command("EHLO mx.good.example")
    s.command("XCLIENT ADDR=%s NAME=[UNAVAILABLE]" % ip)
    s.command("EHLO mx.good.example")
    s.command("MAIL FROM:<%s>" % sender)
    time.sleep(0.5)
    reply = s.command("RCPT TO:<bob@verdict.example>")
    s.close()
    return reply


def test_lists_are_probed():
    settled()
    for zone, want in (("zen.test", "ok"), ("%{key}.dqs.test", "ok"),
                       ("dbl.test", "ok"), ("uri.test", "ok"),
                       ("refusing.test", "suspended"), ("dead.test", "suspended"),
                       ("wild.test", "suspended")):
        assert state(milter, zone)["state"] == want, (zone, state(milter, zone))
    log = milter.text()
    for part in ("list refusing (refusing.test): suspended, it answers "
                 "127.255.255.254", "list dead (dead.test): suspended",
                 "list wild (wild.test): suspended"):
        assert part in log, (part, log)
    text = milter.tool("lists")[1]
    assert "zen.test" in text and "public resolver" in text, text


def test_listed_client_is_refused_at_rcpt():
    settled()
    code, text = step_by_step(LISTED_IP)
    assert code == 554 and "listed by zen.test as sbl,xbl" in text, (code, text)


def test_listed_sender_is_refused_at_rcpt():
    code, text = step_by_step(GOOD_IP, "x@spam.example")
    assert code == 550 and "spam.example is listed" in text, (code, text)


def test_unlisted_client_is_accepted():
    t = token()
    replies = send(postfix.port, world.message(subject=t), ip=GOOD_IP)
    assert replies[-1][0] == 250, replies
    assert "incomplete" in headers(sink.wait(t)[2], "X-Verdict")[0]


def test_listed_link_is_refused_at_the_end():
    message = world.message(subject=token(),
                            body="http://www.phish.example/login\n")
    replies = send(postfix.port, message, ip=GOOD_IP)
    assert replies[-1][0] == 550 and "phish" in replies[-1][1], replies


def test_silent_list_lets_by():
    t = token()
    begun = time.monotonic()
    replies = send(postfix.port, world.message(
        "A <a@silent.example>", subject=t), sender="a@silent.example", ip=SILENT_IP)
    assert replies[-1][0] == 250, replies
    assert 2 < time.monotonic() - begun < 4.5, time.monotonic() - begun
    got = headers(sink.wait(t)[2], "X-Verdict")[0]
    assert "list:zen" in got, got


def test_key_is_told_to_nobody():
    code, text = step_by_step("203.0.113.5")
    assert code == 554 and "listed by dqs.test as dqs" in text, (code, text)
    told = milter.text() + milter.tool("lists")[1] + milter.tool("lists", "--json")[1]
    told += milter.tool("rules", "-v")[1] + milter.tool("lint", "-v")[1] + text
    assert KEY not in told.lower(), told
    assert KEY not in postfix.log().lower()


def test_error_code_raises_an_alert():
    """A list that begins to refuse us between two probes."""
    rules = ('list part dnsbl "part.test"\n'
             'rule part when client.ip in part then reject\n')
    served = dict(world.zones(), **{"part.test.": ZONE_HEAD
                                    + "2.0.0.127 A 127.0.0.2\n"
                                    "66.2.0.192 A 127.255.255.255\n"})
    with Stage() as own:
        server = own.add(Nsd(own.path("nsd"), served))
        old, dns.server = dns.server, ("127.0.0.1", server.port)
        try:
            judge, mta = started(own, rules)
            wait_for("a probe", lambda: state(judge, "part.test")["state"] == "ok")
            t = token()
            replies = send(mta.port, world.message(subject=t), ip="192.0.2.66")
            assert replies[-1][0] in (250, 550), replies
            assert "list" not in replies[-1][1], replies
            wait_for("the alert", lambda: "it answers 127.255.255.255" in judge.text())
            got = state(judge, "part.test")
            assert got["state"] == "suspended" and got["errors"] == 1, got
        finally:
            dns.server = old


def test_replay_of_a_list_that_was_never_asked():
    """What it would have said is unknown, unless it is asked now."""
    own = Stage()
    before = 'list zen dnsbl "zen.test"\nrule z when client.ip in zen then reject\n'
    try:
        judge, mta = started(own, before)
        settled(judge)
        for ip in (FRESH_IP, GOOD_IP):
            replies = send(mta.port, world.message(subject=token()), ip=ip)
            assert replies[-1][0] == 250, replies
        rules = own.path("new.rules")
        with open(rules, "w") as f:
            f.write(before + 'list fresh dnsbl "fresh.test"\n'
                    "rule fresh when client.ip in fresh then reject\n")

        def counts(*more):
            text = judge.tool("replay", "--rules", rules, "--json", *more)[1]
            report = json.loads(text)
            return [report[n] for n in ("same", "changed", "unknown")]
        wait_for("the journal", lambda: sum(counts()) == 2)
        assert counts() == [0, 0, 2], counts()
        assert counts("--ask") == [1, 1, 0], counts("--ask")
    finally:
        own.close()


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
