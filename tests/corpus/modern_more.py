"""More honest mail of today, of the kinds that filters take for something else:
services whose pages live on hosts of programs, exports in buckets of storage,
mail by programs on web sites, telephones and copiers, clubs that send through
others, reminders, notices of authorities, tables, and what people forward."""

from ham import PDF, PNG, file, multi
import modern
from modern import (ANN, BANK, ENCODINGS, OFFICE, SAAS, Sender, fields, html_and_text,
                    page, text_of)
from modern_more_words import WORDS
from modern_words import LANGUAGES

APP = Sender("Firmly", "no-reply", "firmly.example", "firmly-booking.vercel.app")
RUN = Sender("Roomio", "notify", "roomio.example", "roomio-3kq7.a.run.app")
SITE = Sender("WordPress", "wordpress", "other.example", "www.other.example")
PHONE = Sender("Telephone", "voicemail", "firm.example", "pbx.firm.example")
COPIER = Sender("MFP-3", "scanner", "firm.example", "mfp3.firm.example")
CLUB = Sender("Musikverein", "info", "club.example", "club.us7.list-manage.com")
DOCTOR = Sender("Praxis Dr. Schmidt", "termine", "praxis.example", "www.terminland.example")
HR = Sender("Jane at Cutlery", "jane", "cutlery.example", "calendly.com")
MUSEUM = Sender("Museum \u2022 Tickets", "tickets", "museum.example", "ticket-service.example")
REPORTS = Sender("Reports", "reports", "firm.example", "app.powerbi.com")
TAX = Sender("Finanzamt", "noreply", "tax.example", "www.tax.example")
MAGAZINE = Sender("\U0001F331 Leben & mehr", "newsletter", "magazine.example", "click.esp-mailer.example")
BUCKET = "https://storage.googleapis.com/teamly-exports/2026/%d.zip?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=%x"
BUCKETS = (BUCKET, "https://teamly-exports.s3.eu-central-1.amazonaws.com/%d/report.pdf?X-Amz-Signature=%x",
           "https://teamlyexports.blob.core.windows.net/out/%d.csv?sv=2024-11-04&sig=%x")
# kind: layout, sender, and whether what he sends passes DMARC.
KINDS = {
    "export_ready": ("bucket", SAAS, True), "app_share": ("short", APP, True), "app_notice": ("app", RUN, False),
    "contact_form": ("form", SITE, False), "voicemail": ("voice", PHONE, False), "scan": ("scan", COPIER, False),
    "club": ("club", CLUB, False), "appointment": ("plain_page", DOCTOR, False), "interview": ("short", HR, True),
    "wellness": ("news", MAGAZINE, True), "finance": ("news", MAGAZINE, True), "qr_entry": ("ticket", MUSEUM, True),
    "authenticator": ("short", OFFICE, False), "forwarded": ("forward", ANN, False), "report": ("table", REPORTS, False),
    "tax": ("mail", TAX, True),
}


def lay_bucket(sender, words, lang, number):
    """The only link leads to what was asked for."""
    link = BUCKETS[number % 3] % (number, number * 99991)
    html = page(sender, words, lang, number, images=0, preview=False, footer=False)
    html = html.replace(html[html.index('href="') + 6:html.index('" style="display')], link.replace("&", "&amp;"))
    parts = [text_of("text/plain", "%s\n\n%s\n" % (words[1], link), ENCODINGS[number % 3]),
             text_of("text/html", html, ENCODINGS[number % 3])]
    return fields(sender, words[0], number) + (parts[1] if number % 4 == 3 else multi("alternative", parts, "b%d" % number))


def lay_short(sender, words, lang, number):
    return fields(sender, words[0], number) + html_and_text(
        sender, words, lang, number, images=number % 2, preview=False, footer=False)


def lay_app(sender, words, lang, number):
    """A small service: both texts, no footer, all links to where it runs."""
    return fields(sender, words[0], number * 5 - number % 5 + 1) + multi("alternative", [
        text_of("text/plain", "%s\n\n%s: https://%s/c/%d\n" % (*words[1:], sender.links, number), "8bit"),
        text_of("text/html", page(sender, words, lang, number, images=0, preview=False, footer=False), "8bit")],
        "app%d" % number)


