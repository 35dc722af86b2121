"""Honest mail of today: newsletters with emoji and preview text, receipts,
invitations, shared documents, one-time codes, tickets ..., in eight languages
(modern_words.py) and the forms in which the programs of those who send such
mail write it. No public corpus has any of it."""

import base64
import collections
import quopri
from email.header import Header

from ham import DATE, PDF, PNG, file, multi
from modern_words import BROWSER, LANGUAGES, UNSUBSCRIBE, WHY, WORDS, WORLD

# Who sends mail: what the name is, its domain, and the domain of its links
# when those of another count the clicks.
Sender = collections.namedtuple("Sender", "name local domain links")
SHOP = Sender("🌿 Garden & Home", "news", "garden-shop.example", "click.esp-mailer.example")
STORE = Sender("Garden & Home", "orders", "garden-shop.example", "www.garden-shop.example")
SAAS = Sender("Teamly", "no-reply", "teamly.example", "links.teamly-mail.example")
BANK = Sender("Stadtbank", "service", "mail.stadtbank.example", "www.stadtbank.example")
OFFICE = Sender("IT Service Desk", "helpdesk", "firm.example", "portal.firm.example")
ANN = Sender("Ann Other", "ann", "other.example", "www.other.example")
GMAIL = Sender("Ann Other", "ann.other1987", "gmail.com", "photos.app.goo.gl")
BRANDS = (Sender("Amazon.de", "bestellbestaetigung", "amazon.de", "www.amazon.de"),
          Sender("PayPal", "service", "paypal.com", "www.paypal.com"),
          Sender("DHL Paket", "noreply", "dhl.de", "www.dhl.de"),
          Sender("Netflix", "info", "account.netflix.com", "www.netflix.com"),
          Sender("Microsoft account team", "account-security-noreply",
                 "accountprotection.microsoft.com", "account.live.com"),
          Sender("Google", "no-reply", "accounts.google.com", "accounts.google.com"),
          Sender("Deutsche Post DHL", "noreply", "deutschepost.de", "www.dhl.de"),
          Sender("Dropbox", "no-reply", "dropbox.com", "www.dropbox.com"))

# kind: how it is laid out, and who sends it.
KINDS = {
    "newsletter": ("news", SHOP), "sale": ("pictures", SHOP), "receipt": ("mail", STORE),
    "order": ("mail", 0), "parcel": ("mail", 2), "missed": ("mail", 6), "payment_failed": ("mail", 3),
    "invitation": ("calendar", ANN), "moved": ("calendar", OFFICE), "shared_document": ("document", GMAIL),
    "one_time_code": ("short", SAAS), "password_reset": ("mail", SAAS), "new_login": ("mail", 4),
    "ticket_support": ("mail", SAAS), "ticket_event": ("ticket", STORE), "booking": ("mail", SAAS),
    "survey": ("news", STORE), "social": ("news", SAAS), "statement": ("mail", BANK),
    "reminder": ("mail", OFFICE), "jobs": ("news", SAAS), "welcome": ("mail", SAAS),
    "storage": ("mail", 7), "sign": ("mail", SAAS), "donation": ("pdf", STORE), "school": ("list", ANN),
    "friend": ("photos", GMAIL), "link_of_a_friend": ("link", GMAIL), "minutes": ("person", ANN),
    "payslip": ("mail", OFFICE), "password_expires": ("mail", OFFICE), "voucher": ("mail", STORE),
    "points": ("news", STORE), "digest": ("news", SAAS), "invoice_pdf": ("pdf", ANN), "meter": ("mail", STORE),
    "watch": ("news", SHOP), "policy": ("mail", 1), "reply": ("person", ANN),
}
FRIENDS_LINKS = ("https://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=abc", "https://bit.ly/3xYz12",
                 "https://maps.app.goo.gl/AbC", "https://wa.me/4930123456", "https://de.wikipedia.org/wiki/Bonn",
                 "https://www.instagram.com/p/Cabc/?igsh=MzRl", "https://github.io/~ann/walk.html")


def text_of(kind, octets, encoding):
    octets = octets.encode()
    if encoding == "base64":
        body = base64.encodebytes(octets).decode()
    elif encoding == "quoted-printable":
        body = quopri.encodestring(octets).decode()
    else:
        body = octets.decode()
    return "Content-Type: %s; charset=\"UTF-8\"\nContent-Transfer-Encoding: %s\n\n%s\n" % (kind, encoding, body)


