"""Phishing of 2022 to 2026 as its programs write it. The words are those of
phish_words.py, of which rules are made, and of phish_kept.py, on which they
are measured; the marks are strewn over them by a fixed seed, as often as they
were counted in such mail: pages without a text part in six of ten, the link on
a host of programs in one of seven, a picture alone in one of six, and so on."""

import base64
import random
from email.header import Header

import phish_kept
import phish_words
from ham import DATE, encrypted, file, multi

RENDERINGS = 4
OWN = ("cutlery.example", "mail.pottery-works.example", "stvincents.example",
       "baltic-frames.example", "xn--mller-kva.example", "ouroffice.example")
CHEAP = ("%s.top", "%s.shop", "%s.xyz", "news-%s.click", "%s.online", "%s.icu",
         "m.%s.live", "%s.sbs")
FREE = ("https://%s.web.app/", "https://storage.googleapis.com/%s/i.html#x",
        "https://%s.pages.dev/", "https://pub-%s.r2.dev/index.html",
        "https://%s.workers.dev/", "https://%s.vercel.app/login",
        "https://ipfs.io/ipfs/bafy%s", "https://%s.weebly.com/",
        "https://%s.s3.us-east-1.amazonaws.com/p.html", "https://%s.netlify.app",
        "https://%s-dot-x.ue.r.appspot.com", "https://%s.blob.core.windows.net/c/d.html",
        "https://%s.wixsite.com/my-site", "https://%s.azurewebsites.net/",
        "https://sites.google.com/view/%s", "https://%s.blogspot.com/",
        "https://forms.office.com/r/%s", "https://%s.translate.goog/")
SHORT = ("https://t.co/%s", "https://bit.ly/%s", "https://rb.gy/%s", "https://is.gd/%s",
         "https://tinyurl.com/%s", "https://cutt.ly/%s", "https://t.ly/%s",
         "https://www.google.com/url?q=https://pottery-works.example/%s",
         "https://www.bing.com/ck/a?!&&p=%s&u=a1aHR0cHM6Ly9wb3R0ZXJ5",
         "https://lnkd.in/%s", "https://www.linkedin.com/slink?code=%s",
         "https://ad.doubleclick.net/ddm/clk/1;2;u;?https://pottery.example/%s")
TENANTS = ("%s.firebaseapp.com", "%s.onmicrosoft.com")
NEUTRAL = ("Support", "Service", "Info", "Team", "Customer Care", "Notification",
           "Account", "no-reply", "News", "Secure Mail", "Confirmation", "Kundenservice")
REMOVE = ("If you no longer wish to receive these emails, you may unsubscribe by clicking here",
          "To opt out, click here or write to: 6130 W Flamingo Rd, Las Vegas, NV 89103",
          "Unsubscribe", "Abmelden", "© 2025 All rights reserved")
WORDS = ("meadow river lantern copper window under seven tables while the harbour sleeps and nobody "
         "counts what the old clock said about barley, rope and paper").split()
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
TWINS = str.maketrans("aeo", "\u0430\u0435\u043e")

