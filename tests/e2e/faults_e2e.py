"""Fault injection with Postfix in front: DNS that lies or is silent, clients
that trickle, kill -9 in every phase, a full disk, a frozen Redis. No message is
lost, none comes in unjudged, the daemon goes on."""

import fcntl
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from milter_client import MilterClient
from stage import (TOP, Milter, Nsd, Postfix, Sink, Smtp, Stage, free_port, headers,
                   listens, program, run, send, wait_for)
from world import GOOD_IP, World

world = World()
stage = Stage()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\ndns.timeout 2s\n" % nsd.port
counter = itertools.count(1)


def token():
    return "fault-%d-%d-end" % (os.getpid(), next(counter))


def one_message(port, sender="a@good.example", ip=GOOD_IP):
    """Over the milter socket; the answer's letter and the seconds it took."""
    started = time.monotonic()
    client = MilterClient(port)
    answer = client.message(ip, "mx.good.example", sender, "bob@verdict.example",
                            [("From", " " + sender), ("Subject", " x")], b"x\r\n")[1]
    client.close()
    return answer[0], time.monotonic() - started


class LyingDns:
    """Answers every question wrongly, in the way that .lie names."""

    def __init__(self):
        self.lie = "id"
        self.asked = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def reply(self, query):
        question = query[12:query.index(b"\0", 12) + 5]
        pass_all = b"\xc0\x0c\0\x10\0\1\0\0\1\0\0\x0d\x0cv=spf1 +all "
        good = b"\x81\x80\0\1\0\1\0\0\0\0" + question + pass_all
        wrong_id = bytes([query[0] ^ 0x55, query[1] ^ 0xaa])
        return {
            "id": wrong_id + good,
            "question": query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0"
                        + b"\4evil\7example\0\0\x10\0\1" + pass_all,
            "garbage": os.urandom(200),
            "cut": (query[:2] + good)[:len(question) + 15],
            "loop": query[:2] + b"\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c\0\x10\0\1"
                    + b"\xc0\x0c" * 40,
            "servfail": query[:2] + b"\x81\x82\0\1\0\0\0\0\0\0" + question,
            "empty": b"",
        }[self.lie]

    def serve(self):
        while True:
            try:
                query, peer = self.sock.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            self.sock.sendto(self.reply(query), peer)

    def close(self):
        self.sock.close()


def test_lying_dns_makes_nobody_pass():
    with Stage() as own:
        dns = own.add(LyingDns())
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\n"
                           "dns.timeout 300ms\ndeadline 600ms\n" % dns.port))
        with open(own.path("milter/rules.d/t.rules"), "w") as f:
            f.write('rule sure when spf = pass then reject 550 5.7.1 "believed a lie"\n'
                    'rule unsure when spf = temperror then tempfail\n')
        assert m.tool("reload")[0] == 0
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        for lie in ("id", "question", "garbage", "cut", "loop", "servfail", "empty"):
            dns.lie = lie
            replies = send(mta.port, world.message(subject=token()), ip=GOOD_IP,
                           sender="a@%s.example" % lie)
            assert replies[-1][0] == 451, (lie, replies)
        assert dns.asked > 7 and m.process.poll() is None


