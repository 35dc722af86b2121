"""What happens at the limits: two thousand connections at once, too few
descriptors, too little memory, every bound of the configuration at its least.
Nothing is lost, nothing comes in unjudged, the daemon goes on."""

import base64
import io
import itertools
import os
import resource
import socket
import subprocess
import sys
import threading
import time
import zipfile

from milter_client import MilterClient
from stage import (Milter, Nsd, Postfix, SilentDns, Sink, Stage, headers, run, send,
                   wait_for)
from world import GOOD_IP, World

CONNECTIONS = 2000

world = World()
stage = Stage()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\ndns.timeout 2s\n" % nsd.port
counter = itertools.count(1)

# This process holds the other ends.
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
CONNECTIONS = min(CONNECTIONS, (limit[1] - 200) // 2)


def token():
    return "limit-%d-%d-end" % (os.getpid(), next(counter))


def judged(changes):
    return any(code in (b"h", b"i") and b"X-Verdict\0" in data
               for code, data in changes)


def one_message(port, sender="a@good.example"):
    client = MilterClient(port)
    changes, answer = client.message(
        GOOD_IP, "mx.good.example", sender, "bob@verdict.example",
        [("From", " " + sender), ("Subject", " x")], b"x\r\n")
    client.close()
    return changes, answer[0]


def memory_kb(pid):
    with open("/proc/%d/status" % pid) as f:
        status = dict(line.split(":", 1) for line in f)
    return int(status["VmRSS"].split()[0]), int(status["Threads"])


def test_two_thousand_messages_at_once():
    """All connections reach their message's end before one answer is read;
    meanwhile mail comes in through Postfix."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        one_message(m.port)
        descriptors = "/proc/%d/fd" % m.process.pid
        before = len(os.listdir(descriptors))
        clients = [MilterClient(m.port) for _ in range(CONNECTIONS)]
        for c in clients:
            assert c.connect(GOOD_IP)[0] == b"c"
        words = [token() for _ in range(20)]
        replies = []
        courier = threading.Thread(target=lambda: replies.extend(
            send(mta.port, world.message(subject=w), ip=GOOD_IP)[-1] for w in words))
        courier.start()
        for code, text in ((b"H", "mx.good.example"), (b"M", "<a@good.example>"),
                           (b"R", "<bob@verdict.example>")):
            for c in clients:
                c.send(code, text.encode() + b"\0")
            for c in clients:
                assert code == b"H" or c.read()[0] == b"c", code
        for n, c in enumerate(clients):
            c.header("From", " a@good.example")
            c.header("Subject", " number %d" % n)
            c.send(b"N")
        for c in clients:
            assert c.read()[0] == b"c"
            c.send(b"B", b"some text\r\n" * 20)
            c.send(b"E")
        held = memory_kb(m.process.pid)
        for c in clients:
            changes, (answer, _) = c.changes()
            assert answer in (b"a", b"c") and judged(changes), answer
        courier.join(120)
        assert [r[0] for r in replies] == [250] * len(words), replies
        for w in words:
            assert headers(sink.wait(w)[2], "X-Verdict"), w
        for c in clients[::2]:
            c.close()
        for c in clients[1::2]:
            c.sock.close()
            c.file.close()
        wait_for("descriptors to be closed",
                 lambda: len(os.listdir(descriptors)) <= before + 8)
        assert judged(one_message(m.port)[0])
        print("   %d connections: %d MB resident, %d threads; descriptors %d, then %d"
              % ((len(clients), held[0] // 1024, held[1])
                 + (before, len(os.listdir(descriptors)))))


def test_two_thousand_wait_for_a_silent_resolver():
    """Each waits in a thread of its own, and for no longer than one does."""
    with Stage() as own:
        dns = own.add(SilentDns())
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\n"
                           "dns.timeout 4s\ndeadline 4s\n" % dns.port))
        clients = [MilterClient(m.port) for _ in range(CONNECTIONS)]
        for n, c in enumerate(clients):
            c.connect("192.0.2.%d" % (n % 250 + 1))
            c.command(b"H", "mx%d.example" % n)
            c.command(b"M", "<a@silent%d.example>" % n)
            c.command(b"R", "<bob@verdict.example>")
        started = time.monotonic()
        for n, c in enumerate(clients):
            c.header("From", " a@silent%d.example" % n)
            c.send(b"N")
            assert c.read()[0] == b"c"
            c.send(b"E")
        held = memory_kb(m.process.pid)
        for c in clients:
            changes, (answer, _) = c.changes()
            assert answer in (b"a", b"c", b"t") and judged(changes), answer
        seconds = time.monotonic() - started
        for c in clients:
            c.close()
        assert seconds < 60, seconds
        print("   %d waited in %d threads, %d MB resident; answered after %.1f s"
              % (len(clients), held[1], held[0] // 1024, seconds))


def descriptors_allowed(pid):
    with open("/proc/%d/limits" % pid) as f:
        line = [x for x in f if x.startswith("Max open files")][0]
    return int(line.split()[3])


def test_the_soft_limit_of_descriptors_is_raised():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Stage() as own:
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
        try:
            m = own.add(Milter(own.path("milter"), RESOLVER))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert descriptors_allowed(m.process.pid) == hard


def test_too_few_descriptors_cost_no_mail():
    """Whoever is connected is judged; others wait, and Postfix has them come
    again; when there is room again all is as before."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port,
                              ["milter_connect_timeout = 3s", "milter_command_timeout = 3s"]))
        assert judged(one_message(m.port)[0])
        descriptors = "/proc/%d/fd" % m.process.pid
        room = len(os.listdir(descriptors)) + 10
        subprocess.run(["prlimit", "--pid", str(m.process.pid),
                        "--nofile=%d:%d" % (room, room)], check=True)
        raw = [socket.create_connection(("127.0.0.1", m.port)) for _ in range(40)]
        wait_for("accept to fail", lambda: len(os.listdir(descriptors)) >= room - 3)
        word = token()
        replies = send(mta.port, world.message(subject=word), ip=GOOD_IP)
        assert 400 <= replies[0][0] < 500, replies
        for s in raw:
            s.close()
        wait_for("room", lambda: send(
            mta.port, world.message(subject=word), ip=GOOD_IP)[-1][0] == 250, 60)
        got = sink.wait(word)
        assert headers(got[2], "X-Verdict"), got[2][:500]
        assert m.process.poll() is None


