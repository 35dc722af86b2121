#!/usr/bin/python3
"""Makes the corpus that the benchmarks and the soak test send, and the DNS
zones that it is judged by.

    corpus.py DIR [MESSAGES [DOMAINS [SEED [MEAN]]]]

DIR/messages holds the messages and their index (milter_load -d), DIR/zones
what an authoritative server needs: stage.py's Nsd or nsd.conf's zones. The
same numbers give the same mail, but for the keys and signatures.

Sizes run from 2 KB to 200 KB, their logarithm evenly: most mail is small. MEAN
is the mean size that is wanted, in octets, instead of what comes of that: the
largest is another then.
Every message is signed with RSA-2048 by one of the domains, which publish
SPF, DKIM and DMARC p=reject; in shape they are plain text, HTML with its
plain alternative, and such with a file attached (documents.py)."""

import email.message
import email.policy
import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import dkim  # noqa: E402
import documents  # noqa: E402
from stage import ZONE_HEAD, txt  # noqa: E402
from world import Key  # noqa: E402

SMALLEST, LARGEST = 2048, 200 * 1024
ENCODED = 1.14  # how much longer messages become than was asked for
KEYS = 8  # pairs, shared by the domains: making one takes a while
WORDS = ("meeting invoice report please find attached minutes of the last "
         "board and their answers about delivery dates for spring orders we "
         "would like to thank you very much regards team office phone will "
         "change next week as agreed in our call price list update").split()


def prose(chance, octets):
    lines, size = [], 0
    while size < octets:
        line = " ".join(chance.choice(WORDS) for _ in range(11)).capitalize() + "."
        if chance.random() < 0.03:
            line += " https://www.site%d.example/page/%d" % (
                chance.randrange(40), chance.randrange(9999))
        lines.append(line)
        size += len(line) + 1
    return "\n".join(lines) + "\n"


def page(text):
    rows = "".join('<p class="t">%s</p>\n' % line for line in text.split("\n"))
    return ("<html><head><style>.t { color: #333 }</style></head><body>%s"
            "</body></html>\n" % rows)


def message(chance, number, domain, octets):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"] = "Ann Sender <ann%d@%s>" % (number % 7, domain)
    m["To"] = "Bob Reader <bob@verdict.example>"
    m["Subject"] = " ".join(chance.choice(WORDS) for _ in range(6))
    m["Date"] = "Tue, 06 Jan 2026 10:%02d:00 +0000" % (number % 60)
    m["Message-ID"] = "<%d.%d@%s>" % (number, chance.getrandbits(40), domain)
    m["Received"] = ("from desk%d.%s ([10.0.0.%d]) by mx.%s with ESMTPSA; "
                     "Tue, 06 Jan 2026 10:00:00 +0000"
                     % (number % 50, domain, number % 200, domain))
    shape = number % 4
    if shape == 0 or octets < 3000:
        m.set_content(prose(chance, octets - 900), cte="7bit")
        return m.as_bytes()
    share = octets // 3 if shape == 3 else octets
    text = prose(chance, max(600, share // 2 - 900))
    m.set_content(text, cte="7bit")
    m.add_alternative(page(text), subtype="html", cte="quoted-printable")
    if shape == 3:
        octets, main, sub, name = documents.attachment(
            chance, number // 4, (octets - share) * 3 // 4, WORDS)
        m.add_attachment(octets, maintype=main, subtype=sub, filename=name)
    return m.as_bytes()


def zones(domains, keys):
    """Zone texts by name; client addresses are 198.18.0.0/15's."""
    example, arpa = ZONE_HEAD, ZONE_HEAD
    for i, domain in enumerate(domains):
        name, ip = domain.rsplit(".", 1)[0], address(i)
        example += '%s TXT "v=spf1 ip4:%s -all"\n' % (name, ip)
        example += "%s MX 10 mx.%s\nmx.%s A %s\n" % (name, name, name, ip)
        example += '_dmarc.%s TXT "v=DMARC1; p=reject"\n' % name
        example += "sel._domainkey.%s TXT %s\n" % (name, txt(keys[i % KEYS].record))
        arpa += "%s.in-addr.arpa. PTR mx.%s.\n" % (
            ".".join(reversed(ip.split("."))), domain)
    listed = '2.0.0.127 A 127.0.0.2\n'
    return {"example.": example, "in-addr.arpa.": arpa, "ip6.arpa.": ZONE_HEAD,
            "bl-one.test.": ZONE_HEAD + listed, "bl-two.test.": ZONE_HEAD + listed}


def address(i):
    return "198.18.%d.%d" % (i // 250, i % 250 + 1)


def largest(mean):
    """Of sizes whose logarithm is even, for their mean to be that. Encoding
    makes messages longer than was asked for."""
    low, high = SMALLEST + 1, mean * 100
    while high - low > 1:
        middle = (low + high) // 2
        of = (middle - SMALLEST) / math.log(middle / SMALLEST)
        low, high = (middle, high) if of < mean / ENCODED else (low, middle)
    return high


def make(directory, count=400, domain_count=50, seed=1, mean=0):
    most = largest(mean) if mean else LARGEST
    chance = random.Random(seed)
    keys = [Key() for _ in range(KEYS)]
    domains = ["sender%d.example" % i for i in range(domain_count)]
    os.makedirs(directory + "/messages", exist_ok=True)
    # Evenly by lot, so that the mean is what it should be.
    sizes = [int(SMALLEST * (most / SMALLEST) ** ((i + 0.5) / count))
             for i in range(count)]
    chance.shuffle(sizes)
    total = 0
    with open(directory + "/messages/index", "w") as index:
        for n in range(count):
            d = chance.randrange(domain_count)
            octets = message(chance, n, domains[d], sizes[n])
            octets = dkim.sign(
                octets, b"sel", domains[d].encode(), keys[d % KEYS].private,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=[b"from", b"to", b"subject", b"date",
                                 b"message-id"]) + octets
            total += len(octets)
            with open("%s/messages/%d.eml" % (directory, n), "wb") as f:
                f.write(octets)
            index.write("%d.eml\t%s\tmx.%s\tann%d@%s\tbob@verdict.example\n"
                        % (n, address(d), domains[d], n % 7, domains[d]))
    return zones(domains, keys), total


if __name__ == "__main__":
    where = sys.argv[1]
    made, octets = make(where, *[int(a) for a in sys.argv[2:]])
    os.makedirs(where + "/zones", exist_ok=True)
    for name, text in made.items():
        with open("%s/zones/%szone" % (where, name), "w") as f:
            f.write(text)
    print("%s: %d octets of mail" % (where, octets))