def lay_form(sender, words, lang, number):
    """By the program of a web site, in the name of the site."""
    html = "<html><body><table>%s</table></body></html>" % "".join(
        "<tr><td>%s</td></tr>" % line for line in words[1].split(". "))
    return fields(sender, words[0], number * 5, [
        ("Reply-To", "Carl Meyer <carl.meyer55@gmail.com>"), ("X-Mailer", "PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)"),
        ("X-Priority", "3")]) + text_of("text/html", html, ENCODINGS[number % 3])


def lay_voice(sender, words, lang, number):
    return fields(sender, words[0], number * 5) + multi("mixed", [
        text_of("text/plain", words[1], ENCODINGS[number % 3]),
        file("audio/x-wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(64), "msg_%04d.wav" % number)], "v%d" % number)


def lay_scan(sender, words, lang, number):
    return fields(sender, words[0], number * 5) + multi("mixed", [
        text_of("text/plain", words[1], "8bit"), file("application/pdf", PDF, "SKM_C25826%08d.pdf" % number)], "s%d" % number)


def lay_club(sender, words, lang, number):
    return fields(sender, words[0], number, bulk=True) + html_and_text(sender, words, lang, number, images=2)


def lay_plain_page(sender, words, lang, number):
    """HTML alone, and no link but that of the service which reminds."""
    return fields(sender, words[0], number * 5) + text_of(
        "text/html", page(sender, words, lang, number, images=0, preview=False, footer=False), ENCODINGS[number % 3])


def lay_ticket(sender, words, lang, number):
    qr = file("image/png", PNG, "qr.png", "inline").replace("Content-Disposition", "Content-ID: <qr>\nContent-Disposition")
    html = page(sender, words, lang, number, preview=False).replace("<h1>", '<img src="cid:qr" alt="QR"><h1>')
    return fields(sender, words[0], number) + multi(
        "related", [text_of("text/html", html, ENCODINGS[number % 3]), qr], "rel%d" % number)


def lay_forward(sender, words, lang, number):
    text, quoted = words[1].split(". ", 1)
    html = ('<div dir="auto">%s</div><br><div class="gmail_quote"><div dir="ltr">%s</div><blockquote>'
            '<a href="https://%s/">%s</a></blockquote></div>' % (text, quoted, BANK.links, words[2]))
    return fields(sender, words[0], number * 5, [("References", "<1.%d@%s>" % (number, BANK.domain))]) + multi(
        "alternative", [text_of("text/plain", "%s\n\n> %s\n" % (text, quoted), "quoted-printable"),
                        text_of("text/html", html, "quoted-printable")], "f%d" % number)


def lay_table(sender, words, lang, number):
    rows = "".join('<tr><td style="border:1px solid #ccc">%s</td><td align="right">%d</td></tr>' % (cell, len(cell))
                   for cell in words[1].replace(":", ",").split(", ") * 6)
    html = ('<html><head><style>td{padding:4px}</style></head><body><h2>%s</h2><table>%s</table>'
            '<p><a href="https://%s/groups/me/reports/%d">%s</a></p></body></html>'
            % (words[0], rows, sender.links, number, words[2]))
    return fields(sender, words[0], number * 5) + multi("alternative", [
        text_of("text/plain", words[1], "8bit"), text_of("text/html", html, "quoted-printable")], "t%d" % number)


LAYOUTS = dict({name: modern.LAYOUTS[name] for name in ("mail", "news")},
               **{name[4:]: layout for name, layout in list(globals().items()) if name.startswith("lay_")})


def forms():
    """(name, domain of the author, whether it passes DMARC, message) of each."""
    number = 1000
    for kind, (layout, sender, signed) in KINDS.items():
        for lang, words in enumerate(WORDS[kind]):
            number += 1
            yield "%s/%s" % (kind, LANGUAGES[lang]), sender.domain, signed, LAYOUTS[layout](sender, words, lang, number)


assert KINDS.keys() == WORDS.keys()
