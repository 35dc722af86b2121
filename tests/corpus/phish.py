"""Swindles of today, after their kinds: whom they pretend to be, what they
want, and how their pages and programs write it. Made up for this test; each is
(name, message), to be caught where nothing speaks for its sender."""

import base64
from email.header import Header

from ham import DATE, PDF, PNG, file, multi

WORDS = " ".join("meadow river lantern copper window under seven tables while the harbour sleeps".split() * 12)


def mail(author, subject, body, to="<bob@verdict.example>", kind="text/html; charset=utf-8", encoding="8bit",
         message_id="<%d.81723@srv-client.example>" % 4711, more="", received=True, raw=False):
    if encoding == "base64":
        body = base64.encodebytes(body.encode()).decode()
    if not raw and not subject.isascii():
        subject = Header(subject, "utf-8", maxlinelen=75).encode()
    return ("%sFrom: %s\nTo: %s\nSubject: %s\nDate: %s\n%sMIME-Version: 1.0\n%sContent-Type: %s\n"
            "Content-Transfer-Encoding: %s\n\n%s\n" % (
                "Received: from x ([198.51.100.7]) by mx.verdict.example; %s\n" % DATE if received else "",
                author, to, subject, DATE, "Message-ID: %s\n" % message_id if message_id else "", more, kind,
                encoding, body))


def button(text, link, label="Continue"):
    return "<html><body><p>%s</p><p><a href=\"%s\">%s</a></p></body></html>" % (text, link, label)


def names():
    """The name of somebody else."""
    for name in ("Netflix", "PayPaI Service", "Amazon Prime", "DHL Express", "Micr\u043es\u043eft 365", "McAfee Total",
                 "Ledger Live", "MetaMask Support", "Correios", "Costco Rewards", "L I D L", "Bank of America Alerts",
                 "Banco do Brasil", "Livelo Pontos", "Deutsche Post", "Spotify Premium", "Receita Federal", "ADAC"):
        author = "%s <info@kq-mailing.example>" % (name if name.isascii() else Header(name, "utf-8").encode())
        yield "name: " + name, mail(author, "Notice", button("Please look at your account.", "https://cutlery.example/a"))


def alarms():
    for number, (subject, text) in enumerate((
            ("Action required", "Your mailbox is almost full. Messages will be lost unless you upgrade now."),
            ("IT notice", "Your password will expire today. Keep the same password with the button below."),
            ("Delivery report", "You have 5 pending messages that could not be delivered to your inbox. Release them."),
            ("Security", "We noticed an unusual sign-in to your account. Verify your identity within 24 hours."),
            ("Your photos will be deleted", "Your cloud storage is full! Your photos and files will be removed today."),
            ("Renewal problem", "Your subscription payment was declined. Update your billing information to go on."),
            ("Parcel 8812", "Your package could not be delivered: an unpaid customs fee of 1.99 is due."),
            ("Toll invoice", "You have an unpaid toll. Pay the outstanding balance to avoid late fees."),
            ("Shared file", "A new document has been shared with you. Sign in with your email to view it."),
            ("Ihr Paket wartet", "Ihr Paket konnte nicht zugestellt werden. Zahlen Sie die Zollgebühr von 1,99 EUR."),
            ("Konto gesperrt", "Ihr Konto wurde eingeschränkt. Verifizieren Sie Ihre Daten, sonst wird es gesperrt."),
            ("photoTAN läuft ab", "Ihre photoTAN läuft in Kürze ab. Bitte erneuern Sie Ihren Zugang, sonst wird er gesperrt."),
            ("Votre colis", "Votre colis est en attente. Des frais de livraison restent impayés."),
            ("Votre compte", "Votre compte a été suspendu. Mettez à jour vos informations pour le réactiver."),
            ("Su cuenta", "Su cuenta ha sido bloqueada. Verifique sus datos para evitar la cancelación."),
            ("Il tuo pacco", "Il tuo pacco è in attesa: paga le spese doganali per la consegna."),
            ("Pendência no CPF", "Prezado cliente, seu CPF possui uma pendência. Regularize hoje para evitar o bloqueio."),
            ("Seus pontos expiram", "Prezado cliente, seus pontos vencem hoje. Resgate antes que expirem."),
            ("Uw bankpas", "Uw bankpas verloopt binnenkort. Vraag een nieuwe aan, anders wordt uw rekening geblokkeerd."),
            ("Twoja paczka", "Twoja paczka została wstrzymana. Dopłata 1,99 zł jest wymagana."),
            ("\u304a\u77e5\u3089\u305b", "\u304a\u5ba2\u69d8\u306e\u30a2\u30ab\u30a6\u30f3\u30c8\u306e\u5229\u7528\u304c\u5236\u9650\u3055\u308c\u307e\u3057\u305f\u3002\u78ba\u8a8d\u3057\u3066\u304f\u3060\u3055\u3044\u3002"),
            ("お支払い方法の更新", "お支払い方法に問題があります。アカウント情報を更新してください。"),
            ("Kargonuz beklemede", "Kargonuz dağıtım merkezinde beklemede. Gümrük ücreti ödeyin."))):
        yield "alarm %d: %s" % (number, subject), mail(
            "Support <noreply@cutlery.example>", subject, button(text, "https://pottery.example/l"))


