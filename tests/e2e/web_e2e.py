"""verdict web beside a real daemon: what it decided is shown, and a lesson that
is given to a page is learned."""

import re
import signal
import sys
import time

from milter_client import MilterClient
from stage import Milter, Stage, Web, run, wait_for

stage = Stage()
milter = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:9\n"
                          "dns.timeout 100ms\ndeadline 200ms\n"))


web = stage.add(Web(stage.path("web.sock"), milter))


def send(subject):
    mta = MilterClient(milter.port)
    mta.connect("192.0.2.9")
    mta.command(b"H", "client.example")
    mta.command(b"M", "<x@some.example>")
    mta.command(b"R", "<bob@here.example>")
    mta.header("From", "Eve <eve@some.example>")
    mta.header("Subject", subject)
    mta.send(b"N")
    mta.read()
    mta.finish(b"hello\r\n")
    mta.close()


def decision(subject):
    """The id of its decision, as its page is linked; the journal is written
    behind the answer."""
    def ask():
        page = web.ask("/history")[1]
        return page if subject in page else None
    text = wait_for("the decision on " + subject, ask)
    return re.search(r"\./decision\?id=([0-9a-z]+)", text).group(1)


def test_what_was_decided_is_shown():
    send("<b>Look & see</b>")
    newest = decision("Look &amp; see")
    status, text = web.ask("/history")
    assert "&lt;b&gt;Look &amp; see&lt;/b&gt;" in text and "eve@some.example" in text, text
    status, text = web.ask("/decision?id=" + newest)
    assert status == 200 and "client 192.0.2.9" in text, text
    assert "what would have changed it" in text, text
    wait_for("the sums", lambda: "some.example" in web.ask("/senders")[1])


def test_the_daemon_is_asked():
    text = web.ask("/")[1]
    assert "does not answer" not in text and "sessions open" in text, text
    text = web.ask("/health")[1]
    assert "Store, journal, log" in text and "note bad" not in text, text
    assert web.ask("/promises")[0] == 200
    assert "./rule?name=" in web.ask("/rules")[1]


def test_a_lesson_is_learned():
    send("a lesson")
    newest = decision("a lesson")
    text = web.ask("/learning")[1]
    token = re.search(r'name="token" value="([0-9a-f]+)"', text).group(1)
    form = "token=%s&id=%s&kind=%s"
    status, text = web.ask("/teach", form % (token, newest, "spam"))
    assert status == 200 and "note good" in text, text
    text = web.ask("/learning")[1]
    assert "Lessons kept: 1 of spam, 0 of good mail." in text, text
    status, text = web.ask("/teach", form % (token, newest, "forget"))
    assert status == 200 and "note good" in text, text
    assert "Lessons kept: 0 of spam" in web.ask("/learning")[1]


def test_a_lesson_for_a_daemon_that_hangs():
    """Nobody else waits for it, either: there is one thread."""
    text = web.ask("/learning")[1]
    token = re.search(r'name="token" value="([0-9a-f]+)"', text).group(1)
    milter.process.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        status, text = web.ask("/teach", "token=%s&id=nosuch&kind=spam" % token)
        took = time.monotonic() - begun
    finally:
        milter.process.send_signal(signal.SIGCONT)
    assert status == 200 and "does not answer" in text, text
    assert took < 2, took
    wait_for("that it is back", lambda: "does not answer" not in web.ask("/")[1])


def test_the_daemon_ends_and_comes_again():
    milter.stop()
    wait_for("that it is gone", lambda: "does not answer" in web.ask("/")[1])
    assert web.ask("/history")[0] == 200
    milter.start()
    wait_for("that it is back", lambda: "does not answer" not in web.ask("/")[1])


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
