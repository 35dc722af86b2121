"""DMARC aggregate reports through a real Postfix: mail comes in, a day passes,
and what the domains that asked for it get is right; whatever is killed and
whenever, no report comes twice and no row is lost."""

import email
import gzip
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

from stage import (TOP, Milter, Nsd, OpenDkim, Postfix, Sink, Stage, free_port, headers,
                   listens, run, send, txt, wait_for)
from world import EVIL_IP, GOOD_IP, LIST_IP, Key, World, shipped_rules

DAY = 86400
NAMESPACE = "{urn:ietf:params:xml:ns:dmarc-2.0}"

stage = Stage()
world = World()
sink = stage.add(Sink())
zones = world.zones()
zones["example."] = zones["example."].replace(
    '_dmarc.good TXT "v=DMARC1; p=reject"',
    '_dmarc.good TXT "v=DMARC1; p=reject; rua=mailto:agg@good.example!10m,'
    'mailto:agg@far.example"').replace(
    '_dmarc.evil TXT "v=DMARC1; p=none"',
    '_dmarc.evil TXT "v=DMARC1; p=none; rua=mailto:agg@list.example"')
zones["example."] += 'evil.example._report._dmarc.list TXT "v=DMARC1"\n'
# Who gets a report sees it come from here.
zones["example."] += ('verdict TXT "v=spf1 ip4:192.0.2.53 -all"\n'
                      '_dmarc.verdict TXT "v=DMARC1; p=reject"\n')
own_key = Key()
zones["example."] += "sel._domainkey.verdict TXT %s\n" % txt(own_key.record)
nsd = stage.add(Nsd(stage.path("nsd"), zones))
SHIM = stage.path("clock_shift.so")
subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", SHIM,
                os.path.join(TOP, "tests/e2e/clock_shift.c")], check=True)


def schema():
    for up in ("..", "../..", "../../.."):
        path = os.path.join(TOP, up, "shared/conformance/dmarc/dmarc-2.0.xsd")
        if os.path.exists(path):
            return path
    return os.environ.get("DMARC_SCHEMA")


def signer(directory):
    """OpenDKIM signs what this host sends, as README and GUIDE say."""
    return OpenDkim(directory, own_key.private, "Mode s\nDomain verdict.example\n"
                    "Selector sel\nInternalHosts 127.0.0.1\n")


FORGED = "rule forged when dmarc = fail and dmarc.applied = reject then reject\n"


class Site:
    """A daemon with reports on, its Postfix, and a clock of its own."""

    def __init__(self, own, name, report="on", rules=FORGED):
        self.clock = own.path(name + ".clock")
        self.shift(0)
        self.mta_port = free_port()
        self.report = report
        os.makedirs(own.path(name + "/rules.d"))
        with open(own.path(name + "/rules.d/10.rules"), "w") as f:
            f.write(rules)
        self.milter = own.add(Milter(
            own.path(name), self.config(self.mta_port),
            env={"LD_PRELOAD": SHIM, "CLOCK_SHIFT": self.clock}))
        opendkim = own.add(signer(own.path(name + "-opendkim")))
        self.mta = own.add(Postfix(own.path(name + "-postfix"), sink,
                                   "inet:127.0.0.1:%d, inet:127.0.0.1:%d"
                                   % (self.milter.port, opendkim.port)))
        self.milter.write_config(self.config(self.mta.port))
        assert self.milter.tool("reload")[0] == 0

    def config(self, port):
        return ("resolver 127.0.0.1:%d\nreport %s\nreport.from "
                "dmarc@verdict.example\nreport.organization \"Test & Co\"\n"
                "report.smtp 127.0.0.1:%d\n" % (nsd.port, self.report, port))

    def shift(self, seconds):
        with open(self.clock + ".new", "w") as f:
            f.write("%d\n" % seconds)
        os.rename(self.clock + ".new", self.clock)

    def day_passes(self):
        """To a time of the next day (UTC) at which all reports are due."""
        now = int(time.time())
        self.day = now // DAY
        self.shift((self.day + 1) * DAY + 5 * 3600 - now)
        return time.strftime("%Y-%m-%d", time.gmtime(self.day * DAY))

    def ask(self, sql):
        db = sqlite3.connect("file:%s/state/report.db?mode=ro"
                             % self.milter.directory, uri=True)
        try:
            return db.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            db.close()

    def counted(self, n):
        wait_for("%d messages that are counted" % n, lambda: self.ask(
            "SELECT sum(count) FROM row") == [(n,)])

    def states(self):
        return sorted(self.ask("SELECT rcpt,state FROM delivery"))

    def restart(self, port=None):
        self.milter.kill()
        if port:
            self.milter.write_config(self.config(port))
        self.milter.start()
        wait_for("the milter's port", lambda: listens(self.milter.port))


