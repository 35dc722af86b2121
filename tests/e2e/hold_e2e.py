"""Attacks beside honest mail: memory that is short, a message that ends the
process, a process that is killed while mail waits, lists that are truncated,
clients that are slow. Honest mail gets its right answer, late at most, and
nothing that nobody looked at is delivered unmarked."""

import base64
import io
import itertools
import os
import socket
import sqlite3
import sys
import threading
import time
import urllib.request
import zipfile

from milter_client import MilterClient
from stage import (Milter, Nsd, Postfix, SilentDns, Sink, Stage, free_port, headers,
                   listens, run, send, wait_for)
from world import GOOD_IP, World

EVIL_IP = "203.0.113.6"

world = World()
stage = Stage()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\ndns.timeout 2s\n" % nsd.port
counter = itertools.count(1)


def token():
    return "hold-%d-%d-end" % (os.getpid(), next(counter))


def with_program(word):
    """An honest-looking message with a program in it."""
    return ("From: Alice <alice@good.example>\r\nTo: bob@verdict.example\r\n"
            "Subject: %s\r\nDate: Tue, 06 Jan 2026 10:00:00 +0000\r\n"
            "Message-ID: <%s@good.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
            "--b\r\nContent-Type: application/octet-stream; name=run.exe\r\n\r\n"
            "MZ program\r\n--b--\r\n" % (word, word)).encode()


def start_again(milter):
    milter.start()
    wait_for("the daemon", lambda: listens(milter.port))


def status(milter, word):
    for line in milter.tool("status")[1].splitlines():
        if line.startswith(word + " "):
            return line.split()[1]
    return None


def open_message(milter, ip, fields, body=b""):
    """All of a message but its end, from whoever has the milter's socket."""
    c = MilterClient(milter.port)
    c.connect(ip)
    for code, text in ((b"H", "x.example"), (b"M", "<a@evil.example>"),
                       (b"R", "<bob@verdict.example>")):
        c.command(code, text)
    for name, value in fields:
        c.header(name, value)
    if body:
        c.send(b"N")
        answer = c.read()
        if answer[0] != b"c":
            assert answer[1].startswith(b"452 4.3.1"), answer
            body = b""
        for at in range(0, len(body), 65535):
            c.send(b"B", body[at:at + 65535])
    return c


def test_memory_that_one_client_takes():
    """One network fills all it may have, with headers and with bodies; mail
    through Postfix is judged on everything meanwhile, and the attacker's is
    refused or comes again."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER + "body.total 64M\n"))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        held = [open_message(m, EVIL_IP, [("From", " a@evil.example")], b"x" * 9000000)
                for _ in range(8)]
        held += [open_message(m, EVIL_IP, [("X", "")] * 9000) for _ in range(8)]
        wait_for("memory to be short", lambda: int(status(m, "short")) > 0)
        good, program = token(), token()
        signed = world.sign(world.message(subject=good))
        assert send(mta.port, signed, ip=GOOD_IP)[-1][0] == 250
        assert "dmarc=pass" in " ".join(
            headers(sink.wait(good)[2], "Authentication-Results"))
        assert send(mta.port, with_program(program), ip=GOOD_IP)[-1][0] == 550
        lines = b"X:\r\n" * 420000 + world.message()
        replies = send(mta.port, lines, ip=EVIL_IP)
        assert replies[-1][0] == 452, replies
        assert int(status(m, "held")) < 64 << 20
        for c in held:
            c.close()
        wait_for("memory to be given back", lambda: int(status(m, "held")) < 1 << 20)
        assert send(mta.port, lines, ip=EVIL_IP)[-1][0] == 552


def bomb():
    part = ('--b\r\nContent-Disposition: a; filename*0="%s"; %s\r\n\r\nx\r\n'
            % ("A" * 27000, "; ".join(["filename*0=b"] * 127)))
    return ("From: a@evil.example\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + part * 340 + "--b\r\nContent-Type: a/b; name=run.exe\r\n\r\nMZ\r\n--b--\r\n").encode()


def memory_kb(pid):
    with open("/proc/%d/status" % pid) as f:
        return int(dict(line.split(":", 1) for line in f)["VmHWM"].split()[0])


def test_a_message_that_was_made_to_grow():
    """Ten megabytes of a name in a thousand pieces stay small, and the program
    behind them is refused, twice as well."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        word, before = token(), memory_kb(m.process.pid)
        replies = []
        attack = sent(mta, bomb(), replies, EVIL_IP)
        assert send(mta.port, world.message(subject=word), ip=GOOD_IP)[-1][0] == 250
        sink.wait(word)
        attack.join(60)
        assert replies[-1][0] == 550, replies
        assert m.process.poll() is None
        assert send(mta.port, bomb(), ip=EVIL_IP)[-1][0] == 550
        grown = (memory_kb(m.process.pid) - before) // 1024
        assert grown < 400, grown
        print("   grew by %d MB" % grown)


