"""The demonstration world: domains under example., their keys and records,
and messages that are genuine, forged, altered and forwarded. The demo and the
end-to-end tests share it.

    good.example     publishes SPF, DKIM and DMARC p=reject
    quar.example     the same with p=quarantine
    list.example     a mailing list that signs what it forwards
    evil.example     has SPF and DKIM in order, and forges others
"""

import base64
import os
import subprocess

import dkim

from stage import TOP, ZONE_HEAD, txt

GOOD_IP, LIST_IP, EVIL_IP = "192.0.2.10", "192.0.2.20", "192.0.2.66"
GOOD_IP6 = "2001:db8::10"


def shipped_rules():
    """The rules that ship, with a list that believes list.example's seals."""
    with open(os.path.join(TOP, "contrib/rules/default.rules")) as f:
        return f.read().replace(
            "list forwarders domains forwarders.invalid",
            "list forwarders domains list.example forwarders.invalid")


class Key:
    """An RSA-2048 key made by openssl: .private (PEM), .record (TXT)."""

    def __init__(self):
        self.private = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
             "rsa_keygen_bits:2048"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=True).stdout
        public = subprocess.run(
            ["openssl", "pkey", "-pubout", "-outform", "DER"],
            input=self.private, stdout=subprocess.PIPE, check=True).stdout
        self.record = "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


class World:
    def __init__(self):
        self.keys = {name: Key() for name in ("good", "list", "evil")}

    def zones(self):
        example = ZONE_HEAD
        for name, ips, policy in (
                ("good", "ip4:192.0.2.10 ip6:2001:db8::10", "reject"),
                ("quar", "ip4:192.0.2.10", "quarantine"),
                ("list", "ip4:192.0.2.20", "none"),
                ("evil", "ip4:192.0.2.66", "none")):
            example += '%s TXT "v=spf1 %s -all"\n' % (name, ips)
            example += '%s MX 10 mx.%s\n' % (name, name)
            example += '_dmarc.%s TXT "v=DMARC1; p=%s"\n' % (name, policy)
            if name in self.keys:
                example += "sel._domainkey.%s TXT %s\n" % (
                    name, txt(self.keys[name].record))
        for name, ip in (("good", GOOD_IP), ("list", LIST_IP), ("evil", EVIL_IP)):
            example += "mx.%s A %s\n" % (name, ip)
        example += "mx.good AAAA %s\n" % GOOD_IP6
        arpa = ZONE_HEAD
        for name, ip in (("good", GOOD_IP), ("list", LIST_IP), ("evil", EVIL_IP)):
            arpa += "%s.in-addr.arpa. PTR mx.%s.example.\n" % (
                ".".join(reversed(ip.split("."))), name)
        return {"example.": example, "in-addr.arpa.": arpa, "ip6.arpa.": ZONE_HEAD}

    def message(self, author="Alice <alice@good.example>", subject="Minutes",
                body="The minutes are on the wiki.\n", extra=""):
        return ("From: %s\nTo: Bob <bob@verdict.example>\nSubject: %s\n"
                "Date: Tue, 06 Jan 2026 10:00:00 +0000\n"
                "Message-ID: <%s@good.example>\n%s\n%s"
                % (author, subject, subject.replace(" ", "."), extra, body)
                ).replace("\n", "\r\n").encode()

    def sign(self, message, name="good"):
        header = dkim.sign(message, b"sel", (name + ".example").encode(),
                           self.keys[name].private,
                           include_headers=[b"from", b"to", b"subject", b"date",
                                            b"message-id"])
        return header + message

    def seal(self, message, name, dmarc="pass", arc=""):
        """What mx.NAME.example found, sealed by dkimpy, on top."""
        message = (
            "Authentication-Results: mx.%s.example; %sspf=pass "
            "smtp.mailfrom=good.example smtp.remote-ip=%s; dmarc=%s "
            "header.from=good.example\r\n" % (name, arc, GOOD_IP, dmarc)
            ).encode() + message
        fields = dkim.arc_sign(
            message, b"sel", (name + ".example").encode(),
            self.keys[name].private, b"mx.%s.example" % name.encode(),
            include_headers=[b"from", b"to", b"subject", b"date", b"message-id"])
        assert len(fields) == 3, fields
        return b"".join(fields) + message

    def posted(self, token, footer=b"-- \r\ntalk mailing list\r\n"
               b"https://list.example/talk\r\n"):
        """A genuine message to the list as the list hands it on, which seals
        nothing: a tag in the Subject, its own field, a footer."""
        message = self.sign(self.message(subject=token).replace(
            b"To: Bob <bob@verdict.example>", b"To: talk@list.example"))
        return b"List-Id: <talk.list.example>\r\n" + message.replace(
            b"\r\nSubject: ", b"\r\nSubject: [talk] ") + footer
