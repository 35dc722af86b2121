"""verdict doctor against a real Postfix: what it says to mend something is
done as it stands, and then mail comes in, judged, and nothing is left to mend."""

import json
import os
import subprocess
import sys

from stage import Milter, Nsd, Postfix, Sink, Stage, free_port, headers, run, send
from world import GOOD_IP, World

stage = Stage()
world = World()
sink = stage.add(Sink())
nsd = stage.add(Nsd(stage.path("nsd"), world.zones()))
milter = stage.add(Milter(stage.path("milter"), "resolver 127.0.0.1:%d\n" % nsd.port))
other = stage.add(Milter(stage.path("other"), "resolver 127.0.0.1:%d\n" % nsd.port))


def failing(postfix):
    """What doctor finds wrong with Postfix: (text, mend)."""
    env = dict(milter.env, MAIL_CONFIG=postfix.directory + "/etc")
    got = subprocess.run(
        [os.environ["BUILD"] + "/verdict", "doctor", "--json", "-c", milter.conf],
        stdout=subprocess.PIPE, env=env)
    return [(f["text"], f["mend"]) for f in json.loads(got.stdout)
            if f["topic"] == "postfix" and f["level"] == "fail"]


def do(postfix, command):
    subprocess.run(["sh", "-c", command], check=True,
                   env=dict(os.environ, MAIL_CONFIG=postfix.directory + "/etc"))


def milters(postfix):
    return subprocess.run(["postconf", "-c", postfix.directory + "/etc", "-h",
                           "smtpd_milters"], stdout=subprocess.PIPE,
                          check=True).stdout.decode().strip()


def mended(name, token, *lines):
    """A Postfix with these lines, every failure mended as it is said."""
    postfix = stage.add(Postfix(stage.path(name), sink, lines[0], lines[1:]))
    found = failing(postfix)
    assert found, "nothing is found wrong"
    for text, mend in found:
        do(postfix, mend.split("do without it: ")[-1])
    assert failing(postfix) == [], failing(postfix)
    replies = send(postfix.port, world.sign(world.message(subject=token)), ip=GOOD_IP)
    assert replies[-1][0] == 250, replies
    assert headers(sink.wait(token)[2], "X-Verdict"), token
    return postfix, found


def test_a_list_that_does_not_name_us():
    postfix, found = mended("empty", "Mend-1", "")
    assert milters(postfix) == "inet:127.0.0.1:%d" % milter.port, milters(postfix)


def test_a_dead_filter_is_not_kept():
    dead = free_port()
    postfix, found = mended("dead", "Mend-2", "inet:127.0.0.1:%d" % dead,
                            "milter_default_action = tempfail")
    assert str(dead) not in milters(postfix), milters(postfix)


def test_a_dead_second_filter_is_found_and_left_out():
    dead = free_port()
    postfix, found = mended(
        "second", "Mend-3", "inet:127.0.0.1:%d, { inet:127.0.0.1:%d, "
        "connect_timeout=5s }" % (milter.port, dead))
    assert "does not answer" in found[0][0] and "deferred" in found[0][0], found
    assert milters(postfix) == "inet:127.0.0.1:%d" % milter.port, milters(postfix)


def test_a_living_filter_is_kept_as_it_is():
    kept = "{ inet:127.0.0.1:%d, command_timeout=20s }" % other.port
    postfix, found = mended("kept", "Mend-4", kept)
    assert milters(postfix) == "inet:127.0.0.1:%d, %s" % (milter.port, kept), \
        milters(postfix)


def test_settings_that_hang_up_on_us():
    mended("settings", "Mend-5", "inet:127.0.0.1:%d" % milter.port,
           "milter_protocol = 2", "milter_content_timeout = 3s")


def test_nothing_is_attached_that_does_not_answer():
    milter.kill()
    try:
        postfix = stage.add(Postfix(stage.path("down"), sink, ""))
        mends = [mend for text, mend in failing(postfix)]
        assert mends and all(m.startswith("once verdict-milter answers: ")
                             for m in mends), mends
    finally:
        milter.start()


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
