"""The show of demo.sh: messages that are genuine, forged, altered and
forwarded, each with what was sent, the answer over SMTP, the header as it was
delivered, and why. It stands on the same stage and in the same world as the
end-to-end tests."""

import os
import re
import signal
import subprocess
import sys
import textwrap

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))

from stage import Milter, Nsd, Postfix, Sink, Stage, headers, send  # noqa: E402
from world import EVIL_IP, GOOD_IP, LIST_IP, World  # noqa: E402

WIDTH = 78
MARGIN = 10
SHOWN = ("Authentication-Results", "X-Verdict", "X-Spam-Flag")
OURS = SHOWN + ("X-Spam-Status", "X-Spam-Score", "X-Spam-Level")


class Paper:
    """Prints labels in the margin and text beside them."""

    def __init__(self, colour):
        self.colour = colour

    def paint(self, code, text):
        return "\033[%sm%s\033[0m" % (code, text) if self.colour else text

    def title(self, text):
        print("\n" + self.paint("1", text), flush=True)

    def lines(self, label, lines, code=None):
        for i, line in enumerate(lines):
            head = (label if i == 0 else "").ljust(MARGIN)
            print(self.paint("2", head) + (self.paint(code, line) if code else line),
                  flush=True)

    def text(self, label, text, code=None):
        self.lines(label, textwrap.wrap(text, WIDTH - MARGIN,
                                        break_on_hyphens=False,
                                        break_long_words=False), code)


class Scene:
    """One message, who sends it, and what to look at in the answer."""

    def __init__(self, title, sent, message, ip=GOOD_IP, helo="mx.good.example",
                 sender="alice@good.example", reasons=("SPF:", "DKIM", "DMARC:")):
        self.title, self.sent, self.message = title, sent, message
        self.ip, self.helo, self.sender = ip, helo, sender
        self.reasons = reasons


def forwarded(world):
    """A list adds a footer, which breaks the author's signature, and signs."""
    message = world.sign(world.message(subject="Agenda"))
    message = message.replace(b"wiki.", b"wiki.\r\n-- \r\nThe talk list")
    return world.sign(b"List-Id: <talk.list.example>\r\n"
                      b"List-Post: <mailto:talk@list.example>\r\n" + message, "list")


def with_program(world):
    return world.sign(world.message(
        subject="Invoice", extra='MIME-Version: 1.0\n'
        'Content-Type: multipart/mixed; boundary="b"\n',
        body='--b\nContent-Type: text/plain\n\nPlease see the invoice.\n'
        '--b\nContent-Type: application/octet-stream\n'
        'Content-Disposition: attachment; filename="invoice.pdf.exe"\n'
        'Content-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA\n--b--\n'))


def scenes(world):
    forged = (b"Authentication-Results: mx.verdict.example; spf=pass; dmarc=pass\r\n"
              b"Authentication-Results: (hi) \"MX.verdict.example\" ; dkim=pass\r\n"
              b"X-Spam-Flag: NO\r\n")
    altered = world.sign(world.message(subject="Account number"))
    evil = {"ip": EVIL_IP, "helo": "mx.evil.example", "sender": "x@evil.example"}
    return [
        Scene("Genuine and signed",
              "Alice of good.example writes from her own server, which signs.",
              world.sign(world.message())),
        Scene("Forged From",
              "A stranger's server writes in Alice's name. SPF passes, for the "
              "stranger's own domain; good.example asks to refuse what is not "
              "from it (p=reject).",
              world.message(subject="Urgent transfer"), **evil),
        Scene("Forged From, a milder domain",
              "The same with an author of quar.example, which asks for "
              "quarantine: delivered, and marked for the Junk folder.",
              world.message("Quentin <q@quar.example>", "Urgent"), **evil),
        Scene("Altered on the way",
              "Alice's signed message, one word changed after it was signed. "
              "SPF still speaks for it, so it is delivered.",
              altered.replace(b"wiki", b"w1k1")),
        Scene("Forged Authentication-Results",
              "A stranger's message that brings its own good marks, in our name.",
              forged + world.message("X <x@evil.example>", "Trust me"), **evil),
        Scene("Forwarded by a mailing list",
              "A list adds a footer to Alice's message. Her signature breaks and "
              "DMARC fails. It looks like a list's, so it is marked, not refused.",
              forwarded(world), ip=LIST_IP, helo="mx.list.example",
              sender="talk-bounces@list.example"),
        Scene("A program as an attachment",
              "Genuine and signed, with invoice.pdf.exe. The shipped rules take "
              "no programs.", with_program(world), reasons=("Content:",)),
    ]


