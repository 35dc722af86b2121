"""Users teach by moving mail: Postfix delivers over LMTP to Dovecot, an IMAP
client moves messages into Junk and out of it, and the next one is judged by
what was learned. The settings and scripts are those of contrib/snippets."""

import imaplib
import json
import os
import random
import re
import shutil
import sys

import dovecot
from stage import Milter, Postfix, Stage, headers, run, send, wait_for
from world import EVIL_IP

if dovecot.version() is None:
    print("skipped: Dovecot with IMAP, LMTP and Sieve is not installed")
    sys.exit(0)

HAM = """minutes meeting wiki budget draft review schedule monday report
project colleague attached agenda release branch compile patch question""".split()
SPAM = """pills casino winner lottery replica watches cheap refinance debt
miracle discount unsubscribe offer guaranteed bonus millions""".split()
# What nobody has taught yet.
NEW = """Dear customer, your parcel waits at our depot and the customs fee of
1.95 is not paid. Confirm the delivery address within a day, or the
parcel goes back. Your courier service, tracking desk.
"""
imaplib.Commands.setdefault("MOVE", ("SELECTED",))

stage = Stage()
milter = stage.add(Milter(
    stage.path("milter"),
    "resolver 127.0.0.1:9\ndns.timeout 100ms\ndeadline 100ms\n"
    "learn.socket %s/socket\nlearn.group %s\n"
    % (stage.path("door"), dovecot.OWNER)))
# Where Dovecot's users get to, which a build directory need not be.
os.makedirs(stage.path("program"))
shutil.copy(os.environ["BUILD"] + "/verdict", stage.path("program"))
mail = stage.add(dovecot.Dovecot(stage.path("dovecot"), """#!/bin/sh
command=$1
shift
ASAN_OPTIONS=detect_leaks=0 exec "%s/verdict" "$command" -c "%s" "$@"
""" % (stage.path("program"), milter.conf)))
postfix = stage.add(Postfix(
    stage.path("postfix"), mail, "inet:127.0.0.1:%d" % milter.port,
    ["relay_transport = lmtp:inet:127.0.0.1:%d" % mail.port]))
count = 0


def learned():
    status, output = milter.tool("learned", "--json")
    assert status == 0, output
    return json.loads(output)


def waits(what, kind, number):
    try:
        wait_for(what, lambda: learned()[kind] == number)
    except AssertionError:
        raise AssertionError("%s: %s\n%s" % (what, learned(), mail.log()[-3000:]))


def message(subject, body, author="desk@courier.example"):
    return ("From: %s\r\nTo: bob@verdict.example\r\nSubject: %s\r\n"
            "Date: Tue, 06 Jan 2026 10:00:00 +0000\r\nMessage-ID: <%s@x.example>"
            "\r\n\r\n%s" % (author, subject, subject,
                             body.replace("\n", "\r\n"))).encode()


def folder(name, words, number):
    """Mail that an administrator starts with."""
    chance = random.Random(name)
    os.makedirs(stage.path(name))
    for i in range(number):
        body = "\n".join(" ".join(chance.choices(words, k=9)) for _ in range(12))
        with open("%s/%d" % (stage.path(name), i), "wb") as f:
            f.write(message(" ".join(chance.choices(words, k=4)), body,
                            "%s@%s.example" % (chance.choice(words),
                                               chance.choice(words))))
    return stage.path(name)


def deliver(user):
    """A message of the new kind; its subject."""
    global count
    count += 1
    subject = "parcel-%d-held" % count
    replies = send(postfix.port, message(subject, NEW),
                   sender="desk@courier.example", rcpt=user + "@verdict.example",
                   ip=EVIL_IP)
    assert replies[-1][0] == 250, replies
    return subject


def numbers(client, mailbox, subject):
    assert client.select(mailbox)[0] == "OK"
    return client.search(None, "SUBJECT", subject)[1][0].split()


def arrives(client, mailbox, subject):
    wait_for("%s in %s: %s" % (subject, mailbox, mail.log()[-2000:]),
             lambda: numbers(client, mailbox, subject))


def fetch(client, mailbox, subject):
    return client.fetch(numbers(client, mailbox, subject)[0],
                        "(BODY.PEEK[])")[1][0][1]


