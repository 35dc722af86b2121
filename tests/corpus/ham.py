"""Honest mail in the shapes in which it comes: what ordinary programs, lists,
devices and forwarders write, with the flaws that they have."""

import base64
import io
import tarfile
import zipfile

DATE = "Thu, 01 Jan 2026 00:00:00 +0000"
SHAPES = []


def shape(function):
    SHAPES.append(function)
    return function


def head(v, subject="Minutes of the meeting", author=None, drop=(), more=""):
    """The fields of an ordinary message; v tells which variation it is."""
    fields = [
        ("Received", "from mail.%s ([198.51.100.7]) by mx.verdict.example with ESMTPS;\n\t%s"
         % (v.domain, DATE)),
        ("From", author or v.author), ("To", "Bob <bob@verdict.example>"),
        ("Subject", subject), ("Date", DATE),
        ("Message-ID", "<%s.%d@%s>" % (v.token, v.number, v.domain)),
        ("MIME-Version", "1.0")]
    text = "".join("%s: %s\n" % f for f in fields if f[0] not in drop)
    return text + more


def part(kind, body, encoding="7bit", more=""):
    return "Content-Type: %s\nContent-Transfer-Encoding: %s\n%s\n%s\n" % (
        kind, encoding, more, body)


def file(kind, octets, name, disposition="attachment"):
    return part('%s; name="%s"' % (kind, name),
                base64.encodebytes(octets).decode().rstrip(), "base64",
                'Content-Disposition: %s; filename="%s"\n' % (disposition, name))


def multi(kind, parts, boundary="=_b0undary.1", preamble="", more="", end="--"):
    return ("Content-Type: multipart/%s;%s\n\tboundary=\"%s\"\n\n%s" % (
        kind, more, boundary, preamble)
        + "".join("--%s\n%s" % (boundary, p) for p in parts)
        + ("--%s%s\n" % (boundary, end) if end else ""))


