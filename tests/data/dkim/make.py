#!/usr/bin/python3
"""Makes the signed messages and key records of tests/dkim_test.c.

They are signed by other people's programs: dkimpy (Debian: python3-dkim,
python3-nacl) and libopendkim. Run it in this directory; everything is made
anew, keys too, so commit all files together. No private key is kept.
"""
import base64
import ctypes
import re
import subprocess
import time

import dkim
import nacl.encoding
import nacl.signing

NOW = 1767225600  # 2026-01-01T00:00:00Z, the time that the tests judge at
time.time = lambda: NOW

HEAD = (b"Received: from mail.example.org by mx.example.net;\r\n"
        b"\tThu, 1 Jan 2026 00:00:00 +0000\r\n"
        b"From: Alice   Example <alice@example.org>\r\n"
        b"To: Bob <bob@example.net>,\r\n"
        b"  Carol <carol@example.net>\r\n"
        b"Subject: A plain\r\n"
        b"\tmessage  with folds \r\n"
        b"Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
        b"Message-ID: <1@example.org>\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=us-ascii\r\n")
BODY = (b"Hello  Bob,\r\n"
        b"\r\n"
        b"this line ends in white space \t \r\n"
        b" and this one begins with it.\r\n"
        b"\t\r\n"
        b"Yours, Alice\r\n")
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version",
          b"content-type"]

records = []
pem = {}


