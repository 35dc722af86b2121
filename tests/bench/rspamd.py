"""Debian's rspamd for tests/bench: its milter proxy on a unix socket, with all
that it ships or with authentication alone."""

import os
import shutil
import signal
import subprocess

from stage import program, wait_for

CONF = """%(include)s
options {
    pidfile = "%(dir)s/rspamd.pid";
    .include "$CONFDIR/options.inc"
    dns { nameserver = ["%(dns)s"]; }
    %(options)s
}
logging {
    type = "file";
    filename = "%(dir)s/rspamd.log";
    .include "$CONFDIR/logging.inc"
}
worker "rspamd_proxy" {
    bind_socket = "%(socket)s mode=0666";
    milter = yes;
    timeout = 120s;
    count = %(count)d;
    upstream "local" { default = yes; self_scan = yes; }
}
%(more)s
"""

# Of the modules that are on by default, fuzzy_check asks servers of its author:
# what cannot be reached here would only be waited for.
DEFAULT = {"include": '.include "$CONFDIR/common.conf"', "options": "",
           "more": "fuzzy_check { enabled = false; }"}

# SPF, DKIM and DMARC, and the field that tells of them.
AUTHENTICATION = {
    "include": 'lua = "%(dir)s/bench.lua"\n.include "$CONFDIR/metrics.conf"\n'
               '.include "$CONFDIR/actions.conf"\n',
    "options": 'filters = "dkim";',
    "more": "".join('modules { path = "${PLUGINSDIR}/%s.lua"; }\n' % name
                    for name in ("spf", "dmarc", "milter_headers"))
            + 'spf { }\ndkim { }\ndmarc { }\n'
              'milter_headers { use = ["authentication-results"]; }\n'}


def there():
    return shutil.which("rspamd") is not None


class Rspamd:
    def __init__(self, directory, dns, what):
        os.makedirs(directory)
        shutil.chown(directory, "_rspamd")
        self.path = directory + "/rspamd.socket"
        self.log = directory + "/rspamd.log"
        values = {"dir": directory, "dns": dns, "socket": self.path,
                  "count": os.cpu_count()}
        text = {key: value.replace("%(dir)s", directory)
                for key, value in what.items()}
        with open(directory + "/rspamd.conf", "w") as f:
            f.write(CONF % dict(values, **text))
        with open(directory + "/bench.lua", "w") as f:
            f.write('require "global_functions" ()\n')
        self.process = subprocess.Popen(
            [program("rspamd"), "-f", "-u", "_rspamd", "-g", "_rspamd",
             "-c", directory + "/rspamd.conf"]
            + ["--var=%s=%s" % (name, directory)
               for name in ("DBDIR", "RUNDIR", "LOGDIR", "LOCAL_CONFDIR")],
            stdout=open(directory + "/out", "wb"), stderr=subprocess.STDOUT)
        try:
            # It compiles all top-level domains first, then its patterns.
            wait_for("rspamd", self.is_ready, 300)
        except BaseException:
            self.close()
            raise

    def is_ready(self):
        """Each worker has the patterns that were compiled beside it."""
        if self.process.poll() is not None:
            raise AssertionError("rspamd has ended: " + self.log)
        if not os.path.exists(self.log):
            return False
        with open(self.log) as f:
            return sum("(rspamd_proxy)" in line
                       and "_load_hyperscan" in line
                       for line in f) >= os.cpu_count()

    def pids(self):
        """The process that we started and its workers, who do the work."""
        pids = [self.process.pid]
        with open("/proc/%d/task/%d/children" % (pids[0], pids[0])) as f:
            for child in f.read().split():
                with open("/proc/%s/cmdline" % child) as name:
                    if "rspamd_proxy" in name.read():
                        pids.append(int(child))
        return pids

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
