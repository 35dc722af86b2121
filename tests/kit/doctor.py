"""verdict doctor DOMAIN against mail servers that are made up, each with
another fault, and verdict doctor for a daemon with libraries of other
versions. Loopback only; certificates come from openssl(1); run in the build
directory."""

import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from fake_control import FakeControl

bad = []


def openssl(*arguments, **options):
    return subprocess.run(("openssl",) + arguments, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          **options).stdout


class Certificate:
    """Self-signed, for one name; .file holds key and certificate."""

    def __init__(self, place, name, days=90, until=None):
        self.file = "%s/%s-%s.pem" % (place, name, until or days)
        key = self.file + ".key"
        subject = ("-subj", "/CN=" + name, "-addext",
                   "subjectAltName=DNS:" + name)
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-out", key)
        if until:
            self.back_dated(place, key, name, until)
        else:
            openssl("req", "-x509", "-new", "-key", key, "-days", str(days),
                    "-out", self.file, *subject)
        public = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")
        self.tlsa = "3 1 1 " + hashlib.sha256(public).hexdigest()
        with open(self.file, "a") as out, open(key) as text:
            out.write(text.read())

    def back_dated(self, place, key, name, until):
        """Only "openssl ca" takes dates."""
        work = self.file + ".ca"
        os.mkdir(work)
        open(work + "/index", "w").close()
        with open(work + "/conf", "w") as conf:
            conf.write("[ca]\ndefault_ca=c\n[c]\ndatabase=%s/index\n"
                       "new_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\n"
                       "policy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n"
                       "[e]\nsubjectAltName=DNS:%s\n[req]\n"
                       "distinguished_name=n\n[n]\n" % (work, work, name))
        openssl("req", "-new", "-key", key, "-subj", "/CN=" + name, "-config",
                work + "/conf", "-out", work + "/request")
        openssl("ca", "-batch", "-selfsign", "-config", work + "/conf",
                "-keyfile", key, "-in", work + "/request", "-startdate",
                "20200101000000Z", "-enddate", until, "-out", self.file)


class Server(threading.Thread):
    """Greets, offers what it is told to, and does STARTTLS with a
    certificate: None: it is not offered; "broken": it fails."""

    port = 0

    def __init__(self, last, certificate, greeting=b"220 mx ESMTP", old=False):
        super().__init__(daemon=True)
        self.certificate, self.greeting, self.old = certificate, greeting, old
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(("127.0.0.%d" % last, Server.port))
        Server.port = self.sock.getsockname()[1]
        self.sock.listen(5)
        self.start()

    def run(self):
        while True:
            peer = self.sock.accept()[0]
            try:
                self.serve(peer)
            except OSError:
                pass
            peer.close()

    def serve(self, peer):
        peer.sendall(self.greeting + b"\r\n")
        peer.recv(1000)
        # The reply's lines come in pieces, as they may.
        peer.sendall(b"250-mx at your ser")
        peer.sendall(b"vice\r\n250-SIZE 1000\r\n" +
                     (b"250-StartTLS\r\n" if self.certificate else b"") +
                     b"250 8BITMIME\r\n")
        if not peer.recv(1000).startswith(b"STARTTLS"):
            return
        peer.sendall(b"220 go ahead\r\n")
        if self.certificate == "broken":
            peer.sendall(b"this is no TLS\r\n")
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.old:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(self.certificate.file)
        with context.wrap_socket(peer, server_side=True) as tls:
            tls.recv(1000)


def doctor(place, zone, domain, *arguments, trusted="/dev/null"):
    path = place + "/zone.json"
    with open(path, "w") as out:
        json.dump(zone, out)
    done = subprocess.run(
        ["./verdict", "doctor", "-c", place + "/verdict.conf", "--zone", path]
        + list(arguments) + [domain], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=dict(os.environ, NO_COLOR="1", SSL_CERT_FILE=trusted,
                 SSL_CERT_DIR="/nowhere"))
    return done.returncode, done.stdout.decode()


