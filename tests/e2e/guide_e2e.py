"""The life of a change as contrib/GUIDE tells it: its own rule and promise are
taken from the page, and each command of it is given in its order."""

import os
import re
import sys

from milter_client import MilterClient
from stage import TOP, Milter, Nsd, Stage, run, wait_for
from world import EVIL_IP, World, shipped_rules

with open(os.path.join(TOP, "contrib/GUIDE")) as page:
    LIFE = page.read().split("The life of a change: how to try a rule\n")[1].split(
        "\n\n\n")[0]
RULE, PROMISE = ["".join(line[7:] + "\n" for line in block.rstrip().split("\n"))
                 for block in re.findall(r"(?:^ {7}\S.*\n(?: {7}.*\n)*)", LIFE, re.M)]

stage = Stage()
nsd = stage.add(Nsd(stage.path("nsd"), World().zones()))
m = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:%d\nmode enforce\n"
                     % nsd.port))
INSTALLED, NEW = m.directory + "/rules.d", stage.path("new")


def write(directory, rules, promise=PROMISE):
    os.makedirs(directory, exist_ok=True)
    with open(directory + "/10-new.rules", "w") as f:
        f.write(promise + rules)
    with open(directory + "/50-shipped.rules", "w") as f:
        f.write(shipped_rules())


def verdict(*words, status=0):
    got, text = m.tool(*words)
    assert got == status, (words, got, text)
    return text


def send(host, sender="x@evil.example"):
    client = MilterClient(m.port)
    changes, answer = client.message(
        EVIL_IP, "mx.evil.example", sender, "bob@verdict.example",
        [("From", " " + sender), ("To", " bob@verdict.example"),
         ("Subject", " Your invoice"), ("Date", " Tue, 06 Jan 2026 10:00:00 +0000"),
         ("Message-ID", " <1@evil.example>")],
        b"It is here: https://%s/\r\n" % host.encode())
    client.close()
    return answer[1].decode() if answer[0] == b"y" else ""


def row():
    for line in verdict("rules").splitlines():
        if " new-idea " in line + " ":
            return line
    raise AssertionError(verdict("rules"))


def message(folder):
    os.makedirs(stage.path(folder + "/cur"), exist_ok=True)
    path = stage.path(folder + "/cur/1")
    with open(path, "w") as f:
        f.write("From: a@good.example\nTo: bob@verdict.example\nSubject: Hello\n"
                "Date: Tue, 06 Jan 2026 10:00:00 +0000\nMessage-ID: <1@good.example>\n\n"
                "https://invoice.zip/\n")
    return path


def test_0_there_is_mail():
    write(INSTALLED, "")
    verdict("reload")
    for host in ("example.org", "invoice.zip", "a.invoice.zip"):
        assert send(host) == "", host
    wait_for("three decisions", lambda: m.tool(
        "history", "--json")[1].count('"id"') == 3)


def test_1_write_promise_lint():
    assert " shadow\n" in RULE and PROMISE.startswith("list partners "), LIFE
    write(NEW, RULE)
    text = verdict("lint", "--rules", NEW, "--installed")
    assert "no mail comes to another end" in text, text
    # Without the rule that keeps it the promise is broken, and how is shown.
    write(NEW, RULE, promise=re.sub("(?s)rule .*?then accept\n", "", PROMISE))
    text = verdict("lint", "--rules", NEW, status=78)
    assert "promise partners is broken" in text, text
    assert "test keeps partners {" in text and '{"id":"partners"' in text, text


def test_2_replay():
    write(NEW, RULE.replace(" shadow", ""))
    for more in ([], ["--ask"]):
        text = verdict("replay", "--since", "7d", "--rules", NEW, *more)
        assert "3 decisions: 1 as they were, 2 changed, 0 unknown" in text, text
        assert "(no rule) -> new-idea" in text and "evil.example" in text, text
        assert ("lists were asked 0 times" in text) == bool(more), text
    assert "Verdict: accept" in verdict("check", "-v", message("one"))
    message("Archive"), message("Junk")
    verdict("test", stage.path("Archive"), "--expect", "ham")
    verdict("test", stage.path("Junk"), "--expect", "spam", status=1)


def test_3_shadow():
    write(INSTALLED, RULE)
    assert verdict("reload") == "reloaded\n"
    assert send("invoice.zip") == ""
    assert row().split()[0] == "1" and " shadow" in row(), row()
    write(INSTALLED, RULE.replace("then", "than"))
    text = verdict("reload", status=69)
    assert "not reloaded: the old configuration stays in force" in text, text
    assert "10-new.rules:" in text and "^~" in text, text
    write(INSTALLED, RULE)
    assert row().split()[0] == "1", row()


def test_4_canary():
    write(INSTALLED, RULE.replace("shadow", "for 5%"))
    verdict("reload")
    assert "for 5%" in row(), row()
    refused = [send("invoice.zip", "x@d%d.example" % i) for i in range(20)]
    assert sum(r != "" for r in refused) < 6, refused
    assert "more outside of its part" in row(), row()


def test_5_enforce():
    write(INSTALLED, RULE.replace(" shadow", ""))
    verdict("reload")
    assert send("invoice.zip").startswith("550")


def test_6_what_else_the_page_names():
    # So little mail says nothing yet, and each says so.
    text = verdict("suggest", "--since", "30d", status=1)
    assert "nothing was found" in text, text
    text = verdict("weather", "good.example")
    assert "there is no mail of watched domains" in text, text
    text = verdict("tune", "--max-false", "0.1%", status=1)
    assert "2995 are needed" in text, text


try:
    status = run([t for n, t in sorted(globals().items()) if n.startswith("test_")])
finally:
    stage.close()
sys.exit(status)
