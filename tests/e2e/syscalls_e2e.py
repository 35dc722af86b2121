"""The unit's promises: every system call that the daemon and its helper make
lies within the SystemCallFilter of contrib/verdict-milter.service, nothing is
executed but the helper, once, and when the daemon is started as root it keeps
nothing of that."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

from milter_client import MilterClient
from stage import TOP, Milter, Nsd, Stage, run, wait_for
from world import GOOD_IP, World

UNIT = os.path.join(TOP, "contrib", "verdict-milter.service")
# systemd always lets a service make these (systemd.exec(5)).
ALWAYS = {"execve", "exit", "exit_group", "getrlimit", "rt_sigreturn",
          "sigreturn", "restart_syscall", "clock_gettime", "gettimeofday",
          "time", "nanosleep", "clock_nanosleep"}
# Sanitizers look at the address space and start a tracer of their own.
SANITIZER = {"personality", "ptrace", "process_vm_readv", "sigaltstack"}
# The helper gives root up where it is root, as here; under the unit it is not.
ROOT = {"setgroups", "setresgid", "setresuid"}

PDF = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
       b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Annots[<<"
       b"/Type/Annot/Subtype/Link/Rect[9 9 99 99]"
       b"/A<</S/URI/URI(https://pay.example/)>>>>]>>endobj\n"
       b"trailer<</Root 1 0 R/Size 4>>\n%%EOF\n")

world = World()
stage = Stage()
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
RESOLVER = "resolver 127.0.0.1:%d\ndns.timeout 2s\n" % nsd.port


def syscall_sets():
    """systemd's sets with the sets within them resolved; or None."""
    if not shutil.which("systemd-analyze"):
        return None
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"],
                          stdout=subprocess.PIPE).stdout.decode()
    sets, name = {}, None
    for line in text.splitlines():
        line = re.sub("\x1b\\[[0-9;]*m", "", line)
        if line.startswith("@"):
            name = line.strip()
            sets[name] = []
        elif name and line.startswith("    ") and not line.strip().startswith("#"):
            sets[name].append(line.strip())

    def expand(name):
        out = set()
        for item in sets[name]:
            out |= expand(item) if item.startswith("@") else {item}
        return out
    return {name: expand(name) for name in sets}


def unit_filter(sets):
    """What the unit's lines leave, one after the other."""
    allowed = set(ALWAYS) | sets["@default"]
    with open(UNIT) as f:
        for line in f:
            if not line.startswith("SystemCallFilter="):
                continue
            words = line.split("=", 1)[1].split()
            remove = words[0].startswith("~")
            for word in words:
                word = word.lstrip("~")
                names = sets[word] if word.startswith("@") else {word}
                allowed = allowed - names if remove else allowed | names
    return allowed


class Traced(Milter):
    """The daemon below strace, which writes one file for each thread."""

    def start(self):
        self.trace = self.directory + "/trace"
        self.log = open(self.log_path, "ab")
        # LeakSanitizer cannot work below another tracer.
        self.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "signal=none", "-o", self.trace,
             os.environ["BUILD"] + "/verdict-milter", "-f", "-c", self.conf],
            stdout=self.log, stderr=subprocess.STDOUT, env=self.env)
        wait_for("verdict-milter: " + self.text()[-2000:], self.up, 60)

    def pid(self):
        """The daemon's: strace's only child."""
        path = "/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)
        with open(path) as f:
            return int(f.read().split()[0])

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.pid(), signal.SIGTERM)
            self.process.wait(30)
        self.log.close()

    def calls(self):
        """Names by their first line, from the one after the exec on."""
        seen = {}
        with open(self.trace, errors="replace") as f:
            for line in f:
                m = re.match(r"\d+ +(?:<\.\.\. )?([a-z0-9_]+)[ (]", line)
                if m:
                    seen.setdefault(m.group(1), []).append(line.strip()[:150])
        return seen