def heavy(word):
    """It is read for a while."""
    return (with_program(word).split(b"--b--")[0]
            + b"--b\r\nContent-Type: text/html\r\n\r\n"
            + b"<p><b><i>x</i></b></p>" * 80000 + b"\r\n--b--\r\n" )


def sent(mta, message, replies, ip=GOOD_IP):
    def one():
        try:
            replies.append(send(mta.port, message, ip=ip)[-1])
        except (OSError, EOFError, AssertionError) as error:
            replies.append((421, str(error)))
    thread = threading.Thread(target=one)
    thread.start()
    return thread


def test_killed_while_mail_waits_for_dns():
    """What waited had nothing to do with it: it is read when it comes again,
    and the program in it is refused."""
    with Stage() as own:
        dns = own.add(SilentDns())
        slow = "resolver 127.0.0.1:%d\ndns.timeout 20s\ndeadline 20s\n" % dns.port
        m = own.add(Milter(own.path("milter"), slow))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        word, honest, replies = token(), token(), []
        both = [sent(mta, with_program(word), replies),
                sent(mta, world.sign(world.message(subject=honest)), replies)]
        wait_for("both to wait", lambda: status(m, "sessions") == "2")
        time.sleep(2)
        m.kill()
        for thread in both:
            thread.join(60)
        assert all(400 <= r[0] < 500 for r in replies), replies
        m.write_config(RESOLVER)
        start_again(m)
        reply = send(mta.port, with_program(word), ip=GOOD_IP)
        assert reply[-1][0] == 550, reply
        assert send(mta.port, world.sign(world.message(subject=honest)),
                    ip=GOOD_IP)[-1][0] == 250
        got = sink.wait(honest)[2]
        assert "crashed-before" not in " ".join(headers(got, "X-Verdict")), got[:999]


def test_killed_while_one_message_is_read():
    """The one that is to blame is put off and not delivered; others are read."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        flight = own.path("milter/state/in-flight")
        word, replies = token(), []
        for _ in range(20):
            thread = sent(mta, heavy(word), replies)
            end = time.monotonic() + 20
            while thread.is_alive() and time.monotonic() < end:
                with open(flight, "rb") as f:
                    if any(f.read(24 + 2048 * 8)[24:]):
                        m.kill()
                        break
            thread.join(60)
            if m.process.poll() is not None:
                break
        assert m.process.poll() is not None, "it was never caught reading"
        assert 400 <= replies[-1][0] < 500, replies
        start_again(m)
        reply = send(mta.port, heavy(word), ip=GOOD_IP)[-1]
        assert reply[0] == 451 and "4.3.0" in reply[1], reply
        other = token()
        assert send(mta.port, world.message(subject=other), ip=GOOD_IP)[-1][0] == 250
        sink.wait(other)
        assert "crashed-before" in m.text(), m.text()[-2000:]


def test_a_list_that_is_truncated():
    """The old one stays until somebody has said it twice."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER + "lists.watch 1s\n"))
        names = own.path("milter/names")
        with open(names, "w") as f:
            f.writelines("d%d.example\n" % n for n in range(100))
        with open(own.path("milter/rules.d/t.rules"), "w") as f:
            f.write('list names domains "../names"\n'
                    'rule listed when sender in names then reject\n')
        assert m.tool("reload")[0] == 0

        def listed():
            c = MilterClient(m.port)
            answer = c.message(GOOD_IP, "x.example", "a@d7.example", "bob@verdict.example",
                               [("From", " a@d7.example")], b"x\r\n")[1]
            c.close()
            return answer[0] in (b"r", b"y")
        assert listed()
        open(names, "w").close()
        wait_for("the watch to refuse it", lambda: "instead of 100" in m.text())
        assert listed()
        with open(names, "w") as f:
            f.writelines("d%d.example\n" % n for n in range(7, 40))
        status_, output = m.tool("reload")
        assert status_ != 0 and "33 entries instead of 100" in output, output
        assert listed()
        assert m.tool("reload")[0] == 0
        open(names, "w").close()
        assert m.tool("reload")[0] != 0 and listed()
        assert m.tool("reload")[0] == 0 and not listed()


