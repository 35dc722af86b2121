"""Judges a corpus that is made here with the shipped rules: honest mail must
be let by, attacks must be caught, and of phishing the greater part. BUILD
names the build tree.

corpus.py [-v] [-k WORD] [--write DIR]   --write only writes the messages"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

import attacks
import ham
import modern
import modern_more
import modern_world
import phish
import phish_forms
import small
import talk

IP = "198.51.100.7"
RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                     "../../contrib/rules/default.rules")
Variation = collections.namedtuple("Variation", "number domain author token")
VARIATIONS = (
    Variation(1, "shop.example", "Alice Doe <alice@shop.example>", "abc"),
    Variation(2, "mail.example.org", '"Doe, Alice" <a.doe@mail.example.org>', "CAF_x-y"),
    Variation(3, "uni.example", "=?utf-8?Q?Andr=C3=A9?= <andre@uni.example>", "5f3$1"),
)


def session_zone(kind, domain):
    """What DNS says of the client and of the domain."""
    name = {"7.100.51.198.in-addr.arpa": {"PTR": ["mail." + domain]},
            "mail." + domain: {"A": [IP]}, domain: {"MX": [[10, "mail." + domain]]}}
    if kind == "good":
        name[domain]["TXT"] = ["v=spf1 mx -all"]
        name["mail." + domain]["TXT"] = ["v=spf1 a -all"]
        name["_dmarc." + domain] = {"TXT": ["v=DMARC1; p=reject"]}
    elif kind == "spf":
        name[domain]["TXT"] = ["v=spf1 mx -all"]
    elif kind == "forwarded":
        name[domain]["TXT"] = ["v=spf1 ip4:192.0.2.1 ~all"]
    elif kind == "forwarded hard":
        name[domain]["TXT"] = ["v=spf1 ip4:192.0.2.1 -all"]
    elif kind == "poor":
        return {domain: name[domain]}
    elif kind == "dead":
        return {asked: {"_rcode": "TIMEOUT"} for asked in (*name, "_dmarc." + domain)}
    return name


def honest():
    for shape in ham.SHAPES:
        for v in VARIATIONS:
            message = shape(v)
            null = shape.__name__ in ("bounce", "bounce_of_qmail", "nobody", "receipt")
            for kind in ("good", "forwarded", "forwarded hard", "poor", "plain"):
                yield ("%s/%d/%s" % (shape.__name__, v.number, kind), ("accept",), message,
                       {"zone": session_zone(kind, v.domain), "helo": "mail." + v.domain,
                        "mailfrom": "" if null else "bounce@" + v.domain})


def honest_modern():
    """Those who send to many sign what they send, so that it passes DMARC by
    whichever way it comes; for small ones nothing may speak at all."""
    forms = [(name, domain, domain not in ("other.example", "firm.example"), message)
             for name, domain, message in modern.forms()]
    for name, domain, signed, message in forms + list(modern_more.forms()):
        for kind in ("good", "forwarded", "forwarded hard") + (("spf", "dead") if signed else ("poor", "dead")):
            yield ("%s/%s" % (name, kind), ("accept",), message,
                   {"zone": session_zone(kind, domain), "helo": "mail." + domain, "mailfrom": "bounce@" + domain,
                    "facts": {"dmarc": "pass"} if signed and kind not in ("spf", "dead") else {}})


def honest_small():
    for name, domain, kinds, message in [*small.forms(), *modern_world.forms(), *talk.forms()]:
        for kind in kinds + (("spf",) if "good" in kinds and "spf" not in kinds else ()):
            yield ("%s/%s" % (name, kind), ("accept",), message,
                   {"zone": session_zone(kind, domain), "helo": "mail." + domain, "mailfrom": "bounce@" + domain,
                    "facts": {"dmarc": "pass"} if kind == "good" else {}})


def hostile():
    v = VARIATIONS[0]
    for name, want, message, session in attacks.attacks(v):
        yield name, want, message, dict(
            {"zone": session_zone("good", v.domain), "helo": "mail." + v.domain,
             "mailfrom": "x@" + v.domain}, **session)


def swindles():
    """Where nothing is known of their sender; phish.py says why."""
    for name, message in [*phish.phish(), *talk.frauds()]:
        yield name, ("junk", "reject"), message, {"zone": {}, "helo": "mail.cutlery.example", "mailfrom": "x@cutlery.example"}


# How much of phishing is marked at least, by what DNS says of its sender: most
# who cheat have a domain of their own that passes whatever is asked of it.
PHISH = {
    "read": (phish_forms.read_half, {"poor": 0.85, "spf": 0.75, "good": 0.75, "dead": 0.75}),
    "kept": (phish_forms.kept_half, {"poor": 0.75, "spf": 0.65, "good": 0.65, "dead": 0.65}),
}


def phishing(half, kind):
    for name, domain, message in half():
        sender = domain if "." in domain else "cutlery.example"
        yield ("%s/%s" % (name, kind), ("junk", "reject"), message,
               {"zone": {} if kind == "poor" else session_zone(kind, sender), "helo": "mail." + sender,
                "mailfrom": "bounce@" + sender})


def measure(options):
    """How many halves of phishing are marked too seldom."""
    failed = 0
    for title, (half, floors) in PHISH.items():
        for kind, floor in floors.items():
            cases = [c for c in phishing(half, kind) if options.k in c[0]]
            if options.write:
                os.makedirs("%s/phish-%s-%s" % (options.write, title, kind), exist_ok=True)
                write("%s/phish-%s-%s" % (options.write, title, kind), cases)
            elif cases:
                missed, _ = judge(cases, options.v and title == "read", quiet=True)
                share = 1 - missed / len(cases)
                failed += share < floor and not options.k
                print("%sphish, the half that is %s, %s: %.1f %% of %d marked, %.0f %% wanted" % (
                    "WRONG " if share < floor and not options.k else "", title, kind, 100 * share, len(cases), 100 * floor))
    return failed


def write(directory, cases):
    with open(directory + "/cases.jsonl", "w") as out:
        for number, (name, _, message, session) in enumerate(cases):
            octets = message if isinstance(message, bytes) else message.encode()
            with open("%s/%04d.eml" % (directory, number), "wb") as f:
                f.write(octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            out.write(json.dumps({
                "id": name, "eml": "%04d.eml" % number, "ip": IP, "helo": session["helo"],
                "mailfrom": session["mailfrom"], "rcpt": "bob@verdict.example",
                "dns": session["zone"], "facts": session.get("facts", {})}) + "\n")


def judge(cases, verbose, quiet=False):
    with tempfile.TemporaryDirectory(prefix="verdict-corpus-") as directory:
        write(directory, cases)
        with open(directory + "/verdict.conf", "w"):
            pass
        run = subprocess.run(
            [os.environ["BUILD"] + "/verdict", "check", "-c", directory + "/verdict.conf",
             "--rules", RULES, "--cases", directory + "/cases.jsonl"],
            stdout=subprocess.PIPE)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(cases), (len(answers), len(cases), run.returncode)
    wrong, scores = 0, []
    for (name, want, _, _), answer in zip(cases, answers):
        got = answer.get("verdict", answer.get("error"))
        rules = ["%s%+.1f" % (r["name"], r["score"]) for r in answer.get("rules", ())]
        scores.append((answer.get("score", 0), name, rules))
        wrong += got not in want
        if got not in want and not quiet or verbose:
            print("%s%s: %s, not %s; score %.1f %s; flags %s" % (
                "" if got in want else "WRONG ", name, got, "/".join(want), answer.get("score", 0),
                " ".join(rules), " ".join(answer.get("flags", ()))))
    return wrong, sorted(scores, reverse=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("-v", action="store_true")
    options.add_argument("-k", default="")
    options.add_argument("--write")
    options = options.parse_args()
    failed = 0
    for title, cases in (("honest", list(honest())), ("modern", list(honest_modern())),
                         ("small", list(honest_small())),
                         ("hostile", list(hostile())), ("swindles", list(swindles()))):
        cases = [c for c in cases if options.k in c[0]]
        if options.write:
            os.makedirs(options.write + "/" + title, exist_ok=True)
            write(options.write + "/" + title, cases)
            continue
        if not cases:
            continue
        wrong, scores = judge(cases, options.v)
        failed += wrong
        print("%s: %d of %d judged wrong" % (title, wrong, len(cases)))
        if title in ("honest", "modern", "small"):
            for score, name, rules in scores[:3]:
                print("  highest score: %.1f %s %s" % (score, name, " ".join(rules)))
    return 1 if failed + measure(options) else 0


sys.exit(main())
