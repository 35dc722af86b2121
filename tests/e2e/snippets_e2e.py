"""Pieces of contrib/snippets as they stand, in the programs that they are for:
OpenDKIM signs what comes in by submission and nothing else, and a user's own
threshold in Sieve leaves what a rule has marked in Junk."""

import os
import re
import shutil
import subprocess
import sys

from stage import TOP, OpenDkim, Postfix, Sink, Stage, headers, run, send
from world import GOOD_IP, World

stage = Stage()
world = World()
sink = stage.add(Sink())


def snippet(name, *changes):
    """Its text with what every site writes anew."""
    with open(os.path.join(TOP, "contrib/snippets", name)) as f:
        text = f.read()
    for pattern, value in changes:
        text, n = re.subn(pattern, value, text, flags=re.MULTILINE)
        assert n == 1, (name, pattern)
    return text


signer = stage.add(OpenDkim(stage.path("opendkim"), world.keys["good"].private, snippet(
    "opendkim.conf", ("^Domain .*", "Domain good.example"),
    ("^Selector .*", "Selector sel"), ("^KeyFile .*\n", ""), ("^Socket .*\n", ""))))


def signed(name, token):
    postfix = stage.add(Postfix(stage.path(name), sink,
                                "inet:127.0.0.1:%d" % signer.port,
                                ["milter_macro_daemon_name = " + name]))
    send(postfix.port, world.message(subject=token), ip=GOOD_IP)
    return bool(headers(sink.wait(token)[2], "DKIM-Signature"))


def test_opendkim_signs_submission():
    assert signed("submission", "Signed-1")


def test_opendkim_signs_nothing_from_outside():
    assert not signed("smtpd", "Signed-2")


# Score, whether it is flagged, and where spamtest.sieve puts it.
FILED = ((0, True, "Junk"), (-3, True, "Junk"), (5, True, "INBOX"), (7, True, "Junk"),
         (1, False, "INBOX"))


def test_a_threshold_of_ones_own():
    if not shutil.which("sieve-test"):
        print("(no sieve-test: Sieve was not tried)")
        return
    place = stage.path("sieve")
    os.makedirs(place)
    plugin = snippet("dovecot.conf", ("^  sieve_before = .*\n", ""))
    if "2.4" in subprocess.run(["dovecot", "--version"], stdout=subprocess.PIPE
                               ).stdout.decode()[:3]:
        print("(Dovecot 2.4 has other settings: Sieve was not tried)")
        return
    with open(place + "/conf", "w") as f:
        f.write("mail_location = maildir:%s/mail\nmail_uid = nobody\n"
                "mail_gid = nogroup\n%s" % (place, plugin))
    with open(place + "/spamtest.sieve", "w") as f:
        f.write(snippet("spamtest.sieve"))
    for path in (stage.directory, place):
        os.chmod(path, 0o777)
    for score, flagged, folder in FILED:
        with open(place + "/message", "w") as f:
            f.write("X-Spam-Score: %.1f\n%sFrom: a@b.example\nSubject: x\n\nhi\n"
                    % (score, "X-Spam-Flag: YES\n" if flagged else ""))
        got = subprocess.run(
            ["su", "nobody", "-s", "/bin/sh", "-c", "cd %s && HOME=%s sieve-test -c conf "
             "spamtest.sieve message" % (place, place)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT).stdout.decode()
        assert "store message in folder: %s\n" % folder in got, (score, flagged, got)


tests = [t for n, t in sorted(globals().items()) if n.startswith("test_")]
try:
    status = run(tests)
finally:
    stage.close()
sys.exit(status)
