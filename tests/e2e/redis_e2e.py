"""Two daemons that share their state over a real Redis: what one has seen the
other knows."""

import shutil
import subprocess
import sys
import time

from milter_client import MilterClient
from stage import Milter, Stage, free_port, listens, run, wait_for

RULES = """
rule newcomer when subject ~ /grey/ then greylist for 1s
rule busy when subject ~ /count/ and limit client.ip to 3 messages per 1h
  then reject 550 5.7.1 "too many"
"""

stage = Stage()
status = 0


class Redis:
    def __init__(self, directory):
        self.port = free_port()
        self.process = subprocess.Popen(
            [shutil.which("redis-server"), "--port", str(self.port),
             "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", directory], stdout=subprocess.DEVNULL)
        wait_for("redis", lambda: listens(self.port))

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def send(port, subject, ip="192.0.2.77", sender="new@stranger.example"):
    """The answer's reply text, or "" when it is accepted."""
    client = MilterClient(port)
    changes, answer = client.message(
        ip, "mx.stranger.example", sender, "bob@verdict.example",
        [("From", " new@stranger.example"), ("Subject", " " + subject),
         ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"), ("Message-ID", " <1@x>")],
        b"hello\r\n")
    client.close()
    return answer[1].decode() if answer[0] in (b"y", b"t", b"r") else ""


def daemons():
    redis = stage.add(Redis(stage.directory))
    both = []
    for name in ("one", "two"):
        m = stage.add(Milter(stage.path(name), "store redis redis://127.0.0.1:%d\n"
                             "resolver 127.0.0.1:1\ndns.timeout 200ms\ndeadline 1s\n"
                             % redis.port))
        with open(stage.path(name + "/rules.d/10.rules"), "w") as f:
            f.write(RULES)
        status, output = m.tool("reload")
        assert status == 0, output
        both.append(m)
    return both


def test_greylisted_at_one_accepted_at_the_other():
    one, two = both
    reply = send(one.port, "grey")
    assert reply.startswith("451") and "retry" in reply, reply
    assert send(two.port, "grey").startswith("451")
    time.sleep(1.2)
    assert send(two.port, "grey") == ""
    assert send(one.port, "grey") == ""


def test_a_limit_counts_on_both():
    one, two = both
    replies = [send(m.port, "count", "192.0.2.88") for m in (one, two, one, two, one)]
    assert replies[:3] == ["", "", ""], replies
    assert all(r.startswith("550") for r in replies[3:]), replies


if not shutil.which("redis-server"):
    print("skipped: no redis-server")
    sys.exit(0)
try:
    both = daemons()
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