def archive(*names, content=b"some content\n"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name in names:
            z.writestr(name, content)
    return out.getvalue()


def encrypted(*names):
    """A zip whose members say that they are encrypted."""
    octets = bytearray(archive(*names))
    at = -1
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = octets.find(magic)
        while at >= 0:
            octets[at + offset] |= 1
            at = octets.find(magic, at + 4)
    return bytes(octets)


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
TEXT = "Dear Bob,\n\nplease find the notes below. We meet again on Tuesday at ten.\n\n- budget\n- new office\n\nRegards\nAlice\n"
HTML = "<html><head><style>p{color:#333}</style></head><body><p>Dear Bob,</p><p>please find the <b>notes</b> at <a href=\"https://www.%s/notes\">our site</a>.</p></body></html>"


@shape
def thunderbird(v):
    return head(v, more="User-Agent: Mozilla Thunderbird\nContent-Language: en-US\n") + part(
        "text/plain; charset=UTF-8; format=flowed", TEXT)


@shape
def outlook(v):
    html = ('<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv="Content-Type" '
            'content="text/html; charset=us-ascii"><!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]-->'
            '</head><body lang=3DEN-US><div class=3D"WordSection1"><p class=3D"MsoNormal">Bob,<o:p></o:p></p>'
            '<p><a href=3D"mailto:alice@%s">alice@%s</a></p></div></body></html>' % (v.domain, v.domain))
    return head(v, "RE: Minutes", more="Thread-Topic: Minutes\nThread-Index: AQHabcdefg==\nX-MS-Has-Attach: yes\nAccept-Language: en-US\n") + multi(
        "related", [multi("alternative", [part('text/plain; charset="us-ascii"', TEXT),
                                          part('text/html; charset="us-ascii"', html, "quoted-printable")], "_001_"),
                    file("image/png", PNG, "image001.png", "inline")], "_002_", more='\n\ttype="multipart/alternative";')


@shape
def outlook_desktop(v):
    return head(v, "AW: Angebot", more="X-Mailer: Microsoft Outlook 16.0\n") + multi(
        "mixed", [part("text/plain; charset=\"iso-8859-1\"", "Sehr geehrter Herr M=FCller,=20\n", "quoted-printable"),
                  file("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                       archive("[Content_Types].xml", "word/document.xml", "_rels/.rels"), "Angebot 2026.docx")],
        "----=_NextPart_000_0001", preamble="This is a multi-part message in MIME format.\n\n")


@shape
def apple(v):
    return head(v, more="X-Mailer: Apple Mail (2.3774.300)\n") + multi(
        "alternative", [part("text/plain; charset=utf-8", TEXT),
                        multi("mixed", [part("text/html; charset=utf-8", HTML % v.domain),
                                        file("application/pdf", PDF, "Notes.pdf", "inline"),
                                        part("text/html; charset=us-ascii", "<html><body><br></body></html>")],
                              "Apple-Mail=_2")], "Apple-Mail=_1")


@shape
def gmail(v):
    return head(v) + multi("alternative", [
        part('text/plain; charset="UTF-8"', TEXT),
        part('text/html; charset="UTF-8"', '<div dir="ltr">%s<div class="gmail_quote">On Mon, Bob wrote:<br><blockquote>hi</blockquote></div></div>' % TEXT)],
        "000000000000a1b2c3")


@shape
def newsletter(v):
    html = ('<!DOCTYPE html><html><head><title>News</title></head><body>'
            '<div style="display:none;font-size:1px;color:#ffffff;max-height:0">Our spring collection &zwnj;&nbsp;&zwnj;&nbsp;</div>'
            '<table><tr><td><a href="http://click.track-%s/ls/click?u=abc">www.%s</a></td></tr></table>'
            '<img src="http://click.track-%s/open.gif" width="1" height="1">'
            '<p>You get this because you subscribed. <a href="http://click.track-%s/u">Unsubscribe</a></p></body></html>'
            % ((v.domain,) * 4))
    return head(v, "SALE! 50% off everything this weekend", more=(
        "List-Unsubscribe: <https://click.track-%s/u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
        "Precedence: bulk\nX-Campaign: 12\nFeedback-ID: 1:2:3:x\n" % v.domain)) + multi(
        "alternative", [part("text/plain; charset=utf-8", "View in browser: http://click.track-%s/v\n" % v.domain),
                        part("text/html; charset=utf-8", html)])


@shape
def newsletter_without_unsubscribe(v):
    html = '<a href="http://t.tracker.example/c?x=1">http://www.%s/</a><form action="https://www.%s/search"><input name=q></form>' % (v.domain, v.domain)
    return head(v, "Newsletter January") + part("text/html; charset=iso-8859-1", html)


@shape
def image_only(v):
    return head(v, "Invitation") + part("text/html", '<html><body><a href="https://www.%s/"><img src="https://www.%s/big.jpg"></a></body></html>' % (v.domain, v.domain))


@shape
def invitation(v):
    ics = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nDTSTART:20260110T100000Z\nEND:VEVENT\nEND:VCALENDAR"
    return head(v, "Invitation: weekly @ Tue", more="Sender: Calendar <calendar-notification@%s>\nReply-To: alice@%s\n" % (v.domain, v.domain)) + multi(
        "mixed", [multi("alternative", [part("text/plain", TEXT), part("text/html", HTML % v.domain),
                                        part("text/calendar; charset=UTF-8; method=REQUEST", ics)], "inner"),
                  file("application/ics", ics.encode(), "invite.ics")])


@shape
def mailman(v):
    return head(v, "[talk] Re: question", more=(
        "List-Id: Talk <talk.lists.%s>\nList-Post: <mailto:talk@lists.%s>\nPrecedence: list\n"
        "Sender: talk-bounces@lists.%s\nErrors-To: talk-bounces@lists.%s\nX-Mailman-Version: 2.1.39\n" % ((v.domain,) * 4))) + multi(
        "mixed", [part("text/plain; charset=utf-8", TEXT),
                  part("text/plain; charset=us-ascii", "_______\ntalk mailing list\nhttps://lists.%s/talk\n" % v.domain,
                       more="Content-Disposition: inline\n")], "===============123==")


@shape
def group(v):
    return head(v, author='"ann@elsewhere.example" <talk@groups.%s>' % v.domain, more=(
        "Reply-To: ann.other@gmail.com\nList-ID: <talk.groups.%s>\nX-Google-Group-Id: 1\n"
        "X-Original-Sender: ann@elsewhere.example\n" % v.domain)) + part("text/plain", TEXT)


@shape
def digest(v):
    one = "From: Ann <ann@a.example>\nSubject: first\nDate: %s\nMessage-ID: <1@a.example>\n\nhello\n" % DATE
    return head(v, "talk Digest, Vol 3, Issue 4", more="List-Id: <talk.example>\n") + multi(
        "digest", ["\n" + one, "\n" + one.replace("first", "second")])


@shape
def bounce(v):
    original = "Received: from x\nFrom: bob@verdict.example\nTo: nobody@%s\nSubject: hi\nMessage-ID: <9@verdict.example>\n" % v.domain
    return head(v, "Undelivered Mail Returned to Sender", "MAILER-DAEMON@%s (Mail Delivery System)" % v.domain,
                more="Auto-Submitted: auto-replied\n") + multi(
        "report", [part("text/plain; charset=us-ascii", "This is the mail system.\n\n<nobody@%s>: unknown user" % v.domain,
                        more="Content-Description: Notification\n"),
                   part("message/delivery-status", "Reporting-MTA: dns; mail.%s\n\nFinal-Recipient: rfc822; nobody@%s\nAction: failed\nStatus: 5.1.1\n" % (v.domain, v.domain)),
                   part("text/rfc822-headers", original)], preamble="This is a MIME-encapsulated message.\n\n",
        more=" report-type=delivery-status;")


@shape
def bounce_of_qmail(v):
    return head(v, "failure notice", "MAILER-DAEMON@%s" % v.domain, drop=("MIME-Version",)) + (
        "\nHi. This is the qmail-send program at %s.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<nobody@%s>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n"
        "Return-Path: <bob@verdict.example>\nFrom: Bob <bob@verdict.example>\nSubject: hi\n\nhi\n" % (v.domain, v.domain))


@shape
def nobody(v):
    return head(v, "Automatic reply: hi", "<>", more="Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n") + part("text/plain", "I am out of office.\n")


@shape
def vacation(v):
    return head(v, "Out of office", more="Auto-Submitted: auto-replied\nIn-Reply-To: <9@verdict.example>\n") + part("text/plain", TEXT)


@shape
def receipt(v):
    return head(v, "Read: Minutes") + multi("report", [
        part("text/plain", "Your message was read.\n"),
        part("message/disposition-notification", "Final-Recipient: rfc822;alice@%s\nDisposition: manual-action/MDN-sent-manually; displayed\n" % v.domain)],
        more=" report-type=disposition-notification;")


@shape
def smime_signed(v):
    return head(v) + multi("signed", [part("text/plain", TEXT), file("application/pkcs7-signature", b"0\x80\x06\x09" * 40, "smime.p7s")],
                           more=' protocol="application/pkcs7-signature"; micalg=sha-256;', preamble="This is a cryptographically signed message in MIME format.\n\n")


@shape
def smime_opaque(v):
    return head(v) + file("application/pkcs7-mime; smime-type=enveloped-data", b"0\x80\x06\x09" * 90, "smime.p7m")


@shape
def pgp_encrypted(v):
    return head(v, "...") + multi("encrypted", [part("application/pgp-encrypted", "Version: 1"),
                                                 part('application/octet-stream; name="encrypted.asc"', "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----",
                                                      more='Content-Disposition: inline; filename="encrypted.asc"\n')],
                                   more=' protocol="application/pgp-encrypted";')


@shape
def pgp_inline(v):
    return head(v) + part("text/plain", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n%s\n-----BEGIN PGP SIGNATURE-----\n\niQ\n-----END PGP SIGNATURE-----" % TEXT)


@shape
def raw_8bit(v):
    return head(v, "Grüße aus Köln", "Jörg Müller <joerg@%s>" % v.domain, drop=("MIME-Version",)).encode("latin-1") + "\nViele Grüße, Jörg\n".encode("latin-1")


@shape
def cron(v):
    return head(v, "Cron <root@db1> /usr/local/bin/backup", "root@%s (Cron Daemon)" % v.domain, drop=("MIME-Version",),
                more="Auto-Submitted: auto-generated\nX-Cron-Env: <SHELL=/bin/sh>\n") + "\nbackup done: 12 files\nrm: cannot remove 'x': No such file\n"


@shape
def php_form(v):
    return head(v, "Contact form", "website@%s" % v.domain, drop=("MIME-Version", "Message-ID", "Date"),
                more="Reply-To: customer77@gmail.com\nX-PHP-Originating-Script: 33:contact.php\n") + "\nName: Customer\nMessage: please call me\n"


@shape
def scanner(v):
    return head(v, "Scan", "scanner@%s" % v.domain, drop=("Date", "Message-ID")) + multi(
        "mixed", [part("text/plain", "Scan to e-mail\n"), file("image/tiff", b"II*\0" + bytes(500), "SCAN0001.TIF"),
                  file("application/pdf", PDF, "SCAN0001.PDF")])


@shape
def forwarded_as_file(v):
    return head(v, "FW: old mail") + multi("mixed", [part("text/plain", "see below"), part(
        "message/rfc822", "From: Ann <ann@a.example>\nTo: alice@x.example\nSubject: old\nDate: %s\nMessage-ID: <7@a.example>\n\n%s" % (DATE, TEXT))])


@shape
def zip_of_documents(v):
    return head(v, "Documents") + multi("mixed", [part("text/plain", TEXT), file("application/zip", archive("a/contract.pdf", "a/plan.docx", "readme.txt"), "docs.zip")])


@shape
def encrypted_payslip(v):
    return head(v, "Payslip") + multi("mixed", [part("text/plain", "Your payslip. The password is the one you know.\n"),
                                                 file("application/zip", encrypted("payslip-2026-01.pdf"), "payslip.zip")])


@shape
def source_project(v):
    names = ["proj/src/file%d.js" % i for i in range(30)] + ["proj/run.sh", "proj/make.bat", "proj/README"]
    return head(v, "the code") + multi("mixed", [part("text/plain", TEXT), file("application/zip", archive(*names), "proj.zip")])


@shape
def project_with_login(v):
    names = ["proj/public/page%d.html" % i for i in range(8)]
    page = b"""<form action="/login"><input type="password" name="p"></form>
        <script>location.href = "/a" + "b";</script>"""
    return head(v, "the code") + multi("mixed", [part("text/plain", TEXT), file("application/zip", archive(*names, content=page), "proj.zip")])


@shape
def report_of_tests(v):
    names = ["cover/file%d.html" % i for i in range(60)]
    page = b"""<script>var b = new Blob(["a"], {type: "text/csv"}), a = document.createElement("a");
        a.href = URL.createObjectURL(b); a.download = "export.csv"; a.click();</script>"""
    return head(v, "Coverage") + multi("mixed", [part("text/plain", TEXT), file("application/zip", archive(*names, content=page), "cover.zip")])


@shape
def tarball(v):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        info = tarfile.TarInfo("fix.patch")
        info.size = 4
        t.addfile(info, io.BytesIO(b"diff"))
    return head(v, "[PATCH] fix") + multi("mixed", [part("text/plain", TEXT), file("application/gzip", out.getvalue(), "fix.tar.gz")])


@shape
def patch_inline(v):
    return head(v, "[PATCH 1/2] net: fix it", more="X-Mailer: git-send-email 2.39.2\n") + part(
        "text/plain; charset=UTF-8", "---\n a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-From: x@y\n+return 0;\n-- \n2.39.2\n", "8bit")


@shape
def winmail(v):
    return head(v, "Offer") + multi("mixed", [part("text/plain", TEXT), file("application/ms-tnef", b"\x78\x9f\x3e\x22" + bytes(100), "winmail.dat")])


@shape
def spreadsheet(v):
    return head(v, "Numbers") + multi("mixed", [part("text/plain", TEXT), file("application/vnd.ms-excel", archive("[Content_Types].xml", "xl/workbook.xml"), "Q4 numbers.xlsx")])


@shape
def macro_workbook(v):
    return head(v, "Timesheet") + multi("mixed", [part("text/plain", TEXT), file(
        "application/vnd.ms-excel.sheet.macroEnabled.12", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "timesheet.xlsm")])


@shape
def pdf_octet_stream(v):
    return head(v, "=?utf-8?Q?Rechnung_f=C3=BCr_Januar?=") + multi("mixed", [part("text/plain; charset=windows-1252", "Guten Tag,\n"), part(
        "application/octet-stream;\n name=\"=?utf-8?Q?Rechnung_f=C3=BCr.pdf?=\"", base64.encodebytes(PDF).decode(), "base64",
        "Content-Disposition: attachment;\n filename*=UTF-8''Rechnung%20f%C3%BCr.pdf\n")])


@shape
def comma_in_name(v):
    return head(v, author="Doe, John <john@%s>" % v.domain) + part("text/plain", TEXT)


@shape
def dots_in_name(v):
    return head(v, author="John Q. Doe Jr. <john@%s>" % v.domain) + part("text/plain", TEXT)


@shape
def old_style_from(v):
    return head(v, author="john@%s (John Doe)" % v.domain, drop=("MIME-Version",)) + "\n" + TEXT


@shape
def ticket(v):
    return head(v, "[JIRA] (ABC-12) Broken door", '"Ann Other (JIRA)" <jira@%s>' % v.domain,
                more="Precedence: bulk\nAuto-Submitted: auto-generated\n") + multi(
        "alternative", [part("text/plain", TEXT), part("text/html", HTML % v.domain)])


@shape
def name_is_address(v):
    return head(v, "Re: ticket 77", '"support@helpdesk.example" <support-77@%s>' % v.domain) + part("text/plain", TEXT)


@shape
def safelinks(v):
    return head(v) + part("text/html", '<p>See <a href="https://eur01.safelinks.protection.outlook.com/?url=https%%3A%%2F%%2Fwww.%s">https://www.%s/page</a></p>' % (v.domain, v.domain))


@shape
def monitoring(v):
    return head(v, "PROBLEM: host db1 DOWN", "nagios@%s" % v.domain, drop=("Message-ID",)) + part("text/html", '<a href="http://192.168.1.20/nagios">http://192.168.1.20/nagios</a> db1 is down')


@shape
def aggregate_report(v):
    return head(v, "Report domain: verdict.example Submitter: %s" % v.domain, "noreply-dmarc@%s" % v.domain) + file(
        "application/zip", archive("%s!verdict.example!1!2.xml" % v.domain), "%s!verdict.example!1!2.zip" % v.domain)


@shape
def voicemail(v):
    return head(v, "Voice message from +49 30 1234", '"+49301234" <voicemail@%s>' % v.domain) + multi(
        "mixed", [part("text/plain", "New message\n"), file("audio/wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(60), "msg.wav")])


@shape
def japanese(v):
    return head(v, "=?ISO-2022-JP?B?GyRCMnE1RCRONUQ7dk8/GyhC?=").encode() + b"Content-Type: text/plain; charset=ISO-2022-JP\nContent-Transfer-Encoding: 7bit\n\n" + "会議の議事録を送ります。\n".encode("iso-2022-jp")


@shape
def russian(v):
    return head(v, "=?koi8-r?B?0NLP1M/Lz8w=?=").encode() + b"Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\n" + "Добрый день, высылаю протокол.\n".encode("koi8-r")


@shape
def chinese(v):
    return head(v, "=?gb2312?B?u+HS6bzH0Lw=?=").encode() + b"Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes("会议记录如下。\n".encode("gb2312"))


@shape
def undisclosed(v):
    return head(v).replace("To: Bob <bob@verdict.example>", "To: undisclosed-recipients:;") + part("text/plain", TEXT)


@shape
def two_to_fields(v):
    return head(v, more="To: Ann <ann@verdict.example>\n") + part("text/plain", TEXT)


@shape
def long_lines(v):
    return head(v) + part("text/plain; charset=utf-8", "word " * 600, "8bit")


@shape
def end_is_missing(v):
    return head(v) + multi("alternative", [part("text/plain", TEXT), part("text/html", HTML % v.domain)], end="")


@shape
def certificate(v):
    return head(v, "our new certificate") + multi("mixed", [part("text/plain", TEXT), file("application/x-x509-ca-cert", b"-----BEGIN CERTIFICATE-----\nMII\n", "ca.crt"),
                                                             file("text/x-python", b"#!/usr/bin/python3\nprint(1)\n", "check.py"), file("text/x-sh", b"#!/bin/sh\nls\n", "install.sh")])


@shape
def empty_body(v):
    return head(v, "call me") + part("text/plain", "")


@shape
def securedoc(v):
    page = b"<html><head><script>function open(){document.forms[0].submit()}</script></head><body><form action='https://res.cisco.example/' method=post><input type=hidden name=b></form></body></html>"
    return head(v, "Secure message from your bank") + multi("mixed", [part("text/plain", "Open the attached file to read your secure message.\n"), file("text/html", page, "securedoc_20260101.html")])
