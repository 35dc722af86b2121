"""Mail through a real Postfix, judged by DNS from a real server."""

import re
import socket
import sys
import threading

from stage import (Milter, Nsd, Postfix, Sink, Smtp, Stage, headers,
                   run, send, wait_for)
from world import EVIL_IP, GOOD_IP, GOOD_IP6, LIST_IP, World

stage = Stage()
world = World()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\n" % nsd.port
milter = stage.add(Milter(stage.path("milter"), RESOLVER))
postfix = stage.add(Postfix(stage.path("postfix"), sink,
                            "inet:127.0.0.1:%d" % milter.port))
count = 0


def subject():
    """A subject that no other message has."""
    global count
    count += 1
    return "Token-%d-end" % count


def delivered(message, token, **options):
    """Sends it, wants it accepted, and returns it as it was delivered."""
    replies = send(postfix.port, message, **options)
    assert replies[-1][0] == 250, replies
    return sink.wait(token)[2]


def results(octets):
    return headers(octets, "Authentication-Results")[0]


def test_genuine_mail_passes_everything():
    token = subject()
    got = delivered(world.sign(world.message(subject=token)), token, ip=GOOD_IP)
    ar = results(got)
    for part in ("spf=pass smtp.mailfrom=good.example", "dkim=pass",
                 "dmarc=pass", "iprev=pass"):
        assert part in ar, (part, ar)
    assert ar.startswith("mx.verdict.example;"), ar
    assert got.startswith(b"Authentication-Results:"), got[:200]
    assert not headers(got, "X-Spam-Flag"), got


def test_genuine_mail_over_ipv6():
    token = subject()
    got = delivered(world.message(subject=token), token, ip=GOOD_IP6)
    assert "spf=pass" in results(got) and "dmarc=pass" in results(got), results(got)


def test_forged_author_is_refused():
    token = subject()
    replies = send(postfix.port, world.message(subject=token),
                   sender="x@evil.example", helo="mx.evil.example", ip=EVIL_IP)
    code, text = replies[-1]
    assert code == 550 and "DMARC" in text and "good.example" in text, replies
    decision = text.split("[")[-1].split("]")[0]
    assert decision in milter.text(), (decision, milter.text())


def test_forged_author_with_quarantine_is_junk():
    token = subject()
    got = delivered(world.message("Q <q@quar.example>", token), token,
                    sender="x@evil.example", ip=EVIL_IP)
    assert "dmarc=fail" in results(got), results(got)
    assert headers(got, "X-Spam-Flag") == ["YES"], got


def test_altered_body_breaks_the_signature():
    token = subject()
    message = world.sign(world.message(subject=token))
    got = delivered(message.replace(b"wiki", b"w1k1"), token, ip=GOOD_IP)
    assert "dkim=fail" in results(got) and "spf=pass" in results(got), results(got)


def test_forged_results_are_removed():
    token = subject()
    forged = (b"Authentication-Results: mx.verdict.example; dmarc=pass\r\n"
              b"Authentication-Results: (x) \"MX.verdict.example\"\r\n ; spf=pass\r\n"
              b"Authentication-Results: other.example; spf=pass\r\n"
              b"X-Spam-Flag: YES\r\nX-Verdict: v=1; verdict=accept\r\n")
    got = delivered(forged + world.message(subject=token), token, ip=GOOD_IP)
    values = headers(got, "Authentication-Results")
    assert len(values) == 2 and values[1].startswith("other.example"), values
    assert not headers(got, "X-Spam-Flag"), got
    assert len(headers(got, "X-Verdict")) == 1, got


CR_FROM = b"Subject: x\rFrom: CEO <ceo@good.example>"
CR_RESULTS = b"X-Foo: y\rAuthentication-Results: mx.verdict.example; dmarc=pass\r\n"
CR_PROGRAM = (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
              b"--b\rContent-Type: application/octet-stream; name=evil.exe\r"
              b"Content-Transfer-Encoding: base64\r\rTVqQ\r--b--\r\r\n")