def test_slow_clients_of_the_control_socket():
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        slow = []
        for _ in range(8):
            s = socket.socket(socket.AF_UNIX)
            s.connect(own.path("milter/control"))
            s.send(b"sta")
            slow.append(s)
        started = time.monotonic()
        assert m.tool("status")[0] == 0
        assert time.monotonic() - started < 3
        for s in slow:
            s.settimeout(20)
            s.recv(100)
            s.close()


def test_slow_clients_of_metrics():
    with Stage() as own:
        port = free_port()
        own.add(Milter(own.path("milter"), RESOLVER + "metrics 127.0.0.1:%d\n" % port))
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(80)]
        for s in slow:
            try:
                s.send(b"GET /met")
            except OSError:
                pass  # one that has been hung up on
        started = time.monotonic()
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port, timeout=10) as r:
            assert b"verdict_messages_held_bytes" in r.read()
        assert time.monotonic() - started < 3
        for s in slow:
            s.close()


class IllRedis:
    """Takes commands; answers in drips, with a flood, or never."""

    def __init__(self, how):
        self.how, self.asked = how, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client = self.server.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.answer, args=(client,), daemon=True).start()

    def answer(self, client):
        try:
            while client.recv(4096):
                self.asked += 1
                if self.how == "drip":
                    for _ in range(600):
                        client.sendall(b"*")
                        time.sleep(0.1)
                elif self.how == "flood":
                    client.sendall(b"$2000000000\r\n")
                    for _ in range(2000):
                        client.sendall(b"x" * 1000000)
        except OSError:
            pass
        client.close()

    def close(self):
        self.server.close()


def test_a_redis_that_is_ill():
    """It drips, floods or says nothing: genuine mail does not wait for it, the
    daemon does not grow, and its commands answer."""
    for how in ("drip", "flood", "silent"):
        with Stage() as own:
            redis = own.add(IllRedis(how))
            m = own.add(Milter(own.path("milter"), RESOLVER + "store redis "
                               "redis://127.0.0.1:%d\nstore.timeout 200ms\n" % redis.port))
            with open(own.path("milter/rules.d/t.rules"), "w") as f:
                f.write("rule grey when spf != pass then greylist\n"
                        "rule known when contact.known then tag known\n")
            assert m.tool("reload")[0] == 0
            mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
            before = memory_kb(m.process.pid)
            for _ in range(5):
                word, started = token(), time.monotonic()
                signed = world.sign(world.message(subject=word))
                assert send(mta.port, signed, ip=GOOD_IP)[-1][0] == 250
                assert time.monotonic() - started < 6, how
                assert "dmarc=pass" in " ".join(
                    headers(sink.wait(word)[2], "Authentication-Results"))
            started = time.monotonic()
            if how == "drip":
                m.tool("state", "list", timeout=60)
            assert m.tool("status", timeout=60)[0] == 0
            assert time.monotonic() - started < 25, how
            assert redis.asked > 0, how
            assert memory_kb(m.process.pid) - before < 200 * 1024, how
            started = time.monotonic()
            m.stop()
            assert time.monotonic() - started < 8, how


