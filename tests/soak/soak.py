"""What soak.sh runs: slices of load with reloads between them; after each the
daemon's resident memory, descriptors and threads are noted. They must not
grow once the caches are warm."""

import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "bench"), os.path.join(HERE, "..", "e2e")]
import corpus  # noqa: E402
from bench import LISTS, rules  # noqa: E402
from stage import Milter, Nsd, Stage, wait_for  # noqa: E402

SLICES = 10
CONNECTIONS = 8
# The least of the last slices beside the least of the first: pages of the
# allocator come and go, what leaks stays.
GROWTH_KB, GROWTH_FDS = 6 * 1024, 4


def numbers(pid):
    with open("/proc/%d/status" % pid) as f:
        status = dict(line.split(":", 1) for line in f)
    return (int(status["VmRSS"].split()[0]), len(os.listdir("/proc/%d/fd" % pid)),
            int(status["Threads"]))


def main():
    total = int(sys.argv[1])
    size = max(1, total // SLICES)
    noted = []
    with Stage() as stage:
        # Small mail: what leaks does so a message, not an octet.
        corpus.LARGEST = 16 * 1024
        zones, _ = corpus.make(stage.path("corpus"), 300)
        nsd = stage.add(Nsd(stage.path("nsd"), zones))
        m = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:%d\n"
                             "journal.size 16M\n" % nsd.port))
        with open(stage.path("milter/rules.d/soak.rules"), "w") as f:
            f.write(LISTS + rules())
        started = time.monotonic()
        for i in range(SLICES):
            status, output = m.tool("reload")
            assert status == 0, output
            # Some in one connection after another, some many in one.
            subprocess.run(
                [os.environ["BUILD"] + "/tests/bench/milter_load", "-d",
                 stage.path("corpus/messages"), "-s", "inet:127.0.0.1:%d" % m.port,
                 "-c", str(CONNECTIONS), "-n", str(size), "-m", str(1 + i % 2 * 20),
                 "-l", "slice %d" % (i + 1), "-p", str(m.process.pid)], check=True)
            open_sessions = [None]

            def closed():
                open_sessions[0] = numbers(m.process.pid)
                return noted == [] or open_sessions[0][1] <= noted[-1][1] + GROWTH_FDS
            wait_for("descriptors to be closed", closed, 5)
            noted.append(open_sessions[0])
            print("    resident %d KB, %d descriptors, %d threads" % noted[-1], flush=True)
            # The log is the test's own.
            os.truncate(m.log_path, 0)
        seconds = time.monotonic() - started
        grown = min(n[0] for n in noted[-4:]) - min(n[0] for n in noted[1:5])
        assert grown < GROWTH_KB, "memory grew by %d KB: %s" % (grown, noted)
        more = noted[-1][1] - noted[2][1]
        assert more <= GROWTH_FDS, noted
        print("%d messages in %.0f s; memory %+d KB, descriptors %+d"
              % (size * SLICES, seconds, grown, more))


if __name__ == "__main__":
    main()
