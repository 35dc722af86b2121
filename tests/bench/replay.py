"""How long `verdict history --rule` and `verdict replay` take on a journal of
a million decisions (or as many as the argument says; times are for a million
all the same): run in the build directory. A journal of a few made-up messages
is multiplied, with a record for each."""

import os
import resource
import subprocess
import sys
import tempfile
import time

import web

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
TARGETS = (("history --rule", 0.3, ["history", "--rule", "no-such-rule"]),
           ("replay", 60, ["replay"]))


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    # 1: it found nothing.
    assert done.returncode in (0, 1), done.stdout
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (wall, after.ru_utime + after.ru_stime - before.ru_utime
            - before.ru_stime, done.stdout.decode().split("\n")[0])


def main():
    web.COUNT = web.RECORDS = COUNT
    with tempfile.TemporaryDirectory() as place:
        journal, config = place + "/journal.db", place + "/verdict.conf"
        rules = web.DATA + "/site.rules"
        subprocess.run(["tests/kit/journal_make", journal, "-", rules,
                        web.DATA + "/cases.jsonl"], check=True)
        web.multiply(journal)
        with open(config, "w") as f:
            f.write("rules %s\n" % os.path.abspath(rules))
        print("%d decisions, %.0f octets each" % (
            COUNT, os.path.getsize(journal) / COUNT))
        for name, target, arguments in TARGETS:
            command = ["./verdict"] + arguments + ["--journal", journal]
            if name == "replay":
                command += ["-c", config]
            wall, cpu, said = min(timed(command) for _ in range(3))
            wall, cpu = wall * 1e6 / COUNT, cpu * 1e6 / COUNT
            print("%-16s %8.3f s a million, %8.3f s of CPU  target %g s  %s\n  %s"
                  % (name, wall, cpu, target,
                     "met" if wall <= target else "MISSED", said))


if __name__ == "__main__":
    main()
