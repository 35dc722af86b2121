"""Who writes to whom, over two daemons that share a Redis: what a user sent
through one is known at the other, over a restart, and nobody makes himself
known."""

import sys
import time

from milter_client import MilterClient
from redis_server import Redis
from stage import Milter, Nsd, Stage, listens, run, wait_for
from world import EVIL_IP, GOOD_IP, World

FACTS = ("contact.known", "contact.replied", "contact.first", "contact.domain_known",
         "from.name_of_known")
RULES = "".join(
    'rule %s when %s then header add "X-Fact" "%s"\n' % (fact.replace(".", "-"), fact, fact)
    for fact in FACTS)
ALICE, BOB, CAROL = "alice@good.example", "bob@verdict.example", "carol@verdict.example"

stage = Stage()
nsd = stage.add(Nsd(stage.path("nsd"), World().zones()))
redis = stage.add(Redis(stage.directory))
one, two = (
    stage.add(Milter(stage.path(name), "resolver 127.0.0.1:%d\nstore redis "
                     "redis://127.0.0.1:%d\nstore.timeout 1s\n" % (nsd.port, redis.port)))
    for name in ("one", "two"))
for m in (one, two):
    with open(m.directory + "/rules.d/10.rules", "w") as f:
        f.write(RULES)
    assert m.tool("reload")[0] == 0


def facts(m, sender, rcpt, name="", ip=GOOD_IP, user=None, extra=()):
    """Which of the facts are true of a message, without their first word."""
    client = MilterClient(m.port)
    changes, answer = client.message(
        ip, "mx.example", sender, rcpt,
        [("From", ' "%s" <%s>' % (name, sender) if name else " " + sender),
         ("To", " " + rcpt), ("Subject", " Minutes"),
         ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"),
         ("Message-ID", " <1@mx.example>")] + list(extra), b"hello\r\n", user=user)
    client.close()
    assert answer[0] in (b"a", b"c"), answer
    return {data.split(b"X-Fact\0")[1].split(b"\0")[0].decode().strip().split(".")[1]
            for code, data in changes if b"X-Fact\0" in data}


def outbound(m, to, **more):
    return facts(m, BOB, to, name="Bob Builder", ip="192.0.2.99", user="bob", **more)


def test_1_a_stranger_is_none():
    assert facts(one, ALICE, BOB) == {"first"}
    assert facts(one, ALICE, BOB) == set(), "he has written before"
    assert facts(one, ALICE, CAROL) == {"first"}, "to another"


def test_2_machines_make_nobody_known():
    outbound(one, ALICE, extra=[("Auto-Submitted", " auto-replied")])
    assert "known" not in facts(one, ALICE, BOB)


def test_3_whom_a_user_wrote_to_is_known_at_both():
    outbound(one, ALICE)
    for m in (one, two):
        wait_for("a contact", lambda: "known" in facts(m, ALICE, BOB, name="Alice Archer"))
        got = facts(m, ALICE, BOB, name="Alice Archer")
        assert got == {"known", "replied", "domain_known"}, got
        got = facts(m, ALICE, CAROL, name="Alice Archer")
        assert "known" not in got and "domain_known" in got, got


def test_4_a_forger_is_not():
    for m in (one, two):
        got = facts(m, ALICE, BOB, ip=EVIL_IP)
        assert got == {"first"}, got


def test_5_names_of_correspondents_and_users_on_other_addresses():
    for m in (one, two):
        for name in ("Alice Archer", "archer, alice", "Bob Builder"):
            got = facts(m, "x@evil.example", CAROL, name=name, ip=EVIL_IP)
            assert "name_of_known" in got, (name, got)
        got = facts(m, "x@evil.example", CAROL, name="Eve Else", ip=EVIL_IP)
        assert "name_of_known" not in got, got


def test_6_it_lasts():
    two.stop()
    two.start()
    wait_for("the milter's port", lambda: listens(two.port))
    assert "known" in facts(two, ALICE, BOB, name="Alice Archer")


def test_7_without_redis_mail_goes_on_and_nothing_is_claimed():
    redis.process.kill()
    redis.process.wait(10)
    started = time.monotonic()
    got = facts(one, ALICE, BOB, ip=EVIL_IP)
    assert "known" not in got and "first" not in got, got
    assert time.monotonic() - started < 10


try:
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