# Pictures of codes, by qrencode: https://x9k2-login.pages.dev/v#bob@verdict.example,
# https://secure-hr.weebly.com/?e=bob@verdict.example and
# https://www.stvincents.example/benefits/8821
CODES = tuple(base64.b64decode(code) for code in (
    "iVBORw0KGgoAAAANSUhEUgAAAEIAAABCAQMAAADZmpKrAAAABlBMVEUAAAD///+l2Z/dAAAAAnRSTlP//8i138cAAAAJcEhZcwAA"
    "CxIAAAsSAdLdfvwAAADISURBVCiRjdIxigUxCAZgwTaQqwi2Aa8emFbIVQTbwP9meTv74hbLWn0gqKiEJ+hvBVkmE59KqPW0LGKD"
    "XqJVIoTfGuvJ/ggSru96j4L0jnffR8C29T3fo2Cabfg6lZF9kuYpjK4NhiJHwmKd2hijpdup9O35rvfR7HahWdGeUMI6FdFprG1F"
    "6j0b66mc9zrAVrXVLltFjaVN5lNALM0oChKlS+xUYiQ4ryJWd+FeJb67a5WOFtKLIPdLfG3to/taQWvYqX/+2gu6kXTi8gaOPAAA"
    "AABJRU5ErkJggg==",
    "iVBORw0KGgoAAAANSUhEUgAAAEIAAABCAQMAAADZmpKrAAAABlBMVEUAAAD///+l2Z/dAAAAAnRSTlP//8i138cAAAAJcEhZcwAA"
    "CxIAAAsSAdLdfvwAAADMSURBVCiRjdIxikQxCAZgwVbIVQTbgFcPpH3gVQTbgJPdx9s1Uwxj9UGC+U0C+RR8lkM3RsCqSOaWGoew"
    "qzWWUzwo36U25ptSpMnd75GD7LrPfbTzxF7LKkfo1C+rWrh2UoyqnXQNn1m1zDUYrCoGjJ6XVuXyFvDT5V9BlCS/+/7kapEzrCoa"
    "OfnSKke7HFCqQlhGoh4CD5zTDl1IPBCr9mW0JX7IgfucrFWRXTEiDqEwMbZTbCxLTknAgnYoxWKQVe3XGntMrfryr70AE4ZuItyW"
    "7ooAAAAASUVORK5CYII=",
    "iVBORw0KGgoAAAANSUhEUgAAAEIAAABCAQMAAADZmpKrAAAABlBMVEUAAAD///+l2Z/dAAAAAnRSTlP//8i138cAAAAJcEhZcwAA"
    "CxIAAAsSAdLdfvwAAADISURBVCiRjdKxigUxCAXQgG0gvyLYBvz1QNqAvyLcNuAbZphd84plrU6hVwtLvFX+lhdlb4WyEKILikOk"
    "kMZyirniWz2EvhQ8KZ68V17kqmfvq4jdJp77XjmVVX1ZFgRy5SDLl3Tr98SvyoRQtawA87atWVDbIMGhXgvJ0qy9RyOfloVGdcXd"
    "9yNfzkwkWZhVDaaH+kAsslOdlxNlRWAL/JAXpkmsWQhtINghkrH9viCJ0WXRKdlzlHYoRCZXy7q29WVDs/75ax8SQm7oYOS1cAAA"
    "AABJRU5ErkJggg=="))


