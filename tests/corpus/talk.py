"""Mail without a page: what strangers from mailboxes that anybody opens ask for
(gifts, loans, jobs, favours, payments, offers to whoever has a web site), and
next to each what honest people write from such mailboxes in the same words.
Made up for this test; frauds() are to be caught where nothing speaks for their
sender, forms() let by wherever they come from."""

from email.header import Header

from ham import DATE

# Author, where the answer goes or "-" (without a To as well: "-*"), Subject, text.
_FRAUDS = """
Mrs. Edith Hollow <mrs.edithhollow7@gmail.com>|edith.hollow.fund@proton.me|CHARITY|I am a widow with cancer. My late husband left 8.5 million dollars in a bank and I want to donate it through you. Please reply for more details.
Foundation Desk <award.foundation.desk@gmail.com>|claims.desk4@aol.com|You were selected for $3,200,000|I decided to give a part of my wealth to random people. Your address was picked. Reply for your claim.
UN Payments <uncompensation.office3@gmail.com>|-*|Your card|The United Nations has approved your compensation payment of $2,500,000. Send your full name and telephone for the courier, whose fee is 95 dollars.
Sgt Moore <sgt.moore.army@outlook.com>|-|Trust|I serve with the US army in Syria. We found 12 million dollars and I need somebody to receive the box. Reply if interested, 30% is yours.
Stiftung Mayr <stiftung.mayr.spende@gmail.com>|spende.mayr@proton.me|Spende|Ich habe 115 Millionen im Lotto gewonnen und spende Ihnen 2 Mio Euro. Melden Sie sich per E-Mail.
Notaire Laurent <notaire.laurent.don@gmail.com>|-|Don de 500.000 euros|Je souffre d'un cancer et je fais un don de 500.000 euros. Contactez mon notaire par mail.
Abogado Ruiz <abogado.ruiz.herencias@gmail.com>|-|Fallecimiento|Mi cliente murió sin herederos y dejó 9,8 millones de dólares. Responda con su teléfono.
Credit Desk <loanoffice.credit@gmail.com>|-*|Loans|Do you need a loan? We offer loans from $5,000 at 3% interest, no collateral. Apply with your name, amount and duration.
Kreditbüro <kredit.schnell24@gmail.com>|-|Kredit|Benötigen Sie einen Kredit von 5.000 bis 500.000 Euro zu 2% Zinsen? Wir vergeben Kredite an Privatpersonen.
Prestito <prestito.rapido@gmail.com>|finanza.prestiti@gmail.com|Offerta|Offriamo prestiti da 2.000 a 500.000 euro al tasso del 3% a privati. Rispondere con importo, durata e telefono.
Anna HR <anna.hr.onlinejobs@gmail.com>|-|Job|Work from home for 60 minutes a day and earn $300 to $500 daily, no experience needed. Message me on WhatsApp.
Dr. Lind <lind.researchassist@gmail.com>|-|Position|We hire remote research assistants, no experience, $350 weekly. Send your alternate email address and cell phone number.
RRHH <rrhh.empleo@gmail.com>|-|Trabajo|Trabaje desde casa con su móvil y gane 200 euros al día. Escriba por WhatsApp.
Sandra <sandra.heart88@gmail.com>|-|Hello dear|I am a caring lady looking for true love. Write me back so that I can send you my pictures and tell you about myself.
Lisa <lisa.friend7@outlook.com>|-|Is this David?|We met at the tasting. Add my WhatsApp so that we can talk about the investment in gold.
Emma <emma.seoexpert@gmail.com>|-|Website errors|I was looking at your website: it has technical errors and is not ranking. We do SEO and bring it to the first page of Google. May I send you a proposal?
Jessica <jessica.outreach.posts@gmail.com>|-|Guest post|I came across your site and liked it. Do you accept guest posts with a do-follow link? Let me know the price per article.
Olivia <olivia.leads.data@outlook.com>|-|Attendees list|Would you be interested in acquiring the attendees email list of the fair? Number of contacts: 81,340. Let me know your interest.
Principal <principal.desk@gmail.com>|-|Quick request|I'm in a meeting and can't take calls. Get 5 gift cards of $100 each today, scratch the back and send me pictures of the codes.
Gerencia <gerencia.oficina@gmail.com>|-|Tarjetas|Necesito que compre tarjetas de regalo. Rasque los códigos y envíeme las fotos de los códigos.
Chef <chef.buero.direktion@gmail.com>|-|Anfrage|Sind Sie am Platz? Ich brauche Hilfe bei einer vertraulichen Überweisung. Ich bin in einer Besprechung, bitte nur per E-Mail antworten.
Paul Reed <ceo@flrm.example>|ceo.private@mail-executive.example|Urgent payment|Process a wire transfer of $48,250 today. This is confidential, do not discuss it with anyone until the deal is announced.
Lars Holm <lars.holm@suppller.example>|-|Invoice 20441|Due to an audit our account can't receive payments. Hold all payments to our old account and remit to our new bank account.
Invoice desk <inv.billing.team7@gmail.com>|-|Thanks|Your protection plan was extended. $429.87 was taken from your checking account. If this is a mistake call 1 (877) 555-0120.
李经理 <fapiao@dealer.example>|-|发票|本公司可代开各类正规发票，税点优惠，验证后付款。
"""
_HONEST = """
Margaret Ellis <margaret.ellis52@gmail.com>|-|Sunday|Are you available on Sunday to help with the flowers? I'm in a meeting until four, so please text me on my mobile. Sent from my iPhone
Peter Novak <peter.novak.sail@gmail.com>|-|gift for Anna|Hi, we collect money for Anna's birthday present, a gift card from the bookshop. Give me $10 on Tuesday and keep it a secret!
Hill Street Plumbing <hillstreetplumbing@gmail.com>|-|Invoice 2291|Invoice for the boiler service: $340.00. Call me on (360) 555-0142 with any questions. Thanks, Pete
Parish Office <stmarys.office@gmail.com>|-*|Bulletin|Dear beloved in Christ, the charity collection for the orphans raised 2,340 dollars. Donations can be left in the office. God bless you all.
Marie D. <mariedubois.asso@gmail.com>|-|Don de vêtements|Notre association cherche des dons de vêtements. Nous avons récolté 1.200 euros l'an dernier. Contactez-moi pour les horaires.
Robert Cole <rcole@law.example>|-|Estate of Harold White|You are named as a beneficiary of your late father's estate of about $480,000. Please telephone my office and bring identification.
HV Krug <hv.krug@gmx.de>|-|Dachsanierung|Liebe Eigentümer, die Bank bietet der Gemeinschaft einen Kredit von 180.000 Euro zu 3,9 % an. Wir besprechen das am 12. Januar.
Mark Oak <mark.oak77@gmail.com>|-|The cafe|I've written down my business plan for the cafe: I invest $15,000, you keep 60%. Let's talk on Thursday.
Nora Adams <nora.adams.bakery@gmail.com>|-|Part-time job|Thanks for asking about the part-time job. We pay $17 an hour, weekends from 6 to 11, no experience needed. WhatsApp me about Saturday.
Ruth Lind <rlind.psych@gmail.com>|-*|Lab position|Our lab is looking for two research assistants, 6 hours a week, $15 an hour. Write to me with your year of study.
Nina Kovac <nina.kovac.web@gmail.com>|-|Your website|As we discussed on the phone here is the proposal for your website redesign: three days of work, $2,400. I attach samples next week.
Sam Rivera <sam.rivera09@gmail.com>|-|Question about your blog|I read your post about the old harbour and loved it. May I use two of the photos for a school project? I'd link to your site.
Tim Marsh <editor.riverjournal@gmail.com>|-|Your article|Thank you for your manuscript for the spring issue. The reviewers suggest two changes, please send me the new version.
Jane Miller <jane.miller@firm.example>|-|New supplier|The bank details of the new supplier are in the finance folder. The first payment of $12,400.00 is due on Friday, could you do it today? Call me if anything is unclear.
Eva Lang <eva.lang@firm.example>|-|Neue Bankverbindung|Ab 1. Januar lautet unsere neue Bankverbindung wie auf dem Briefkopf. Bitte rufen Sie zur Bestätigung unter der bekannten Nummer an.
Marta Ruiz <marta@empresa.example>|-|Transferencia|¿Puedes hacer hoy la transferencia al proveedor nuevo? Es urgente porque vence mañana. Los datos están en la carpeta de siempre.
Paolo Bianchi <paolo.bianchi77@gmail.com>|-|buono regalo|Per il compleanno di Giulia pensavo a un buono regalo della libreria, mettiamo 10 euro a testa? Sei disponibile sabato?
Jan de Vries <jandevries.hovenier@gmail.com>|-|Factuur|Hierbij de factuur van € 145,00 voor het tuinonderhoud. U kunt betalen op de rekening onderaan.
Carla Souza <contabilidadesouza@gmail.com>|-|Boleto de novembro|Bom dia, segue a nota fiscal e o boleto com vencimento dia 10. Qualquer dúvida me chama no WhatsApp.
Anna Nowak <biuro.nowak@wp.pl>|-|Faktura|W załączeniu faktura na 1.240,00 zł, termin 14 dni. Proszę o kontakt w razie pytań.
Tom Berger <tom.berger98@gmail.com>|-|Bewerbung|Anbei meine Bewerbung als Auszubildender. Sie erreichen mich unter meiner Handynummer. Ich freue mich auf ein Gespräch.
Jim White <jimwhite1941@gmail.com>|-|Letter|The doctor said my knees are better without surgery. I send you pictures of the house, write back soon. Love, Grandpa
Legal <legal@firm.example>|-|Contract|The payment plan is in the draft. This message is confidential and for the addressee only; if you got it in error tell us immediately.
王芳 <caiwu@firm.example>|-|发票|请查收附件中的发票，如有问题请联系财务部。
"""