def messages(port):
    """Accepted, refused, broken off, and two connections at once."""
    def one(sender, ip, body=b"The minutes.\r\n"):
        client = MilterClient(port)
        client.message(ip, "mx.good.example", sender, "bob@verdict.example",
                       [("From", " " + sender), ("Subject", " x")], body)
        client.close()
    threads = [threading.Thread(target=one, args=("a@good.example", GOOD_IP))
               for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    one("a@unknown.example", "192.0.2.99", b"http://x.example/ " * 3000)
    client = MilterClient(port)
    client.connect(GOOD_IP)
    client.command(b"H", "mx.good.example")
    client.sock.close()


def document(port):
    client = MilterClient(port)
    client.message(GOOD_IP, "mx.good.example", "a@good.example",
                   "bob@verdict.example",
                   [("From", " a@good.example"), ("Subject", " Invoice"),
                    ("MIME-Version", " 1.0"),
                    ("Content-Type", " application/pdf; name=invoice.pdf"),
                    ("Content-Transfer-Encoding", " base64")],
                   base64.encodebytes(PDF).replace(b"\n", b"\r\n"))
    client.close()


def test_calls_lie_within_the_units_filter():
    sets = syscall_sets()
    if sets is None or not shutil.which("strace"):
        print("   skipped: systemd-analyze or strace is missing")
        return
    allowed = unit_filter(sets)
    if "sanitize=address" in build_flags():
        allowed |= SANITIZER
    if os.geteuid() == 0:
        allowed |= ROOT
    with Stage() as own:
        os.makedirs(own.path("milter"))
        m = Traced(own.path("milter"), RESOLVER)
        own.parts.append(m)
        messages(m.port)
        status, output = m.tool("reload")
        assert status == 0, output
        os.kill(m.pid(), signal.SIGUSR1)
        m.tool("status")
        m.tool("stats")
        messages(m.port)
        document(m.port)
        stats = json.loads(m.tool("stats", "--json")[1])["metrics"]
        m.stop()
        calls = m.calls()
    assert stats["documents_read"]["pdf"] == 1, stats
    outside = {name: lines[0] for name, lines in calls.items() if name not in allowed}
    assert not outside, "outside of the unit's filter: %s" % outside
    execs = [line for name in ("execve", "execveat", "fork", "vfork")
             for line in calls.get(name, []) if " resumed>" not in line]
    assert len(execs) == 2 and "/verdict-milter" in execs[0] and \
        "/verdict-reader" in execs[1], execs
    assert len(calls) > 30, sorted(calls)
    print("   %d different calls, %d in the filter" % (len(calls), len(allowed)))


def build_flags():
    with open(os.environ["BUILD"] + "/Makefile") as f:
        return "".join(line for line in f if line.startswith("SAN_CFLAGS"))


def test_no_privileges_after_start():
    if os.geteuid() != 0:
        print("   skipped: not root")
        return
    with Stage() as own:
        os.makedirs(own.path("milter/state"))
        shutil.chown(own.path("milter/state"), "nobody")

        class Dropping(Milter):
            def write_config(self, config):
                super().write_config(config)
                with open(self.conf) as f:
                    text = f.read().replace("user root", "user nobody").replace(
                        "/control", "/run/control")
                with open(self.conf, "w") as f:
                    f.write(text)

        m = own.add(Dropping(own.path("milter"), RESOLVER))
        messages(m.port)
        status = {}
        for task in os.listdir("/proc/%d/task" % m.process.pid):
            with open("/proc/%d/task/%s/status" % (m.process.pid, task)) as f:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in f
                              if ":\t" in line)
            for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                assert int(status[name], 16) == 0, (task, name, status[name])
            assert status["NoNewPrivs"] == "1", (task, status["NoNewPrivs"])
            assert "0" not in status["Uid"].split(), (task, status["Uid"])
            assert "0" not in status["Gid"].split(), (task, status["Gid"])
            assert "0" not in status["Groups"].split(), (task, status["Groups"])
        # The directory that was made for it is the new user's, who can
        # therefore take it away again.
        assert os.path.exists(own.path("milter/run/control"))
        m.stop()
        assert not os.path.exists(own.path("milter/run/control"))
        m.start()


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