def test_bare_carriage_returns_become_blanks():
    """Postfix of our days makes them so before a milter sees them."""
    token = subject()
    got = delivered(CR_RESULTS + world.message(subject=token), token, ip=GOOD_IP)
    assert b"\r" not in got.replace(b"\r\n", b""), got
    assert len(headers(got, "Authentication-Results")) == 1, got


def test_nothing_hides_behind_bare_carriage_returns():
    """Where Postfix leaves them as they are."""
    with Stage() as own:
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % milter.port,
                              ["cleanup_replace_stray_cr_lf = no"]))
        message = world.message(subject="x").replace(b"Subject: x", CR_FROM)
        replies = send(mta.port, message, ip=GOOD_IP)
        assert replies[-1][0] == 550 and "From" in replies[-1][1], replies
        token = subject()
        replies = send(mta.port, CR_RESULTS + world.message(subject=token), ip=GOOD_IP)
        assert replies[-1][0] == 250, replies
        got = sink.wait(token)[2]
        assert got.count(b"Authentication-Results: mx.verdict.example") == 1, got
        assert b"X-Foo" not in got and headers(got, "X-Spam-Flag") == ["YES"], got
        head = world.message(subject="x").split(b"\r\n\r\n")[0]
        replies = send(mta.port, head + b"\r\n" + CR_PROGRAM, ip=GOOD_IP)
        assert replies[-1][0] == 550 and "evil.exe" in replies[-1][1], replies


def test_mailing_list_is_not_refused():
    token = subject()
    message = world.sign(world.message(subject=token))
    message = message.replace(b"wiki.", b"wiki.\r\n-- \r\nlist footer")
    message = b"List-Id: <talk.list.example>\r\nList-Post: <mailto:talk@list.example>\r\n" + message
    got = delivered(world.sign(message, "list"), token,
                    sender="talk-bounces@list.example", ip=LIST_IP,
                    helo="mx.list.example")
    assert "dmarc=fail" in results(got), results(got)
    assert headers(got, "X-Spam-Flag") == ["YES"], got


def test_two_from_fields_are_refused():
    token = subject()
    replies = send(postfix.port, b"From: ceo@good.example\r\n" +
                   world.message(subject=token), ip=GOOD_IP)
    assert replies[-1][0] == 550, replies


def test_several_messages_on_one_connection():
    s = Smtp(postfix.port)
    s.command("EHLO mx.good.example")
    s.command("XCLIENT ADDR=%s" % GOOD_IP)
    s.command("EHLO mx.good.example")
    tokens = [subject() for _ in range(5)]
    for token in tokens:
        s.command("MAIL FROM:<alice@good.example>")
        s.command("RCPT TO:<bob@verdict.example>")
        assert s.data(world.message(subject=token))[0] == 250
    # A transaction that is given up in between does no harm.
    s.command("MAIL FROM:<alice@good.example>")
    s.command("RSET")
    last = subject()
    s.command("MAIL FROM:<alice@good.example>")
    s.command("RCPT TO:<bob@verdict.example>")
    assert s.data(world.message(subject=last))[0] == 250
    s.command("QUIT")
    s.close()
    for token in tokens + [last]:
        assert "spf=pass" in results(sink.wait(token)[2])


def test_hanging_up_in_every_phase():
    steps = ["EHLO mx.good.example", "MAIL FROM:<alice@good.example>",
             "RCPT TO:<bob@verdict.example>", "DATA",
             "From: a@good.example\r\nSubject: half", "\r\nbody"]
    for n in range(len(steps) + 1):
        s = Smtp(postfix.port)
        for step in steps[:n]:
            if step[0].isupper() and n <= 4:
                s.command(step)
            else:
                s.send(step + "\r\n")
        s.close()
    token = subject()
    delivered(world.message(subject=token), token, ip=GOOD_IP)


