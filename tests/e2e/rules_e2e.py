"""Rules through a real Postfix: where they act, and what comes of it."""

import base64
import io
import os
import re
import sys
import zipfile

from stage import Milter, Postfix, Sink, Smtp, Stage, headers, run, send, wait_for

stage = Stage()
sink = stage.add(Sink())
LIST = stage.path("bad-senders")
RULES = """
list blocked addresses "%s"
rule trap when rcpt.local = "trap" then reject 550 5.1.1 "no such user"
rule blocked when sender in blocked then reject 550 5.7.1 "sender is blocked"
rule for-ann when rcpt.local = "ann" and subject ~ /offer/ then reject "Ann wants no offers"
rule strict when subject ~ /strict/ then reject 554 5.7.0 "refused as %%{subject}"
rule later when subject ~ /later/ then tempfail 451 4.7.1 "come again"
rule hold when subject ~ /hold/ then quarantine "to be looked at"
rule mark when body ~ /special words/ then tag marked and header add "X-Marked" "%%{rule}"
rule spam when subject ~ /spam/ then score 6
rule shadowed shadow when subject ~ /ghost/ then reject
""" % LIST
with open(LIST, "w") as f:
    f.write("villain@blocked.example\n")
with open(stage.path("default.rules"), "w") as f:
    f.write("")
milter = Milter(stage.path("milter"), "resolver 127.0.0.1:9\ndns.timeout 100ms\n"
                "deadline 200ms\nlists.watch 200ms\n")
stage.add(milter)
with open(stage.path("milter/rules.d/10.rules"), "w") as f:
    f.write(RULES + "verdict junk at 6 reject at 15\n")
with open(sys.path[0] + "/../../contrib/rules/default.rules") as shipped:
    with open(stage.path("milter/rules.d/50.rules"), "w") as f:
        f.write(re.sub("(?m)^verdict junk at .*$", "", shipped.read()))
status, output = milter.tool("reload")
assert status == 0, output
postfix = stage.add(Postfix(stage.path("postfix"), sink,
                            "inet:127.0.0.1:%d" % milter.port))
CLIENT = {"ip": "198.51.100.9", "sender": "joe@joe.example", "helo": "mx.joe.example"}
count = 0


def message(subject, body="Hello.\n", more=""):
    global count
    count += 1
    token = "Token-%d-end" % count
    text = ("From: Joe <joe@joe.example>\nTo: bob@verdict.example\nSubject: %s %s\n"
            "Date: Tue, 06 Jan 2026 10:00:00 +0000\nMessage-ID: <%s@joe.example>\n%s\n%s"
            % (subject, token, token, more, body))
    return token, text.replace("\n", "\r\n").encode()


def post(subject, rcpt="bob@verdict.example", **options):
    token, text = message(subject, **{k: options.pop(k) for k in ("body", "more") if k in options})
    return token, send(postfix.port, text, rcpt=rcpt, **dict(CLIENT, **options))


def test_refused_at_rcpt_before_the_body():
    s = Smtp(postfix.port)
    s.command("EHLO mx.joe.example")
    s.command("MAIL FROM:<villain@blocked.example>")
    s.command("XCLIENT ADDR=198.51.100.9 NAME=[UNAVAILABLE]")
    s.command("EHLO mx.joe.example")
    s.command("MAIL FROM:<villain@blocked.example>")
    code, text = s.command("RCPT TO:<bob@verdict.example>")
    assert code == 550 and "blocked" in text, (code, text)
    code, text = s.command("DATA")
    assert code == 554, ("the body is never asked for", code, text)
    s.close()


def test_one_recipient_is_refused_the_other_served():
    token, replies = post("hello", ["trap@verdict.example", "bob@verdict.example"])
    assert replies[1][0] == 550 and replies[2][0] == 250 and replies[-1][0] == 250, replies
    assert sink.wait(token)[1] == [b"<bob@verdict.example>"]


def test_refused_at_the_end():
    token, replies = post("strict")
    assert replies[-1][0] == 554 and token in replies[-1][1], replies


def test_tempfail():
    assert post("later")[1][-1][0] == 451


def test_quarantine():
    _, replies = post("hold")
    assert replies[-1][0] == 250, replies
    wait_for("a held message", lambda: "!" in postfix.queue())


def test_tag_and_header():
    token, _ = post("hello", body="These are special words.\n")
    got = sink.wait(token)[2]
    assert headers(got, "X-Marked") == ["mark"], got
    assert "marked" in headers(got, "X-Verdict")[0], got


def test_junk_by_score():
    token, replies = post("spam")
    assert replies[-1][0] == 250, replies
    got = sink.wait(token)[2]
    assert headers(got, "X-Spam-Flag") == ["YES"], got
    assert headers(got, "X-Spam-Status")[0].startswith("Yes"), got


def test_shadow_acts_never():
    token, replies = post("ghost")
    assert replies[-1][0] == 250, replies
    sink.wait(token)


def test_recipients_who_disagree_come_again():
    both = ["bob@verdict.example", "ann@verdict.example"]
    _, replies = post("offer", both)
    assert replies[-1][0] == 451, replies
    token, replies = post("offer", both)
    assert [r[0] for r in replies[1:]] == [250, 452, 250], replies
    sink.wait(token)
    _, replies = post("offer", "ann@verdict.example")
    assert replies[-1][0] == 550 and "Ann" in replies[-1][1], replies


def test_program_in_an_archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("invoice/invoice.pdf.exe", b"MZ")
    _, replies = post(
        "invoice", more='MIME-Version: 1.0\nContent-Type: application/zip; name="invoice.zip"\n'
        "Content-Transfer-Encoding: base64\n", body=base64.encodebytes(out.getvalue()).decode())
    assert replies[-1][0] == 550 and "invoice.pdf.exe" in replies[-1][1], replies


def test_list_that_changes_is_taken():
    token, replies = post("hello", sender="late@joe.example")
    assert replies[1][0] == 250, replies
    with open(LIST, "a") as f:
        f.write("late@joe.example\n")
    wait_for("the list", lambda: post("hello", sender="late@joe.example")[1][1][0] == 550)
    assert "a list has changed" in milter.text()


def test_rules_wait_for_an_order():
    """A list changes while somebody writes rules: these do not slip in."""
    path = stage.path("milter/rules.d/60.rules")
    with open(path, "w") as f:
        f.write("rule new when subject ~ /hello/ then reject\n")
    with open(LIST, "a") as f:
        f.write("later@joe.example\n")
    wait_for("a word of it", lambda: "so have rules" in milter.text())
    assert post("hello")[1][-1][0] == 250
    os.unlink(path)
    wait_for("the list", lambda: post("hello", sender="later@joe.example")[1][1][0] == 550)


if __name__ == "__main__":
    try:
        code = run([f for n, f in sorted(globals().items()) if n.startswith("test_")])
    finally:
        stage.close()
    sys.exit(code)