def encoded(text):
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=75).encode()


def messages(table, number):
    """(Subject, domain of the author, message) of each line."""
    for number, line in enumerate(table.strip().splitlines(), number):
        author, answer, subject, text = line.split("|")
        name, address = author[:-1].split(" <")
        domain = address.split("@")[1]
        header = "".join("%s: %s\n" % field for field in (
            ("Received", "from app (app.internal [10.0.0.7]) by mail.%s with ESMTPS;\n\t%s" % (domain, DATE)),
            ("MIME-Version", "1.0"), ("Date", DATE), ("Message-ID", "<%x@mail.%s>" % (number * 99991, domain)),
            ("Subject", encoded(subject)), ("From", "%s <%s>" % (encoded(name), address))))
        header += "To: undisclosed-recipients:;\n" if answer.endswith("*") else "To: <bob@verdict.example>\n"
        header += "Reply-To: %s\n" % answer if "@" in answer else ""
        yield subject, domain, header + (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n" % text)


def frauds():
    for number, (subject, _, message) in enumerate(messages(_FRAUDS, 3000)):
        yield "talk %d: %s" % (number, subject), message


def forms():
    """(name, domain of the author, kinds of DNS, message) of each."""
    for number, (subject, domain, message) in enumerate(messages(_HONEST, 4000)):
        yield "talk %d: %s" % (number, subject), domain, ("good", "dead", "forwarded", "poor"), message