def test_hostile_messages():
    """Each is judged one way or another, and the daemon goes on."""
    hostile = {
        "a megabyte of headers": b"".join(
            b"X-%d: %s\r\n" % (i, b"x" * 900) for i in range(1100)),
        "one long header": b"X-Long: " + b"y" * 90000 + b"\r\n",
        "5,000 signatures": b"".join(
            b"DKIM-Signature: v=1; a=rsa-sha256; d=good.example; s=s%d; "
            b"h=from; bh=AAAA; b=AAAA\r\n" % i for i in range(5000)),
        "NULs": b"X-Nul: a\0b\r\n",
        "a header without colon": b"this is no header\r\n",
        "300 forged results": b"Authentication-Results: mx.verdict.example; "
                              b"spf=pass\r\n" * 300,
    }
    for name, extra in hostile.items():
        token = subject()
        replies = send(postfix.port, extra + world.message(subject=token), ip=GOOD_IP)
        assert replies[-1][0] in (250, 451, 550, 552, 554), (name, replies)
        assert milter.process.poll() is None, (name, milter.text()[-3000:])


def test_dead_resolver_accepts_as_incomplete():
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    config = "resolver 127.0.0.1:%d\ndns.timeout 500ms\ndeadline 1s\n" % (
        silent.getsockname()[1])
    with Stage() as own:
        deaf = own.add(Milter(own.path("milter"), config))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % deaf.port))
        token = subject()
        replies = send(mta.port, world.sign(world.message(subject=token)), ip=GOOD_IP)
        assert replies[-1][0] == 250, replies
        ar = results(sink.wait(token)[2])
        assert "spf=temperror" in ar and "dmarc=temperror" in ar, ar
    silent.close()


def test_unix_socket():
    with Stage() as own:
        path = own.path("milter.sock")
        judge = own.add(Milter(own.path("milter"), RESOLVER + "listen.mode 0666\n",
                               listen="unix:" + path))
        mta = own.add(Postfix(own.path("postfix"), sink, "unix:" + path))
        token = subject()
        replies = send(mta.port, world.message(subject=token), ip=GOOD_IP)
        assert replies[-1][0] == 250, replies
        assert "spf=pass" in results(sink.wait(token)[2])
        del judge


def test_monitor_refuses_nothing():
    with Stage() as own:
        judge = own.add(Milter(own.path("milter"), RESOLVER + "mode monitor\n"))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % judge.port))
        token = subject()
        replies = send(mta.port, world.message(subject=token),
                       sender="x@evil.example", ip=EVIL_IP)
        assert replies[-1][0] == 250, replies
        assert "wanted=reject" in headers(sink.wait(token)[2], "X-Verdict")[0]


def test_rules_act_where_they_can():
    rules = """
rule no-spam-trap when rcpt.local = "trap" then reject 550 5.1.1 "no such user"
rule hold-me when subject ~ /hold-me/ then quarantine
rule tagged when subject ~ /tag-me/ then tag wanted and header add "X-Rule" "%{sender.domain}"
"""
    with Stage() as own:
        judge = own.add(Milter(own.path("milter"), RESOLVER))
        with open(own.path("milter/rules.d/10.rules"), "w") as f:
            f.write(rules)
        status, output = judge.tool("reload")
        assert status == 0, output
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % judge.port))
        token = subject()
        replies = send(mta.port, world.message(subject=token), ip=GOOD_IP,
                       rcpt=["trap@verdict.example", "bob@verdict.example"])
        assert replies[1][0] == 550 and replies[2][0] == 250, replies
        got = sink.wait(token)
        assert got[1] == [b"<bob@verdict.example>"], got[1]
        token = subject()
        send(mta.port, world.message(subject="tag-me " + token), ip=GOOD_IP)
        assert headers(sink.wait(token)[2], "X-Rule") == ["good.example"]
        send(mta.port, world.message(subject="hold-me"), ip=GOOD_IP)
        wait_for("a held message", lambda: "!" in mta.queue())
        judge.env["MAIL_CONFIG"] = mta.directory + "/etc"
        status, output = judge.tool("held")
        assert status == 0 and "by hold-me" in output, output
        decision = re.search(r"(\S+) by hold-me", output).group(1)
        status, output = judge.tool("release", decision)
        assert status == 0 and "is released" in output, output
        sink.wait("hold-me")
        status, output = judge.tool("release", decision)
        assert status == 1 and "holds no message" in output, output
        assert "Postfix holds nothing" in judge.tool("held")[1]
        with open(own.path("milter/rules.d/10.rules"), "a") as f:
            f.write("rule broken when sbject ~ /x/ then junk\n")
        status, output = judge.tool("reload")
        assert status != 0 and "subject" in output, output
        token = subject()
        replies = send(mta.port, world.message(subject=token), ip=GOOD_IP)
        assert replies[-1][0] == 250, replies