def fields(sender, subject, number, more=(), bulk=False):
    """The header, in the order and with the marks of one of five programs."""
    ids = ("%d.%x@%s" % (number, number * 77773, sender.domain),
           "0102018f%08x-1c2f-4e5d-9e1a-000000@eu-west-1.amazonses.com" % number,
           "%xGeopodIsmtpd%d@geopod-ismtpd-7" % (number * 99991, number),
           "CAF_%x%d@mail.gmail.com" % (number * 13, number),
           "JavaMail.app.%d@web%d.%s" % (number, number % 9, sender.domain))
    if sender.domain == "gmail.com":
        ids = (ids[3],)
    name = Header(sender.name, "utf-8").encode() if not sender.name.isascii() else (
        '"%s"' % sender.name if number % 2 else sender.name)
    all_fields = [
        ("Received", "from mail.%s ([198.51.100.7]) by mx.verdict.example with ESMTPS;\n\t%s" % (sender.domain, DATE)),
        ("Date", DATE), ("From", "%s <%s@%s>" % (name, sender.local, sender.domain)),
        ("To", ("Bob <bob@verdict.example>", "bob@verdict.example")[number % 2]),
        ("Message-ID", "<%s>" % ids[number % len(ids)]),
        ("Subject", Header(subject, "utf-8", maxlinelen=75).encode() if not subject.isascii() else subject),
        ("MIME-Version", "1.0")]
    if number % 3 == 0:
        all_fields = [all_fields[i] for i in (0, 2, 3, 5, 1, 4, 6)]
    elif number % 3 == 1:
        all_fields = [all_fields[i] for i in (0, 4, 1, 5, 2, 3, 6)]
    if bulk:
        link = "https://%s/u/%x" % (sender.links, number)
        all_fields += [("List-Unsubscribe", "<%s>, <mailto:u-%d@%s>" % (link, number, sender.domain)),
                       ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                       ("Feedback-ID", "%d:campaign:esp" % number)]
    return "".join("%s: %s\n" % f for f in all_fields + list(more))


def page(sender, words, lang, number, images=1, preview=True, footer=True):
    """The HTML of a program that sends mail for many."""
    subject, text, button = words
    link = "https://%s/ls/click?upn=%x" % (sender.links, number * 31337)
    pictures = "".join('<img src="https://img.%s/%d/%d.jpg" width="600" alt="">' % (sender.domain, number, i)
                       for i in range(images))
    hidden = ('<div style="display:none;font-size:1px;line-height:1px;max-height:0;opacity:0;overflow:hidden">%s%s</div>'
              % (text, "&#847;&zwnj;&nbsp;" * 90)) if preview else ""
    end = ('<p style="font-size:11px;color:#888">%s <a href="%s">%s</a> | <a href="%s">%s</a></p>'
           '<img src="https://%s/wf/open?upn=%x" width="1" height="1" alt="">'
           % (WHY[lang], link + "2", UNSUBSCRIBE[lang], link + "3", BROWSER[lang], sender.links, number)) if footer else ""
    return ('<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><title>%s</title><style>@media only screen{'
            '.m{display:none}}a{color:#06c}</style></head><body style="margin:0;background:#f4f4f4">%s<table role='
            '"presentation" width="100%%"><tr><td align="center">%s<h1>%s</h1><p>%s</p><a href="%s" style="display:'
            'inline-block;padding:12px 24px;background:#0a7;color:#ffffff;text-decoration:none">%s</a>%s</td></tr></table>'
            '</body></html>' % (WORLD[lang], subject, hidden, pictures, subject, text, link, button, end))


ENCODINGS = ("quoted-printable", "base64", "8bit")


def html_and_text(sender, words, lang, number, **layout):
    """Four in five have a text part beside the page."""
    encoding = ENCODINGS[number % 3]
    html = text_of("text/html", page(sender, words, lang, number, **layout), encoding)
    if number % 5 == 4:
        return html
    plain = text_of("text/plain", "%s\n\n%s\n\n%s: https://%s/\n" % (*words, sender.links), encoding)
    return multi("alternative", [plain, html], "=_alt%d" % number)


def lay_news(sender, words, lang, number):
    return fields(sender, words[0], number, bulk=True) + html_and_text(sender, words, lang, number, images=4)


def lay_pictures(sender, words, lang, number):
    """All is in the pictures, as designers like it."""
    words = (words[0], "", words[2])
    return fields(sender, words[0], number, bulk=True) + html_and_text(sender, words, lang, number, images=9)


def lay_mail(sender, words, lang, number):
    return fields(sender, words[0], number, [("Auto-Submitted", "auto-generated")] if number % 2 else ()) + (
        html_and_text(sender, words, lang, number, preview=number % 2 == 0, footer=number % 3 > 0))


def lay_short(sender, words, lang, number):
    return fields(sender, words[0], number) + html_and_text(
        sender, words, lang, number, images=1, preview=False, footer=False)


