"""Two daemons that share their state over a real Redis: what one has seen the
other knows."""

import json
import shutil
import subprocess
import sys
import time

from milter_client import MilterClient
from redis_server import Redis
from stage import Milter, Stage, free_port, listens, run, wait_for

RULES = """
rule newcomer when subject ~ /grey/ then greylist for 1s
rule busy when subject ~ /count/ and limit client.ip to 3 messages per 1h
  then reject 550 5.7.1 "too many"
"""
CANARIES = RULES + """
rule tried for 100% when subject ~ /offer/ then junk
rule part for 40% when subject ~ /part/ then junk
"""

stage = Stage()
status = 0


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


def junked(m, subject, sender="new@stranger.example"):
    """The id of the decision when the message goes to Junk, else None."""
    since = len(history(m))
    reply = send(m.port, subject, sender=sender)
    assert reply == "", reply
    wait_for("the decision", lambda: len(history(m)) > since)
    row = history(m)[0]
    return row["id"] if row["verdict"] == "junk" else None


def history(m):
    return [json.loads(line) for line in
            m.tool("history", "--limit", "0", "--json")[1].splitlines()
            if line.startswith("{")]


def canary(m, name):
    for line in m.tool("rules")[1].splitlines():
        if " %s " % name in line + " ":
            return line
    raise AssertionError(m.tool("rules")[1])


def with_canaries():
    for m in both:
        with open(m.directory + "/rules.d/10.rules", "w") as f:
            f.write(CANARIES)
        status, output = m.tool("reload")
        assert status == 0, output


def test_canary_1_acts_alike_on_both():
    with_canaries()
    one, two = both
    names = ["x@d%d.example" % i for i in range(12)]
    here = [junked(one, "part", n) is not None for n in names]
    there = [junked(two, "part", n) is not None for n in names]
    assert here == there and 0 < sum(here) < 12, (here, there)
    for m in both:
        line = canary(m, "part")
        assert "for 40%" in line and "decided %d," % (2 * sum(here)) in line, line
        assert "%d more outside of its part" % (12 - sum(here)) in line, line


def test_canary_2_is_taken_back_by_what_users_move_out_of_junk():
    one, two = both
    ids = [junked(m, "offer") for m in (one, two, one, two)]
    assert None not in ids, ids
    assert "taken back" not in canary(one, "tried")
    # One says so here, the other there; what is said twice counts once.
    for m, number, status in ((one, 0, 0), (one, 0, 1), (two, 1, 0)):
        taught = m.tool("learn", "ham", ids[number])
        assert taught[0] == status, taught
    for m in both:
        assert "decided 4, 2 of it good mail" in canary(m, "tried"), canary(m, "tried")
        assert "taken back" in canary(m, "tried"), canary(m, "tried")
        assert junked(m, "offer") is None
    wait_for("the alert", lambda: "is taken back" in two.text())
    assert "taken back" not in canary(one, "part")


class Sentinel:
    """One sentinel, whose word is enough."""

    def __init__(self, directory, master):
        self.port = free_port()
        path = directory + "/sentinel.conf"
        with open(path, "w") as f:
            f.write("port %d\nbind 127.0.0.1\ndir %s\n"
                    "sentinel monitor ours 127.0.0.1 %d 1\n"
                    "sentinel down-after-milliseconds ours 500\n"
                    "sentinel failover-timeout ours 3000\n"
                    % (self.port, directory, master.port))
        self.process = subprocess.Popen(
            [shutil.which("redis-server"), path, "--sentinel"],
            stdout=subprocess.DEVNULL)
        wait_for("the sentinel", lambda: listens(self.port))

    def close(self):
        self.process.terminate()
        self.process.wait(10)


def pair(own):
    """A master and its replica, which are in step."""
    master = own.add(Redis(own.directory))
    replica = own.add(Redis(own.directory, "--replicaof", "127.0.0.1",
                            str(master.port)))
    wait_for("the replica", lambda: "master_link_status:up"
             in replica.ask("INFO", "replication"))
    return master, replica


def daemon_with(own, name, url):
    m = own.add(Milter(own.path(name), "store redis \"%s\"\nresolver 127.0.0.1:1\n"
                       "dns.timeout 200ms\ndeadline 1s\n" % url))
    with open(own.path(name + "/rules.d/10.rules"), "w") as f:
        f.write(RULES)
    assert m.tool("reload")[0] == 0
    return m


def counted(redis):
    return int(redis.ask("DBSIZE"))


def test_of_several_the_first_that_takes_changes():
    with Stage() as own:
        master, replica = pair(own)
        m = daemon_with(own, "list", "redis://127.0.0.1:%d,127.0.0.1:%d/0"
                        % (replica.port, master.port))
        send(m.port, "count", "192.0.2.90")
        wait_for("an entry", lambda: counted(master) > 0)
        # The other one's turn comes: the same address finds it.
        master.close()
        replica.ask("REPLICAOF", "NO", "ONE")
        before = counted(replica)
        wait_for("the loss", lambda: send(m.port, "count", "192.0.2.91") == ""
                 and "store" in m.text())
        wait_for("its end", lambda: "store works again" in m.text())
        send(m.port, "count", "192.0.2.92")
        wait_for("an entry there", lambda: counted(replica) > before)


def test_a_sentinel_says_whose_turn_it_is():
    with Stage() as own:
        master, replica = pair(own)
        sentinel = own.add(Sentinel(own.directory, master))
        wait_for("both are known", lambda: subprocess.run(
            ["redis-cli", "-p", str(sentinel.port), "SENTINEL", "replicas", "ours"],
            stdout=subprocess.PIPE).stdout.decode().count("slave-priority") == 1)
        m = daemon_with(own, "sentinel", "redis+sentinel://127.0.0.1:1,"
                        "127.0.0.1:%d/ours/0" % sentinel.port)
        send(m.port, "count", "192.0.2.93")
        wait_for("an entry", lambda: counted(master) > 0)
        master.close()
        wait_for("the loss", lambda: send(m.port, "count", "192.0.2.94") == ""
                 and "store" in m.text())
        wait_for("its end", lambda: "store works again" in m.text(), 60)
        before = counted(replica)
        send(m.port, "count", "192.0.2.95")
        wait_for("an entry there", lambda: counted(replica) > before)


def test_what_a_sentinel_does_not_know_is_told():
    with Stage() as own:
        master = own.add(Redis(own.directory))
        sentinel = own.add(Sentinel(own.directory, master))
        m = daemon_with(own, "other", "redis+sentinel://127.0.0.1:%d/theirs"
                        % sentinel.port)
        wait_for("the alert", lambda: 'knows no "theirs"' in m.text()
                 or "knows no" in m.text())


if not shutil.which("redis-server"):
    print("skipped: no redis-server")
    sys.exit(0)
try:
    both = daemons()
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