def test_a_reload_while_a_client_is_connected():
    """Postfix was told that nothing is said at RCPT; then rules come that
    refuse there. Its client hears it at the end, the next one at RCPT."""
    with Stage() as own:
        judge = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % judge.port))

        def say(client, *to):
            codes = [client.command("MAIL FROM:<a@good.example>")[0]]
            codes += [client.command("RCPT TO:<%s@verdict.example>" % r)[0] for r in to]
            return codes + [client.data(world.message(subject=subject()))[0]
                            if 250 in codes[1:] else 0]
        client = Smtp(mta.port)
        client.command("EHLO mx.good.example")
        assert say(client, "leaver") == [250, 250, 250]
        with open(own.path("milter/rules.d/20.rules"), "w") as f:
            f.write('rule left when rcpt.local = "leaver" then reject 551 5.1.6 "left"\n')
        assert judge.tool("reload")[0] == 0
        assert say(client, "leaver") == [250, 250, 551]
        assert say(client, "bob", "leaver") == [250, 250, 250, 451]
        assert say(client, "bob") == [250, 250, 250]
        client.close()
        client = Smtp(mta.port)
        client.command("EHLO mx.good.example")
        assert say(client, "leaver", "bob") == [250, 551, 250, 250]
        client.close()


class SlowDns:
    """Answers nothing about slow.*, and NXDOMAIN to all else at once."""

    def __init__(self):
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
            if b"slow" in query.lower():
                continue
            end = query.index(b"\0", 12) + 5
            self.sock.sendto(query[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" +
                             query[12:end], peer)

    def close(self):
        self.sock.close()


def test_waiting_sessions_starve_nobody():
    """50 sessions wait 3 s for DNS; others are answered within 100 ms."""
    import time
    from milter_client import MilterClient
    with Stage() as own:
        dns = own.add(SlowDns())
        judge = own.add(Milter(own.path("milter"),
                               "resolver 127.0.0.1:%d\ndns.timeout 10s\ndeadline 3s\n"
                               % dns.port))
        waiting = []

        def wait(n):
            client = MilterClient(judge.port)
            started = time.monotonic()
            client.message("192.0.2.%d" % (n + 1), "slow%d.example" % n,
                           "a@slow%d.example" % n, "bob@verdict.example",
                           [("From", " a@slow%d.example" % n)], b"x\r\n")
            waiting.append(time.monotonic() - started)
            client.close()

        threads = [threading.Thread(target=wait, args=(n,)) for n in range(50)]
        for t in threads:
            t.start()
        time.sleep(1)
        quick = []
        for n in range(20):
            started = time.monotonic()
            client = MilterClient(judge.port)
            client.message("198.51.100.%d" % n, "quick.example",
                           "a@quick%d.example" % n, "bob@verdict.example",
                           [("From", " a@quick%d.example" % n)], b"x\r\n")
            client.close()
            quick.append(time.monotonic() - started)
        for t in threads:
            t.join()
        quick.sort()
        print("   waiting %.2f to %.2f s; others median %.3f, slowest %.3f s; %s"
              % (min(waiting), max(waiting), quick[10], quick[-1],
                 judge.tool("status")[1].split("spread")[1].split()[0] + " spread"))
        assert max(waiting) < 4.5, waiting
        # The machine may be busy: the median proves it, the slowest is bounded.
        assert quick[10] < 0.1 and quick[-1] < 1, quick


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