def move(client, source, to, subject):
    number = numbers(client, source, subject)[0]
    answer = client._simple_command("MOVE", number, to)
    assert answer[0] == "OK", answer


def start():
    with open(milter.directory + "/rules.d/10.rules", "w") as f:
        f.write("rule learned when spam.probability > 0.8 then junk\n")
    assert milter.tool("reload")[0] == 0
    status, output = milter.tool("learn", "--ham", folder("ham", HAM, 110),
                                 "--spam", folder("spam", SPAM, 110))
    assert status == 0, output
    assert (learned()["ham"], learned()["spam"]) == (110, 110), learned()


def test_three_moves_change_the_fourth():
    bob = mail.user("bob")
    subjects = [deliver("bob") for _ in range(3)]
    for subject in subjects:
        arrives(bob, "INBOX", subject)
        move(bob, "INBOX", "Junk", subject)
    waits("what was moved is learned", "spam", 113)
    teachers = {t["who"]: t["spam"] for t in learned()["teachers"]}
    assert milter.tool("learned", "train")[0] == 0
    teachers = {t["who"]: t["spam"] for t in learned()["teachers"]}
    assert teachers.get("bob") == 3, teachers
    fourth = deliver("bob")
    arrives(bob, "Junk", fourth)
    field = headers(fetch(bob, "Junk", fourth), "X-Verdict")[0]
    decision = re.search(r"id=(\w+)", field)[1]
    # The journal is written behind the answer.
    wait_for("the record", lambda: milter.tool("explain", decision)[0] == 0)
    output = milter.tool("explain", decision)[1]
    assert "learned: spam with" in output, output
    assert re.search(r"because of .*(parcel|courier|customs|depot)", output), output
    bob.logout()


def test_moved_out_is_unlearned():
    bob = mail.user("bob")
    move(bob, "Junk", "INBOX", "parcel-1-held")
    waits("what was moved out is unlearned", "spam", 112)
    assert learned()["ham"] == 110, learned()
    bob.logout()


def test_what_the_filter_alone_marked_is_taught_as_wanted():
    bob = mail.user("bob")
    move(bob, "Junk", "INBOX", "parcel-4-held")
    waits("it is learned as wanted", "ham", 111)
    assert learned()["spam"] == 112, learned()
    bob.logout()


def test_trash_says_nothing():
    bob = mail.user("bob")
    move(bob, "Junk", "Trash", "parcel-2-held")
    # The next lesson comes behind it.
    assert bob.append("Junk", None, None, message(
        "put there by hand", " ".join(SPAM)))[0] == "OK"
    waits("what was put into Junk is learned", "spam", 113)
    assert learned()["ham"] == 111, learned()
    bob.logout()


def test_another_user_does_not_undo_it():
    eve = mail.user("eve")
    bob = mail.user("bob")
    taught = fetch(bob, "Junk", "parcel-3-held")
    assert eve.append("INBOX", None, None, taught)[0] == "OK"
    # Known already, by another.
    move(eve, "INBOX", "Junk", "parcel-3-held")
    assert eve.append("Junk", None, None, message(
        "hers", " ".join(SPAM[::-1])))[0] == "OK"
    waits("her own is learned", "spam", 114)
    bob.logout()
    eve.logout()


def test_without_the_daemon_mail_can_be_moved():
    bob = mail.user("bob")
    milter.stop()
    move(bob, "Junk", "INBOX", "parcel-3-held")
    assert numbers(bob, "INBOX", "parcel-3-held")
    bob.logout()
    milter.start()
    wait_for("the daemon", lambda: milter.tool("learned", "--json")[0] == 0)
    assert learned()["spam"] == 114, learned()


if __name__ == "__main__":
    try:
        start()
        code = run([test_three_moves_change_the_fourth,
                    test_moved_out_is_unlearned,
                    test_what_the_filter_alone_marked_is_taught_as_wanted,
                    test_trash_says_nothing,
                    test_another_user_does_not_undo_it,
                    test_without_the_daemon_mail_can_be_moved])
    finally:
        stage.close()
    sys.exit(code)
