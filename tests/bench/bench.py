"""What tests/bench/run.sh runs: starts each candidate, sends it the corpus,
prints what each cost and the ratios that the project has set itself."""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import corpus  # noqa: E402
from stage import Milter, Nsd, Stage, free_port, listens, program, wait_for  # noqa: E402

# A loopback address of its own, for libresolv knows no other port than 53.
DNS_ADDRESS, DNS_PORT = "127.0.0.77", 53
DELAY_MS = 20


LISTS = """list one dnsbl "bl-one.test"
list two dnsbl "bl-two.test"
rule listed-one when client.ip in one then reject 554 5.7.1 "listed"
rule listed-two when client.ip in two then reject 554 5.7.1 "listed"
"""


def rules():
    """With those of the lists a hundred, of the kinds that people write."""
    text = ['rule forged when dmarc = fail and dmarc.applied = reject '
            'then reject 550 5.7.1 "DMARC"']
    kinds = (
        'subject ~ /\\bcheap(er)? +offer%d\\b/i then score 2',
        'body ~ /\\bwin +%d +(euro|dollar)s?\\b/i then score 1.5',
        'any header (name = "x-mailer" and value ~ /bulk%d/i) then score 1',
        'from.domain = "spam%d.example" then score 4',
        'any url (host = "bad%d.example") then score 3',
        'any attachment (name ~ /order-%d\\.(exe|scr)$/i) '
        'then reject 550 5.7.0 "attachment"')
    for i in range(97):
        text.append("rule r%d when %s" % (i, kinds[i % len(kinds)] % i))
    return "\n".join(text) + "\nverdict junk at 6 reject at 15\n"


class Process:
    """A milter that is not ours, in the foreground."""

    def __init__(self, arguments, port, log):
        self.port = port
        self.process = subprocess.Popen(
            arguments, stdout=open(log, "wb"), stderr=subprocess.STDOUT)
        wait_for(arguments[0], lambda: listens(port))
        self.pid = self.process.pid

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def opendkim(stage):
    port = free_port()
    conf = stage.path("opendkim.conf")
    with open(conf, "w") as f:
        f.write("Mode v\nSocket inet:%d@127.0.0.1\nNameservers %s\n"
                "AuthservID mx.verdict.example\nAlwaysAddARHeader yes\n"
                "Syslog no\nInternalHosts 127.0.0.1\nBackground no\n"
                "UserID root\nPidFile %s\n"
                % (port, DNS_ADDRESS, stage.path("opendkim.pid")))
    return Process([program("opendkim"), "-f", "-x", conf], port,
                   stage.path("opendkim.log"))


def opendmarc(stage):
    port = free_port()
    conf, resolv = stage.path("opendmarc.conf"), stage.path("resolv.conf")
    with open(conf, "w") as f:
        f.write("Socket inet:%d@127.0.0.1\nAuthservID mx.verdict.example\n"
                "TrustedAuthservIDs mx.verdict.example\nSPFSelfValidate true\n"
                "SPFIgnoreResults true\nRejectFailures true\nSyslog false\n"
                "PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat\n"
                "PidFile %s\n" % (port, stage.path("opendmarc.pid")))
    with open(resolv, "w") as f:
        f.write("nameserver %s\n" % DNS_ADDRESS)
    return Process(
        ["unshare", "-m", "sh", "-c",
         'mount --bind "$1" /etc/resolv.conf && exec "$2" -f -c "$3"', "-",
         resolv, program("opendmarc"), conf], port, stage.path("opendmarc.log"))


class LateDns:
    """Passes questions on to the server, and the answers back DELAY_MS late."""

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
            threading.Thread(target=self.answer, args=(query, peer),
                             daemon=True).start()

    def answer(self, query, peer):
        due = time.monotonic() + DELAY_MS / 1000
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect((DNS_ADDRESS, DNS_PORT))
            s.settimeout(2)
            s.send(query)
            reply = s.recv(4096)
        time.sleep(max(0, due - time.monotonic()))
        self.sock.sendto(reply, peer)

    def close(self):
        self.sock.close()


def verdict(stage, name, resolver):
    m = stage.add(Milter(stage.path(name), "resolver %s\nlog.format text\n"
                         "rules rules.d/*.rules\nlisten.mode 0666\n" % resolver))
    for text in (LISTS + rules(), rules()):
        with open(stage.path(name + "/rules.d/bench.rules"), "w") as f:
            f.write(text)
        m.tool("compile")
        status, output = m.tool("reload")
        if status == 0:
            break
        print("  without DNS lists: " + output.split("\n")[0])
    assert status == 0, output
    m.pid = m.process.pid
    return m


