"""Mail through a real Sendmail, unpacked beside the installed Postfix."""

import os
import sys

from stage import (Milter, Nsd, Sendmail, Sink, Smtp, Stage, headers, run, send,
                   wait_for)
from world import World

stage = Stage()
world = World()


sink = stage.add(Sink())
# Sendmail has no XCLIENT: clients are 127.0.0.x and nobody is trusted.
zones = world.zones()
zones["example."] += 'loop TXT "v=spf1 ip4:127.0.0.1 -all"\n' \
                     '_dmarc.loop TXT "v=DMARC1; p=reject"\n'
nsd = stage.add(Nsd(stage.path("nsd"), zones))
milter = stage.add(Milter(stage.path("milter"),
                          "resolver 127.0.0.1:%d\ntrust\n" % nsd.port))
sendmail = stage.add(Sendmail(stage.path("sendmail"), sink,
                              "inet:%d@127.0.0.1" % milter.port))


def test_genuine_mail_carries_its_results_on_top():
    message = world.sign(world.message(subject="sendmail-genuine"))
    replies = send(sendmail.port, message, sender="a@loop.example",
                   helo="mx.loop.example")
    assert replies[-1][0] == 250, replies
    got = sink.wait("sendmail-genuine")[2]
    results = headers(got, "Authentication-Results")
    assert results and "spf=pass smtp.mailfrom=loop.example" in results[0], got
    assert "dkim=pass" in results[0] and "dmarc=pass" in results[0], results
    assert got.index(b"Authentication-Results:") < got.index(b"Received:"), got[:400]


def test_forged_author_is_refused():
    replies = send(sendmail.port, world.message(subject="sendmail-forged"),
                   sender="a@loop.example")
    assert replies[-1][0] == 550 and "DMARC" in replies[-1][1], replies


def test_forged_results_are_removed():
    forged = (b"Authentication-Results: mx.verdict.example; dmarc=pass\r\n"
              b"Authentication-Results: mx.verdict.example; spf=pass\r\n")
    replies = send(sendmail.port, forged + world.message(
        "L <l@loop.example>", "sendmail-results"), sender="a@loop.example")
    assert replies[-1][0] == 250, replies
    got = sink.wait("sendmail-results")[2]
    assert len(headers(got, "Authentication-Results")) == 1, got


def test_nothing_hides_behind_a_bare_carriage_return():
    """Sendmail 8.18, and Debian's before it, hangs up on one; older ones hand
    it to the filter as it is."""
    forged = b"X-Foo: y\rAuthentication-Results: mx.verdict.example; dmarc=pass\r\n"
    replies = send(sendmail.port, forged + world.message(
        "L <l@loop.example>", "sendmail-cr"), sender="a@loop.example")
    if replies[-1][0] == 250:
        got = sink.wait("sendmail-cr")[2]
        assert got.count(b"Authentication-Results: mx.verdict.example") == 1, got
    else:
        assert replies[-1][0] in (421, 550), replies


def test_a_reload_while_a_client_is_connected():
    """Sendmail was told that nothing is said at RCPT; then rules come that
    refuse there. Its client hears it at the end, the next one at RCPT."""
    rules = stage.path("milter/rules.d/20.rules")
    mail = world.message("L <l@loop.example>", "sendmail-reload")

    def say(client, to):
        replies = [client.command("EHLO mx.loop.example"),
                   client.command("MAIL FROM:<a@loop.example>"),
                   client.command("RCPT TO:<%s@verdict.example>" % to)]
        return [r[0] for r in replies[1:]] + [client.data(mail)[0]
                                              if replies[-1][0] == 250 else 0]
    client = Smtp(sendmail.port)
    assert say(client, "bob") == [250, 250, 250]
    with open(rules, "w") as f:
        f.write('rule left when rcpt.local = "leaver" then reject 551 5.1.6 "left"\n')
    assert milter.tool("reload")[0] == 0
    assert say(client, "leaver") == [250, 250, 551]
    assert say(client, "bob") == [250, 250, 250]
    client.close()
    client = Smtp(sendmail.port)
    assert say(client, "leaver") == [250, 551, 0]
    client.close()
    os.unlink(rules)
    assert milter.tool("reload")[0] == 0


def test_held_mail_is_listed_and_let_go():
    with open(stage.path("milter/rules.d/10.rules"), "w") as f:
        f.write("rule hold-me when subject ~ /hold-me/ then quarantine\n")
    status, output = milter.tool("reload")
    assert status == 0, output
    replies = send(sendmail.port, world.message("L <l@loop.example>", "hold-me"),
                   sender="a@loop.example", helo="mx.loop.example")
    assert replies[-1][0] == 250, replies
    milter.env["PATH"] = sendmail.command_path() + ":" + os.environ["PATH"]
    # Who held it stands in the journal, a moment later.
    output = wait_for("the rule that held it", lambda: (
        lambda status, text: text if status == 0 and "by hold-me" in text else None)(
            *milter.tool("held", "--mta", "sendmail")))
    queue_id = output.split()[0]
    status, output = milter.tool("release", "--mta", "sendmail", queue_id)
    assert status == 0 and "is released" in output, output
    assert "Sendmail holds nothing" in milter.tool("held", "--mta", "sendmail")[1]
    sendmail.flush()
    sink.wait("hold-me")


def test_several_messages_and_an_abort():
    s = Smtp(sendmail.port)
    s.command("EHLO mx.loop.example")
    for n in range(3):
        s.command("MAIL FROM:<a@loop.example>")
        s.command("RCPT TO:<bob@verdict.example>")
        code, text = s.data(world.message("L <l@loop.example>", "sendmail-%d" % n))
        assert code == 250, (code, text)
        s.command("MAIL FROM:<a@loop.example>")
        s.command("RSET")
    s.command("QUIT")
    s.close()
    for n in range(3):
        assert "spf=pass" in headers(sink.wait("sendmail-%d" % n)[2],
                                     "Authentication-Results")[0]


try:
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
