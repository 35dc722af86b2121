"""Recipients who are judged differently, as Postfix and Sendmail send them:
they come again, and everybody gets his own answer. And forgers who pick what
can't be looked up, or a listener for users."""

import subprocess
import sys
import time

from stage import (Milter, Nsd, Postfix, Sendmail, Sink, Stage, headers, run,
                   send, wait_for)
from world import EVIL_IP, GOOD_IP, World

RULES = """
rule help when rcpt.local = "postmaster" then accept
rule program when any attachment (extension = "exe") and not sender.null then reject 550 5.7.0 "no programs"
rule strict when rcpt.local = "strict" and subject ~ /offer/ then reject 550 5.7.1 "no offers"
rule mild when rcpt.local = "mild" and subject ~ /offer/ then junk
"""
PROGRAM = ("MIME-Version: 1.0\nContent-Type: application/octet-stream; name=a.exe\n"
           "Content-Transfer-Encoding: base64\n")

stage = Stage()
world = World()
zones = world.zones()
zones["example."] += 'macro TXT "v=spf1 exists:%{h} -all"\n' \
                     '_dmarc.macro TXT "v=DMARC1; p=reject"\n'
nsd = stage.add(Nsd(stage.path("nsd"), zones))
RESOLVER = "resolver 127.0.0.1:%d\n" % nsd.port
sink = stage.add(Sink())

# Who receives: whatever comes from 127.0.0.1 comes from outside.
with open(stage.path("apart.rules"), "w") as f:
    f.write(RULES)
milter = stage.add(Milter(stage.path("milter"), RESOLVER + "trust\nrules %s\n"
                          % stage.path("apart.rules")))
# It has a name of its own, or the senders would see themselves in it.
receiver = stage.add(Postfix(stage.path("receiver"), sink,
                             "inet:127.0.0.1:%d" % milter.port,
                             ["myhostname = receiver.example"]))
# Who sends: no filter of ours, and all goes to the receiver.
sender = stage.add(Postfix(stage.path("sender"), receiver, ""))

# The shipped rules, with a listener that is named for users.
shipped = stage.add(Milter(stage.path("shipped"), RESOLVER))
users = stage.add(Postfix(stage.path("users"), sink,
                          "inet:127.0.0.1:%d" % shipped.port,
                          ["milter_macro_daemon_name = submission"]))


def flush_postfix():
    subprocess.run(["postqueue", "-c", sender.directory + "/etc", "-f"], check=True)


def to(rcpt, token):
    """The messages with this token that went to rcpt."""
    with sink.lock:
        return [m for m in sink.messages if token.encode() in m[2]
                and any(rcpt.encode() in r for r in m[1])]


def comes_apart(port, flush, subject, rcpts, delivered, refused, **more):
    """Sent in one transaction to all: who is delivered to gets it once, who
    is refused gets nothing and the sender a bounce that names him."""
    message = world.message(author="A <a@list.example>", subject=subject, **more)
    replies = send(port, message, sender="a@list.example",
                   rcpt=[r + "@verdict.example" for r in rcpts])
    assert replies[-1][0] == 250, replies

    def done():
        flush()
        time.sleep(0.3)
        return all(to(r + "@", subject) for r in delivered) and all(
            any(r.encode() + b"@" in m[2] for m in to("a@list.example", subject))
            for r in refused)
    wait_for("answers for all of " + subject, done, 60)
    for r in delivered:
        assert len(to(r + "@", subject)) == 1, to(r + "@", subject)
    for r in refused:
        assert not to(r + "@", subject), to(r + "@", subject)


def everybody_gets_his_own(port, flush, name):
    comes_apart(port, flush, name + "-program", ["postmaster", "ann", "bob"],
                ["postmaster"], ["ann", "bob"], extra=PROGRAM, body="TVqQ\n")
    comes_apart(port, flush, name + "-program-last", ["ann", "bob", "postmaster"],
                ["postmaster"], ["ann", "bob"], extra=PROGRAM, body="TVqQ\n")
    comes_apart(port, flush, name + "-offer", ["ann", "strict", "bob"],
                ["ann", "bob"], ["strict"])
    comes_apart(port, flush, name + "-offer-mild", ["ann", "mild"],
                ["ann", "mild"], [])


def test_postfix_comes_again_for_everybody():
    everybody_gets_his_own(sender.port, flush_postfix, "postfix")
    assert "recipients=apart" in milter.text(), milter.text()[-3000:]


def test_replay_judges_them_alike():
    everybody_gets_his_own(sender.port, flush_postfix, "replayed")
    wait_for("the journal", lambda: "recipients apart" in milter.tool(
        "history", "--limit", "200")[1])
    status, output = milter.tool("replay")
    assert status == 0, output
    assert " 0 changed" in output and " 0 unknown" in output, output


def test_sendmail_comes_again_for_everybody():
    mta = Sendmail(stage.path("sendmail"), receiver,
                   "inet:%d@127.0.0.1" % shipped.port)

    def flush():
        subprocess.run(
            ["sh", "-c", '. "$0"; sendmail_run "$1" -q -O MinQueueAge=0',
             stage.library("sendmail.sh"), mta.directory],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    try:
        everybody_gets_his_own(mta.port, flush, "sendmail")
    finally:
        mta.close()


def test_a_name_that_nobody_can_look_up_lets_no_forgery_in():
    message = world.message(author="CEO <ceo@macro.example>", subject="macro")
    replies = send(users.port, message, sender="ceo@macro.example",
                   helo="boom.nowhere.test", ip=EVIL_IP)
    assert replies[-1][0] == 451 and "macro.example" in replies[-1][1], replies
    token = "honest-beside-it"
    replies = send(users.port, world.sign(world.message(subject=token)), ip=GOOD_IP)
    assert replies[-1][0] == 250, replies
    assert "dmarc=pass" in headers(sink.wait(token)[2], "Authentication-Results")[0]


def test_a_listener_for_users_makes_no_stranger_a_user():
    replies = send(users.port, world.message(subject="stranger"),
                   sender="x@evil.example", helo="mx.evil.example", ip=EVIL_IP)
    assert replies[-1][0] == 550 and "DMARC" in replies[-1][1], replies


try:
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