def test_macros_that_end_a_process():
    """Whoever has the socket says an odd number of strings, again and again:
    his connections end, and mail goes on."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        for _ in range(10):
            c = MilterClient(m.port)
            try:
                c.connect(EVIL_IP)
                c.send(b"D", b"M" + b"i\0")
                c.send(b"M", b"<a@evil.example>\0")
                assert c.packet()[0] == b"", "it was answered"
            except ConnectionError:
                pass
            c.close()
            word = token()
            assert send(mta.port, world.message(subject=word), ip=GOOD_IP)[-1][0] == 250
            sink.wait(word)
        assert m.process.poll() is None


def test_a_journal_that_somebody_locks():
    """Longer than a try waits, and while the process starts: mail goes on, and
    each decision is in the history afterwards."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        words = [token() for _ in range(12)]

        def kept():
            return m.tool("history", "--json")[1].count('"id":')

        def locked():
            db = sqlite3.connect(own.path("milter/state/journal.db"), timeout=30,
                                 isolation_level=None)
            db.execute("BEGIN IMMEDIATE")
            return db
        assert send(mta.port, world.message(subject=words[0]), ip=GOOD_IP)[-1][0] == 250
        wait_for("the journal", lambda: kept() == 1)
        for start in (False, True):
            if start:
                wait_for("six decisions", lambda: kept() == 6, 30)
                m.stop()
                os.truncate(m.log_path, 0)
            db = locked()
            if start:
                m.start()
            ended = time.monotonic() + 5
            for word in words[1 + 6 * start:6 + 6 * start]:
                begun = time.monotonic()
                assert send(mta.port, world.message(subject=word), ip=GOOD_IP)[-1][0] == 250
                assert time.monotonic() - begun < 3
            time.sleep(max(0, ended - time.monotonic()))
            db.execute("ROLLBACK")
            db.close()

        wait_for("eleven decisions", lambda: kept() >= 11, 30)
        assert kept() == 11, kept()


def test_a_program_behind_a_large_photo():
    """It is refused, and a genuine signed mail of that size is clean."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER + "body.max 2M\n"))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port,
                              ["message_size_limit = 40000000"]))
        photo = base64.encodebytes(os.urandom(1 << 20)).replace(b"\n", b"\r\n") * 6

        def with_photo(word, after, author="Alice <alice@good.example>"):
            head = world.message(author, word).split(b"\r\n\r\n")[0]
            return (head + b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
                    b"boundary=b\r\n\r\n--b\r\nContent-Type: image/jpeg; name=p.jpg\r\n"
                    b"Content-Transfer-Encoding: base64\r\n\r\n" + photo + after
                    + b"--b--\r\n")
        program = (b"--b\r\nContent-Type: application/octet-stream; name=run.exe\r\n\r\n"
                   b"MZ\r\n")
        good = token()
        replies = []
        attack = sent(mta, with_photo(token(), program), replies, EVIL_IP)
        assert send(mta.port, world.sign(with_photo(good, b"")), ip=GOOD_IP)[-1][0] == 250
        attack.join(60)
        assert replies[-1][0] == 550, replies
        # In an archive nobody can see it, whoever the sender's domain is.
        packed, members = io.BytesIO(), token()
        with zipfile.ZipFile(packed, "w") as z:
            z.writestr("a.txt", "x")
            z.writestr("run.exe", "MZ")
        archive = (b"--b\r\nContent-Type: application/zip; name=a.zip\r\n"
                   b"Content-Transfer-Encoding: base64\r\n\r\n"
                   + base64.encodebytes(packed.getvalue()).replace(b"\n", b"\r\n"))
        own_mail = world.sign(with_photo(members, archive, "a@evil.example"), "evil")
        assert send(mta.port, own_mail, sender="a@evil.example", ip=EVIL_IP)[-1][0] == 250
        got = sink.wait(members)[2]
        assert "dmarc=pass" in " ".join(headers(got, "Authentication-Results")), got[:999]
        assert headers(got, "X-Spam-Flag"), got[:999]
        got = sink.wait(good)[2]
        assert "dkim=pass" in " ".join(headers(got, "Authentication-Results"))
        assert not headers(got, "X-Spam-Flag"), got[:999]


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    result = run(tests)
finally:
    stage.close()
sys.exit(result)
