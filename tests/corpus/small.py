"""Mail of small senders in the words that frauds use as well: clubs, shops,
workshops, banks of which hundreds share a name. Each is sent once where DMARC
passes and once where DNS is out of order; a shop's notice of a parcel where no
record says anything, too."""

from email.header import Header

from ham import DATE, PDF, file, multi
from modern import ENCODINGS, text_of

# Name of the kind: author's name, local part and domain; subject, text, link
# and its label; what is special about its form.
MAILS = {
    "club_de": ("TSV Neustadt", "vorstand", "tsv-neustadt.example",
        "Rundbrief Dezember: Jahreshauptversammlung und Beitrag",
        "Liebe Mitglieder, am 12. Dezember findet unsere Jahreshauptversammlung statt. Bitte denkt "
        "daran, dass euer Beitrag noch nicht bei allen eingegangen ist; wer sein Konto gewechselt "
        "hat, muss die Daten aktualisieren. Das Anmeldeformular findet ihr hier.",
        "https://docs.google.com/forms/d/e/1FAIpQLSd/viewform", "Zur Anmeldung", ""),
    "invoice_fr": ("Plomberie Martin", "contact", "plomberie-martin.example",
        "Facture n° 2026-0412",
        "Bonjour, veuillez trouver ci-joint votre facture n° 2026-0412. Votre paiement est en "
        "attente, merci de procéder au règlement avant le 15 décembre. Cordialement",
        "", "", "pdf"),
    "invoice_es": ("Talleres Ruiz", "facturas", "talleresruiz.example",
        "Su factura de noviembre",
        "Estimado cliente, adjunta encontrará su factura. El pago vencido de octubre ya está "
        "registrado. Puede verla también en línea.",
        "https://app.holded.com/invoice/62ab", "Ver factura", "pdf"),
    "invoice_pt": ("Oficina Silva", "geral", "oficinasilva.example",
        "Fatura FT 2026/312",
        "Caro cliente, enviamos em anexo a sua fatura FT 2026/312, vencida a 30/11. O pagamento "
        "está pendente.",
        "https://www.moloni.pt/f/62ab", "Ver fatura", "pdf"),
    "reset_shop_de": ("Teeladen am Markt", "shop", "teeladen.example",
        "Passwort zurücksetzen",
        "Hallo, Sie haben angefordert, das Passwort für Ihr Konto zurückzusetzen. Wenn Sie das "
        "nicht waren, ist Ihr Konto nicht gefährdet und Sie können diese Mail löschen.",
        "https://teeladen.myshopify.com/account/reset/123/abc", "Passwort zurücksetzen", ""),
    "reset_woo_fr": ("Savonnerie du Port", "wordpress", "savonnerie.example",
        "Réinitialisation de votre mot de passe",
        "Bonjour Bob, Quelqu’un a demandé un nouveau mot de passe pour le compte suivant sur "
        "Savonnerie du Port. Pour mettre à jour votre mot de passe, cliquez sur le lien ci-dessous.",
        "https://www.savonnerie.example/mon-compte/lost-password/?key=abc&id=7", "Cliquez ici", "htmlonly"),
    "voicemail_link": ("Sipgate", "noreply", "sipphone.example",
        "New voicemail from +44 20 1234567",
        "A new voice message has been received for you. You can listen to it online.",
        "https://app.sipgate.com/voicemail/123", "Listen", ""),
    "parcel_shop": ("Buchhandlung Kurz", "bestellung", "buch-kurz.example",
        "Ihre Bestellung 10233 wurde versandt",
        "Ihr Paket mit Bestellung 10233 ist unterwegs und wird mit DHL zugestellt.",
        "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=0034", "Sendung bei DHL verfolgen", "unproved"),
    "parcel_fr": ("Librairie Lune", "commande", "librairielune.example",
        "Votre colis est en attente au point relais",
        "Bonjour, Votre colis est arrivé et en attente au point relais Mondial Relay. Il sera gardé"
        " 8 jours.",
        "https://www.mondialrelay.fr/suivi-de-colis/?x=1", "Suivre mon colis", "unproved"),
    "parcel_es": ("Zapatería Sol", "pedidos", "zapateriasol.example",
        "Su paquete está pendiente de recogida",
        "Hola Bob, Su paquete está pendiente de recogida en la oficina de Correos.",
        "https://www.correos.es/es/es/herramientas/localizador?x=1", "Ver envío", "unproved"),
    "statement_de": ("Volksbank Neustadt", "postfach", "vb-neustadt.example",
        "Neuer Kontoauszug in Ihrem Postfach",
        "Guten Tag, in Ihrem elektronischen Postfach liegt ein neuer Kontoauszug für Ihr Konto. "
        "Bitte rufen Sie ihn vor Ablauf von 90 Tagen ab; danach wird er im Postfach gelöscht.",
        "https://www.vb-neustadt.example/banking", "Zum Online-Banking", ""),
    "ja_shop": ("お茶の店", "order", "ocha.example",
        "ご注文の確認",
        "この度はご注文いただきありがとうございます。カード決済を確認いたしました。お荷物の発送状況は下記から更新をご確認ください。アカウントの確認は不要です。",
        "https://toi.kuronekoyamato.co.jp/cgi-bin/tneko?id=1", "配送状況を確認", "unproved"),
    "ja_member": ("音楽教室", "info", "ongaku.example",
        "会員証更新のお知らせ",
        "会員の皆さま、会員証の更新時期となりました。教室の受付でご確認ください。",
        "https://forms.gle/abcd", "申込みフォーム", "unproved"),
    "ru_school": ("Школа 12", "info", "shkola.example",
        "Родительское собрание",
        "Уважаемые родители! Собрание состоится 3 декабря. Анкета по ссылке.",
        "https://forms.yandex.ru/u/123", "Анкета", ""),
    "dentist_sms": ("Zahnarztpraxis", "termin", "zahn.example",
        "Terminerinnerung",
        "Guten Tag Herr Meyer, Ihr Termin ist am 2.12. um 9 Uhr. Falls Sie verhindert sind, können "
        "Sie Ihre Daten aktualisieren oder den Termin absagen.",
        "https://www.doctolib.de/appointments/1", "Termin verwalten", "htmlonly"),
    "donation_en": ("Animal Shelter", "team", "shelter.example",
        "Thank you for your donation",
        "Dear Bob, thank you for your donation of $25 to our foundation; we raised $1,250,000 this "
        "year for charity. Your receipt is attached.",
        "https://donorbox.org/r/1", "View receipt", "pdf unproved"),
    "saas_trial": ("Plantly", "team", "plantly.example",
        "Your trial expires in 3 days",
        "Hi Bob, your free trial of Plantly is about to expire. Your account will be limited to one"
        " garden after that. Update your payment method to keep all.",
        "https://plantly.herokuapp.com/billing", "Choose a plan", ""),
    "gym": ("FitClub", "info", "fitclub.example",
        "Ihre Mitgliedschaft",
        "Hallo Bob, Ihre Mitgliedschaft läuft am 31.12. ab. Ihre Zahlung im November ist "
        "fehlgeschlagen, bitte Kontodaten aktualisieren. Weight loss challenge ab Januar!",
        "https://fitclub.egym.example/member", "Zum Mitgliederbereich", "htmlonly"),
    "qr_2fa_it": ("IT", "it", "firm.example",
        "MFA rollout: scan the QR code at the help desk",
        "Dear colleagues, from Monday all accounts need MFA. Please come to the help desk to scan "
        "the QR code with your authenticator app. The handbook is attached.",
        "", "", "pdf"),
    "wallet_hw": ("Tangible", "shop", "tangible.example",
        "Your order: hardware wallet shipped",
        "Your hardware wallet is on its way with UPS. After delivery, update the firmware and keep "
        "your recovery phrase secure.",
        "https://www.ups.com/track?tracknum=1Z", "Track", "unproved"),
    "alumni": ("Uni Alumni", "alumni", "uni-alumni.example",
        "🎓 Alumni news",
        "Dear friends, read what happened. Win a free iPad... no: you have been selected for the "
        "alumni survey of the university; it takes five minutes.",
        "https://uni.eu.qualtrics.com/jfe/form/SV_1", "Take the survey", "htmlonly"),
    "steuer": ("Kanzlei Weber", "kanzlei", "stb-weber.example",
        "Unterlagen für Ihre Steuererklärung",
        "Sehr geehrter Herr Meyer, bitte laden Sie Ihre Belege in das Portal hoch. Ihre "
        "Rückerstattung vom Finanzamt ist eingegangen. Ihr Zugang wurde aktualisiert.",
        "https://www.datev.de/meinesteuern", "DATEV Meine Steuern", "htmlonly"),
    "it_condominio": ("Studio Bianchi", "studio", "bianchi.example",
        "Verbale assemblea e rate",
        "Gentile condomino, in allegato il verbale. Il suo pagamento della rata è in attesa; la "
        "invitiamo a verifica.",
        "https://www.condominioweb.example/a", "Area riservata", "pdf"),
    "nl_vereniging": ("Tennisvereniging", "secretaris", "tvdorp.example",
        "Contributie 2027",
        "Beste Bob, je betaling van de contributie is mislukt. Pas je gegevens aan via de "
        "ledenpagina.",
        "https://mijn.knltb.club/dorp", "Ledenpagina", ""),
}


