"""One history of three hosts in a real PostgreSQL: nothing is lost and nothing
comes twice, whoever is killed; mail never waits for it; and what reads a
journal reads it from there."""

import glob
import gzip
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import urllib.request

from milter_client import MilterClient
from stage import (ZONE_HEAD, Milter, Nsd, Stage, free_port, listens, run,
                   wait_for)

RULES = """
rule bad when subject ~ /bad/ then reject 550 5.7.1 "no"
rule odd when subject ~ /odd/ then tag odd
rule learned when spam.share < 0.1% then tag learned
"""


def server_program(name):
    """Debian's lie where its versions have their own directories."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/" + name))
    return found[-1] if found else shutil.which(name)


if not server_program("initdb"):
    print("skipped: there is no PostgreSQL server here (Debian: postgresql)")
    sys.exit(0)
if "libpq" not in subprocess.run([os.environ["BUILD"] + "/verdict", "version"],
                                 stdout=subprocess.PIPE).stdout.decode():
    print("skipped: built without libpq")
    sys.exit(0)

stage = Stage()


class Postgres:
    """A cluster of its own, which runs as a user who is not root."""

    def __init__(self, directory):
        self.directory = directory
        self.port = free_port()
        user = pwd.getpwnam("postgres" if self.known("postgres") else "nobody")
        self.drop = lambda: (os.setgid(user.pw_gid), os.setuid(user.pw_uid))
        os.makedirs(directory)
        os.chown(directory, user.pw_uid, user.pw_gid)
        # Whoever owns it must get there.
        os.chmod(os.path.dirname(directory), 0o755)
        subprocess.run([server_program("initdb"), "-D", directory + "/data", "-U",
                        "verdict", "-A", "trust", "-E", "UTF8", "--locale=C",
                        "--no-sync"], check=True, stdout=subprocess.DEVNULL,
                       preexec_fn=self.drop, cwd="/")
        self.start()

    @staticmethod
    def known(name):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            return None

    @property
    def uri(self):
        return "postgresql://verdict:s3cret@127.0.0.1:%d/postgres" % self.port

    def start(self):
        self.process = subprocess.Popen(
            [server_program("postgres"), "-D", self.directory + "/data", "-p",
             str(self.port), "-h", "127.0.0.1", "-k", self.directory, "-F"],
            stdout=open(self.directory + "/log", "ab"), stderr=subprocess.STDOUT,
            preexec_fn=self.drop, cwd="/")
        wait_for("PostgreSQL", lambda: listens(self.port))
        wait_for("its answers", lambda: self.ask("SELECT 1") == [["1"]])

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    close = stop

    def ask(self, sql):
        """The rows; None while it does not answer."""
        got = subprocess.run([server_program("psql"), "-qAt", "-F", "\t", "-c", sql,
                              self.uri], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        if got.returncode:
            return None
        return [line.split("\t") for line in got.stdout.decode().splitlines()]


def send(milter, subject, sender="ann@stranger.example", ip="192.0.2.77"):
    client = MilterClient(milter.port)
    changes, answer = client.message(
        ip, "mx.stranger.example", sender, "bob@verdict.example",
        [("From", " " + sender), ("Subject", " " + subject),
         ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"), ("Message-ID", " <1@x>")],
        b"hello\r\n")
    client.close()
    return answer


def restart(milter):
    milter.start()
    wait_for("the milter's port", lambda: listens(milter.port))


def settings(extra=""):
    return ("resolver 127.0.0.1:%d\ndns.timeout 200ms\ndeadline 1s\n"
            "report collect\nreport.from dmarc@us.example\n"
            "report.organization Us\njournal.copy %s\n%s"
            % (dns.port, server.uri, extra))


def count(where="true"):
    rows = server.ask("SELECT count(*) FROM decision WHERE " + where)
    return int(rows[0][0]) if rows else None


def arrived(n):
    wait_for("%d decisions in the database" % n, lambda: count() == n, 30)


def history(milter, *arguments):
    status, text = milter.tool("history", "--all-hosts", "--json", *arguments)
    assert status == 0, text
    return [json.loads(line) for line in text.splitlines()]


server = stage.add(Postgres(stage.path("postgres")))
dns = stage.add(Nsd(stage.path("dns"), {
    "author.example.": ZONE_HEAD + '@ IN TXT "v=spf1 -all"\n_dmarc IN TXT '
    '"v=DMARC1; p=none; rua=mailto:agg@author.example"\n'}))
hosts = [stage.add(Milter(stage.path(name), settings())) for name in
         ("one", "two", "three")]
for host in hosts:
    with open(host.directory + "/rules.d/10.rules", "w") as f:
        f.write(RULES)
    assert host.tool("reload")[0] == 0


def test_1_three_hosts_have_one_history():
    for i, host in enumerate(hosts):
        send(host, "good %d" % i)
        send(host, "bad %d" % i)
    arrived(6)
    rows = history(hosts[0])
    assert len(rows) == 6 and len({row["id"] for row in rows}) == 6, rows
    assert all(row["host"] for row in rows), rows
    refused = history(hosts[1], "--verdict", "reject")
    assert len(refused) == 3, refused
    assert [row["rule"] for row in history(hosts[1], "--rule", "bad")] == ["bad"] * 3
    # Any host explains what another one did, with that one's rules.
    for row in refused:
        status, text = hosts[2].tool("explain", "--all-hosts", row["id"])
        assert status == 0 and "bad: " in text and "subject" in text, text
    status, text = hosts[0].tool("replay", "--all-hosts", "--since", "1h")
    assert status == 0 and "6" in text, text


def test_1b_the_pages_show_all_hosts():
    port = free_port()
    web = subprocess.Popen(
        [os.environ["BUILD"] + "/verdict", "web", "--all-hosts", "-c", hosts[0].conf,
         "--listen", "127.0.0.1:%d" % port], stdout=subprocess.DEVNULL)
    try:
        wait_for("the pages", lambda: listens(port))
        with urllib.request.urlopen("http://127.0.0.1:%d/history" % port) as answer:
            page = answer.read().decode()
        for row in history(hosts[0]):
            assert row["id"] in page, row
        assert "s3cret" not in page
    finally:
        web.terminate()
        web.wait(10)


def test_1c_what_each_host_does():
    status, text = hosts[1].tool("stats", "--all-hosts", "--json")
    got = json.loads(text)
    assert status == 0 and len(got) == 1, text
    # All of them run on this machine, which has one name.
    assert got[0]["day"] == 6 and got[0]["verdicts"]["reject"] == 3, got
    status, text = hosts[1].tool("stats", "--all-hosts")
    assert status == 0 and len(text.splitlines()) == 2, text
    assert all(len(line) <= 80 for line in text.splitlines()), text


def test_2_killed_hosts_leave_nothing_out_and_nothing_twice():
    before = count()
    for i in range(20):
        send(hosts[1], "good kill %d" % i)
    # It is on the disk of the host, and perhaps half of it in the database.
    def local():
        status, text = hosts[1].tool("history", "--json", "--limit", "1000",
                                     "--since", "1h")
        return len(text.splitlines()) == 22
    wait_for("the host's own journal", local)
    hosts[1].kill()
    restart(hosts[1])
    arrived(before + 20)
    send(hosts[1], "good after it")
    arrived(before + 21)
    assert count("host IS NULL") == 0
    rows = server.ask("SELECT journal,seq,count(*) FROM decision GROUP BY 1,2 "
                      "HAVING count(*)>1")
    assert rows == [], rows


def test_3_mail_does_not_wait_while_the_server_is_away():
    before = count()
    server.stop()
    for host in hosts:
        for i in range(5):
            assert send(host, "good away %d" % i)[0] in b"ac"
        wait_for("the alert", lambda: 'alert="journal copy"' in host.text()
                 or "journal copy" in host.text())
        assert "s3cret" not in host.text(), host.text()
    status, text = hosts[0].tool("history", "--all-hosts")
    assert status != 0 and "s3cret" not in text, text
    assert "can't be read" in text, text
    server.start()
    arrived(before + 15)
    for host in hosts:
        wait_for("the end of the alert",
                 lambda: "journal copy works again" in host.text())


def test_3b_a_clone_with_the_same_secret_is_told_of():
    before = count()
    assert "journal copy twice" not in hosts[0].text()
    send(hosts[0], "good before the clone")
    arrived(before + 1)
    server.ask("UPDATE journal SET id='zz', host='clone' RETURNING 1")
    send(hosts[0], "good beside the clone")
    arrived(before + 2)
    wait_for("the alert", lambda: "journal copy twice" in hosts[0].text())


def test_4_what_a_sender_wrote_is_kept_as_it_is():
    before = count()
    send(hosts[0], "odd \\ \"quoted\" 'x'; DROP TABLE decision; -- \\u0000 \xe9 \x7f")
    send(hosts[0], "odd =?utf-8?q?a=00b_=F0=9F=93=A7?=")
    arrived(before + 2)
    rows = server.ask("SELECT record::json->>'stage' FROM decision WHERE "
                      "rules='odd'")
    assert rows == [["eom"], ["eom"]], rows
    stats = json.loads(hosts[0].tool("stats", "--json")[1])["metrics"]
    assert stats["journal_copy_works"] == 1, stats
    assert stats["journal_copy_skipped"] == 0, stats


def test_5_a_journal_begun_anew_is_copied_from_its_beginning():
    before = count()
    hosts[2].kill()
    for name in glob.glob(hosts[2].directory + "/state/journal.db*"):
        if not name.endswith(".key"):
            os.remove(name)
    restart(hosts[2])
    send(hosts[2], "good anew")
    arrived(before + 1)


def test_5b_what_one_host_refused_is_suggested_for_another():
    before = count()
    for i in range(6):
        send(hosts[0], "offer %d" % i, "x@late.example", "203.0.113.66")
    for i in range(12):
        send(hosts[0], "letter %d" % i, "ben@letters.example")
    arrived(before + 18)
    send(hosts[1], "bad at last", "x@late.example", "203.0.113.66")
    arrived(before + 19)
    for row in history(hosts[0], "--from", "ben@letters.example"):
        # What a decision saw is written a moment behind it.
        wait_for("the lesson", lambda: hosts[0].tool("learn", "ham", row["id"])[0] == 0)
    alone = json.loads(hosts[0].tool("suggest", "--json")[1].splitlines()[-1])
    assert alone["rules"] == [], alone
    status, text = hosts[0].tool("suggest", "--all-hosts", "--json")
    got = json.loads(text.splitlines()[-1])
    assert status == 0 and got["good"] == 12 and got["rules"][0]["catches"] >= 6, got


def test_5c_one_host_reports_for_all():
    before = count()
    for host in hosts[:2]:
        for i in range(2):
            send(host, "report %d" % i, "joe@author.example")
    arrived(before + 4)
    # What this host has counted itself is nothing.
    status, text = hosts[2].tool("report", "--dry-run", "--day", "today")
    assert "author.example" not in text, text
    status, text = hosts[2].tool("report", "--dry-run", "--day", "today", "--all-hosts",
                                 "-o", stage.directory)
    lines = [line.split() for line in text.splitlines() if "agg@author.example" in line]
    assert [line[:4] for line in lines] == [["would", "go", "1", "4"]], text
    files = glob.glob(stage.directory + "/us.example!author.example!*.xml.gz")
    assert len(files) == 1, files
    with gzip.open(files[0], "rt") as f:
        xml = f.read()
    assert "<count>4</count>" in xml, xml
    assert "<header_from>author.example</header_from>" in xml and "joe" not in xml, xml
    # What counted four times there counts four times here as well.
    status, text = hosts[0].tool("report", "--dry-run", "--day", "today", "--all-hosts")
    assert "would go          1        4  author.example" in text, text
    status, text = hosts[0].tool("report", "--dry-run", "--all-hosts", "--merge", "x")
    assert status == 64, text


def test_6_tables_of_a_newer_version_are_left_alone():
    server.ask("UPDATE verdict_schema SET version=version+1")
    host = hosts[0]
    host.kill()
    restart(host)
    wait_for("the alert", lambda: "are of version" in host.text())
    status, text = host.tool("history", "--all-hosts")
    assert status != 0 and "version" in text, text
    server.ask("UPDATE verdict_schema SET version=version-1")


def test_7_old_days_go():
    host = hosts[1]
    day = 86400 * 10
    assert server.ask("CREATE TABLE decision_day_10 PARTITION OF decision FOR "
                      "VALUES FROM (%d) TO (%d)" % (day, day + 86400)) is not None
    host.kill()
    restart(host)
    wait_for("the end of an old day", lambda: server.ask(
        "SELECT count(*) FROM pg_class WHERE relname='decision_day_10'") == [["0"]])
    assert count() > 0


def test_8_settings_that_cannot_work_are_refused():
    for line, word in (("journal.copy mysql://x", "postgresql://"),
                       ("journal off", "nothing to copy")):
        conf = stage.path("wrong.conf")
        with open(conf, "w") as f:
            f.write("listen inet:127.0.0.1:1\n" + (
                line if "copy" in line else line + "\njournal.copy " + server.uri)
                + "\n")
        got = subprocess.run([os.environ["BUILD"] + "/verdict", "lint", "-c", conf],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text = got.stdout.decode()
        assert got.returncode != 0 and word in text, text
    status, text = hosts[0].tool("lint", "--show")
    assert "s3cret" not in text, text


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
