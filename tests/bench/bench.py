"""What tests/bench/run.sh runs: starts each candidate, sends it the corpus,
prints what each cost and the ratios that the project has set itself."""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import corpus  # noqa: E402
import rspamd  # noqa: E402
from stage import Milter, Nsd, Stage, program, wait_for  # noqa: E402

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
    text = [AUTHOR]
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


AUTHOR = ('rule forged when dmarc = fail and dmarc.applied = reject '
          'then reject 550 5.7.1 "DMARC"\n')


def body_patterns(count):
    """Patterns of SpamAssassin's kind on the body: phrases with borders,
    alternatives and gaps, of words that mail of all kinds has as well."""
    chance, text = random.Random(7), []
    words = corpus.WORDS + (
        "dear friend customer account verify password million transfer winner "
        "lottery urgent offer free money credit loan limited click here "
        "unsubscribe pharmacy discount guarantee beneficiary").split()
    word = lambda: chance.choice(words)
    for i in range(count):
        kind = i % 4
        if kind == 0:
            p = r"\b(?:%s|%s|%s)\s+%s\b" % (word(), word(), word(), word())
        elif kind == 1:
            p = r"\b%s .{0,20}\b(?:%s|%s)s?\b" % (word(), word(), word())
        elif kind == 2:
            p = r"\b%s (?:your|our|the) %s (?:%s|now)\b" % (word(), word(), word())
        else:
            p = r"\b%s\W{1,3}%s\W{1,3}%s\b" % (word(), word(), word())
        text.append("rule p%d when body ~ /%s/i then score 0.001" % (i, p))
    return "\n".join(text) + "\nverdict junk at 60 reject at 150\n"


def answers(path):
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == 0


def children(pid):
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task)) as f:
            found += [int(child) for child in f.read().split()]
    return found


class Process:
    """A milter that is not ours, in the foreground."""

    def __init__(self, arguments, path, log):
        self.path = path
        self.process = subprocess.Popen(
            arguments, stdout=open(log, "wb"), stderr=subprocess.STDOUT)
        wait_for(arguments[0], lambda: answers(path))

    def pids(self):
        return [self.process.pid]

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def opendkim(stage):
    path = stage.path("opendkim.socket")
    conf = stage.path("opendkim.conf")
    with open(conf, "w") as f:
        f.write("Mode v\nSocket local:%s\nNameservers %s\n"
                "AuthservID mx.verdict.example\nAlwaysAddARHeader yes\n"
                "Syslog no\nInternalHosts 127.0.0.1\nBackground no\n"
                "UserID root\nPidFile %s\n"
                % (path, DNS_ADDRESS, stage.path("opendkim.pid")))
    return Process([program("opendkim"), "-f", "-x", conf], path,
                   stage.path("opendkim.log"))


def opendmarc(stage):
    path = stage.path("opendmarc.socket")
    conf, resolv = stage.path("opendmarc.conf"), stage.path("resolv.conf")
    with open(conf, "w") as f:
        f.write("Socket local:%s\nAuthservID mx.verdict.example\n"
                "TrustedAuthservIDs mx.verdict.example\nSPFSelfValidate true\n"
                "SPFIgnoreResults true\nRejectFailures true\nSyslog false\n"
                "PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat\n"
                "PidFile %s\n" % (path, stage.path("opendmarc.pid")))
    with open(resolv, "w") as f:
        f.write("nameserver %s\n" % DNS_ADDRESS)
    return Process(
        ["unshare", "-m", "sh", "-c",
         'mount --bind "$1" /etc/resolv.conf && exec "$2" -f -c "$3"', "-",
         resolv, program("opendmarc"), conf], path, stage.path("opendmarc.log"))


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