def encoded(text):
    return text if text.isascii() else Header(text, "utf-8").encode()


def mail(mail, number):
    name, local, domain, subject, text, link, label, form = mail
    header = "".join("%s: %s\n" % field for field in (
        ("Received", "from app (app.internal [10.0.0.7]) by mail.%s with ESMTPS;\n\t%s" % (domain, DATE)),
        ("Date", DATE), ("From", "%s <%s@%s>" % (encoded(name), local, domain)),
        ("To", "bob@verdict.example"), ("Message-ID", "<%d.%x@%s>" % (number, number * 99991, domain)),
        ("Subject", encoded(subject)), ("MIME-Version", "1.0")))
    encoding = ENCODINGS[number % 3]
    body = text_of("text/plain", "%s\n\n%s\n" % (text, link), encoding)
    if link:
        logo = '<img src="https://www.%s/logo.png" alt="">' % domain if number % 2 else ""
        html = text_of("text/html", '<html><body><p>%s</p>%s<p><a href="%s">%s</a></p></body></html>' % (
            text, logo, link.replace("&", "&amp;"), label), encoding)
        body = html if "htmlonly" in form else multi("alternative", [body, html], "alt%d" % number)
    if "pdf" in form:
        body = multi("mixed", [body, file("application/pdf", PDF, "document-%d.pdf" % number)], "mix%d" % number)
    return header + body


def forms():
    """(name, domain of the author, kinds of DNS, message) of each."""
    for number, (kind, row) in enumerate(MAILS.items(), 2000):
        yield kind, row[2], ("good", "dead") + (("forwarded", "poor") if "unproved" in row[7] else ()), mail(row, number)