def mail_comes_in(site, token):
    """Three that pass, one of them of another domain; one forged; one that is
    our own user's."""
    for i in range(2):
        send(site.mta.port, world.sign(world.message(
            subject="%s-good-%d" % (token, i))), ip=GOOD_IP)
    replies = send(site.mta.port, world.message(subject=token + "-forged"),
                   sender="x@evil.example", helo="mx.evil.example", ip=EVIL_IP)
    assert replies[-1][0] == 550, replies
    send(site.mta.port, world.message(
        author="Eve <eve@evil.example>", subject=token + "-evil"),
        sender="eve@evil.example", helo="mx.evil.example", ip=EVIL_IP)
    send(site.mta.port, world.message(subject=token + "-local"))
    sink.wait(token + "-evil")


def reports(domain):
    """The reports on a domain that were delivered: (recipients, message)."""
    found = []
    for sender, rcpts, octets in list(sink.messages):
        subject = headers(octets, "Subject")
        if subject and subject[0].startswith("Report Domain: %s " % domain):
            found.append((sender, rcpts, octets))
    return found


def attached(octets):
    for part in email.message_from_bytes(octets).walk():
        if part.get_content_type() == "application/gzip":
            return part.get_filename(), part.get_payload(decode=True)
    raise AssertionError("nothing attached")


def rows(xml):
    """(source, count, disposition, dkim, spf, header_from) of each record."""
    out = []
    for record in ElementTree.fromstring(xml).iter(NAMESPACE + "record"):
        def text(name):
            return record.find(".//" + NAMESPACE + name).text
        evaluated = record.find(".//" + NAMESPACE + "policy_evaluated")
        out.append((text("source_ip"), int(text("count")), text("disposition"),
                    evaluated.find(NAMESPACE + "dkim").text,
                    evaluated.find(NAMESPACE + "spf").text, text("header_from")))
    return sorted(out)


def test_a_day_passes():
    sink.messages.clear()
    with Stage() as own:
        site = Site(own, "site")
        mail_comes_in(site, "Day")
        # The two that pass, the forged one and that of evil.example itself.
        site.counted(4)
        site.restart()
        assert site.ask("SELECT sum(count) FROM row") == [(4,)]
        day = site.day_passes()
        wait_for("the reports", lambda: reports("good.example")
                 and reports("evil.example"), 60)
        sender, rcpts, octets = reports("good.example")[0]
        assert sender == b"FROM:<dmarc@verdict.example>" \
            or b"<dmarc@verdict.example>" in sender, sender
        assert rcpts and b"<agg@good.example>" in rcpts[0], rcpts
        assert headers(octets, "From") == ["dmarc@verdict.example"]
        # It passes DMARC itself: by SPF for those whom its own host sends to,
        # and by OpenDKIM's signature wherever it is forwarded to.
        with open(own.path("report.eml"), "wb") as f:
            f.write(octets)
        for ip, spf, signature in (("192.0.2.53", "pass", "pass"),
                                   ("192.0.2.99", "fail", "pass")):
            status, text = site.milter.tool(
                "check", "--json", "--live-dns", "--ip", ip, "--from",
                "dmarc@verdict.example", own.path("report.eml"))
            got = json.loads(text.splitlines()[-1])
            assert (got["spf"]["result"], got["dkim"][0]["result"],
                    got["dmarc"]["result"]) == (spf, signature, "pass"), text
        name, packed = attached(octets)
        begin = site.day * DAY
        assert name.startswith("verdict.example!good.example!%d!%d!"
                               % (begin, begin + DAY - 1)), name
        xml = gzip.decompress(packed)
        assert rows(xml) == [
            (GOOD_IP, 2, "pass", "pass", "pass", "good.example"),
            (EVIL_IP, 1, "reject", "fail", "fail", "good.example")], xml
        for private in (b"alice", b"bob", b"eve@", b"verdict.example!", b"Minutes"):
            assert private not in xml, private
        assert b"<agg@list.example>" in reports("evil.example")[0][1][0]
        assert rows(gzip.decompress(attached(reports("evil.example")[0][2])[1])) \
            == [(EVIL_IP, 1, "none", "fail", "pass", "evil.example")]
        if schema() and shutil.which("xmllint"):
            path = own.path("report.xml")
            with open(path, "wb") as f:
                f.write(xml)
            subprocess.run(["xmllint", "--noout", "--schema", schema(), path],
                           check=True)
        else:
            print("(no schema or no xmllint: not validated)")
        status, text = site.milter.tool("stats", "--json")
        mails = json.loads(text)["metrics"]["report_mails"]
        assert mails["sent"] == 2 and mails["not wanted"] == 1, mails
        # Nobody who did not ask, and nobody twice: not after a restart either,
        # and not by hand.
        site.restart()
        status, text = site.milter.tool("report", "--day", day)
        assert status == 0, text
        assert "not wanted" in text and "agg@far.example" in text, text
        assert "2 sent" in text, text
        assert len(reports("good.example")) == 1
        assert len(reports("evil.example")) == 1
        # What went out was our own mail: the next day has no rows of it.
        assert site.ask("SELECT count(*) FROM row WHERE day>%d" % site.day) \
            == [(0,)]


def reasons(xml):
    """(header_from, disposition, type of the reason, its comment) of each row."""
    out = []
    for record in ElementTree.fromstring(xml).iter(NAMESPACE + "record"):
        reason = record.find(".//" + NAMESPACE + "reason")
        comment = None if reason is None else reason.find(NAMESPACE + "comment")
        out.append((record.find(".//" + NAMESPACE + "header_from").text,
                    record.find(".//" + NAMESPACE + "disposition").text,
                    None if reason is None else reason.find(NAMESPACE + "type").text,
                    None if comment is None else comment.text))
    return sorted(out, key=str)


