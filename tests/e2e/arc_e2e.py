"""Forwarded mail through a real Postfix: whose seals (ARC) are believed. They
are made by dkimpy, which is nobody's code here."""

import os
import sys

from stage import (Milter, Nsd, Postfix, Sink, Stage, headers, run, send,
                   wait_for)
from world import EVIL_IP, GOOD_IP, LIST_IP, World, shipped_rules

stage = Stage()
world = World()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
os.makedirs(stage.path("milter/rules.d"))
with open(stage.path("milter/rules.d/50.rules"), "w") as f:
    f.write(shipped_rules())
milter = stage.add(Milter(stage.path("milter"),
                          "resolver 127.0.0.1:%d\n" % nsd.port))
postfix = stage.add(Postfix(stage.path("postfix"), sink,
                            "inet:127.0.0.1:%d" % milter.port))


def altered(token):
    """A genuine message as a gateway hands it on that writes text anew: its
    signature is broken, and nothing that was added can be taken away."""
    message = world.sign(world.message(subject=token))
    return message.replace(b"The minutes are", b"Minutes:")


def by_list(message):
    return send(postfix.port, message, sender="talk-bounces@list.example",
                helo="mx.list.example", ip=LIST_IP)


def by_evil(message):
    return send(postfix.port, message, sender="x@evil.example",
                helo="mx.evil.example", ip=EVIL_IP)


def test_a_trusted_forwarder_is_believed():
    replies = by_list(world.seal(altered("Handed-1"), "list"))
    assert replies[-1][0] == 250, replies
    got = sink.wait("Handed-1")[2]
    results = headers(got, "Authentication-Results")[0]
    assert ("dmarc=fail" in results and "arc=pass" in results and
            "smtp.remote-ip=%s" % LIST_IP in results and
            "header.oldest-pass=0" in results), results
    verdict = headers(got, "X-Verdict")[0]
    assert "tags=local_policy" in verdict, verdict
    assert not headers(got, "X-Spam-Flag"), got
    decision = verdict.split("id=")[1].split(";")[0]
    wait_for("log", lambda: "id=%s " % decision in milter.text())
    line = next(l for l in milter.text().splitlines()
                if "id=%s " % decision in l)
    assert ("dmarc=fail" in line and "arc=pass" in line and
            "tags=local_policy" in line), line
    text = wait_for("journal", lambda: (lambda status, said: said if status == 0
                    else None)(*milter.tool("explain", decision)))
    assert ("ARC: pass for list.example" in text and
            "sealed by list.example: pass, says DMARC: pass for good.example"
            in text), text
    case = wait_for("case", lambda: milter.tool("explain", "--case", decision)[1])
    assert "arc=pass as[1].d=list.example as[1].s=sel" in case, case


def test_without_a_seal_it_is_refused():
    replies = by_list(altered("Handed-2"))
    assert replies[-1][0] == 550 and "DMARC" in replies[-1][1], replies


def test_a_strangers_seal_is_not_believed():
    replies = by_evil(world.seal(world.message(subject="Handed-3"), "evil"))
    assert replies[-1][0] == 550 and "DMARC" in replies[-1][1], replies


def test_a_strangers_word_that_the_forwarder_sealed_is_not_believed():
    message = world.seal(world.message(subject="Handed-4"), "evil")
    replies = by_list(world.seal(message, "list", "fail", "arc=pass; "))
    assert replies[-1][0] == 550 and "DMARC" in replies[-1][1], replies


def test_an_altered_message_is_not_believed():
    message = world.seal(altered("Handed-5"), "list")
    replies = by_evil(message.replace(b"wiki", b"password"))
    assert replies[-1][0] == 550 and "DMARC" in replies[-1][1], replies


def test_a_genuine_message_with_a_chain_is_told():
    message = world.seal(world.sign(world.message(subject="Handed-6")), "good")
    replies = send(postfix.port, message, ip=GOOD_IP)
    assert replies[-1][0] == 250, replies
    results = headers(sink.wait("Handed-6")[2], "Authentication-Results")[0]
    assert "dmarc=pass" in results and "arc=pass" in results, results


def decision_of(token):
    """Its fields with our verdict, and that decision's id."""
    got = sink.wait(token)[2]
    verdict = headers(got, "X-Verdict")[0]
    return got, verdict, verdict.split("id=")[1].split(";")[0]


def test_a_signature_is_restored_behind_a_list():
    replies = by_list(world.posted("Handed-7"))
    assert replies[-1][0] == 250, replies
    got, verdict, decision = decision_of("Handed-7")
    assert "tags=mailing_list" in verdict, verdict
    assert "dmarc=fail" in headers(got, "Authentication-Results")[0], got
    assert not headers(got, "X-Spam-Flag"), got
    text = wait_for("journal", lambda: (lambda status, said: said if status == 0
                    else None)(*milter.tool("explain", decision)))
    assert ("the signature of good.example is good without what list.example "
            "changed: subject footer" in text), text


def test_a_footer_that_leads_elsewhere_is_not_forgiven():
    by_list(world.posted("Handed-8", b"-- \r\nhttp://evil.example/login\r\n"))
    got, verdict, _ = decision_of("Handed-8")
    assert "tags=mailing_list" not in verdict and \
        headers(got, "X-Spam-Flag") == ["YES"], verdict


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
