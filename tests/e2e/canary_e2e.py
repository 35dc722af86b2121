"""A rule that is tried on a part of mail, taken back because it refuses those
to whom people here have written: told, and kept over reloads, a restart and a
crash."""

import sys
import time

from milter_client import MilterClient
from stage import Milter, Nsd, Stage, listens, run, wait_for
from world import EVIL_IP, GOOD_IP, World

RULE = 'rule tried for 100% when subject ~ /offer/ then reject 550 5.7.1 "no"\n'

stage = Stage()
nsd = stage.add(Nsd(stage.path("nsd"), World().zones()))
m = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:%d\n" % nsd.port))


def rules(text):
    with open(m.directory + "/rules.d/10.rules", "w") as f:
        f.write(text)
    status, output = m.tool("reload")
    assert status == 0, output


def send(ip, sender, rcpt, subject, user=None):
    """Whether it was refused."""
    client = MilterClient(m.port)
    changes, answer = client.message(
        ip, "mx.example", sender, rcpt,
        [("From", " " + sender), ("To", " " + rcpt), ("Subject", " " + subject),
         ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"),
         ("Message-ID", " <1@mx.example>")], b"hello\r\n", user=user)
    client.close()
    return answer[0] == b"y" and answer[1].startswith(b"550")


def offer(sender="alice@good.example", ip=GOOD_IP):
    return send(ip, sender, "bob@verdict.example", "offer")


def told():
    for line in m.tool("rules")[1].splitlines():
        if " tried " in line + " ":
            return line
    raise AssertionError(m.tool("rules")[1])


def restart(how):
    how()
    m.start()
    wait_for("the milter's port", lambda: listens(m.port))


def test_1_refusals_of_strangers_are_what_it_is_for():
    rules(RULE)
    assert all(offer("x@evil.example", EVIL_IP) for _ in range(5))
    # Nobody here has written to her yet.
    assert offer()
    assert "decided 6, 0 of it good mail" in told(), told()
    assert "taken back" not in told()


def test_2_refusals_of_correspondents_take_it_back():
    assert not send("192.0.2.99", "bob@verdict.example", "alice@good.example",
                    "Minutes", user="bob")
    # A stranger who uses her address is none.
    assert offer("alice@good.example", EVIL_IP)
    assert "decided 7, 0 of it good mail" in told(), told()
    assert offer()
    assert "decided 8, 1 of it good mail" in told(), told()
    assert "is taken back" not in m.text()
    assert offer()
    wait_for("the alert", lambda: "rule tried: a rule that was tried" in m.text())
    assert not offer() and not offer("x@evil.example", EVIL_IP)
    assert "decided 9, 2 of it good mail" in told(), told()
    assert "taken back" in told()


def test_3_it_stays_taken_back():
    status, output = m.tool("reload")
    assert status == 0, output
    assert "taken back" in told() and not offer()
    restart(m.stop)
    assert "taken back" in told() and not offer()
    # What is remembered is written a second behind at most.
    time.sleep(1.5)
    restart(m.kill)
    assert "taken back" in told() and not offer()
    assert m.text().count("rule tried: a rule that was tried") == 1


def test_4_with_other_words_it_begins_anew():
    rules(RULE.replace("/offer/", "/offer/i"))
    assert "taken back" not in told(), told()
    assert offer("x@evil.example", EVIL_IP)
    rules(RULE)
    assert "taken back" in told() and not offer()


try:
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