# A server behind the last octet of its address, what else DNS has, what is
# said, and the exit status.
def cases(place):
    mx = Certificate(place, "mx.x.example")
    other = Certificate(place, "other.example")
    soon = Certificate(place, "mx.x.example", days=5)
    gone = Certificate(place, "mx.x.example", until="20200201000000Z")
    Server(1, mx)
    Server(2, None)
    Server(3, mx, old=True)
    Server(4, other)
    Server(5, soon)
    Server(6, gone)
    Server(7, "broken")
    Server(8, mx, greeting=b"554 you stand in \x1b[2Ja list")
    sts = {"_mta-sts.x.example": {"TXT": ["v=STSv1; id=1"]}}
    tlsa = "_%d._tcp.mx.x.example" % Server.port
    yield ("all is well", [1], {}, 0,
           [r"ok +tls +mx\.x\.example \(127\.0\.0\.1\) speaks TLSv1\.[23], with a "
            r"certificate that is good until 20\d\d-\d\d-\d\d$",
            r"info +mta-sts +x\.example has no MTA-STS record"])
    yield ("MTA-STS is told", [1], sts, 0,
           [r"info +mta-sts +_mta-sts\.x\.example is there"])
    yield ("no STARTTLS", [2], {}, 1,
           [r"warn +tls +.*\(127\.0\.0\.2\) offers no STARTTLS: mail comes in "
            r"the clear$", r"mend +Postfix there: postconf -e"])
    yield ("no STARTTLS, but MTA-STS", [2], sts, 2,
           [r"fail +tls +.*offers no STARTTLS.*; senders that follow MTA-STS"])
    yield ("old protocols", [3], {}, 1,
           [r"warn +tls +.*speaks no more than TLSv1(\.1)?, "])
    yield ("another name, nobody's certificate", [4], {}, 1,
           [r"warn +tls +the certificate of .* is for other\.example$",
            r"warn +tls +the certificate of .* is not signed by an authority .*self-signed"])
    yield ("another name, and MTA-STS", [4], sts, 2,
           [r"fail +tls +.* is for other\.example; senders that follow MTA-STS"])
    yield ("it ends soon", [5], {}, 1,
           [r"warn +tls +.* expires in [45] days, on 20"])
    yield ("it has ended", [6], {}, 2,
           [r"fail +tls +.* has expired on 2020-02-01$"])
    yield ("no TLS behind STARTTLS", [7], {}, 2,
           [r"fail +tls +.*offers STARTTLS, but it does not work: \S"])
    yield ("we are not welcome", [8], {}, 0,
           [r"unknown +smtp +.*says nothing of use: the server said: 554 you "
            r"stand in \?\[2Ja list$"])
    yield ("nothing can be reached", [99], {}, 0,
           [r"unknown +tls +TLS could not be tried from here over IPv4: "
            r"mx\.x\.example \(127\.0\.0\.99\) port \d+: connect: Connection "
            r"refused$", r"mend +many networks let no port 25 out"])
    yield ("one of two cannot", [99, 1], {}, 2,
           [r"fail +smtp +.*\(127\.0\.0\.99\) takes no connection on port",
            r"ok +tls +.*\(127\.0\.0\.1\) speaks"])
    yield ("DANE holds", [1], {tlsa: {"TLSA": [mx.tlsa]}}, 0,
           [r"ok +dane +the certificate of .* is what its TLSA records say$"])
    yield ("DANE pins the key, names do not matter", [4],
           {tlsa: {"TLSA": [other.tlsa]}}, 0,
           [r"ok +dane ", r"ok +tls "])
    yield ("DANE does not hold", [1],
           {tlsa: {"TLSA": [other.tlsa, "3 1 1 00"]}}, 2,
           [r"fail +dane +.* is not what its TLSA records say; senders that "
            r"follow DANE do not deliver",
            r"mend +_%d\._tcp\.mx\.x\.example\. TLSA %s fits" % (
                Server.port, mx.tlsa)])
    yield ("DANE of a kind that is not for SMTP", [1],
           {tlsa: {"TLSA": ["1" + mx.tlsa[1:]]}}, 1,
           [r"warn +dane +none of the TLSA records"])
    yield ("DANE and no STARTTLS", [2], {tlsa: {"TLSA": [mx.tlsa]}}, 2,
           [r"fail +tls +.*offers no STARTTLS.*; senders that follow DANE"])
    yield ("no answer about DANE", [1], {tlsa: {"_rcode": "SERVFAIL"}}, 2,
           [r"fail +dns +the TLSA record of "])


