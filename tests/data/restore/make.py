#!/usr/bin/python3
"""Makes cases.jsonl: signed messages as mailing lists hand them on.

Each author's message of originals() is signed by dkimpy (Debian: python3-dkim,
python3-nacl), goes through each list of LISTS and stands in one line of
cases.jsonl, a case of verdict-cases(5), with what was done to it. attacks()
are those that must not be restored. Run it in this directory; everything is
made anew, keys too, and no private key is kept. --table prints which share is
restored, as VERDICT (the command) finds it.

The lists do what their sources and manuals say, with the same modules where
they are Python themselves: Mailman 2.1 (Handlers/CookHeaders.py, Decorate.py)
and Mailman 3.3 (handlers/decorate.py, subject_prefix.py, dmarc.py) add text
with the package email; Sympa 6.2 (Message::_append_parts), ezmlm-idx (text at
the end), Google Groups and Exchange disclaimers were written down from
messages.
"""
import base64
import email
import email.charset
import email.header
import email.message
import email.mime.multipart
import email.mime.text
import email.policy
import json
import quopri
import re
import subprocess
import sys
import time

import dkim
import nacl.encoding
import nacl.signing

NOW = 1767225600  # 2026-01-01T00:00:00Z, the time that the tests judge at
time.time = lambda: NOW

BANK = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version",
        b"content-type", b"content-transfer-encoding"]
# What Google signs: no Content-Type.
FEW = [b"to", b"subject", b"message-id", b"date", b"from", b"mime-version"]
# What Exim of Debian signs, whether it is there or not.
EXIM = BANK + [b"sender", b"reply-to", b"cc", b"in-reply-to", b"references",
               b"list-id", b"list-help", b"list-unsubscribe",
               b"list-subscribe", b"list-post", b"list-owner",
               b"list-archive"]

zone = {}
pem = {}


