"""The decision journal behind a real Postfix: what an SMTP reply names can be
explained, and its case is judged the same way again."""

import json
import os
import sys

from stage import (Milter, Nsd, Postfix, Sink, Stage, headers, listens,
                   run, send, wait_for)
from world import EVIL_IP, GOOD_IP, World

stage = Stage()
world = World()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\n" % nsd.port
milter = stage.add(Milter(stage.path("milter"), RESOLVER))
postfix = stage.add(Postfix(stage.path("postfix"), sink,
                            "inet:127.0.0.1:%d" % milter.port))


def refused(token):
    """A forged message; the id in its reply."""
    replies = send(postfix.port, world.message(subject=token),
                   sender="x@evil.example", helo="mx.evil.example", ip=EVIL_IP)
    code, text = replies[-1]
    assert code == 550, replies
    return text.split("[")[-1].split("]")[0]


def explained(decision, *options):
    """The journal is written behind the reply: it may take a moment."""
    def ask():
        status, text = milter.tool("explain", *options, decision)
        return text if status == 0 else None
    return wait_for("explain " + decision, ask)


def judged_again(decision):
    case = stage.path("case.jsonl")
    with open(case, "w") as f:
        f.write(explained(decision, "--case"))
    status, text = milter.tool("check", "--cases", case)
    assert status == 0, text
    return json.loads(text.splitlines()[-1])


def test_reply_is_explained():
    text = explained(refused("Forged-1"))
    for part in ("from x@evil.example", "to bob@verdict.example", EVIL_IP,
                 "SPF: pass for evil.example", "DMARC: fail for good.example",
                 "decided by the rule dmarc-reject", "the client was told: 550",
                 "dmarc = "):
        assert part in text, (part, text)


def test_a_reload_begins_and_ends_the_journal():
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER + "journal off\n"))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        for journal, kept in (("off", 0), ("on", 1), ("off", 1), ("on", 2)):
            m.write_config(RESOLVER + "journal %s\n" % journal)
            assert m.tool("reload")[0] == 0
            send(mta.port, world.message(), ip=GOOD_IP)
            if kept:
                wait_for("%d decisions" % kept, lambda: m.tool(
                    "history", "--json")[1].count('"id"') == kept)
        m.stop()
        # Closed, so that the next start need not read all of it.
        assert os.path.exists(own.path("milter/state/journal.db"))
        assert not os.path.exists(own.path("milter/state/journal.db-wal"))


def test_case_of_a_refusal_is_judged_the_same():
    decision = refused("Forged-2")
    answer = judged_again(decision)
    assert answer["verdict"] == "reject", answer
    assert answer["rule"] == "dmarc-reject" and answer["stage"] == "eom", answer


def test_case_of_delivered_mail_is_judged_the_same():
    token = "Token-genuine-end"
    send(postfix.port, world.sign(world.message(subject=token)), ip=GOOD_IP)
    got = sink.wait(token)[2]
    verdict = headers(got, "X-Verdict")[0]
    decision = verdict.split("id=")[1].split(";")[0]
    assert "SPF: pass for good.example" in explained(decision)
    assert judged_again(decision)["verdict"] == "accept"


def test_history_finds_it():
    decision = refused("Forged-3")
    explained(decision)
    status, text = milter.tool("history", "--from", "evil.example", "--verdict",
                               "reject", "--json")
    assert status == 0 and decision in text, text
    status, text = milter.tool("history", "--to", "nobody@verdict.example")
    assert status == 1, text


def test_replay_with_the_same_rules_changes_nothing():
    explained(refused("Forged-4"))
    status, text = milter.tool("replay", "--json")
    report = json.loads(text)
    assert status == 0 and report["changed"] == 0, text
    assert report["decisions"] > 0 and report["unreadable"] == 0, text


def test_journal_survives_a_crash():
    decision = refused("Forged-5")
    explained(decision)
    milter.kill()
    milter.start()
    wait_for("the milter's port", lambda: listens(milter.port))
    postfix_again = refused("Forged-6")
    assert decision in explained(decision)
    assert postfix_again in explained(postfix_again)


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