def verdict(stage, name, resolver, more="", engine="native", text=None):
    """The daemon with rules of ours, or (text None) with those it ships."""
    path = stage.path(name + ".socket")
    rules_row = "" if text is None else "rules rules.d/*.rules\n"
    os.environ["ENGINE"] = engine
    m = stage.add(Milter(stage.path(name), "resolver %s\nlog.format text\n"
                         "listen.mode 0666\n%s%s" % (resolver, rules_row, more),
                         listen="unix:" + path))
    if text is not None:
        with open(stage.path(name + "/rules.d/bench.rules"), "w") as f:
            f.write(text)
    m.tool("compile")
    status, output = m.tool("reload")
    assert status == 0, output
    # The helper that reads documents is a child, and has one for each.
    m.pids, m.path = lambda: [m.process.pid] + children(m.process.pid), path
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
            command += ["-s", "unix:" + p.path]
            for pid in p.pids():
                command += ["-p", str(pid)]
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


    def growth(self, default, resolver):
        """By size of the text, by connections, by patterns."""
        for k in 4, 32, 256, 2048:
            self.load("%d KB text" % k, [default], 1, 20, 3,
                      self.big("text%d" % k, "plain", k << 10))
        for c in 4, 64, 256:
            self.load("default", [default], c, self.options.n, self.options.c)
        for count in 100, 300, 3000:
            m = verdict(self.stage, "patterns%d" % count, resolver, "",
                        text=body_patterns(count))
            self.load("%d body patterns" % count, [m], 16, self.options.n // 4,
                      self.options.c)

    def big(self, name, kind, octets):
        """One message of this size, unsigned: what its content costs."""
        directory = self.stage.path(name)
        os.makedirs(directory)
        chance = random.Random(3)
        text = corpus.prose(chance, octets)
        if kind == "html":
            text = corpus.page(text[:octets * 3 // 4])
        with open(directory + "/0.eml", "w", newline="\r\n") as f:
            f.write("From: a@sender0.example\nSubject: x\nMIME-Version: 1.0\n"
                    "Content-Type: text/%s\n\n%s" % (kind, text))
        with open(directory + "/index", "w") as f:
            f.write("0.eml\t198.18.0.1\tmx.sender0.example\t"
                    "a@sender0.example\tbob@verdict.example\n")
        return directory


def ratio(what, got, target, unit=""):
    good = got <= target
    print("  %-62s %8.3f%s  target %g%s  %s"
          % (what, got, unit, target, unit, "met" if good else "MISSED"))
    return {"what": what, "got": got, "target": target, "met": good}


# What is compared at 16 connections: label, engine, settings, rules.
OURS = (
    ("authentication only", "native", "journal off\n", AUTHOR),
    ("same, libmilter", "libmilter", "journal off\n", AUTHOR),
    ("default", "native", "", None),
    ("same, libmilter", "libmilter", "", None),
    ("default, no journal", "native", "journal off\n", None),
    ("100 rules, 2 lists", "native", "", LISTS + rules()),
    ("1,000 body patterns", "native", "", body_patterns(1000)),
    ("default, documents off", "native", "reader off\n", None),
    ("same, no journal", "native", "reader off\njournal off\n", None),
)


# Its milter proxy, which scans by itself: label, what it is set to do.
RSPAMD = (("rspamd", "rspamd, SPF DKIM DMARC", rspamd.AUTHENTICATION),
          ("rspamd-default", "rspamd, default", rspamd.DEFAULT))


def ratios(got):
    """What the project has set itself, on mail of 20 KB on average."""
    cpu = lambda key: got[key]["cpu_s_per_1000"]
    done = [
        ratio("CPU a message: authentication only", cpu(0), 0.10, " ms"),
        ratio("  to OpenDKIM + OpenDMARC", cpu(0) / cpu("chain"), 1 / 14),
        ratio("CPU a message: default rules, journal on", cpu(2), 0.27, " ms"),
        ratio("  to OpenDKIM + OpenDMARC", cpu(2) / cpu("chain"), 1 / 5),
        ratio("  documents not read", cpu(7), 0.27, " ms"),
        ratio("    to OpenDKIM + OpenDMARC", cpu(7) / cpu("chain"), 1 / 5)]
    if rspamd.there():
        done += [
            ratio("authentication only to rspamd's", cpu(0) / cpu("rspamd"),
                  1 / 27),
            ratio("default to rspamd's", cpu(2) / cpu("rspamd-default"),
                  1 / 15)]
    return done + [
        ratio("CPU a message: 1,000 body patterns", cpu(6), 1.0, " ms"),
        ratio("CPU a message: the journal", cpu(7) - cpu(8), 0.02, " ms"),
        ratio("context switches a message", got[2]["switches"], 3),
        ratio("CPU a message at 1,000 connections", cpu("many"), 0.30, " ms"),
        ratio("  p99", got["many"]["p99_ms"], 300, " ms"),
        ratio("  resident memory", got["many"]["rss_kb"] / 1024, 64, " MB"),
        ratio("2 MB text", cpu("text"), 3, " ms"),
        ratio("2 MB HTML", cpu("html"), 5, " ms"),
        ratio("a sender's first message, DNS 20 ms late, median",
              got["first"]["p50_ms"], 21, " ms"),
        ratio("a sender's next message, DNS 20 ms late, median",
              got["next"]["p50_ms"], 5, " ms"),
    ]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-n", type=int, default=2000, help="messages of a run")
    p.add_argument("-c", type=int, default=300, help="messages of the corpus")
    p.add_argument("-k", type=int, default=20,
                   help="their mean size in KB; 0: sizes from 2 to 200 KB")
    p.add_argument("-g", action="store_true",
                   help="how it grows as well: some minutes more")
    p.add_argument("-j", help="where the results go as JSON")
    options = p.parse_args()
    with Stage() as stage:
        os.chmod(stage.directory, 0o755)
        zones, octets = corpus.make(stage.path("corpus"), options.c,
                                    mean=options.k << 10)
        print("corpus: %d messages, %.1f KB on average"
              % (options.c, octets / options.c / 1024))
        stage.add(Nsd(stage.path("nsd"), zones, DNS_ADDRESS, DNS_PORT))
        b = Bench(stage, options)
        resolver = "%s:%d" % (DNS_ADDRESS, DNS_PORT)
        n, w = options.n, options.c

        def one(label, parts, *rest):
            return b.load(label, parts, *rest)

        def bare(program):
            path = stage.path(program + ".socket")
            return stage.add(Process(
                [os.environ["BUILD"] + "/tests/bench/" + program,
                 "local:" + path], path, stage.path(program + ".log")))
        got = {"limit": one("the limit", [bare("limit_milter")], 16, n, w),
               "floor": one("libmilter, one field", [bare("accept_milter")],
                            16, n, w)}
        ours = []
        for i, (label, engine, settings, text) in enumerate(OURS):
            m = verdict(stage, "ours%d" % i, resolver, settings, engine, text)
            ours.append(m)
            got[i] = one(label, [m], 16, n, w)
        chain = [stage.add(opendkim(stage)), stage.add(opendmarc(stage))]
        got["chain"] = one("opendkim+dmarc", chain, 16, n, w)
        for kind, label, what in RSPAMD:
            if rspamd.there():
                with rspamd.Rspamd(stage.path(kind), resolver, what) as r:
                    got[kind] = one(label, [r], 16, n // 10, w // 5)
            else:
                print("%-16s skipped: it is not installed" % label)
        got["one"] = one("default", [ours[2]], 1, n // 5, 0)
        got["many"] = one("default", [ours[2]], 1000, n, w)
        got["text"] = one("2 MB text", [ours[2]], 1, 20, 3, b.big("text", "plain", 2 << 20))
        got["html"] = one("2 MB HTML", [ours[2]], 1, 20, 3, b.big("html", "html", 2 << 20))
        if options.g:
            b.growth(ours[2], resolver)
        late = stage.add(LateDns())
        fresh = verdict(stage, "late", "127.0.0.1:%d" % late.port)
        first, second, count = b.first_and_next()
        got["first"] = one("DNS 20 ms, first", [fresh], 1, count, 0, first)
        got["next"] = one("DNS 20 ms, next", [fresh], 1, count, 0, second)
        print()
        targets = ratios(got)
        if options.j:
            with open(options.j, "w") as f:
                json.dump({"runs": b.results, "targets": targets}, f, indent=1)


if __name__ == "__main__":
    main()
