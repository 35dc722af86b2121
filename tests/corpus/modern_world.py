"""Honest mail in eight more languages, from Japanese to Turkish; what reads
almost as swindles do, from casinos that one has joined to customs that hold a
parcel; and what lists and aliases make of mail on its way."""

from ham import DATE, PDF, PNG, file, multi
from modern import (ANN, ENCODINGS, OFFICE, SAAS, SHOP, STORE, Sender, fields, lay_mail, lay_news, lay_pdf,
                    lay_short, page, text_of)
from modern_world_words import MORE, NEAR, WORDS

BANK = Sender("Bank", "service", "bank-card.example", "www.bank-card.example")
KINDS = {
    "newsletter": (lay_news, SHOP), "receipt": (lay_mail, STORE), "parcel": (lay_mail, STORE),
    "one_time_code": (lay_short, SAAS), "password_reset": (lay_mail, SAAS), "new_login": (lay_mail, SAAS),
    "statement": (lay_mail, BANK), "shared_document": (lay_mail, SAAS), "invoice_pdf": (lay_pdf, ANN),
    "payroll": (lay_mail, OFFICE), "payment_failed": (lay_mail, SAAS),
}


def near(number, row):
    kind, form, name, address, links, subject, text, button = row
    local, domain = address.split("@")
    sender = Sender(name, local, domain, links)
    head = fields(sender, subject, number, bulk="bulk" in form)
    html = text_of("text/html", page(sender, (subject, text, button), 0, number, images=number % 2,
                                     preview="bulk" in form, footer="bulk" in form), ENCODINGS[number % 3])
    if "page" in form:
        return head + html
    plain = text_of("text/plain", "%s\n\nhttps://%s/\n" % (text, links), ENCODINGS[number % 3])
    body = multi("alternative", [plain, html], "near%d" % number)
    if kind in ("fax", "solar", "seo_invoice"):
        body = multi("mixed", [body, file("application/pdf", PDF, "%s-%d.pdf" % (kind, number))], "file%d" % number)
    return head + body


def on_the_way():
    """Lists, aliases and gateways have had these; (name, domain, message)."""
    for number, (subject, text) in enumerate((
            ("[parents] Trip on Friday", "Dear all, we meet at eight. Please bring ten euros."),
            ("[talk] Digest, Vol 12, Issue 3", "Today's topics: 1. Re: roof (Ann) 2. Bitcoin meetup (Carl) 3. casino night"),
            ("[members] Beitrag 2027", "Liebe Mitglieder, wer sein Konto gewechselt hat, teilt das bitte mit."))):
        yield "list %d" % number, "lists.example", fields(ANN, subject, number, [
            ("List-Id", "<talk.lists.example>"), ("Precedence", "list"), ("List-Post", "<mailto:talk@lists.example>"),
            ("DKIM-Signature", "v=1; a=rsa-sha256; d=other.example; s=a; h=from; bh=AA==; b=AA==")]) + text_of(
                "text/plain", text + "\n_______\ntalk mailing list\nhttps://lists.example/talk\n", "8bit")
    for number, html in enumerate((
            page(STORE, ("Order 88213", "Thank you for your order.", "My order"), 0, 7),
            page(SHOP, ("Sale", "", "Shop now"), 0, 8, images=5))):
        yield "alias %d" % number, "garden-shop.example", fields(STORE, "Your order", number, [
            ("Delivered-To", "alias@old-name.example"), ("X-Forwarded-To", "bob@verdict.example"),
            ("DKIM-Signature", "v=1; a=rsa-sha256; d=garden-shop.example; s=a; h=from; bh=AA==; b=AA=="),
            ("List-Unsubscribe", "<https://www.garden-shop.example/u>")]) + text_of("text/html", html, "quoted-printable")
    yield "friend by telephone", "other.example", fields(ANN, "Foto", 3) + multi("mixed", [
        text_of("text/plain", "Von meinem Telefon gesendet\n", "8bit"), file("image/jpeg", PNG, "IMG_1.jpg")])
    yield "receipt of a till", "till.example", fields(Sender("Till", "kasse", "till.example", "www.till.example"),
                                                      "Beleg 8812", 4) + text_of(
        "text/html", "<html><body><pre>Bäckerei Kurz\n2 Brötchen 1,20\nSumme 1,20 EUR\n%s</pre></body></html>" % DATE, "8bit")


def forms():
    """(name, domain of the author, kinds of DNS, message) of each."""
    number = 3000
    for kind, (layout, sender) in KINDS.items():
        for lang, words in enumerate(WORDS[kind], 8):
            number += 1
            yield "%s/%s" % (kind, MORE[lang - 8]), sender.domain, ("good", "spf", "dead"), layout(sender, words, lang, number)
    for number, row in enumerate(NEAR, 4000):
        kinds = ("spf", "dead") + (() if "small" in row[1] else ("good",))
        yield "near/%s" % row[0], row[3].split("@")[1], kinds, near(number, row)
    for name, domain, message in on_the_way():
        yield "way/%s" % name, domain, ("forwarded", "forwarded hard", "poor", "dead"), message


assert KINDS.keys() == WORDS.keys()