def hosts():
    for link in ("https://mail-owa.pages.dev/?e=bob@verdict.example", "https://ipfs.io/ipfs/bafybeib/x.html",
                 "https://storage.googleapis.com/uy7/redirect.html#x", "https://bafy.ipfs.dweb.link/", "https://a-b.r2.dev/i.html",
                 "https://login-update.web.app/", "https://onedoc.workers.dev/", "https://x.weebly.com/", "https://bit.ly/3abc",
                 "https://tinyurl.com/x8", "https://kklmnbvcxzx.top/a", "https://xn9f3k2l8q.icu/c", "http://203.0.113.9/login"):
        yield "host: " + link.split("/")[2], mail(
            "Office <a@cutlery.example>", "Document for you", button("Please read the new document.", link),
            received=False)


def pictures():
    page = '<html><body><a href="https://pottery.example/c"><img src="https://pottery.example/%s.png"></a></body></html>'
    for name, message_id, encoding in (("prize", "<1@localhost>", "8bit"), ("casino", None, "8bit"),
                                       ("pills", "<2@vps-81>", "base64")):
        yield "picture: " + name, mail("Team <a@cutlery.example>", "You have mail", page % name, message_id=message_id,
                                       encoding=encoding)
    yield "picture with hidden text", mail("Team <a@cutlery.example>", "Open now", (page % "x").replace(
        "</body>", '<div style="display:none">%s</div></body>' % WORDS))


def prizes():
    for number, text in enumerate((
            "Congratulations! You have been chosen to receive a brand new power tool set. Take the short survey to claim your reward.",
            "Herzlichen Glückwunsch! Sie wurden ausgewählt: nehmen Sie an der Umfrage teil und gewinnen Sie einen Gutschein.",
            "Félicitations ! Vous avez été sélectionné pour gagner un cadeau. Répondez au sondage.",
            "Gefeliciteerd! Je bent geselecteerd en hebt een cadeaukaart gewonnen.",
            "Parabéns! Você foi selecionado e ganhou um prêmio. Responda a pesquisa.",
            "¡Felicidades! Ha sido seleccionado para recibir un premio. Complete la encuesta.",
            "50 free spins and a 300% welcome bonus at our online casino, no deposit needed!",
            "Withdraw your 0.75 BTC: your bitcoin mining balance waits for the payout.",
            "Anna sent you a private message and 3 private photos. Singles in your area want to meet.",
            "New keto gummies burn fat fast! Doctors are stunned. Reply is not needed; to stop receiving these, unsubscribe.",
            "Claim your airdrop now: connect and validate your MetaMask wallet before midnight.")):
        yield "prize %d" % number, mail("Team <a@cutlery.example>", "For you", button(text, "https://pottery.example/p"),
                                        received=False)