class Show:
    def __init__(self, stage, paper, verbose):
        self.paper, self.verbose = paper, verbose
        self.world = World()
        self.sink = stage.add(Sink())
        self.stage = stage
        nsd = stage.add(Nsd(stage.path("nsd"), self.world.zones()))
        self.milter = stage.add(Milter(
            stage.path("milter"), "resolver 127.0.0.1:%d\n" % nsd.port))
        self.postfix = stage.add(Postfix(
            stage.path("postfix"), self.sink, "inet:127.0.0.1:%d" % self.milter.port))
        paper.text("Running", "Postfix on port %d, verdict-milter on %d, DNS "
                   "zones under example. on %d, all on 127.0.0.1." % (
                       self.postfix.port, self.milter.port, nsd.port))

    def play(self, number, scene):
        self.paper.title("%d. %s" % (number, scene.title))
        self.paper.text("sent", scene.sent)
        token = b"demo-%d" % number
        message = b"X-Demo: " + token + b"\r\n" + scene.message
        code, text = send(self.postfix.port, message, ip=scene.ip,
                          helo=scene.helo, sender=scene.sender)[-1]
        self.paper.text("reply", "%d %s" % (code, text), "32" if code == 250 else "31")
        if code == 250:
            octets = self.sink.wait(token.decode())[2]
            self.header(octets)
            self.removed(message, octets)
        else:
            self.paper.text("header", "(not delivered)")
        self.paper.lines("why", self.why(scene, message))
        return text

    def header(self, octets):
        head = octets.split(b"\r\n\r\n", 1)[0].decode("latin-1")
        fields = re.split(r"\r\n(?![ \t])", head)
        if not self.verbose:
            fields = [f for f in fields if f.split(":")[0] in SHOWN]
        self.paper.lines("header", [line.replace("\t", "    ")
                                    for f in fields for line in f.split("\r\n")])

    def removed(self, sent, octets):
        """The fields in our name that came with the message and are gone."""
        gone = ["%s: %s" % (name, value) for name in OURS
                for value in headers(sent, name) if value not in headers(octets, name)]
        self.paper.lines("removed", gone, "33")

    def why(self, scene, message):
        """What `verdict check` says of the same message, in sentences."""
        path = self.stage.path("message.eml")
        with open(path, "wb") as f:
            f.write(message)
        _, output = self.milter.tool(
            "check", "--live-dns", "--ip", scene.ip, "--helo", scene.helo,
            "--from", scene.sender, "--rcpt", "bob@verdict.example", path)
        lines, verdict = [], "Verdict: none?"
        for line in output.split("\n"):
            if line.startswith("Verdict:"):
                verdict = re.sub(r" \(decision .*", "", line)
            elif line.startswith(scene.reasons) and "HELO" not in line:
                lines.append(line)
        wrapped = []
        for line in lines + [verdict]:
            wrapped += textwrap.wrap(line, WIDTH - MARGIN, subsequent_indent="  ",
                                     break_on_hyphens=False)
        return wrapped

    def last_words(self, text):
        """The decision id of a refused message, and its line in the log."""
        decision = re.search(r"\[([0-9a-zA-Z.]+)\]", text)
        if decision is None:
            return
        self.paper.title("And afterwards?")
        self.paper.text("", "A refusal ends in the decision's id; in delivered mail "
                        "X-Verdict has it. The log has one line for each "
                        "message; for %s:" % decision.group(1))
        for line in self.milter.text().split("\n"):
            if "id=" + decision.group(1) in line:
                self.paper.text("log", re.sub("^<[0-9]>", "", line))
        self.milter.env["COLUMNS"] = str(WIDTH - MARGIN)
        status, output = self.milter.tool("explain", decision.group(1))
        if status == 0:
            self.paper.lines("explain", output.rstrip().split("\n"))


def main():
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(143))
    paper = Paper("--colour" in sys.argv)
    with Stage() as stage:
        show = Show(stage, paper, "-v" in sys.argv)
        refused = ""
        for number, scene in enumerate(scenes(show.world), 1):
            text = show.play(number, scene)
            if scene.title == "Forged From":
                refused = text
        show.last_words(refused)
    print("\nEverything is stopped again. The programs stay in\n  %s\n"
          "for example:\n  %s/verdict check -v MESSAGE.eml"
          % (os.environ["BUILD"], os.environ["BUILD"]))


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, subprocess.CalledProcessError) as error:
        sys.exit("demo: " + str(error))