class Bench:
    def __init__(self, stage, options):
        self.stage, self.options = stage, options
        self.messages = stage.path("corpus/messages")
        self.results = []

    def load(self, label, parts, connections, count, warm, messages=None):
        out = self.stage.path("result.json")
        if os.path.exists(out):
            os.unlink(out)
        command = [os.environ["BUILD"] + "/tests/bench/milter_load",
                   "-d", messages or self.messages, "-l", label, "-j", out,
                   "-c", str(connections), "-n", str(count), "-w", str(warm)]
        for p in parts:
            command += ["-s", "inet:127.0.0.1:%d" % p.port, "-p", str(p.pid)]
        subprocess.run(command, check=True)
        with open(out) as f:
            result = json.loads(f.read())
        if result["accepted"] != result["messages"]:
            print("  (not all were accepted: the corpus or the DNS is wrong)")
        self.results.append(result)
        return result

    def index(self, name, lines):
        """A corpus of some lines of the whole one's index."""
        directory = self.stage.path(name)
        os.makedirs(directory)
        with open(directory + "/index", "w") as f:
            f.writelines("../corpus/messages/" + line for line in lines)
        return directory

    def first_and_next(self):
        """Two messages of each domain, the first of which finds no answers."""
        first, second = {}, {}
        with open(self.messages + "/index") as f:
            for line in f:
                domain = line.split("\t")[3].split("@")[1]
                (second if domain in first else first).setdefault(domain, line)
        both = [d for d in first if d in second]
        return (self.index("first", [first[d] for d in both]),
                self.index("next", [second[d] for d in both]), len(both))


def ratio(what, got, target, unit=""):
    good = got <= target
    print("  %-62s %8.2f%s  target %g%s  %s"
          % (what, got, unit, target, unit, "met" if good else "MISSED"))
    return {"what": what, "got": got, "target": target, "met": good}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-n", type=int, default=2000, help="messages of a run")
    p.add_argument("-c", type=int, default=400, help="messages of the corpus")
    p.add_argument("-j", help="where the results go as JSON")
    options = p.parse_args()
    with Stage() as stage:
        zones, octets = corpus.make(stage.path("corpus"), options.c)
        print("corpus: %d messages, %.1f KB on average" % (options.c, octets / options.c / 1024))
        stage.add(Nsd(stage.path("nsd"), zones, DNS_ADDRESS, DNS_PORT))
        b = Bench(stage, options)
        port = free_port()
        floor = stage.add(Process([os.environ["BUILD"] + "/tests/bench/accept_milter",
                                   "inet:%d@127.0.0.1" % port], port, stage.path("floor.log")))
        ours = verdict(stage, "ours", "%s:%d" % (DNS_ADDRESS, DNS_PORT))
        chain = [stage.add(opendkim(stage)), stage.add(opendmarc(stage))]
        got = {}
        # Sixteen first: they warm the caches, and where each answer takes
        # 40 ms (Nagle's algorithm) one connection takes long.
        for connections, count, warm in ((16, options.n, options.c),
                                         (1, options.n // 5, 0)):
            for label, parts in (("floor", [floor]), ("verdict-milter", [ours]),
                                 ("opendkim+dmarc", chain)):
                got[label, connections] = b.load(
                    label, parts, connections, count, warm)
        late = stage.add(LateDns())
        fresh = verdict(stage, "late", "127.0.0.1:%d" % late.port)
        first, second, count = b.first_and_next()
        got["first"] = b.load("DNS 20 ms, first", [fresh], 1, count, 0, first)
        got["next"] = b.load("DNS 20 ms, next", [fresh], 1, count, 0, second)
        v = got["verdict-milter", 16]
        print()
        cpu = "cpu_s_per_1000"
        targets = [
            ratio("CPU a message: verdict-milter / floor, 16 connections",
                  v[cpu] / got["floor", 16][cpu], 2),
            ratio("CPU a message: verdict-milter / OpenDKIM + OpenDMARC",
                  v[cpu] / got["opendkim+dmarc", 16][cpu], 1 / 6),
            ratio("p99 latency at one connection",
                  got["verdict-milter", 1]["p99_ms"], 3, " ms"),
            ratio("resident memory", v["rss_kb"] / 1024, 64, " MB"),
            ratio("a sender's first message, DNS 20 ms late, median",
                  got["first"]["p50_ms"], 80, " ms"),
            ratio("a sender's next message, DNS 20 ms late, median",
                  got["next"]["p50_ms"], 5, " ms"),
        ]
        if options.j:
            with open(options.j, "w") as f:
                json.dump({"runs": b.results, "targets": targets}, f, indent=1)


if __name__ == "__main__":
    main()