class Marks:
    """One rendering of a row: what was drawn for it."""

    def __init__(self, row, seed):
        self.kind, self.name, self.subject, self.text, self.button = row
        self.draw = random.Random(seed)
        self.rare = random.Random("rare " + seed)
        self.alone = self.kind in ("invoice", "blackmail", "advance", "boss") or self.button.startswith("@")

    def one_in_hundred(self, share):
        return self.draw.random() * 100 < share

    def seldom(self, share):
        return self.rare.random() * 100 < share

    def code(self, length):
        return "".join(self.draw.choice(LETTERS) for _ in range(length))

    def some_domain(self):
        if self.one_in_hundred(20):
            return self.draw.choice(CHEAP) % self.code(9)
        return self.draw.choice(OWN)

    def author(self):
        """(the From field, the domain in it)"""
        draw = self.draw.random() * 100
        domain = self.some_domain()
        local = self.draw.choice(("info", "noreply", "support", "contact", "admin", self.code(8)))
        if draw < 13:
            domain = self.draw.choice(TENANTS) % ("prj-" + self.code(7))
        elif draw < 21:
            domain = self.code(10)
        elif draw < 26 or self.kind in ("boss", "invoice", "advance") and draw < 75:
            domain, local = self.draw.choice(("gmail.com", "outlook.com", "hotmail.com")), "mk" + self.code(9)
        name = self.name if self.kind == "boss" or self.one_in_hundred(45) else self.draw.choice(NEUTRAL)
        if self.one_in_hundred(6):
            name = name.translate(TWINS)
        if self.one_in_hundred(9):
            name = "\U0001F381 " + name
        if self.seldom(4):
            name = "verdict.example " + name
        if name.isascii() and self.seldom(5):
            name = "=?utf-8?B?%s?=" % base64.b64encode(name.encode()).decode()
        else:
            name = '"%s"' % name if name.isascii() else Header(name, "utf-8").encode()
        return "%s <%s@%s%s>" % (name, local, domain, " " if self.one_in_hundred(5) else ""), domain

    def link(self, domain):
        draw = self.draw.random() * 100
        if draw < 19:
            return "https://%s/%s" % (domain if "." in domain else "cutlery.example", self.code(12))
        if draw < 35:
            return self.draw.choice(FREE) % self.code(9)
        if draw < 47:
            return self.draw.choice(SHORT) % self.code(7)
        if draw < 61:
            return "https://%s/%s" % (self.draw.choice(CHEAP) % self.code(9), self.code(20))
        return "http%s://%s/%s%s" % (self.draw.choice(("", "s")), self.draw.choice(OWN), self.code(9),
                                     "?e=bob@verdict.example" if self.one_in_hundred(15) else "")

    def path(self, link):
        """Hosts by number and pages in places where a site has none."""
        scheme, _, rest = link.partition("://")
        host, _, path = rest.partition("/")
        if host in OWN and self.seldom(12):
            return "%s://%s/%s/%s" % (scheme, host, self.rare.choice(("wp-includes/js", "wp-admin/x", ".well-known/v")), path)
        if host in OWN and self.seldom(8):
            return "%s://%06x.%s/%s" % (scheme, self.rare.randrange(0xa00000, 0xffffff), host, path)
        return link

    def title(self):
        title = self.subject
        if self.one_in_hundred(9):
            title = "bob@verdict.example " + title
        if self.one_in_hundred(8):
            title = "\U0001F514 " + title
        if self.one_in_hundred(10):
            title += " " + self.code(9).upper()
        if title.isascii() or self.one_in_hundred(24):
            return title
        return Header(title, "utf-8", maxlinelen=75).encode()

    def page(self, link):
        text = self.text
        if self.one_in_hundred(5):
            text = "".join(c + "\u200b" if i % 5 == 4 else c for i, c in enumerate(text))
        body = '<p>%s</p><p><a href="%s">%s</a></p>' % (text, link, self.button)
        if self.one_in_hundred(16):
            body = '<a href="%s"><img src="https://%s/%s.png" width="600"></a>' % (
                link, self.draw.choice(OWN), self.code(6))
        if self.one_in_hundred(19):
            words = self.draw.choices(WORDS, k=self.draw.choice((30, 60, 200)))
            body += '<div style="%s">%s</div>' % (self.draw.choice((
                "display:none", "font-size:0px", "color:#fff;font-size:1px")), " ".join(words))
        if self.one_in_hundred(44):
            body += '<p><a href="%s/u">%s</a></p>' % (link.split("?")[0].split("#")[0], self.draw.choice(REMOVE))
        if self.one_in_hundred(39):
            body += '<img src="https://%s/o.gif" width="1" height="1">' % self.draw.choice(OWN)
        return "<html><body>%s</body></html>" % body

    def part(self, kind, text):
        encoding = "base64" if self.one_in_hundred(25) else "8bit"
        if encoding == "base64":
            text = base64.encodebytes(text.encode()).decode()
        return "Content-Type: text/%s; charset=utf-8\nContent-Transfer-Encoding: %s\n\n%s\n" % (kind, encoding, text)

    def file(self):
        if self.button == "@html":
            link = "https://%s/%s" % (self.draw.choice(OWN), self.code(8))
            octets = self.draw.choice((
                "<form action='%s'><input name=u value='bob@verdict.example'><input type=password></form>",
                "<script>location.href=atob('aHR0cHM6Ly8=')+'%s'</script>",
                "<svg xmlns='http://www.w3.org/2000/svg'><script>window.location='%s'</script></svg>")) % link
            kind = ("image/svg+xml", "svg") if octets.startswith("<svg") else ("text/html", "html")
            return file(kind[0], octets.encode(), "doc-%s.%s" % (self.code(4), kind[1]))
        if self.button == "@qr":
            return file("image/png", self.draw.choice(CODES), "qr.png", "inline")
        if self.button == "@pdf":
            return file("application/pdf", document(self.text, self.link("cutlery.example")), "doc-%s.pdf" % self.code(4))
        return encrypted_file(self)

    def body(self, link):
        if self.button.startswith("@"):
            text = "" if self.button == "@pdf" and self.one_in_hundred(50) else self.text
            return multi("mixed", [self.part("html", "<p>%s</p>" % text), self.file()])
        if self.alone:
            return self.part("plain" if self.one_in_hundred(70) else "html", self.text)
        html = self.part("html", self.page(link))
        if self.one_in_hundred(60):
            return multi("alternative", [html]) if self.seldom(12) else html
        return multi("alternative", [self.part("plain", "%s\n\n%s\n" % (self.text, link)), html])

    def message(self):
        author, domain = self.author()
        fields = ["From: " + author]
        fields.append("To: " + (
            "undisclosed-recipients:;" if self.one_in_hundred(8) else
            "<list@%s>" % self.draw.choice(OWN) if self.one_in_hundred(9) else "<bob@verdict.example>"))
        fields += ["Subject: " + self.title(), "Date: " + DATE]
        draw = self.draw.random() * 100
        if draw > 17:
            other = ("localhost", "vps-%s" % self.code(5), "192.0.2.4") if draw < 28 else (
                "mx%s.example" % self.code(6), "eu-west-1.amazonses.com")
            fields.append("Message-ID: <%s@%s>" % (
                self.code(18), self.draw.choice(other) if draw < 70 else domain))
        elif self.seldom(35):
            fields.append("Message-ID: <%s%s>" % (self.rare.randrange(10 ** 12), self.rare.choice((
                "@DB8EUR05FT061.eop-eur05.prod.protection.outlook.com", ".SMTPIN_ADDED_MISSING@mx.google.com"))))
        if self.one_in_hundred(14):
            fields.append("List-Unsubscribe: <https://%s/%s>" % (self.draw.choice(OWN), self.code(8)))
        if self.one_in_hundred(20):
            fields.append("Reply-To: <%s@%s>" % (self.code(6), self.draw.choice(OWN + ("gmail.com",))))
        if self.one_in_hundred(6):
            fields.append("X-Priority: 1")
        if self.one_in_hundred(10):
            fields.append("X-Mailer: PHPMailer 6.5.1 (https://github.com/PHPMailer/PHPMailer)")
        fields.append("MIME-Version: 1.0")
        return domain, "\n".join(fields) + "\n" + self.body(self.path(self.link(domain)))


def document(text, link):
    """A PDF of one page: a text, and a link over all of it."""
    shown = "BT /F1 12 Tf 50 700 Td (%s) Tj ET" % text.encode("latin-1", "replace").decode("latin-1").translate(
        {ord(c): "\\" + c for c in "\\()"})
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[6 0 R]>>",
        "<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(%s)>>>>" % link)
    out, places = "%PDF-1.4\n", []
    for number, what in enumerate(objects, 1):
        places.append(len(out))
        out += "%d 0 obj\n%s\nendobj\n" % (number, what)
    table = "".join("%010d 00000 n \n" % place for place in places)
    out += "xref\n0 7\n0000000000 65535 f \n%strailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))
    return out.encode("latin-1")


def encrypted_file(marks):
    return file("application/zip", encrypted("order-%s.js" % marks.code(3)), "order.zip")


def render(rows, half):
    for number, row in enumerate(rows):
        for rendering in range(RENDERINGS):
            marks = Marks(row, "%s %d %d" % (half, number, rendering))
            yield "%s/%d.%d %s" % (marks.kind, number, rendering, marks.subject), *marks.message()


def read_half():
    return render(phish_words.WORDS, "read")


def kept_half():
    return render(phish_kept.WORDS, "kept")