def test_trickling_clients_hold_up_nobody():
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        packet = b"\0\0\0\x0dO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"
        slow = [socket.create_connection(("127.0.0.1", m.port)) for _ in range(60)]
        took = []
        for octet in packet[:7]:
            for s in slow:
                s.sendall(bytes([octet]))
                time.sleep(0.005)  # all at once would be another test
            answer, seconds = one_message(m.port)
            assert answer in (b"a", b"c"), answer
            took.append(seconds)
            time.sleep(1)
        for s in slow:
            s.close()
        took.sort()
        assert took[len(took) // 2] < 0.5, took


class SlowDns(LyingDns):
    """Says nothing at all, so that judging waits."""

    def serve(self):
        while True:
            try:
                self.sock.recvfrom(4096)
            except OSError:
                return


PHASES = ("connect", "helo", "mail", "rcpt", "data", "body", "end")


def until(s, phase, message):
    """Speaks SMTP up to a phase; the rest of the conversation is returned as
    functions that each send one step and give the reply."""
    def command(line):
        return lambda: s.command(line)

    def body(part):
        def step():
            s.send(part)
            return 0, ""
        return step

    def end():
        s.send(b"\r\n.\r\n")
        return s.reply()
    half = len(message) // 2
    steps = [("helo", command("EHLO mx.good.example")),
             ("mail", command("MAIL FROM:<a@good.example>")),
             ("rcpt", command("RCPT TO:<bob@verdict.example>")),
             ("data", command("DATA")), ("body", body(message[:half])),
             ("end", body(message[half:]))]
    done = 0
    if phase != "connect":
        for done, (name, step) in enumerate(steps, 1):
            code, text = step()
            assert code in (0, 250, 354), (name, code, text)
            if name == phase:
                break
    return [step for _, step in steps[done:]] + [end]


def start_again(m):
    """What it has logged before must not count as being up."""
    os.truncate(m.log_path, 0)
    m.start()


def test_kill_in_every_phase():
    """The client gets no 250 for what was not judged; it tries again later,
    and then the message arrives, judged, once."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        for phase in PHASES:
            word = token()
            message = world.message(subject=word)
            s = Smtp(mta.port)
            rest = until(s, phase, message)
            m.kill()
            codes = []
            try:
                for step in rest:
                    code = step()[0]
                    codes.append(code)
                    if code >= 400 or (code == 0 and step is rest[-1]):
                        break
            except OSError:
                codes.append(0)
            s.close()
            assert codes[-1] == 0 or 400 <= codes[-1] < 500, (phase, codes)
            start_again(m)
            replies = send(mta.port, message, ip=GOOD_IP)
            assert replies[-1][0] == 250, (phase, replies)
            got = sink.wait(word)
            assert headers(got[2], "X-Verdict"), (phase, got[2][:500])
            assert len(sink_with(word)) == 1, phase


class Tap:
    """Between the MTA and the filter: passes packets on, and calls then()
    when one from the side and with the letter of .at has passed; true ends
    the connection."""

    def __init__(self, port):
        self.to, self.at, self.then = port, None, None
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                mta = self.server.accept()[0]
            except OSError:
                return
            try:
                milter = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                mta.close()
                continue
            for source, target, side in ((mta, milter, "mta"), (milter, mta, "milter")):
                threading.Thread(target=self.copy, args=(source, target, side),
                                 daemon=True).start()

    def copy(self, source, target, side):
        file = source.makefile("rb")
        try:
            while True:
                length = file.read(4)
                packet = file.read(int.from_bytes(length, "big"))
                if len(length) < 4 or not packet:
                    break
                hit = self.at == (side, packet[:1])
                # The filter may answer the end before it is killed, or be
                # killed while it reads: test_kill_while_judging.
                if not (hit and packet[:1] == b"E"):
                    target.sendall(length + packet)
                if hit:
                    self.at = None
                    if self.then():
                        break  # what it has said besides is lost
        except OSError:
            pass
        for s in (source, target):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.server.close()


# What has just passed, or come (E), when the filter is killed, and whether the
# client's message is then taken.
PACKETS = (("mta", b"O", False), ("mta", b"C", False), ("mta", b"H", False),
           ("mta", b"M", False), ("mta", b"R", False), ("mta", b"L", False),
           ("mta", b"N", False), ("mta", b"B", False), ("mta", b"E", False),
           ("milter", b"i", False), ("milter", b"c", True))


def test_kill_at_every_packet():
    """Finer than the phases of SMTP: Postfix shows header and body only after
    the client has sent all of them."""
    with Stage() as own:
        m = own.add(Milter(own.path("milter"), RESOLVER))
        tap = own.add(Tap(m.port))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % tap.port))
        for side, letter, taken in PACKETS:
            word = token()
            message = world.message(subject=word)
            killed = threading.Event()

            def kill():
                m.kill()
                killed.set()
                return True

            def kill_at_end():
                # The answers to earlier commands are "continue", too.
                tap.at, tap.then = ("milter", b"c"), kill
                return False
            if letter == b"c":
                tap.at, tap.then = ("milter", b"i"), kill_at_end
            else:
                tap.at, tap.then = (side, letter), kill
            replies = send(mta.port, message, ip=GOOD_IP)
            assert killed.wait(10), (side, letter)
            refused = [r for r in replies if r[0] >= 400]
            if taken:
                assert replies[-1][0] == 250, (side, letter, replies)
            else:
                assert refused and refused[0][0] < 500, (side, letter, replies)
            start_again(m)
            if not taken:
                assert sink.find(word) is None, (side, letter)
                replies = send(mta.port, message, ip=GOOD_IP)
                assert replies[-1][0] == 250, (side, letter, replies)
            got = sink.wait(word)
            assert headers(got[2], "X-Verdict"), (side, letter, got[2][:500])
            assert len(sink_with(word)) == 1, (side, letter)


def sink_with(word):
    with sink.lock:
        return [x for x in sink.messages if word.encode() in x[2]]


def test_kill_while_judging():
    with Stage() as own:
        dns = own.add(SlowDns())
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\n"
                           "dns.timeout 5s\ndeadline 5s\n" % dns.port))
        mta = own.add(Postfix(own.path("postfix"), sink, "inet:127.0.0.1:%d" % m.port))
        word = token()
        replies = []
        client = threading.Thread(target=lambda: replies.extend(
            send(mta.port, world.message(subject=word), ip=GOOD_IP)))
        client.start()
        time.sleep(1)
        m.kill()
        client.join(30)
        assert replies and 400 <= replies[-1][0] < 500, replies
        assert sink.find(word) is None
        start_again(m)


def at_once(port, count):
    """Messages that all wait for DNS together: their answers' letters."""
    answers = [None] * count

    def one(n):
        try:
            answers[n] = one_message(port, "a@slow%d.example" % n)[0]
        except (OSError, EOFError, AssertionError) as error:
            answers[n] = error
    threads = [threading.Thread(target=one, args=(n,), daemon=True)
               for n in range(count)]
    for t in threads:
        t.start()
    end = time.monotonic() + 60
    for t in threads:
        t.join(max(0, end - time.monotonic()))
    return answers


def test_threads_that_run_out():
    """Every session gets its answer, later at most: where a few threads can be
    had for sixty sessions, and where for a while none can."""
    with Stage() as own:
        shim, limit = own.path("thread_limit.so"), own.path("limit")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", shim,
                        os.path.join(TOP, "tests/e2e/thread_limit.c"), "-ldl"], check=True)
        dns = own.add(SlowDns())
        m = own.add(Milter(own.path("milter"), "resolver 127.0.0.1:%d\n"
                           "dns.timeout 500ms\ndeadline 1s\n" % dns.port,
                           env={"LD_PRELOAD": shim, "THREAD_LIMIT": limit}))
        assert one_message(m.port)[0] in (b"a", b"c", b"t", b"y")
        threads = len(os.listdir("/proc/%d/task" % m.process.pid))
        with open(limit, "w") as f:
            f.write("%d" % (threads + 3))
        answers = at_once(m.port, 60)
        assert all(isinstance(a, bytes) for a in answers), answers
        with open(limit, "w") as f:
            f.write("0")
        later = threading.Timer(3, os.unlink, (limit,))
        later.start()
        answers = at_once(m.port, 40)
        later.join()
        assert all(isinstance(a, bytes) for a in answers), answers
        assert m.process.poll() is None