LIBRARIES = [
    ("nothing to do about what is worked around",
     "libopendkim 2.11.0\nlibmilter\nlibspf2 1.2.10\nlibarchive 3.6.2",
     [r"^info +libraries +libarchive 3\.6\.2: .*\(known, worked around: ",
      r"^info +libraries +libmilter: .*\(known, worked around: "],
     [r"^(warn|fail) +libraries +(?! |the daemon still)", r"libspf2",
      r"libopendkim"]),
    ("what should be updated",
     "PCRE2 10.36 with JIT\nOpenSSL 3.0.2",
     [r"^warn +libraries +PCRE2 10\.36: .*CVE-2022-1586",
      r"^info +libraries +PCRE2 10\.36: compiled patterns keep to no bound",
      r"^ +mend +apt update .*libpcre2-8-0",
      r"^warn +libraries +OpenSSL 3\.0\.2: .*CVE-2022-3602",
      r"^warn +libraries +the daemon still runs with OpenSSL 3\.0\.2, "
      r"[3-9]\.\S+ is installed",
      r"^ +mend +systemctl restart verdict-milter"], []),
    ("and what no longer", "PCRE2 10.40\nOpenSSL 3.0.7\nOpenSSL 4",
     [r"^info +libraries +PCRE2"], [r"CVE-2022"]),
]


def test_libraries(place):
    for i, (label, versions, patterns, absent) in enumerate(LIBRARIES):
        path = "%s/control%d" % (place, i)
        FakeControl(path, {"libraries": versions, "version": "1"})
        with open(place + "/libraries.conf", "w") as out:
            out.write("state %s\ncontrol %s\nlisten unix:%s/none\n"
                      "resolver 127.0.0.1:9\ndns.timeout 100ms\n"
                      % (place, path, place))
        text = subprocess.run(
            ["./verdict", "doctor", "-c", place + "/libraries.conf"],
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=dict(os.environ, NO_COLOR="1")).stdout.decode()
        for pattern in patterns:
            if not re.search(pattern, text, re.M):
                bad.append(label)
                print("%s: no %r in:\n%s" % (label, pattern, text))
        for pattern in absent:
            if re.search(pattern, text, re.M):
                bad.append(label)
                print("%s: %r in:\n%s" % (label, pattern, text))


def main():
    place = tempfile.mkdtemp(prefix="doctor_tls.")
    try:
        with open(place + "/verdict.conf", "w") as out:
            out.write("state %s\n" % place)
        for label, lasts, more, status, patterns in cases(place):
            zone = {
                "x.example": {"MX": [[10, "mx.x.example"]],
                              "TXT": ["v=spf1 -all"]},
                "mx.x.example": {"A": ["127.0.0.%d" % l for l in lasts]},
                "_dmarc.x.example": {
                    "TXT": ["v=DMARC1; p=reject; rua=mailto:a@x.example"]}}
            for last in lasts:
                zone["%d.0.0.127.in-addr.arpa" % last] = {
                    "PTR": ["mx.x.example"]}
            zone.update(more)
            trusted = place + "/trusted"
            with open(trusted, "w") as out:
                for name in os.listdir(place):
                    if name.startswith("mx.") and name.endswith(".pem"):
                        with open(place + "/" + name) as text:
                            out.write(text.read())
            got, text = doctor(place, zone, "x.example", "--port",
                               str(Server.port), trusted=trusted)
            missing = [p for p in patterns if not re.search(p, text, re.M)]
            if got != status or missing:
                bad.append(label)
                print("%s: status %d, want %d; not there: %s; said:\n%s"
                      % (label, got, status, missing, text))
            elif "-v" in sys.argv:
                print("---- %s\n%s" % (label, text))
        got, text = doctor(place, {"x.example": {"MX": [[0, "."]]}}, "x.example",
                           "--port", str(Server.port))
        if "tls" in text or "mta-sts" in text:
            bad.append("null MX")
            print("null MX: said:\n" + text)
        test_libraries(place)
    finally:
        shutil.rmtree(place)
    sys.exit(1 if bad else 0)


main()
