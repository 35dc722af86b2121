#!/usr/bin/python3
"""Hands the messages of make.py to a real Mailman 3 (Debian: mailman3).

    mkdir /tmp/mailman && ./mailman3.py /tmp/mailman
    cd /tmp/mailman && PATH/TO/make.py --table PATH/TO/verdict

Its handlers are called in the order of its own pipeline, on a list of its own
database with a prefix and a footer: as they are, with answers to the list, and
with From rewritten. No daemon runs and nothing is sent.
"""
import email
import json
import os
import re
import sys

WHERE = os.path.abspath(sys.argv[1])
sys.argv = ["make.py", "--nothing"]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

CONFIG = """[mailman]
layout: here
[paths.here]
var_dir: %s/var
bin_dir: /usr/lib/mailman3/bin
[database]
url: sqlite:///%s/var/mailman.db
[mta]
incoming: mailman.mta.null.NullMTA
""" % (WHERE, WHERE)
HANDLERS = ("mime-delete", "tagger", "cook-headers", "subject-prefix",
            "rfc-2369", "dmarc", "decorate")

os.makedirs(WHERE + "/var", exist_ok=True)
with open(WHERE + "/mailman.cfg", "w") as f:
    f.write(CONFIG)

from mailman.core.initialize import initialize  # noqa: E402

initialize(WHERE + "/mailman.cfg")

from mailman.app.lifecycle import create_list  # noqa: E402
from mailman.config import config  # noqa: E402
from mailman.database.transaction import transaction  # noqa: E402
from mailman.email.message import Message  # noqa: E402
from mailman.interfaces.domain import IDomainManager  # noqa: E402
from mailman.interfaces.listmanager import IListManager  # noqa: E402
from mailman.interfaces.mailinglist import (  # noqa: E402
    DMARCMitigateAction, ReplyToMunging)
from mailman.interfaces.template import ITemplateManager  # noqa: E402
from zope.component import getUtility  # noqa: E402

import make  # noqa: E402


def make_list():
    if getUtility(IDomainManager).get("lists.example") is None:
        getUtility(IDomainManager).add("lists.example")
    mlist = (getUtility(IListManager).get("talk@lists.example") or
             create_list("talk@lists.example", ["admin@lists.example"]))
    mlist.subject_prefix = "[talk] "
    with open(WHERE + "/footer.txt", "w") as f:
        f.write(make.FOOTER)
    getUtility(ITemplateManager).set("list:member:regular:footer",
                                     mlist.list_id,
                                     "file://%s/footer.txt" % WHERE)
    return mlist


def plain(mlist):
    mlist.reply_goes_to_list = ReplyToMunging.no_munging
    mlist.dmarc_mitigate_action = DMARCMitigateAction.no_mitigation


def answers(mlist):
    mlist.reply_goes_to_list = ReplyToMunging.point_to_list


def rewritten(mlist):
    plain(mlist)
    mlist.dmarc_mitigate_action = DMARCMitigateAction.munge_from
    mlist.dmarc_mitigate_unconditionally = True


def handed_on(mlist, raw):
    message = email.message_from_bytes(raw, _class=Message)
    data = {"listid": mlist.list_id, "recipients": set(),
            "original_subject": message["subject"]}
    for name in HANDLERS:
        config.handlers[name].process(mlist, message, data)
    return re.sub(rb"\r?\n", b"\r\n", message.as_bytes())


def main():
    make.publish()
    with transaction(), open(WHERE + "/cases.jsonl", "w") as f:
        mlist = make_list()
        for label, change in (("Mailman 3", plain), ("answers", answers),
                              ("From rewritten", rewritten)):
            change(mlist)
            for kind, raw in (*make.originals(), *make.hard()):
                f.write(json.dumps({
                    **make.case("%s: %s" % (label, kind),
                                handed_on(mlist, raw)),
                    "zone": "zone.json"}) + "\n")
    with open(WHERE + "/zone.json", "w") as f:
        json.dump(make.zone, f)


main()
