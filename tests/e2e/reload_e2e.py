"""Rules are swapped while mail comes in: every message is judged, and wholly
by the old rules or wholly by the new ones."""

import sys
import threading
import time

from milter_client import MilterClient
from stage import Milter, Stage, run

CLIENTS, SECONDS = 8, 5.0

# Both halves of a version refuse or mark with its number: a message that saw
# half of each would show two.
VERSION = """
rule early-%(n)d when sender.domain = "early.example" then reject 550 5.7.1 "version %(n)d"
rule late-%(n)d when subject ~ /late/ then reject 550 5.7.1 "version %(n)d"
rule one-%(n)d then header add "X-One" "%(n)d"
rule two-%(n)d when body ~ /body/ then header add "X-Two" "%(n)d"
"""
FIELDS = [("From", " a@good.example"), ("Subject", " hello"), ("Date", " Tue, 06 Jan 2026 10:00:00 +0000")]

stage = Stage()
milter = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:9\n"
                          "dns.timeout 100ms\ndeadline 100ms\n"))


def write_rules(text):
    with open(stage.path("milter/rules.d/10.rules"), "w") as f:
        f.write(text)


def write(n):
    write_rules(VERSION % {"n": n})


def added(changes):
    """Fields that the milter adds: {name: value}."""
    fields = {}
    for code, data in changes:
        if code in (b"h", b"i"):
            name, value = data[4 if code == b"i" else 0:].split(b"\0")[:2]
            fields[name.decode()] = value.decode().strip()
    return fields


def client(number, end, judged, wrong):
    while time.monotonic() < end:
        try:
            c = MilterClient(milter.port)
            for turn in range(3):
                late = [("Subject", " late")] if turn == 1 else []
                changes, answer = c.message(
                    "192.0.2.%d" % (number + 1), "mx.good.example", "a@good.example",
                    "bob@verdict.example", FIELDS[:1] + late + FIELDS[2:] if late else FIELDS,
                    b"the body\r\n", new=turn == 0)
                fields = added(changes)
                if turn == 1:
                    good = answer[0] in (b"y", b"r") and b"version" in answer[1]
                else:
                    good = (answer[0] in (b"a", b"c") and "X-One" in fields
                            and fields["X-One"] == fields.get("X-Two"))
                judged.append(fields.get("X-One"))
                if not good:
                    wrong.append((number, turn, answer, fields))
            c.close()
        except Exception as error:  # a lost message, whatever lost it
            wrong.append((number, repr(error)))


def test_reload_under_load():
    write(0)
    status, output = milter.tool("reload")
    assert status == 0, output
    judged, wrong = [], []
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=client, args=(n, end, judged, wrong))
               for n in range(CLIENTS)]
    for t in threads:
        t.start()
    swaps = 0
    while time.monotonic() < end:
        swaps += 1
        write(swaps)
        if swaps % 4 == 0:  # a broken file changes nothing
            with open(stage.path("milter/rules.d/10.rules"), "a") as f:
                f.write("rule broken when sbject ~ /x/ then junk\n")
        status, output = milter.tool("reload")
        assert (status == 0) == (swaps % 4 != 0), (swaps, output)
    for t in threads:
        t.join()
    versions = {v for v in judged if v}
    print("%d messages, %d swaps, %d versions seen" % (len(judged), swaps, len(versions)))
    assert not wrong, (len(wrong), wrong[:5])
    assert len(judged) > 50 and len(versions) > 2, (len(judged), versions)
    assert not versions & {str(n) for n in range(4, swaps + 1, 4)}, versions


def envelope(c, *rcpts):
    """The answers to MAIL and to each recipient."""
    return [c.command(b"M", "<a@good.example>")[0]] + [
        c.command(b"R", "<%s@verdict.example>" % r)[0] for r in rcpts]


def content(c):
    for name, value in FIELDS:
        c.header(name, value)
    c.send(b"N")
    assert c.read()[0] == b"c"
    return c.finish(b"the body\r\n")[1]


def test_what_was_agreed_on_holds_under_new_rules():
    """A connection that answers nothing at RCPT, for there was nothing to say,
    tells it at the end; the next one answers."""
    write_rules('rule never when subject ~ /never/ then junk\n')
    assert milter.tool("reload")[0] == 0
    c = MilterClient(milter.port)
    c.connect("192.0.2.1")
    c.command(b"H", "mx.good.example")
    assert c.silent(b"R") and c.silent(b"N")
    assert envelope(c, "leaver") == [b"c"] * 2 and content(c)[0] in (b"a", b"c")
    write_rules('rule left when rcpt.local = "leaver" then reject 551 5.1.6 "has left"\n')
    assert milter.tool("reload")[0] == 0
    assert envelope(c, "leaver") == [b"c"] * 2
    code, text = content(c)
    assert code == b"y" and text.startswith(b"551 5.1.6 has left"), (code, text)
    assert envelope(c, "bob") == [b"c"] * 2 and content(c)[0] in (b"a", b"c")
    assert envelope(c, "bob", "leaver") == [b"c"] * 3
    code, text = content(c)
    assert code == b"y" and text.startswith(b"451 4.5.3"), (code, text)
    c.close()
    c = MilterClient(milter.port)
    c.connect("192.0.2.1")
    c.command(b"H", "mx.good.example")
    assert not c.silent(b"R") and c.silent(b"N")
    # Who comes first tells what the others have to be like.
    assert envelope(c, "leaver", "bob") == [b"c", b"y", b"c"]
    assert content(c)[0] in (b"a", b"c")
    write_rules('rule never when subject ~ /never/ then junk\n')
    assert milter.tool("reload")[0] == 0
    # That nothing is refused any more is heard on this one, too.
    assert envelope(c, "leaver") == [b"c"] * 2 and content(c)[0] in (b"a", b"c")
    c.close()


def test_what_only_a_restart_changes_is_named():
    write(0)
    milter.write_config(milter.config + "dns.cache 5000\n")
    status, output = milter.tool("reload")
    assert status == 0 and "dns.cache is read at start" in output, output
    assert "listen" not in output, output
    milter.write_config(milter.config)


def test_a_broken_configuration_leaves_the_tool_working():
    milter.write_config(milter.config + "mod monitor\n")
    status, output = milter.tool("reload")
    assert status == 69 and "the old configuration stays" in output, output
    assert 'did you mean "mode"?' in output, output
    for command in ("status", "stats", "lists", "state"):
        arguments = ["list"] if command == "state" else []
        status, output = milter.tool(command, *arguments)
        assert status == 0 and "has errors" in output, (command, output)
    milter.write_config(milter.config)


if __name__ == "__main__":
    try:
        code = run([test_reload_under_load,
                    test_what_was_agreed_on_holds_under_new_rules,
                    test_what_only_a_restart_changes_is_named,
                    test_a_broken_configuration_leaves_the_tool_working])
    finally:
        stage.close()
    sys.exit(code)