def texts():
    plain = "text/plain; charset=utf-8"
    yield "false invoice", mail("Billing Team <billing.team8831@gmail.com>", "Invoice INV-99812", (
        "Thank you for your order. $399.99 was charged for the renewal of your plan. If you did not authorize this, "
        "call our help desk at +1 (888) 555-0142 to cancel and get a refund."), kind=plain)
    yield "blackmail", mail("You <x@cutlery.example>", "I recorded you", (
        "I hacked your device and recorded you with your camera while you watched porn. Send 900 USD in bitcoin within 48 hours "
        "to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq or I send the video to your contacts."), kind=plain)
    yield "blackmail in German", mail("Sie <x@cutlery.example>", "Ihr Passwort", (
        "Ich habe Sie mit der Kamera aufgenommen, während Sie Pornos sahen. Zahlen Sie 800 EUR in Bitcoin an "
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT, sonst geht das Video an alle Kontakte."), kind=plain)
    yield "boss by his title in French", mail("Directeur <dir.general22@gmail.com>", "Urgent", (
        "Êtes-vous disponible ? J'ai besoin de cartes cadeaux, je suis en réunion. Répondez vite."), kind=plain)
    yield "boss by his title in German", mail("Geschaeftsfuehrer <gf.buero77@gmail.com>", "Kurze Frage", (
        "Sind Sie im Büro? Ich brauche dringend eine Überweisung, bin in einer Besprechung."), kind=plain)
    yield "mailbox in plain text", mail("Support <s@cutlery.example>", "Mailbox", (
        "Your mailbox is full. Go to mail-upgrade.vercel.app to upgrade your storage."), kind=plain)
    yield "widow", mail("Mrs Ann <ann.w@gmail.com>", "Dear beloved", (
        "Dear beloved, I am Mrs Ann, the widow of the late Dr Other. I want to donate 8.5 million dollars to charity through you. "
        "Please reply urgently and keep it confidential."), kind=plain, more="Reply-To: ann.fund@yandex.com\n")


def files():
    login = "<html><body><form action='https://pottery.example/p'><input name=u><input type=password></form></body></html>"
    yield "page as a file", mail("Scan <a@cutlery.example>", "Scan", "", kind="text/plain").split("Content-Type")[0] + multi(
        "mixed", ["Content-Type: text/plain\n\nSee the attached voice message.\n", file("text/html", login.encode(), "voice.html")])
    yield "page that goes elsewhere", mail("Scan <a@cutlery.example>", "Fax", "", kind="text/plain", message_id=None).split(
        "Content-Type")[0] + multi("mixed", ["Content-Type: text/plain\n\nYour mailbox is full.\n", file(
            "text/html", b"<meta http-equiv=refresh content='0;url=https://pottery.example/'>", "fax.htm")])
    yield "scan this code", mail("HR <hr@cutlery.example>", "Salary", "", kind="text/plain", message_id="<1@x>").split(
        "Content-Type")[0] + multi("related", [
            "Content-Type: text/html\n\n<p>Scan the QR code to renew your two-factor authentication.</p><img src=cid:q>\n",
            file("image/png", PNG, "qr.png", "inline")])


def forms():
    body = button("Please look at it.", "https://pottery.example/a")
    yield "no domain", mail("Info <info@mailer>", "Hello", body)
    yield "comma in the domain", mail("Info <info@cutlery,com>", "Hello", body)
    yield "blank before the end", mail("Info <info@cutlery.example >", "Hello", body, message_id=None)
    yield "tenant", mail("Info <noreply@x9-7231.firebaseapp.com>", "Hello", body)
    yield "tenant of Microsoft", mail("Info <info@tzqk.onmicrosoft.com>", "Hello", body)
    yield "letters that are not encoded", mail("Güte <a@cutlery.example>", "Für Sie", body, raw=True, message_id="<2@host>")
    yield "mathematical letters", mail("Info <a@cutlery.example>", "\U0001D418\U0001D428\U0001D42E \U0001D430\U0001D428\U0001D427", body)
    yield "letters of others", mail("Info <a@cutlery.example>", "Hello", body.replace(
        "Please look at it", "Y\u043eur acc\u043eunt is l\u043ecked, pl\u0435ase c\u043enfirm"))
    yield "your address in the subject", mail("Info <a@cutlery.example>", "bob@verdict.example: action needed", body,
                                              message_id=None)


def strangers():
    """What services do as well; here nothing speaks for them."""
    yield "a file waits", mail("Files <a@cutlery.example>", "New file", button(
        "Ann has shared a document with you. Open it to view.", "https://pottery.example/f"))
    yield "page of a stranger on a free host", mail("Team <a@cutlery.example>", "Hello", button(
        "Please have a look at this.", "https://x-9921.vercel.app/"))
    yield "free host that is told who comes", mail("Team <a@cutlery.example>", "Hello", button(
        "Please have a look at this.", "https://pub-8a7b.r2.dev/i.html#bob@verdict.example"))
    yield "page in a bucket that is told who comes", mail("Team <a@cutlery.example>", "Hello", button(
        "Please have a look at this.", "https://bkt1.s3.us-east-1.amazonaws.com/i.html#4ab9/11"))
    yield "tunnel", mail("Team <a@cutlery.example>", "Hello", button(
        "Please have a look at this.", "https://great-red-fox.trycloudflare.com/"))
    yield "tenant who says that you won", mail("Team <noreply@prj-1.firebaseapp.com>", "For you", button(
        "Congratulations! You have been chosen to receive a gift card.", "https://prj-1.firebaseapp.com/x"))
    yield "code to scan", mail("HR <a@cutlery.example>", "Payroll", (
        "<html><body><p>Scan the QR code with your phone to see your bonus and sign.</p>"
        "<img src=\"cid:x\"></body></html>"))
    yield "casino", mail("Lucky <a@cutlery.example>", "100 for you", button(
        "100 free spins wait for you.", "https://pottery.example/s"), received=False)


def phish():
    for kind in (names, alarms, hosts, pictures, prizes, texts, files, forms, strangers):
        yield from kind()


assert PDF