def calendar(words, sender):
    return ("BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
            "DTSTART:20260110T100000Z\r\nDTEND:20260110T103000Z\r\nORGANIZER;CN=Ann:mailto:%s@%s\r\nUID:7@x\r\n"
            "SUMMARY:%s\r\nDESCRIPTION:https://meet.google.com/abc-defg-hij\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            % (sender.local, sender.domain, words[0]))


def lay_calendar(sender, words, lang, number):
    ics = calendar(words, sender)
    return fields(sender, words[0], number, [("Sender", "Google Calendar <calendar-notification@google.com>")]
                  if number % 2 else ()) + multi("mixed", [
                      multi("alternative", [
                          text_of("text/plain", words[1], "base64"),
                          text_of("text/html", page(sender, words, lang, number, images=0, preview=False), "quoted-printable"),
                          text_of("text/calendar; method=REQUEST", ics, "7bit" if ics.isascii() else "8bit")], "inner%d" % number),
                      file("application/ics", ics.encode(), "invite.ics")], "outer%d" % number)


def lay_document(sender, words, lang, number):
    """As Google and Microsoft send it on behalf of a person."""
    by = (sender._replace(name="Ann Other (via Google Docs)", local="drive-shares-dm-noreply", domain="google.com",
                          links="docs.google.com"),
          sender._replace(name="Ann Other", local="no-reply", domain="sharepointonline.com",
                          links="firm-my.sharepoint.com"))[number % 2]
    return fields(by, words[0], number, [("Reply-To", "Ann Other <ann.other1987@gmail.com>")]) + html_and_text(
        by, words, lang, number, images=2, preview=False)


def lay_ticket(sender, words, lang, number):
    qr = file("image/png", PNG, "qr.png", "inline").replace("Content-Disposition", "Content-ID: <qr>\nContent-Disposition")
    html = page(sender, words, lang, number).replace("<h1>", '<img src="cid:qr"><h1>')
    return fields(sender, words[0], number) + multi("mixed", [
        multi("related", [text_of("text/html", html, "base64"), qr], "rel%d" % number),
        file("application/pdf", PDF, "tickets.pdf")], "mix%d" % number)


def lay_pdf(sender, words, lang, number):
    return fields(sender, words[0], number) + multi("mixed", [
        text_of("text/plain", words[1], ENCODINGS[number % 3]),
        file("application/pdf", PDF, "2026-017.pdf")], "pdf%d" % number)


def lay_list(sender, words, lang, number):
    return fields(sender, words[0], number, [("List-Id", "<parents.school.example>"), ("Precedence", "list")]) + text_of(
        "text/plain", words[1], ENCODINGS[number % 3])


def lay_person(sender, words, lang, number):
    html = ('<html><body lang="%s"><div class="WordSection1"><p class="MsoNormal">%s</p><p class="MsoNormal">'
            '<a href="https://%s/">%s</a></p><img src="cid:logo"></div><blockquote>On Monday Bob wrote: ...</blockquote>'
            '</body></html>' % (WORLD[lang], words[1], sender.links, words[2]))
    more = [("In-Reply-To", "<1@verdict.example>"), ("References", "<1@verdict.example>"),
            ("Thread-Index", "AQHabcdefg==")] if words[0][:3].upper() in ("RE:", "AW:", "R: ", "RES", "ODP") else ()
    return fields(sender, words[0], number, more) + multi("related", [
        multi("alternative", [text_of("text/plain", words[1], "base64"), text_of("text/html", html, "base64")],
              "a%d" % number), file("image/png", PNG, "image001.png", "inline")], "r%d" % number)


def lay_photos(sender, words, lang, number):
    return fields(sender, words[0], number) + multi("mixed", [
        multi("alternative", [text_of("text/plain", words[1], "quoted-printable"),
                              text_of("text/html", '<div dir="auto">%s</div>' % words[1], "quoted-printable")], "i%d" % number)]
        + [file("image/jpeg", b"\xff\xd8\xff\xe0" + bytes(80), "IMG_%d.jpg" % i) for i in range(3)], "p%d" % number)


def lay_link(sender, words, lang, number):
    link = FRIENDS_LINKS[lang]
    return fields(sender, words[0], number) + multi("alternative", [
        text_of("text/plain", "%s\n%s\n" % (words[1], link), "8bit"),
        text_of("text/html", '<div dir="auto">%s<br><a href="%s">%s</a></div>' % (words[1], link, link), "8bit")],
        "l%d" % number)


LAYOUTS = {name[4:]: layout for name, layout in list(globals().items()) if name.startswith("lay_")}


def forms():
    """(name, domain of the author, message) of each form."""
    number = 0
    for kind, (layout, sender) in KINDS.items():
        for lang, words in enumerate(WORDS[kind]):
            number += 1
            by = BRANDS[sender] if isinstance(sender, int) else sender
            message = LAYOUTS[layout](by, words, lang, number)
            yield "%s/%s" % (kind, LANGUAGES[lang]), by.domain, message


assert KINDS.keys() == WORDS.keys()