def run(*command, data=None):
    return subprocess.run(command, input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def publish(name, record):
    records.append(b"%s %s\n" % (name, record))


def rsa(selector, bits):
    key = run("openssl", "genrsa", "-traditional", str(bits))
    pem[selector] = key
    spki = run("openssl", "rsa", "-pubout", "-outform", "DER", data=key)
    publish(b"%s._domainkey.example.org" % selector,
            b"v=DKIM1; k=rsa; p=" + base64.b64encode(spki))
    return key


def rsa_pkcs1(selector, like):
    der = run("openssl", "rsa", "-RSAPublicKey_out", "-outform", "DER",
              data=pem[like])
    pem[selector] = pem[like]
    publish(b"%s._domainkey.example.org" % selector,
            b"v=DKIM1; p=" + base64.b64encode(der))


def ed25519(selector):
    key = nacl.signing.SigningKey.generate()
    pem[selector] = key.encode(encoder=nacl.encoding.Base64Encoder)
    public = key.verify_key.encode(encoder=nacl.encoding.Base64Encoder)
    publish(b"%s._domainkey.example.org" % selector,
            b"v=DKIM1; k=ed25519; p=" + public)


class Signer(dkim.DKIM):
    """dkimpy with further tags, or others, before it signs."""
    tags = {}

    def gen_header(self, fields, *rest, **named):
        fields = [(k, self.tags.get(k, v)) for k, v in fields]
        known = [k for k, v in fields]
        more = [(k, v) for k, v in self.tags.items() if k not in known]
        fields = [f for f in fields if f[1] is not None]
        return super().gen_header(more + fields, *rest, **named)


def sign(message, selector, algorithm=b"rsa-sha256", canon="relaxed/relaxed",
         domain=b"example.org", signed=SIGNED, length=False, identity=None,
         **tags):
    signer = Signer(message, signature_algorithm=algorithm)
    signer.tags = {k.encode(): v for k, v in tags.items()}
    signer.should_not_sign = set()
    field = signer.sign(selector, domain, pem[selector],
                        canonicalize=tuple(c.encode()
                                           for c in canon.split("/")),
                        include_headers=signed, length=length,
                        identity=identity)
    return field + message


def save(name, message):
    with open(name + ".eml", "wb") as f:
        f.write(message)


def spaced(message):
    """A signature with white space wherever 3.2 of the RFC allows it."""
    bh = re.search(rb"bh=(\S+);", sign(message, b"r2048")).group(1)
    head = (b" v = 1 ; a =\r\n rsa-sha256; c = relaxed / relaxed;d=\texample.org"
            b"\t; s=r2048 ; h = from : to :\r\n\tsubject; bh = " + bh[:20] +
            b"\r\n " + bh[20:] + b" ; b = ")
    fields = dkim.DKIM(message).headers
    chosen = [[f for f in fields if f[0].lower() == name][-1]
              for name in (b"from", b"to", b"subject")]
    relaxed = dkim.canonicalization.Relaxed.canonicalize_headers(
        chosen + [(b"DKIM-Signature", head.rstrip() + b"; t=1")])
    text = b"".join(name + b":" + value for name, value in relaxed)
    digest = dkim.hashlib.sha256(text.rstrip())
    value = dkim.RSASSA_PKCS1_v1_5_sign(
        digest, dkim.parse_pem_private_key(pem[b"r2048"]))
    return (b"DKIM-Signature:" + head +
            re.sub(rb"(.{60})", rb"\1\r\n\t", base64.b64encode(value)) +
            b" ; t=1\r\n" + message)


def opendkim(message, selector, canon):
    """Signs with libopendkim. canon: the header's and the body's, 1 relaxed."""
    lib = ctypes.CDLL("libopendkim.so.11")
    for name in "dkim_init", "dkim_sign":
        getattr(lib, name).restype = ctypes.c_void_p
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    library = pointer(lib.dkim_init(None, None))
    stat, now = ctypes.c_int(), ctypes.c_uint64(NOW)
    lib.dkim_options(library, 1, 8, ctypes.byref(now), size(8))
    handle = pointer(lib.dkim_sign(
        library, b"id", None, pem[selector], selector, b"example.org",
        *canon, 1, ctypes.c_ssize_t(-1), ctypes.byref(stat)))
    head, body = message.split(b"\r\n\r\n", 1)
    for field in re.split(rb"\r\n(?![ \t])", head):
        assert lib.dkim_header(handle, field, size(len(field))) == 0
    assert lib.dkim_eoh(handle) == 0
    assert lib.dkim_body(handle, body, size(len(body))) == 0
    assert lib.dkim_eom(handle, None) == 0
    text, length = ctypes.c_char_p(), size()
    assert lib.dkim_getsighdr_d(handle, size(16), ctypes.byref(text),
                                ctypes.byref(length)) == 0
    value = text.value.replace(b"\r", b"").replace(b"\n", b"\r\n")
    return b"DKIM-Signature: " + value + b"\r\n" + message


for bits in 512, 1024, 2048, 4096:
    rsa(b"r%d" % bits, bits)
rsa_pkcs1(b"pkcs1", b"r2048")
ed25519(b"ed")

plain = HEAD + b"\r\n" + BODY
for header in "simple", "relaxed":
    for body in "simple", "relaxed":
        save(header + "-" + body,
             sign(plain, b"r2048", canon=header + "/" + body))
for bits in 512, 1024, 4096:
    save("rsa%d" % bits, sign(plain, b"r%d" % bits))
save("pkcs1", sign(plain, b"pkcs1"))
save("ed25519", sign(plain, b"ed", b"ed25519-sha256"))
save("dual", sign(sign(plain, b"ed", b"ed25519-sha256"), b"r2048"))
save("sha1", sign(plain, b"r1024", b"rsa-sha1"))
save("length", sign(plain, b"r2048", length=True))
save("expires", sign(plain, b"r2048", x=b"%d" % (NOW + 3600)))
save("future", sign(plain, b"r2048", t=b"%d" % (NOW + 7200)))
save("no-time", sign(plain, b"r2048", t=None, i=None, q=None))
save("identity", sign(plain, b"r2048", identity=b"a=3Db@sub.example.org"))
save("oversigned", sign(plain, b"r2048",
                        signed=SIGNED + [b"from", b"subject", b"x-none"]))
save("few", sign(plain, b"r2048", signed=[b"from", b"to"]))
save("order", sign(HEAD + b"X-Twice: top\r\nX-Twice: bottom\r\n\r\n" + BODY,
                   b"r2048", signed=[b"from", b"x-twice"]))
save("empty-body", sign(HEAD + b"\r\n", b"r2048", canon="simple/simple"))
save("empty-relaxed", sign(HEAD + b"\r\n", b"r2048"))
save("blank-body", sign(HEAD + b"\r\n\r\n \t\r\n\r\n", b"r2048"))
save("blank-lines", sign(plain + b"\r\n\r\n\r\n", b"r2048",
                         canon="simple/simple"))
save("chained", sign(sign(plain, b"r2048"), b"r2048",
                     signed=SIGNED + [b"dkim-signature"]))
save("eai", sign(plain, b"r2048", domain="bücher.example".encode()))
save("no-from", sign(plain.replace(b"From:", b"X-From:"), b"r2048"))
save("spaced", spaced(plain))
save("opendkim-relaxed", opendkim(plain, b"r2048", (1, 1)))
save("opendkim-simple", opendkim(plain, b"r1024", (0, 0)))

publish(b"r2048._domainkey.xn--bcher-kva.example",
        [r.split(b" ", 1)[1] for r in records
         if r.startswith(b"r2048.")][0].rstrip())
with open("keys.txt", "wb") as f:
    f.writelines(records)