def run(*command, data=None):
    return subprocess.run(command, input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def keys(domain):
    key = run("openssl", "genrsa", "-traditional", "2048")
    spki = run("openssl", "rsa", "-pubout", "-outform", "DER", data=key)
    pem[domain, b"s"] = key
    zone["s._domainkey." + domain.decode()] = {
        "TXT": ["v=DKIM1; k=rsa; p=" + base64.b64encode(spki).decode()]}
    edward = nacl.signing.SigningKey.generate()
    pem[domain, b"e"] = edward.encode(encoder=nacl.encoding.Base64Encoder)
    public = edward.verify_key.encode(encoder=nacl.encoding.Base64Encoder)
    zone["e._domainkey." + domain.decode()] = {
        "TXT": ["v=DKIM1; k=ed25519; p=" + public.decode()]}


def sign(message, canon=b"relaxed/relaxed", fields=BANK, selector=b"s",
         domain=b"bank.example", length=False):
    signer = dkim.DKIM(message, signature_algorithm=b"ed25519-sha256"
                       if selector == b"e" else b"rsa-sha256")
    signer.should_not_sign = set()
    field = signer.sign(selector, domain, pem[domain, selector],
                        canonicalize=tuple(canon.split(b"/")),
                        include_headers=fields, length=length)
    return field + message


# ---- what authors send ----------------------------------------------------------

ASCII = """Hello all,

the meeting is on Thursday at ten. Please send what you want to talk about
until Tuesday, so that there is time to print it. We are in the small room
this time, because the large one is being painted.

> Will there be coffee?
Yes = and tea.

Yours, Ann
"""
UTF8 = ASCII.replace("painted", "neu gestrichen für Gäste, naïve Idee") + (
    "Ein sehr langer Absatz, wie ihn Programme schreiben, die Zeilen nicht "
    "umbrechen: Größe, Maße, Übermut und was sonst noch an Umlauten in einen "
    "Absatz paßt, der nicht enden will.\n")
PAGE = """<html><head><meta charset="utf-8"></head><body>
<p>Hello all,</p>
<p>the meeting is on <b>Thursday</b> at ten, <a
href="https://www.bank.example/room">in the small room</a>.</p>
<p>Yours, Ann</p>
</body></html>
"""


def head(*fields):
    return ("From: Ann Author <ann@bank.example>\r\n"
            "To: talk@lists.example\r\n"
            "Subject: %s\r\n"
            "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
            "Message-ID: <1@bank.example>\r\n"
            "MIME-Version: 1.0\r\n" % (fields[0]) +
            "".join(f + "\r\n" for f in fields[1:]) + "\r\n").encode()


def crlf(text):
    if isinstance(text, str):
        text = text.encode()
    return re.sub(rb"\r?\n", b"\r\n", text)


def in_base64(text):
    return crlf(base64.encodebytes(crlf(text)))


def in_quoted(text):
    return crlf(quopri.encodestring(text.encode()))


def part(boundary, *parts):
    return b"".join(b"--" + boundary + b"\r\n" + p + b"\r\n" for p in parts) + (
        b"--" + boundary + b"--\r\n")


def alternative(quoted=True):
    how = "quoted-printable" if quoted else "7bit"
    encode = in_quoted if quoted else crlf
    return part(b"000000000000aa", *(
        crlf('Content-Type: text/%s; charset="UTF-8"\n'
             "Content-Transfer-Encoding: %s\n\n" % (kind, how)) + encode(text)
        for kind, text in (("plain", UTF8 if quoted else ASCII),
                           ("html", PAGE))))


def originals():
    plain = head("Meeting", "Content-Type: text/plain; charset=us-ascii",
                 "Content-Transfer-Encoding: 7bit") + crlf(ASCII)
    yield "plain", sign(plain)
    yield "reply", sign(plain.replace(b"Subject: Meeting",
                                      b"Subject: Re: [talk] Meeting"))
    yield "simple", sign(plain, canon=b"simple/simple")
    yield "bare", sign(head("Meeting") + crlf(ASCII))
    yield "ed25519", sign(plain, selector=b"e")
    yield "exim", sign(plain, fields=EXIM)
    yield "8bit", sign(head("Meeting", "Content-Type: text/plain; charset=utf-8",
                            "Content-Transfer-Encoding: 8bit") + crlf(UTF8))
    yield "quoted", sign(head(
        "Meeting", 'Content-Type: text/plain; charset="UTF-8"',
        "Content-Transfer-Encoding: quoted-printable") + in_quoted(UTF8))
    yield "base64", sign(head(
        "Meeting", 'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: base64") + in_base64(UTF8))
    yield "subject", sign(head(
        "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", "Content-Type: text/plain",
        ) + crlf(ASCII))
    yield "html", sign(head("Meeting", "Content-Type: text/html; charset=utf-8",
                            "Content-Transfer-Encoding: 7bit") + crlf(PAGE))
    yield "alternative", sign(head(
        "Meeting", 'Content-Type: multipart/alternative; boundary="000000000000aa"'
        ) + alternative(), fields=FEW)
    yield "mixed", sign(head(
        "Meeting", 'Content-Type: multipart/mixed; boundary="bb"') + part(
            b"bb", crlf("Content-Type: text/plain; charset=us-ascii\n\n" + ASCII),
            crlf("Content-Type: application/pdf; name=plan.pdf\n"
                 "Content-Disposition: attachment; filename=plan.pdf\n"
                 "Content-Transfer-Encoding: base64\n\n") +
            in_base64("%PDF-1.4 " + UTF8)))


def hard():
    """Authors whose encoder is not the one that is tried."""
    words = b"".join(
        re.sub(rb"(.{1,60}) (?=.)", rb"\1 =\r\n", line) + b"\r\n"
        for line in UTF8.replace("=", "=3D").encode().splitlines())
    words = re.sub(rb"[\x80-\xff]", lambda m: b"=%02X" % m.group()[0], words)
    yield "quoted, broken at words", sign(head(
        "Meeting", "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: quoted-printable") + words)
    short = base64.b64encode(crlf(UTF8))
    yield "base64 in lines of 60", sign(head(
        "Meeting", "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: base64") +
        re.sub(rb"(.{1,60})", rb"\1\r\n", short))
    yield "Subject of two words", sign(head(
        "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_und_noch_viel_mehr_Gr=C3=BC=C3=9Fe?=\r\n"
        " =?UTF-8?Q?_aus_der_Ferne?=", "Content-Type: text/plain",
        ) + crlf(ASCII))


# ---- what lists do --------------------------------------------------------------

FOOTER = ("_______________________________________________\n"
          "Talk mailing list -- talk@lists.example\n"
          "To unsubscribe send an email to talk-leave@lists.example\n"
          "https://lists.example/listinfo/talk\n")

LIST_FIELDS = [("List-Id", "Talk <talk.lists.example>"),
               ("List-Unsubscribe", "<mailto:talk-leave@lists.example>"),
               ("List-Post", "<mailto:talk@lists.example>")]


def parsed(message):
    return email.message_from_bytes(message, policy=email.policy.compat32)


def octets(message):
    return crlf(message.as_bytes(unixfrom=False, policy=email.policy.compat32
                                 .clone(max_line_length=0)))


def received(message):
    return (b"Received: from mail.bank.example by lists.example;\r\n"
            b"\tThu, 1 Jan 2026 00:00:00 +0000\r\n") + message


def with_list_fields(m, sender=True):
    for name, value in LIST_FIELDS:
        m[name] = value
    m["Precedence"] = "list"
    if sender:
        m["Sender"] = "talk-bounces@lists.example"


def with_prefix(m):
    """CookHeaders.prefix_subject of Mailman 2.1, for [talk]."""
    subject = m["Subject"]
    if re.match(r"\s*((re|aw|fw)[: ]\s*)*\[talk\]", subject, re.I):
        return
    del m["Subject"]
    m["Subject"] = "[talk] " + subject


def with_prefix_3(m):
    """subject_prefix.py of Mailman 3: one charset for all of it."""
    subject = m["Subject"]
    if "[talk]" in subject:
        return
    (text, charset), = email.header.decode_header(subject)[:1]
    del m["Subject"]
    if charset is None:
        m["Subject"] = "[talk] " + subject
    else:
        m["Subject"] = email.header.Header("[talk] " + text.decode(charset),
                                           charset, header_name="Subject")


def text_part(text):
    p = email.message.Message()
    p.set_payload(text, "us-ascii")
    del p["MIME-Version"]
    mime = email.mime.text.MIMEText(text, "plain", "us-ascii")
    mime["Content-Disposition"] = "inline"
    return mime


def decorate(m):
    """Decorate.py of Mailman 2.1 and 3.3, which is the same in this."""
    if m.get_content_type() == "text/plain" and not m.is_multipart():
        charset = m.get_content_charset("us-ascii")
        old = m.get_payload(decode=True).decode(charset).replace("\r\n", "\n")
        form, sp = m.get_param("format"), m.get_param("delsp")
        del m["content-transfer-encoding"]
        new = old if old.endswith("\n") else old + "\n"
        m.set_payload((new + FOOTER), charset)
        if form:
            m.set_param("format", form)
        if sp:
            m.set_param("delsp", sp)
        return m
    if m.get_content_type() == "multipart/mixed":
        m.attach(text_part(FOOTER))
        return m
    inner = email.message.Message()
    for name, value in list(m.items()):
        if name.lower().startswith("content-"):
            inner[name] = value
            del m[name]
    inner.set_payload(m.get_payload())
    m["Content-Type"] = "multipart/mixed"
    m.set_payload([inner, text_part(FOOTER)])
    m.set_boundary("===============0123456789==")
    return m


def mailman2(message):
    m = parsed(message)
    with_prefix(m)
    with_list_fields(m)
    return octets(decorate(m))


def mailman2_reply_to(message):
    m = parsed(mailman2(message))
    del m["Reply-To"]
    m["Reply-To"] = "talk@lists.example"
    return octets(m)


def mailman3(message):
    m = parsed(message)
    with_prefix_3(m)
    with_list_fields(m, sender=False)
    return octets(decorate(m))


def mailman3_munge(message):
    m = parsed(mailman3(message))
    author = m["From"]
    del m["From"]
    m["From"] = "Ann Author via Talk <talk@lists.example>"
    m["Reply-To"] = author
    return octets(m)


def fields_only(message):
    """A list that adds fields and a tag, and lets the body be."""
    m = parsed(message)
    with_prefix(m)
    with_list_fields(m)
    return octets(m)


def sympa(message):
    """Message::_append_parts: text by text, everything else as a part."""
    m = parsed(message)
    with_prefix(m)
    with_list_fields(m)
    if m.get_content_type() == "text/plain":
        charset = m.get_content_charset("us-ascii")
        how = m["Content-Transfer-Encoding"] or "7bit"
        text = m.get_payload(decode=True).decode(charset) + "\n" + FOOTER
        if how == "base64":
            m.set_payload(in_base64(text).decode())
        elif how == "quoted-printable":
            m.set_payload(in_quoted(text.replace("\r\n", "\n")).decode())
        else:
            m.set_payload(text.encode(charset).decode("ascii", "surrogateescape"))
        return octets(m)
    return octets(decorate(m))


def ezmlm(message):
    """Text at the end, whatever the message is."""
    m = parsed(message)
    with_prefix(m)
    m["Mailing-List"] = "contact talk-help@lists.example; run by ezmlm"
    with_list_fields(m, sender=False)
    m["Delivered-To"] = "mailing list talk@lists.example"
    raw = octets(m)
    if m.get_content_type() != "text/plain":
        return raw
    return raw + crlf("\n" + "-" * 69 + "\nTo unsubscribe, e-mail: "
                      "talk-unsubscribe@lists.example\nFor additional "
                      "commands, e-mail: talk-help@lists.example\n")


GROUP = ("\n-- \nYou received this message because you are subscribed to the "
         'Google Groups "talk" group.\nTo unsubscribe from this group and stop '
         "receiving emails from it, send an email to "
         "talk+unsubscribe@lists.example.\nTo view this discussion visit "
         "https://lists.example/d/msgid/talk/1%40bank.example.\n")
GROUP_HTML = ("\n<p></p>\n\n-- <br />\nYou received this message because you "
              'are subscribed to the Google Groups &quot;talk&quot; group.<br '
              "/>\nTo unsubscribe from this group, send an email to <a href="
              '"mailto:talk+unsubscribe@lists.example">talk+unsubscribe@lists.'
              'example</a>.<br />\nTo view this discussion visit <a href='
              '"https://lists.example/d/msgid/talk/1?utm_medium=email&utm_'
              'source=footer">https://lists.example/d/msgid/talk/1</a>.<br />\n')


def append(m, text, page):
    """Appends to every text that is shown, in its own encoding."""
    for p in m.walk():
        kind = p.get_content_type()
        if kind not in ("text/plain", "text/html") or p.get_filename():
            continue
        charset = p.get_content_charset("us-ascii")
        how = (p["Content-Transfer-Encoding"] or "7bit").lower()
        old = p.get_payload(decode=True).decode(charset).replace("\r\n", "\n")
        new = old + text if kind == "text/plain" else page(old)
        if how == "base64":
            new = in_base64(new).decode()
        elif how == "quoted-printable":
            new = quopri.encodestring(new.encode(charset)).decode()
        else:
            new = new.encode(charset).decode("ascii", "surrogateescape")
        p.set_payload(new)


def google(message):
    m = parsed(message)
    with_prefix(m)
    with_list_fields(m, sender=False)
    m["X-Original-Sender"] = "ann@bank.example"
    append(m, GROUP, lambda old: old + GROUP_HTML)
    return octets(m)


def google_rewritten(message):
    m = parsed(google(message))
    m["X-Original-From"] = m["From"]
    del m["From"]
    m["From"] = "'Ann Author' via talk <talk@lists.example>"
    m["Reply-To"] = m["X-Original-From"]
    return octets(m)


def groups_io(message):
    m = parsed(fields_only(message))
    del m["From"]
    m["From"] = '"Ann Author via lists.example" <ann=bank.example@lists.example>'
    return octets(m)


def exchange(message):
    """A disclaimer below, and in HTML before the end of the page."""
    m = parsed(message)
    subject = m["Subject"]
    del m["Subject"]
    m["Subject"] = "[EXTERNAL] " + subject
    note = "This message and its attachments are confidential to lists.example."
    append(m, "\n________________________________\n\n" + note + "\n",
           lambda old: old.replace(
               "</body>", '<br>\n<hr>\n<p style="font-size:10pt;font-family:'
               'Arial">%s</p>\n</body>' % note))
    return octets(m)


def encoded(how, encode):
    """A gateway that writes texts in another transfer encoding."""
    def change(message):
        m = parsed(message)
        if m.is_multipart():
            return message
        charset = m.get_content_charset("us-ascii")
        text = m.get_payload(decode=True).decode(charset).replace("\r\n", "\n")
        del m["Content-Transfer-Encoding"]
        m["Content-Transfer-Encoding"] = how
        m.set_payload(encode(text, charset))
        return octets(m)
    return change


to_8bit = encoded("8bit", lambda text, charset: text.encode(charset).decode(
    "ascii", "surrogateescape"))
to_quoted = encoded("quoted-printable",
                    lambda text, charset: in_quoted(text).decode())
to_base64 = encoded("base64", lambda text, charset: in_base64(text).decode())

LISTS = {
    "Mailman 2": mailman2,
    "Mailman 2, answers to the list": mailman2_reply_to,
    "Mailman 3": mailman3,
    "Mailman 3, From rewritten": mailman3_munge,
    "tag and fields": fields_only,
    "Sympa": sympa,
    "ezmlm": ezmlm,
    "Google Groups": google,
    "Google Groups, From rewritten": google_rewritten,
    "groups.io, From rewritten": groups_io,
    "Exchange disclaimer": exchange,
    "forwarder, 8bit": to_8bit,
    "forwarder, quoted-printable": to_quoted,
    "forwarder, base64": to_base64,
}


# ---- what must not be restored ------------------------------------------------------

def attacks():
    """Genuine messages with something in, over or before them."""
    first = dict(originals())
    plain, page = fields_only(first["plain"]), fields_only(first["html"])
    few = sign(head("Meeting", "Content-Type: text/plain; charset=us-ascii")
               + crlf(ASCII), fields=FEW)
    lure = crlf("Your account is locked: https://evil.example/login\n")

    def before_end(added):
        return page.replace(b"</body>", crlf(added) + b"</body>")

    yield "text before", plain.replace(b"\r\n\r\n", b"\r\n\r\n" + lure, 1)
    yield "a word changed", plain.replace(b"Thursday", b"Wednesday")
    yield "more than a footer", plain + lure * 60
    yield "a style sheet", before_end("<style>p{display:none}</style><p>x</p>")
    yield "a cover", before_end(
        '<div style="position:absolute;top:0;left:0">x</div>')
    yield "a script", before_end("<script>document.body=''</script>")
    yield "an image", before_end('<img src="https://evil.example/x.png">')
    yield "a handler", before_end('<p onclick="x()">x</p>')
    yield "an attribute without quotes", before_end("<p style=top:0>x</p>")
    yield "a comment that stays open", before_end("<p>x</p><!-- ")
    yield "a second From", b"From: Boss <boss@bank.example>\r\n" + plain
    yield "a second Subject", b"Subject: Urgent\r\n" + plain
    yield "two readings of the type", plain.replace(
        b"MIME-Version", b"Content-Type: text/html\r\nMIME-Version")
    yield "the type replaced", fields_only(few).replace(
        b"text/plain; charset=us-ascii",
        b'multipart/mixed; boundary="evil"') + (
            b"--evil\r\n\r\n" + lure + b"\r\n--evil--\r\n")
    yield "a charset of its own", fields_only(few).replace(
        b"us-ascii", b"iso-2022-jp") + lure
    page_few = sign(head("Meeting", "Content-Type: text/html; charset=utf-8",
                         "Content-Transfer-Encoding: 7bit") + crlf(PAGE),
                    fields=FEW)
    yield "a page that is decoded though it need not", mailman2(
        page_few).replace(b"Encoding: 7bit\r\n\r\n<html",
                          b"Encoding: base64\r\n\r\n<html")
    yield "base64 that is not decoded", fields_only(sign(head(
        "Meeting", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64") + in_base64(UTF8), fields=FEW)
        ).replace(b"Encoding: base64", b"Encoding: 7bit") + lure
    yield "an attachment", mailman2(first["mixed"]).replace(
        b"Content-Disposition: inline",
        b"Content-Disposition: attachment; filename=x.exe")
    yield "a part that replaces", fields_only(first["alternative"]).replace(
        b"--000000000000aa--", b"--000000000000aa\r\nContent-Type: text/html"
        b"\r\n\r\n" + lure + b"\r\n--000000000000aa--")
    yield "text behind the parts", fields_only(first["mixed"]) + lure
    yield "an unsigned Subject", fields_only(sign(
        head("Meeting") + crlf(ASCII), fields=[b"from", b"to", b"date"])
        ) + crlf(FOOTER)
    yield "a length", fields_only(sign(
        head("Meeting") + crlf(ASCII), length=True)) + crlf(FOOTER)
    yield "From of a third", plain.replace(
        b"From: Ann Author <ann@bank.example>",
        b"From: Ceo <ceo@other.example>\r\n"
        b"X-Original-From: Ann Author <ann@bank.example>") + crlf(FOOTER)
    yield "nobody vouches", plain.replace(b"List-", b"X-") + crlf(FOOTER)


# Nobody can say how these were encoded before a list did so anew. Where it lets
# them be, they are restored as well.
HARD = {"quoted, broken at words", "base64 in lines of 60"}
LOST = {label: HARD for label in LISTS if label not in (
    "tag and fields", "groups.io, From rewritten", "ezmlm")}
LOST["ezmlm"] = {"base64 in lines of 60"}
for label in "Mailman 3", "Mailman 3, From rewritten":
    LOST[label] = HARD | {"Subject of two words"}


def want(label, kind, message):
    """What a signature comes to, as dkimpy says or as it should be."""
    if dkim.verify(message, dnsfunc=lambda name, **_: zone.get(
            name.decode().rstrip("."), {"TXT": [None]})["TXT"][0].encode()):
        return "good"
    return "lost" if kind in LOST.get(label, ()) else "restored"


def strangers():
    """Restored, but whoever added text is not whom the author wrote to, or
    leads elsewhere: facts that the rules look at."""
    first = dict(originals())["plain"]
    yield "a stranger's list", sign(first.partition(b"From: ")[2].join(
        [b"From: ", b""]).replace(b"talk@lists.example", b"eve@other.example"))
    yield "a stranger's tag", sign(first.partition(b"From: ")[2].join(
        [b"From: ", b""]).replace(b"talk@lists.example", b"eve@other.example"))
    yield "a link elsewhere", first


def case(name, message, **more):
    return {"id": name, "message": message.decode(),
            "ip": "192.0.2.1", "helo": "lists.example",
            "mailfrom": "talk-bounces@lists.example",
            "rcpt": "bob@here.example", **more}


def cases():
    for kind, message in (*originals(), *hard()):
        for label, change in LISTS.items():
            changed = received(change(message))
            yield case("%s: %s" % (label, kind), changed,
                       want=want(label, kind, changed))
    for label, message in strangers():
        yield case("not: " + label, received(
            fields_only(message) + crlf(
                "" if "tag" in label else FOOTER + (
                    "https://evil.example/\n" if "link" in label else ""))),
            want="restored")
    for label, message in attacks():
        more = {"ip": "192.0.2.99"} if label == "nobody vouches" else {}
        yield case("not: " + label, received(message), want="lost", **more)


def table(verdict):
    out = run(verdict, "check", "--cases", "cases.jsonl")
    share = {}
    for line in out.splitlines():
        answer = json.loads(line)
        label, kind = answer["id"].split(": ", 1)
        good = any(d["result"] == "pass" and d["domain"] == "bank.example"
                   for d in answer["dkim"])
        r = answer["restored"]
        share.setdefault(label, []).append(
            (kind, "good" if good else
             "restored" if r and not r["problem"] else "lost"))
    for label, kinds in share.items():
        count = {w: sum(k[1] == w for k in kinds)
                 for w in ("good", "restored", "lost")}
        print("%-32s %3d %3d %3d  %s" % (
            label, count["good"], count["restored"], count["lost"],
            " ".join(k for k, w in kinds if w == "lost")))


def publish():
    keys(b"bank.example")
    zone["_dmarc.bank.example"] = {"TXT": ["v=DMARC1; p=reject"]}
    zone["_dmarc.other.example"] = {"TXT": ["v=DMARC1; p=reject"]}
    zone["lists.example"] = {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}
    for name in "bank.example", "other.example", "here.example":
        zone[name] = {"A": ["192.0.2.2"]}


def main():
    if sys.argv[1:2] == ["--table"]:
        table(sys.argv[2])
        return
    publish()
    with open("cases.jsonl", "w") as f:
        for case in cases():
            f.write(json.dumps({**case, "zone": "zone.json"}) + "\n")
    with open("zone.json", "w") as f:
        json.dump(zone, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
