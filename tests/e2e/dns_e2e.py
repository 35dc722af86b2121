"""Attacks by DNS beside genuine mail through Postfix: records that lead to
hundreds of answers of sixty kilobytes, and names that nobody answers, from as
many connections as one network may have. Who asks for much waits for himself;
genuine mail has its right answer."""

import itertools
import os
import socket
import statistics
import sys
import threading
import time

from milter_client import MilterClient
from stage import Milter, Nsd, Postfix, Sink, Stage, headers, run, send, txt
from world import GOOD_IP, World

EVIL_IP = "203.0.113.6"
HONEST = 20     # genuine messages, each of a domain of its own
ADDRESSES = 3900
ATTACKERS = 3   # connections

world = World()
stage = Stage()
sink = stage.add(Sink())
counter = itertools.count(1)


def honest_zone(large):
    """u0.good.example ...: nothing of one is in the cache for another. large:
    what they say of themselves needs TCP."""
    text = ""
    for n in range(HONEST):
        name = "u%d.good" % n
        text += '%s TXT "v=spf1 ip4:%s -all"\n' % (name, GOOD_IP)
        text += "sel._domainkey.%s TXT %s\n" % (name, txt(world.keys["good"].record))
        text += '_dmarc.%s TXT "v=DMARC1; p=reject"\n' % name
        if large:
            text += "".join('%s TXT "%s"\n' % (name, ("%d-" % i) * 60) for i in range(10))
    return text


def evil_zone():
    """For each attacker ten mx of ten hosts, each of which has ADDRESSES."""
    text = ""
    for k in range(ATTACKERS):
        name = "tcp%d" % k
        text += '%s TXT "v=spf1 %s -all"\n' % (
            name, " ".join("mx:m%d.%s.example" % (i, name) for i in range(10)))
        for i in range(10):
            text += "".join("m%d.%s MX 10 h%d-%d.many%d\n" % (i, name, i, j, k)
                            for j in range(10))
        text += "".join("*.many%d A 10.%d.%d.%d\n" % (k, k, a // 250, a % 250)
                        for a in range(ADDRESSES))
    return text


def genuine(n):
    """The nth honest domain's message: its word, and what comes over SMTP."""
    domain = "u%d.good.example" % n
    word = "dns-%d-%d-end" % (os.getpid(), next(counter))
    message = world.message("Ann <ann@%s>" % domain, word)
    return word, "ann@" + domain, world.sign(message, "u%d.good" % n)


world.keys.update(("u%d.good" % n, world.keys["good"]) for n in range(HONEST))


def all_genuine(mta):
    """Sends one of each domain; all must pass by all three. Seconds of each."""
    took = []
    for n in range(HONEST):
        word, sender, message = genuine(n)
        started = time.monotonic()
        replies = send(mta.port, message, sender=sender, ip=GOOD_IP)
        took.append(time.monotonic() - started)
        assert replies[-1][0] == 250, (n, replies)
        results = " ".join(headers(sink.wait(word)[2], "Authentication-Results"))
        for want in ("spf=pass", "dkim=pass", "dmarc=pass"):
            assert want in results, (n, want, results)
    return took


class Attack:
    """Connections that send one message after another until they are closed."""

    def __init__(self, count, one):
        self.going, self.sent = True, 0
        self.threads = [threading.Thread(target=self.run, args=(one, k), daemon=True)
                        for k in range(count)]
        for t in self.threads:
            t.start()

    def run(self, one, k):
        while self.going:
            try:
                one(k)
                self.sent += 1
            except (OSError, EOFError, AssertionError):
                time.sleep(0.05)

    def close(self):
        self.going = False
        for t in self.threads:
            t.join(60)


def test_answers_of_sixty_kilobytes():
    """Three connections whose SPF leads to a hundred hosts of 3,900 addresses
    each; what genuine senders publish comes over TCP as well."""
    with Stage() as own:
        zones = world.zones()
        zones["example."] += honest_zone(True) + evil_zone()
        nsd = own.add(Nsd(own.path("nsd"), zones))
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\n" % nsd.port))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        attack = own.add(Attack(ATTACKERS, lambda k: send(
            mta.port, world.message("a@tcp%d.example" % k), ip=EVIL_IP,
            sender="a@tcp%d.example" % k)))
        took = all_genuine(mta)
        attack.close()
        assert attack.sent > 0
        print("   %d attacks, genuine mail took %.2f s, %.2f at most"
              % (attack.sent, statistics.median(took), max(took)))


class DropDns:
    """Passes questions on to a server, but says nothing of silent.example."""

    def __init__(self, port):
        self.to = ("127.0.0.1", port)
        self.dropped = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.up.connect(self.to)
        self.asked = {}
        for target in (self.questions, self.answers):
            threading.Thread(target=target, daemon=True).start()

    def questions(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            if b"\6silent" in query.lower():
                self.dropped += 1
                continue
            self.asked[query[:2]] = peer
            self.up.send(query)

    def answers(self):
        while True:
            try:
                reply = self.up.recv(65535)
            except OSError:
                return
            peer = self.asked.get(reply[:2])
            if peer:
                self.sock.sendto(reply, peer)

    def close(self):
        self.sock.close()
        self.up.close()


def test_names_that_nobody_answers():
    """Four hundred connections of one network, each asking for what its records
    lead to, all of it silent: half of all lookups are theirs at most."""
    with Stage() as own:
        zones = world.zones()
        zones["example."] += honest_zone(False)
        zones["example."] += "deaf TXT %s\n" % txt("v=spf1 %s -all" % " ".join(
            "exists:%%{l}.%d.silent.example" % i for i in range(10)))
        nsd = own.add(Nsd(own.path("nsd"), zones))
        dns = own.add(DropDns(nsd.port))
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\n"
                           "dns.timeout 2s\ndeadline 4s\n" % dns.port))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))

        def one(k):
            n = next(counter)
            c = MilterClient(m.port)
            try:
                fields = [("From", " a@deaf.example")]
                fields += [("DKIM-Signature",
                            " v=1; a=rsa-sha256; d=d%d-%d.silent.example; s=s; h=from; "
                            "bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=%s"
                            % (i, n, "A" * 340 + "==")) for i in range(10)]
                c.message("203.0.113.%d" % (1 + k % 250), "x.example",
                          "l%d@deaf.example" % n, "bob@verdict.example",
                          fields, b"\r\n")
            finally:
                c.close()
        attack = own.add(Attack(400, one))
        time.sleep(2)
        took = all_genuine(mta)
        attack.close()
        assert attack.sent > 0 and dns.dropped > 0
        print("   %d attacks, %d silent questions, genuine mail took %.2f s, %.2f at most"
              % (attack.sent, dns.dropped, statistics.median(took), max(took)))


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    result = run(tests)
finally:
    stage.close()
sys.exit(result)