def test_why_something_milder_was_done():
    """What passed through other hands is let by, and its author is told why."""
    sink.messages.clear()
    with Stage() as own:
        site = Site(own, "site", "collect", shipped_rules())
        sealed = world.seal(world.sign(world.message(subject="Why-sealed")).replace(
            b"The minutes are", b"Minutes:"), "list")
        for message in (world.posted("Why-restored"), sealed):
            send(site.mta.port, message, sender="talk-bounces@list.example",
                 helo="mx.list.example", ip=LIST_IP)
        send(site.mta.port, world.message(subject="Why-forged"),
             sender="x@evil.example", helo="mx.evil.example", ip=EVIL_IP)
        site.counted(3)
        day = site.day_passes()
        os.makedirs(own.path("reports"))
        status, text = site.milter.tool("report", "--dry-run", "--day", day,
                                        "-o", own.path("reports"))
        assert status == 0, text
        xml = [gzip.open(own.path("reports/" + name)).read()
               for name in os.listdir(own.path("reports")) if "!good.example!" in name]
        assert reasons(xml[0]) == [
            ("good.example", "none", "local_policy",
             "arc=pass as[1].d=list.example as[1].s=sel remote-ip[1]=" + GOOD_IP),
            ("good.example", "none", "mailing_list", None),
            ("good.example", "reject", None, None)], xml


class Stuck:
    """A mail server that stops answering: before the mail, or behind it."""

    def __init__(self, where):
        self.where = where
        self.reached = threading.Event()
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                peer, _ = self.sock.accept()
            except OSError:
                return
            file = peer.makefile("rwb", 0)
            file.write(b"220 stuck\r\n")
            for line in file:
                word = line[:4].upper()
                if word == b"RCPT" and self.where == "before":
                    self.reached.set()
                    time.sleep(3600)
                if word == b"DATA":
                    file.write(b"354 go\r\n")
                    for line in file:
                        if line == b".\r\n":
                            break
                    self.reached.set()
                    time.sleep(3600)
                file.write(b"250 ok\r\n")

    def close(self):
        self.sock.close()


def killed_while_sending(where):
    """A site whose daemon was killed with one report on its way."""
    own = Stage()
    site = Site(own, "site")
    send(site.mta.port, world.message(
        author="Eve <eve@evil.example>", subject="Kill-" + where),
        sender="eve@evil.example", helo="mx.evil.example", ip=EVIL_IP)
    site.counted(1)
    stuck = own.add(Stuck(where))
    site.milter.write_config(site.config(stuck.port))
    assert site.milter.tool("reload")[0] == 0
    day = site.day_passes()
    assert stuck.reached.wait(60), site.milter.text()[-2000:]
    site.restart(site.mta.port)
    return own, site, day


def test_killed_before_the_end_of_the_mail():
    sink.messages.clear()
    own, site, _ = killed_while_sending("before")
    with own:
        wait_for("the report", lambda: reports("evil.example"), 60)
        wait_for("its state", lambda: site.states() == [("agg@list.example", 2)])
        site.restart()
        assert site.milter.tool("report", "--day", "yesterday")[0] == 0
        assert len(reports("evil.example")) == 1
        assert site.ask("SELECT sum(count) FROM row") == [(1,)]


def test_killed_behind_the_end_of_the_mail():
    sink.messages.clear()
    own, site, day = killed_while_sending("behind")
    with own:
        # Nobody knows whether it was taken: it is not sent again.
        assert site.states() == [("agg@list.example", 1)], site.states()
        with open(site.clock) as f:
            site.shift(int(f.read()) + 1800)
        wait_for("doubt", lambda: site.states() == [("agg@list.example", 6)], 60)
        wait_for("the alert", lambda: "in doubt" in site.milter.text())
        status, text = site.milter.tool("report", "--day", day)
        assert status == 1 and "in doubt" in text, text
        assert reports("evil.example") == []
        # Until somebody orders it.
        status, text = site.milter.tool("report", "--day", day, "--again")
        assert status == 0 and "1 sent" in text, text
        wait_for("the report", lambda: reports("evil.example"))
        assert len(reports("evil.example")) == 1


def test_collecting_alone_sends_nothing():
    sink.messages.clear()
    with Stage() as own:
        site = Site(own, "site", "collect")
        send(site.mta.port, world.message(
            author="Eve <eve@evil.example>", subject="Collected"),
            sender="eve@evil.example", helo="mx.evil.example", ip=EVIL_IP)
        site.counted(1)
        day = site.day_passes()
        status, text = site.milter.tool("report", "--dry-run", "--day", day)
        assert status == 0 and "would go" in text, text
        assert site.states() == [] and reports("evil.example") == []
        status, text = site.milter.tool("report", "--day", day)
        assert status == 0 and "1 sent" in text, text
        wait_for("the report", lambda: reports("evil.example"))


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