def test_connections_of_one_network():
    """One network's connections take all descriptors; another's message is
    judged at once, for the first one loses some of its own."""
    if os.environ.get("ENGINE", "native") != "native":
        print("   skipped: libmilter takes connections as long as it can")
        return
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        assert judged(one_message(m.port)[0])
        descriptors = "/proc/%d/fd" % m.process.pid
        room = len(os.listdir(descriptors)) + 20
        subprocess.run(["prlimit", "--pid", str(m.process.pid),
                        "--nofile=%d:%d" % (room, room)], check=True)
        idle = []

        def flood():
            while len(idle) < 100:
                try:
                    c = MilterClient(m.port)
                    c.connect("203.0.113.%d" % (len(idle) + 1))
                    idle.append(c)
                except (OSError, AssertionError):
                    time.sleep(0.05)
        flooding = threading.Thread(target=flood, daemon=True)
        flooding.start()
        wait_for("connections", lambda: len(idle) > 15)
        for _ in range(5):
            word = token()
            started = time.monotonic()
            replies = send(mta.port, world.message(subject=word), ip=GOOD_IP)
            assert replies[-1][0] == 250, replies
            assert time.monotonic() - started < 10
            assert headers(sink.wait(word)[2], "X-Verdict")
        flooding.join(60)
        for c in idle:
            c.close()
        assert m.process.poll() is None


def multipart(count):
    return ('Content-Type: multipart/mixed; boundary="b"',
            "".join("--b\r\nContent-Type: text/plain\r\n\r\npart %d\r\n" % n
                    for n in range(count)) + "--b--\r\n")


def nested(depth):
    head, body = "Content-Type: text/plain", "innermost\r\n"
    for n in range(depth):
        body = "--n%d\r\n%s\r\n\r\n%s\r\n--n%d--\r\n" % (n, head, body, n)
        head = 'Content-Type: multipart/mixed; boundary="n%d"' % n
    return head, body


def zipped(count):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for n in range(count):
            z.writestr("file-%d.txt" % n, "x")
    return ("Content-Type: application/zip; name=a.zip\r\n"
            "Content-Transfer-Encoding: base64",
            base64.encodebytes(out.getvalue()).decode().replace("\n", "\r\n"))


def plain(body):
    return "Content-Type: text/plain", body


def signed(count):
    signature = ("DKIM-Signature: v=1; a=rsa-sha256; d=good.example; s=sel; "
                 "h=from; bh=%s=; b=%s" % ("A" * 43, "A" * 344))
    return "\r\n".join([signature] * count), "x\r\n"


# What is set, what stays below it and what goes beyond, and the flag.
LIMITS = (
    ("body.max 4k", plain("text\r\n" * 9), plain("text\r\n" * 9000), "body-limit"),
    ("content.memory 1M", plain("text\r\n" * 9), (multipart(400)[0], "".join(
        "--b\r\nContent-Type: text/html\r\n\r\n" + "<a href='http://a.example/%d'>" % n * 900
        + "\r\n" for n in range(400)) + "--b--\r\n"), "mime-memory"),
    ("content.depth 1", plain("x\r\n"), nested(8), "mime-depth"),
    ("content.parts 2", multipart(1), multipart(400), "mime-parts"),
    ("content.decoded 4k", plain("x\r\n"), plain("text\r\n" * 9000), "mime-size"),
    ("content.text 4k", plain("x\r\n"), plain("text\r\n" * 9000), "text-limit"),
    ("content.urls 1", plain("http://a.example/\r\n"),
     plain("".join("http://h%d.example/\r\n" % n for n in range(99))), "url-limit"),
    ("content.members 1", zipped(1), zipped(50), "archive-limit"),
    ("dkim.signatures 1", signed(1), signed(9), "limit"),
    # The list of fields has bounds of its own.
    ("header.max 64k", ("X-Fields: few", "x\r\n"),
     ("\r\n".join("X-Field-%d: x" % n for n in range(2000)), "x\r\n"), "header-limit"),
)