GREYLIST = """
rule grey when spf != pass then greylist
"""


def test_full_disk_stops_no_mail():
    with Stage() as own:
        state = own.path("milter/state")
        os.makedirs(state)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", state],
                          stderr=subprocess.DEVNULL).returncode != 0:
            print("   skipped: no tmpfs can be mounted")
            return
        try:
            m = Milter(own.path("milter"), RESOLVER)
            try:
                with open(state + "/filler", "wb", buffering=0) as f:
                    try:
                        while True:
                            f.write(b"x" * 4096)
                    except OSError:
                        pass
                for n in range(300):
                    answer, _ = one_message(m.port, "a%d@good.example" % n)
                    assert answer in (b"a", b"c"), (n, answer)
                assert m.process.poll() is None
                os.unlink(state + "/filler")
                assert one_message(m.port)[0] in (b"a", b"c")
            finally:
                m.close()
        finally:
            subprocess.run(["umount", "-l", state])


class Deaf(Milter):
    """Whoever takes its log stands still from the first line on."""

    def start(self):
        self.reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        self.process = subprocess.Popen(
            [os.environ["BUILD"] + "/verdict-milter", "-f", "-c", self.conf],
            stdout=writer, stderr=writer, env=self.env)
        os.close(writer)
        self.log = os.fdopen(self.reader, "rb")
        wait_for("verdict-milter", lambda: listens(self.port))

    def text(self):
        return ""


def test_a_log_that_stands_still_stops_nothing():
    with Stage() as own:
        # Patterns of the shipped rules take a reload minutes on a busy machine.
        os.makedirs(own.path("milter/rules.d"))
        with open(own.path("milter/rules.d/t.rules"), "w") as f:
            f.write("rule forged when dmarc = fail then tag forged\n")
        m = own.add(Deaf(own.path("milter"), RESOLVER))
        took = []
        for _ in range(200):  # some 40 KB of log; the pipe holds four
            answer, seconds = one_message(m.port)
            assert answer in (b"a", b"c"), answer
            took.append(seconds)
        assert sorted(took)[190] < 1, took
        status, output = m.tool("reload", timeout=60)
        assert status == 0, output
        m.process.terminate()
        assert m.process.wait(20) == 0


def test_frozen_redis_lets_mail_by():
    if not shutil.which("redis-server"):
        print("   skipped: no redis-server")
        return
    with Stage() as own:
        port = free_port()
        redis = subprocess.Popen(
            [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1",
             "--save", "", "--dir", own.directory], stdout=subprocess.DEVNULL)
        try:
            wait_for("redis", lambda: listens(port))
            m = own.add(Milter(own.path("milter"), RESOLVER + "store redis redis://127.0.0.1:%d\n"
                               "store.timeout 200ms\n" % port))
            with open(own.path("milter/rules.d/t.rules"), "w") as f:
                f.write(GREYLIST)
            status, output = m.tool("reload")
            assert status == 0, output
            answer, _ = one_message(m.port, "a@stranger.example", "198.51.100.7")
            assert answer in (b"t", b"y"), answer
            redis.send_signal(signal.SIGSTOP)
            slow = [one_message(m.port, "b%d@stranger.example" % n, "198.51.100.7")
                    for n in range(5)]
            assert all(a in (b"a", b"c") and t < 2 for a, t in slow), slow
            redis.send_signal(signal.SIGCONT)
            wait_for("greylisting to come back", lambda: one_message(
                m.port, token() + "@stranger.example", "198.51.100.7")[0] in (b"t", b"y"))
        finally:
            redis.send_signal(signal.SIGCONT)
            redis.terminate()
            redis.wait(10)


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
