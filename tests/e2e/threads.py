"""All threads of a daemon built with --enable-sanitize=thread at once: mail on
several connections, reloads that turn the journal on and off, and whoever
asks for numbers. THREADS_SECONDS in the environment says for how long.

What it can't see: milter/engine/libmilter_wire.c and libmilter_poll.c stand in for libmilter's
writev, close and poll, so ThreadSanitizer learns nothing of what those order.
That can only make it report more, never less, and so far it does not."""

import os
import re
import sys
import threading
import time
import urllib.request

from milter_client import MilterClient
from stage import Milter, Stage, free_port, run

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = float(os.environ.get("THREADS_SECONDS", "20"))
FIELDS = [("From", " a@b.example"), ("Subject", " x")]


def load(milter, number, until):
    while time.monotonic() < until:
        client = MilterClient(milter.port)
        for n in range(5):
            client.message("192.0.2.%d" % number, "x.example",
                           "a%d@b%d.example" % (n, number), "bob@verdict.example",
                           FIELDS, b"hello\r\n", n == 0)
        client.close()


def ask(milter, metrics, until):
    on = False
    while time.monotonic() < until:
        on = not on
        milter.write_config(milter.config + "journal %s\n" % ("on" if on else "off"))
        for command in ("reload", "stats", "lists", "status"):
            status, output = milter.tool(command)
            assert status == 0, (command, output)
        urllib.request.urlopen("http://127.0.0.1:%d/metrics" % metrics).read()


def test_no_races_under_load():
    failures = []

    def guarded(function, *arguments):
        try:
            function(*arguments)
        except Exception as e:  # told at the end
            failures.append(repr(e))

    with Stage() as own:
        metrics = free_port()
        milter = own.add(Milter(
            own.path("milter"),
            "resolver 127.0.0.1:9\ndns.timeout 100ms\ndeadline 200ms\n"
            "metrics 127.0.0.1:%d\n" % metrics,
            env={"TSAN_OPTIONS": "exitcode=0 suppressions=%s/threads.supp" % HERE}))
        until = time.monotonic() + SECONDS
        threads = [threading.Thread(target=guarded, args=(load, milter, k, until))
                   for k in range(1, 5)]
        threads.append(threading.Thread(target=guarded, args=(ask, milter, metrics, until)))
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        milter.stop()
        text = milter.text()
        assert not failures, failures
        assert text.count("verdict=") > 20, text[-2000:]
        races = sorted(set(re.findall(r"SUMMARY: ThreadSanitizer.*", text)))
        at = text.find("WARNING: ThreadSanitizer")
        assert not races, "\n".join(races) + "\n" + text[at:at + 4000]


sys.exit(run([test_no_races_under_load]))