def flags(changes):
    """Of X-Verdict; None when there is none."""
    for code, data in changes:
        if code in (b"h", b"i") and b"X-Verdict\0" in data:
            for item in data.decode("latin-1").strip("\0").replace("\n", "").split(";"):
                if item.strip().startswith("flags="):
                    return item.strip()[6:].replace(" ", "").replace("\t", "").split(",")
            return []
    return None


def of_content(port, content):
    head, body = content
    fields = [("From", " a@good.example"), ("To", " bob@verdict.example"),
              ("Subject", " x"), ("MIME-Version", " 1.0"),
              ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"), ("Message-ID", " <x@good.example>")]
    fields += [(line.split(":", 1)[0], line.split(":", 1)[1]) for line in head.split("\r\n")]
    client = MilterClient(port)
    changes, (answer, _) = client.message(
        GOOD_IP, "mx.good.example", "a@good.example", "bob@verdict.example",
        fields, body.encode())
    client.close()
    return answer, flags(changes)


def test_every_limit_of_a_message():
    """Beyond it a message is judged as far as it was seen, and says so; an
    administrator can have it wait."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        for setting, below, beyond, flag in LIMITS:
            m.write_config(RESOLVER + setting + "\n")
            rules = own.path("milter/rules.d/t.rules")
            with open(rules, "w") as f:
                f.write('rule content when body ~ /never/ then reject\n')
            status, output = m.tool("reload")
            assert status == 0, output
            answer, seen = of_content(m.port, below)
            assert answer in (b"a", b"c") and "limit" not in seen, (setting, answer, seen)
            answer, seen = of_content(m.port, beyond)
            assert answer in (b"a", b"c") and {flag, "limit"} <= set(seen), (setting, answer, seen)
            with open(rules, "w") as f:
                f.write('rule limited when any anomaly (name = "limit") then tempfail\n')
            assert m.tool("reload")[0] == 0
            answer, _ = of_content(m.port, beyond)
            assert answer in (b"t", b"y"), (setting, answer)
            answer, _ = of_content(m.port, below)
            assert answer in (b"a", b"c"), (setting, answer)


def test_header_that_cannot_be_kept():
    """It is refused, for anything could stand in what was dropped."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        results = "Authentication-Results: mx.verdict.example; dmarc=pass"
        head = "\r\n".join(["X: y"] * 20001 + [results])
        answer, _ = of_content(m.port, (head, "x\r\n"))
        assert answer in (b"r", b"y"), answer
        answer, _ = of_content(m.port, plain("x\r\n"))
        assert answer in (b"a", b"c"), answer


def test_bounds_of_what_is_kept():
    """Recipients, answers of DNS, entries of the store: what is beyond is
    deferred or displaces the oldest, and never judged by less."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER + "rcpt.max 2\n"
                           "dns.cache 100\nstore memory\nstore.entries 1000\n"))
        with open(own.path("milter/rules.d/t.rules"), "w") as f:
            f.write('rule grey when sender ~ /grey/ then greylist\n')
        assert m.tool("reload")[0] == 0
        c = MilterClient(m.port)
        c.connect(GOOD_IP)
        c.command(b"H", "mx.good.example")
        c.command(b"M", "<a@good.example>")
        answers = [c.command(b"R", "<r%d@verdict.example>" % n) for n in range(4)]
        assert [a[0] for a in answers] == [b"c", b"c", b"y", b"y"], answers
        assert answers[2][1].startswith(b"452 4.5.3"), answers
        c.close()
        client = MilterClient(m.port)
        for n in range(1500):
            _, (answer, _) = client.message(
                GOOD_IP, "mx.good.example", "grey%d@d%d.example" % (n, n % 500),
                "bob@verdict.example", [], b"", n == 0)
            assert answer in (b"t", b"y"), (n, answer)
            client.send(b"A")
        client.close()
        assert judged(one_message(m.port)[0])


def test_a_field_beyond_header_max():
    """The connection is closed: for the MTA that is as if the filter
    had died. Postfix sends no field of more than 60,000 octets."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER + "header.max 64k\n"))
        for size, closed in ((60000, False), (70000, True)):
            c = MilterClient(m.port)
            c.connect(GOOD_IP)
            for code, text in ((b"H", "mx.good.example"), (b"M", "<a@good.example>"),
                               (b"R", "<bob@verdict.example>")):
                c.command(code, text)
            c.header("X-Long", " " + "x" * size)
            try:
                c.send(b"N")
                answer = c.finish()[1][0]
            except OSError:
                answer = b""
            assert answer == (b"" if closed else b"c"), (size, answer)
            c.close()
        assert judged(one_message(m.port)[0])



tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
