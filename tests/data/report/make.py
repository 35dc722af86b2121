#!/usr/bin/env python3
"""Writes received reports in the forms in which they come into a directory:
make.py DIR. They are as the named receivers write them, with other domains."""

import base64
import gzip
import io
import os
import sys
import zipfile

out = sys.argv[1]

RECORD = """<record><row><source_ip>%(ip)s</source_ip><count>%(count)s</count>
<policy_evaluated><disposition>%(disposition)s</disposition><dkim>%(dkim)s</dkim>
<spf>%(spf)s</spf>%(reason)s</policy_evaluated></row>
<identifiers><header_from>%(header_from)s</header_from></identifiers>
<auth_results>%(auth)s</auth_results></record>
"""


def record(ip, count=1, disposition="none", dkim="pass", spf="pass", reason="",
           header_from="example.org", auth=""):
    return RECORD % locals()


def report(org, ident, records, begin=1767225600, head="", root="<feedback>",
           policy="<p>none</p><sp>none</sp><pct>100</pct>", end="</feedback>"):
    return ('%s%s<report_metadata><org_name>%s</org_name>'
            '<email>noreply@%s.example</email><report_id>%s</report_id>'
            '<date_range><begin>%s</begin><end>%s</end></date_range>'
            '</report_metadata><policy_published><domain>example.org</domain>'
            '<adkim>r</adkim><aspf>r</aspf>%s</policy_published>%s%s'
            % (head, root, org, "x", ident, begin, int(begin) + 86399, policy,
               records, end))


def write(name, octets):
    with open(os.path.join(out, name), "wb") as f:
        f.write(octets if isinstance(octets, bytes) else octets.encode())


def zipped(name, text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, text)
    return data.getvalue()


def mail(octets, ctype, name, multipart=True):
    body = base64.encodebytes(octets).decode()
    head = ("From: noreply@x.example\nTo: dmarc@example.org\n"
            "Subject: Report Domain: example.org Submitter: x.example Report-ID: <1>\n"
            "MIME-Version: 1.0\n")
    part = ("Content-Type: %s; name=\"%s\"\nContent-Transfer-Encoding: base64\n"
            "Content-Disposition: attachment; filename=\"%s\"\n\n%s"
            % (ctype, name, name, body))
    if not multipart:
        return head + part
    return (head + 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
            "Content-Type: text/plain\n\nThis is an aggregate report.\n\n--b\n"
            + part + "\n--b--\n")


ours = record("192.0.2.1", 120,
              auth="<dkim><domain>example.org</domain><selector>s1</selector>"
                   "<result>pass</result></dkim><spf><domain>example.org</domain>"
                   "<result>pass</result></spf>")
mailer = record("198.51.100.7", 30, dkim="fail", spf="fail",
                auth="<dkim><domain>mailer.example</domain><result>pass</result>"
                     "</dkim><spf><domain>bounce.mailer.example</domain>"
                     "<scope>mfrom</scope><result>pass</result></spf>")
forged = record("203.0.113.66", 5, "reject", "fail", "fail",
                header_from="news.example.org",
                auth="<spf><domain>evil.example</domain><result>softfail</result></spf>")
listed = record("192.0.2.99", 2, dkim="fail", spf="fail",
                reason="<reason><type>mailing_list</type><comment>x</comment></reason>")

# Google: RFC 7489 as a mail that is nothing but the zip.
write("google.eml", mail(zipped("google.com!example.org.xml",
                                report("google.com", "111", ours + mailer,
                                       head='<?xml version="1.0" encoding="UTF-8" ?>\n')),
                         "application/zip", "google.zip", multipart=False))
# Microsoft: attributes on the root element, envelope_to, gzip in a multipart.
write("microsoft.eml", mail(gzip.compress(report(
    "Enterprise Outlook", "222", ours.replace(
        "<identifiers>", "<identifiers><envelope_to>x.example</envelope_to>"
        "<envelope_from>example.org</envelope_from>"),
    begin=1767312000, head='<?xml version="1.0"?>\n',
    root='<feedback xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
         'xmlns:xsd="http://www.w3.org/2001/XMLSchema">').encode()),
    "application/gzip", "ms.xml.gz"))
# RFC 9990, with a prefix before every name.
prefixed = report("Nine & Co".replace("&", "&amp;"), "333", forged + listed,
                  begin=1767398400, root='<feedback xmlns:d="urn:x">')
for tag in ("feedback", "record", "row", "source_ip", "count", "identifiers",
            "header_from", "policy_evaluated", "disposition", "auth_results"):
    prefixed = prefixed.replace("<%s>" % tag, "<d:%s>" % tag).replace(
        "</%s>" % tag, "</d:%s>" % tag).replace("<%s " % tag, "<d:%s " % tag)
write("nine.xml", prefixed)
# The same once more, by mail: counted once.
write("nine-again.xml.gz", gzip.compress(prefixed.encode()))
# A bare "&", white space before the declaration, a BOM, text behind the end.
write("quirks.xml", "\ufeff\n \n" + report("AT&T", "444", ours, head="<?xml version='1.0'?>")
      + "\n\0\0trailing")
# ISO-8859-1 that says it is UTF-8; times with fractions.
write("latin.xml", report("Caf\u00e9", "555", ours, begin="1767484800",
                          head='<?xml version="1.0" encoding="UTF-8"?>').replace(
                              "<begin>1767484800<", "<begin>1767484800.5<").encode("latin-1"))
# Broken off in the middle: what comes before counts.
write("broken.xml", report("cut.example", "666", ours + mailer)[:-260])
# What is none, and what would be a bomb.
write("bomb.xml", '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY a "ha">'
      '<!ENTITY b "&a;&a;&a;&a;">]>' + report("&b;", "777", ours))
write("bomb.xml.gz", gzip.compress(b"<feedback>" + b" " * (65 << 20), 9))
write("bomb.zip", zipped("x.xml", "<feedback>" + " " * (65 << 20)))
# Each is within bounds, all of them are not.
parts = mail(gzip.compress(b"<feedback>" + b" " * (40 << 20) + b"</feedback>", 9),
             "application/gzip", "x.gz")
part = parts.split("--b\n")[2].split("\n--b--")[0]
write("bombs.eml", parts.replace("\n--b--", ("\n--b\n" + part) * 2 + "\n--b--"))
write("deep.xml", "<feedback>" + "<a>" * 1000 + "</a>" * 1000 + "</feedback>")
write("other.xml", "<html><body>feedback</body></html>")
write("damaged.gz", gzip.compress(b"<feedback/>")[:-12])
write("letter.eml", "From: a@x.example\nSubject: hello\n\nno report\n")
