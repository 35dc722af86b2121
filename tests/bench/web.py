"""How long the pages of verdict web take on a journal of a million decisions
(or as many as the argument says): run in the build directory. A journal of a
few is multiplied; the newest 50,000 have records, older ones none, which no
page reads."""

import http.client
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

SRC = os.environ.get("srcdir", "..")
DATA = os.path.join(SRC, "tests", "data", "journal")
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
RECORDS = 50000
PAGES = ["", "?range=30d", "history", "history?from=good.example",
         "history?rule=forged", "history?q=nothing-is-called-so",
         "history?subject=minutes", "history?subject=nothing+is+called+so",
         "history?author=good.example",
         "history?until=15d", "history?client=192.0.2.0/24&verdict=reject",
         "decision?id=%s", "decision?id=nothing", "rules", "rule?name=forged",
         "senders", "senders?q=ex&order=fails", "sender?domain=good.example",
         "sender?domain=r7.example", "health", "learning", "promises"]


def multiply(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=DELETE")
    db.execute("PRAGMA synchronous=OFF")
    columns = ("queue,client,sender,author,rcpt,verdict,wanted,stage,score,rule,"
               "rules,reply,snapshot,auth").split(",")
    rows = db.execute("SELECT %s FROM decision" % ",".join(columns)).fetchall()
    records = db.execute("SELECT json,names FROM record ORDER BY seq").fetchall()
    now = int(time.time())

    def decisions():
        for i in range(COUNT):
            row = list(rows[i % len(rows)])
            if i % 5 == 0:
                row[columns.index("author")] = "r%d.example" % (i // 5 % 50000)
            yield [i + 1, "%014d" % i, now - 2592000 + i * 2592000 // COUNT] + row

    db.execute("BEGIN")
    db.execute("DELETE FROM decision")
    db.execute("DELETE FROM record")
    db.executemany("INSERT INTO decision(seq,id,time,%s) VALUES(%s)" % (
        ",".join(columns), ",".join("?" * (len(columns) + 3))), decisions())
    db.executemany("INSERT INTO record(seq,json,names) VALUES(?,?,?)",
                   ((i + 1,) + records[i % len(records)]
                    for i in range(max(0, COUNT - RECORDS), COUNT)))
    db.execute("COMMIT")
    db.execute("PRAGMA journal_mode=WAL")
    db.close()


def ask(port, page):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.monotonic()
    c.request("GET", "/" + page)
    text = c.getresponse().read().decode()
    return 1000 * (time.monotonic() - began), text


def main():
    with tempfile.TemporaryDirectory() as place:
        journal = place + "/journal.db"
        subprocess.run(["tests/kit/journal_make", journal, "-",
                        DATA + "/site.rules", DATA + "/cases.jsonl"], check=True)
        multiply(journal)
        web = subprocess.Popen(["./verdict", "web", "--listen", "127.0.0.1:9899",
                                "--journal", journal], stdout=subprocess.PIPE)
        try:
            web.stdout.readline()
            began, slowest = time.monotonic(), 0
            while True:
                ms, text = ask(9899, "")
                slowest = max(slowest, ms)
                if "being summed up" not in text and re.search(
                        r"[0-9,]+ decisions", text):
                    break
                time.sleep(0.05)
            print("%.1f s until all is summed up, pages meanwhile in %.0f ms at "
                  "most" % (time.monotonic() - began, slowest))
            for page in PAGES:
                page = page.replace("%s", "%014d" % (COUNT - 1000))
                times = sorted(ask(9899, page)[0] for _ in range(7))
                print("%6.1f ms  %6.1f at most  /%s" % (times[3], times[-1], page))
        finally:
            web.terminate()
            web.wait()


if __name__ == "__main__":
    main()
