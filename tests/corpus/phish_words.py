"""What phishing of 2022 to 2026 says: the half that rules are made on. A row
is (kind, the name of the author, Subject, text, what the button says). All
of it is made up, after what receivers and vendors tell of such mail."""


def read(table):
    """Rows of "kind|name|subject|text|button"."""
    rows = [line.split("|") for line in table.strip().splitlines()]
    assert all(len(row) == 5 for row in rows), [row for row in rows if len(row) != 5]
    return [tuple(row) for row in rows]


_TABLE = """
prize|Omaha Steaks Department|Your Omaha Steaks sampler is waiting!|You have been chosen to participate in our Loyalty Program for FREE! It will take you only a minute to receive this gourmet sampler. 5 pieces left.|GET STARTED NOW
prize|ACE Hardware|2nd attempt for Bob: you have won a Makita power drill|Congratulations bob! Answer and win a brand new Makita Power Drill. We have been trying to reach you. This offer expires today.|Confirm now
prize|Lidl Team|Glückwunsch! Sie sind der 5. Gewinner|Sie wurden ausgewählt: Ihr Einkaufsgutschein im Wert von 500 € liegt bereit. Beantworten Sie drei kurze Fragen und sichern Sie sich Ihre Prämie noch heute.|Jetzt sichern
prize|Marriott|Your opinion matters: $100 reward inside|Dear guest, we would like to offer you a unique opportunity to receive an exclusive reward! To claim it, simply take this short survey about your experience with us.|Claim Now
prize|Costco Shopper|Re: Order #99183 confirmation pending|Your name came up! You are selected for an exclusive $100 promo reward. Simply complete the 30-second survey about your shopping experience.|OK
prize|Bol. Cadeaukaart|Je bent uitgekozen voor een cadeaukaart van €250|Gefeliciteerd! Jouw e-mailadres is getrokken. Bevestig vandaag nog je deelname, anders gaat de cadeaukaart naar een ander.|Bevestigen
prize|Carrefour Cadeaux|Vous avez 1 récompense non réclamée|Félicitations ! Vous êtes l'heureux gagnant d'un bon d'achat de 500 €. Il vous reste 24 heures pour le récupérer, ensuite il sera attribué à quelqu'un d'autre.|Récupérer
prize|Aldi Süd|Ninja Heißluftfritteuse: Ihre Bestätigung fehlt|Wir haben versucht, Sie zu erreichen! Sie haben eine Ninja Heißluftfritteuse gewonnen. Bitte antworten Sie uns umgehend und bestätigen Sie Ihre Adresse.|Bestätigen
prize|Dick's Sporting Goods|Final notice: YETI Hopper cooler pending|Our records indicate that you have not yet claimed your YETI M20 backpack cooler. All you have to do is to cover a small shipping charge.|Claim your cooler
prize|Mediamarkt|Du hast gewonnen: PlayStation 5|Wir freuen uns, Ihnen mitteilen zu können, dass Sie als Kunde des Monats ausgelost wurden. Es fehlt nur noch Ihre Bestätigung.|Mehr erfahren
prize|State Farm|Emergency car kit: you're next in line|Thank you for being a valued driver. Claim your free emergency car kit, a $129.99 value, today. Survey takes 45 seconds. Limited supply.|Get yours
prize|Mercadona|¡Enhorabuena! Su tarjeta regalo le espera|Estimado cliente: su participación ha sido premiada con una tarjeta regalo de 500 €. Responda la encuesta y elija su premio antes de medianoche.|Reclamar
casino|Slot Hunter|BOB, 200 Freispiele warten auf dich|Hol dir heute 200 Freispiele und bis zu 1500 € Willkommensbonus. Kein Risiko: erste Einzahlung wird verdoppelt. Auszahlung in fünf Minuten.|Jetzt spielen
casino|Lucky Wins|Your account was credited with $950|Hi, there is an unused balance on your player account. Spin now and withdraw your winnings today. The jackpot is at 1.2 million.|PLAY
casino|Verde Casino|Votre bonus sans dépôt: 50 tours gratuits|Inscrivez-vous et recevez 50 tours gratuits. Les meilleures machines à sous et un bonus de bienvenue de 1200 € vous attendent.|Jouer
casino|Hit'n'Spin|25€ ohne Einzahlung|Für kurze Zeit: 25 € gratis und die besten Slots der Welt. Registriere dich in 20 Sekunden und hole dir den Bonus.|Bonus holen
casino|Ice Club|Spiny czekaja na Ciebie|Odbierz 100 darmowych spinów i bonus powitalny 2000 zł. Wypłaty w 10 minut, gra bez ryzyka.|Graj teraz
casino|Big Win|Bonus di benvenuto 1000€ + 200 giri gratis|Registrati ora e ricevi i tuoi giri gratis. Le migliori slot, prelievi immediati, jackpot ogni ora.|Gioca
casino|Martin from VIP|I got approval for your 400% match|I spoke with the manager this morning, he approved an exclusive 400% match bonus for new players. Use code VIP400 at the cashier before it closes tonight.|Go to the lobby
health|Dr. Bates|Strange fruit melts belly fat overnight|Doctors don't want you to see this: one cup before bed and a 63 year old woman lost 42 pounds without diet or exercise. Watch before they take it down.|Watch the video
health|CVS Affiliate|The bedtime trick that ends nerve pain|Burning feet? Numb hands? This 10-second ritual silences neuropathy. Big Pharma hates this discovery. See it before it is banned.|See the ritual
health|Keto Liebe|Fett weg im Schlaf: Experten sprachlos|Ohne Sport und ohne Diät: 12 Kilo in 28 Tagen. Die Gummibärchen aus der TV-Show sind heute 70 % günstiger. Nur solange der Vorrat reicht.|Angebot ansehen
health|Mens Vitality|She will thank you tonight|The natural pill that restores a man's performance, with no prescription needed. Discreet shipping. Try a bottle free today.|Order
affiliate|Gutter Guard Quotes|Never clean your gutters again|Homeowners in your area are saving 70% on gutter protection. See if you qualify for the senior discount. Free estimate.|Free quote
affiliate|Medicare Helpline|New 2026 benefits: food card up to $1,200|Seniors born before 1961 may qualify for a grocery allowance. Check your eligibility in 60 seconds. No obligation.|Check eligibility
affiliate|Solar Advisor|Ihr Zuschuss für Solaranlagen läuft ab|Hausbesitzer zahlen jetzt fast nichts mehr für Photovoltaik: sichern Sie sich bis zu 8.400 € Förderung. Kostenloses Angebot in zwei Minuten.|Kostenlos prüfen
affiliate|Loan Dept|Approved: up to $5,000 by tomorrow|Bad credit is OK. Your personal loan offer has been pre-approved. Funds could be in your account as soon as tomorrow. See your offer now.|View offer
wallet|Ledger|Important: your Ledger device must be updated|Dear client, to keep your assets safe we are rolling out a mandatory security update. Verify your recovery phrase before the deadline to avoid the suspension of your wallet.|Verify now
wallet|MetaMask|Your wallet will be restricted|Our system shows that your MetaMask wallet has not yet been verified. All unverified accounts will be suspended. Please complete KYC verification.|Verify Wallet
wallet|Trust Wallet Support|2FA activation required|We require all customers to verify their wallets to comply with new regulations. Please verify your wallet before 25 November, otherwise access is limited.|Continue
wallet|Elon Musk|Double your Bitcoin today|We are giving away 5,000 BTC. Send from 0.1 to 20 BTC to the address on our page and get back twice as much. Only today!|Participate
wallet|Coinbase|Withdrawal of 1.3821 BTC requested|A withdrawal was requested from a new device in Lagos. If this was not you, cancel the request immediately and secure your account.|Cancel withdrawal
wallet|Bitcoin Mining|You still have 0.943 BTC unclaimed|Your cloud mining account is inactive for 364 days and will be deleted. Your bitcoin balance is $58,911. Log in to withdraw.|Withdraw
wallet|OpenSea|You have a new offer on your NFT|You've received an offer of 4.2 WETH for your item. Accept before it expires in 24 hours by connecting your wallet.|View offer
wallet|Trezor Security|Sicherheitsvorfall: Ihre Wallet ist betroffen|Ein Datenleck betrifft 106.000 Kunden. Bitte laden Sie die neueste Version herunter und richten Sie eine neue PIN ein, um Ihr Guthaben zu schützen.|Zum Update
brazil|Receita Federal|CPF irregular: regularize hoje|Prezado contribuinte, identificamos pendências em seu CPF. Evite o bloqueio de contas e cartões regularizando sua situação até 23:59.|Regularizar agora
brazil|Livelo|Você tem 89.450 pontos a expirar hoje|Olá! Seus pontos Livelo expiram hoje. Resgate agora e ganhe 40% de bônus em produtos ou dinheiro na conta.|Resgatar pontos
brazil|Correios|Sua encomenda foi taxada|Seu pacote está retido na alfândega em Curitiba. Efetue o pagamento da taxa de R$ 34,90 para liberação imediata.|Pagar taxa
brazil|Banco do Brasil|Novo dispositivo cadastrado|Cliente, um novo aparelho foi habilitado em sua conta. Caso não reconheça, cancele o acesso imediatamente pelo portal seguro.|Cancelar acesso
brazil|Sem Parar|Multa de pedágio em aberto|Consta débito de pedágio eletrônico em aberto para o seu veículo. O não pagamento gera 5 pontos na CNH. Pague com 50% de desconto.|Consultar débito
brazil|Nota Fiscal|NF-e 8821 emitida em seu nome|Segue a nota fiscal eletrônica referente à sua compra. Para visualizar e baixar o boleto, acesse o link abaixo.|Visualizar nota
brazil|Serasa|Seu nome será negativado em 24h|Consta uma dívida de R$ 1.289,00 em seu CPF. Último aviso antes da negativação. Negocie com até 90% de desconto.|Negociar
account|Microsoft account team|Unusual sign-in activity|We detected something unusual about a recent sign-in to your Microsoft account. Country: Russia/Moscow. If this was not you, please report the user.|Report The User
account|Netflix|Your membership has been suspended|We're having some trouble with your current billing information. We'll try again, but in the meantime you may want to update your payment details.|Update account now
account|Mail Admin|bob@verdict.example password expires today|Your password expires today. You can change your password or keep using the current one with the button below. IT Support.|Keep my password
account|cPanel|Mailbox quota 98% used|Your storage is almost full and incoming mails will be returned to sender. Click to add more storage for free.|Increase quota
account|Amazon Prime|Amazonプライム会費のお支払い方法に問題があります|お支払い方法に問題があり、プライム会員の特典が停止されました。24時間以内に支払い情報を更新してください。更新がない場合、会員資格はキャンセルされます。|支払い方法を更新する
account|ETC利用照会サービス|【重要】ETCサービスの解約予告|ETCサービスをご利用のお客様へ。長期間ログインがないため、アカウントが解約される予定です。継続するには下記からログインしてください。|ログイン
account|三井住友カード|【三井住友カード】ご利用確認のお願い|本人の利用かどうかを確認させていただきたいお取引がありましたので、誠に勝手ながら、カードのご利用を一部制限させていただきました。|ご利用確認はこちら
account|Spotify|Zahlung fehlgeschlagen|Leider konnten wir Ihre letzte Zahlung nicht verarbeiten. Aktualisieren Sie Ihre Zahlungsdaten innerhalb von 48 Stunden, um Ihr Premium-Abo zu behalten.|Zahlungsdaten aktualisieren
account|iCIoud Storage|Your photos will be deleted on Sunday|Your Cloud storage is full! All your photos, videos and contacts will be erased. As part of our loyalty program you receive 50 GB for only $1.95.|Keep my photos
account|McAfee|Ihr Virenschutz ist abgelaufen|Ihr PC ist möglicherweise von 5 Viren befallen! Erneuern Sie Ihr Abo noch heute und sparen Sie 80 %.|Jetzt schützen
account|Voicemail|New voice message (00:37) from +1 (646) 555-0148|You have a new voicemail received today at 9:12. Duration 37 seconds. Listen to your message in the secure portal.|Play message
account|SharePoint Online|Q3 bonus and salary review has been shared with you|The document was shared with bob@verdict.example. This link only works for the direct recipients of this message. Sign in to view.|Open document
account|Facebook Business|Your page will be permanently deleted|Your account has been reported for trademark violation. If you believe that this is a mistake, submit an appeal within 24 hours, otherwise your page is removed.|Request review
account|DocuSign|Complete with DocuSign: Remittance_8821.pdf|You have a document to review and sign. Do not share this email: it contains a secure link.|REVIEW DOCUMENT
account|Sparkasse|pushTAN: Aktualisierung erforderlich|Sehr geehrter Kunde, aufgrund der neuen EU-Richtlinie müssen Sie Ihr pushTAN-Verfahren bis zum 30.11. aktualisieren, sonst wird Ihr Online-Banking gesperrt.|Jetzt aktualisieren
account|Ameli|Votre carte Vitale arrive à expiration|Votre carte Vitale doit être renouvelée. Remplissez le formulaire pour recevoir la nouvelle carte et continuer à être remboursé. Frais d'envoi : 0,95 €.|Renouveler
account|Agenzia delle Entrate|Rimborso fiscale di 268,40 €|Gentile contribuente, le spetta un rimborso. Per riceverlo compili il modulo con i dati della carta entro due giorni.|Richiedi il rimborso
account|BBVA|Su cuenta ha sido limitada|Hemos detectado un acceso no autorizado a su banca en línea. Por su seguridad su cuenta ha sido limitada. Confirme sus datos para reactivarla.|Confirmar
parcel|DHL Express|Your parcel is on hold|Your shipment could not be delivered because of an incomplete address. Pay the redelivery charge of 1.99 to reschedule.|Schedule delivery
parcel|USPS|Delivery attempt failed: action needed|We could not deliver your parcel: the house number is missing. Please confirm your address within 12 hours or it will be returned.|Update address
parcel|PostNL|Uw pakket ligt vast bij de douane|Er zijn invoerkosten van €2,99 verschuldigd. Betaal binnen twee dagen, anders gaat het pakket terug naar de afzender.|Nu betalen
parcel|Chronopost|Livraison suspendue|Votre colis n'a pas pu être livré car les frais de douane (1,95 €) n'ont pas été réglés. Veuillez confirmer l'envoi.|Confirmer
invoice|Geek Squad|Invoice #GS-88213|Your Geek Squad protection plan has been auto-renewed for $499.99. It will show on your statement within 24 hours. To cancel and get your refund call +1 (802) 555-0199.|
invoice|PayPal Billing|Payment sent: $879.00 to Coinbase|You authorized a payment of $879.00 USD. If you did not make this transaction, contact our fraud team right away at 1-888-555-0117 to dispute it.|
dating|Olga|You have 1 new message from Olga (24)|Hi, I saw your profile and I would love to meet you. I am alone tonight, my photos are private, look at them here.|See photos
dating|MILF nearby|Anna wants to meet you tonight|12 women within 3 km of you are looking for a hookup. No strings attached. Confirm that you are over 18.|Enter
blackmail|Hacker|Your device was compromised|I have installed malware on all your devices and recorded you through the webcam while you visited adult sites. Transfer $1340 in Bitcoin to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq within 50 hours or everyone gets the video.|
advance|Mr. David Malpass|Your compensation payment of $7.5 million|Attention beneficiary, the United Nations has approved your compensation fund of $7.5 million by ATM card. Send your full name, address and phone number to the paying bank.|
advance|Maria Elisabeth Schaeffler|Spende von 3.500.000 Euro|Ich bin eine deutsche Geschäftsfrau und habe beschlossen, Ihnen 3.500.000 Euro zu spenden. Bitte antworten Sie für weitere Einzelheiten.|
boss|James Carter CEO|Quick task|Are you at your desk? I need you to get something done for me discreetly, I'm in a meeting and can't take calls. Send me your cell number.|
boss|Ann Other|Change of bank details|Hello, I have opened a new bank account and would like to change my direct deposit before the next payroll. What do you need from me?|
marketing|Luxury Watches|Replica watches -80% this week|Swiss made quality, Rolex, Omega, Patek: top grade copies from $149. Free worldwide shipping and a second watch for free.|Shop
file|Accounts|Remittance advice|Please find attached the payment confirmation. Open the attachment in your browser to see the document.|@html
file|Scanner|Scanned document from HR|You received a secure document. Scan the QR code with your phone camera to view and sign the salary revision.|@qr
file|Einkauf|Bestellung 4711|Anbei unsere Bestellung. Das Passwort für das Archiv lautet 4821. Bitte bestätigen Sie schnell.|@zip
file|Accounts Payable|Payment advice 8821|A secure document has been shared with you. Sign in with your email to view the remittance.|@pdf
file|DHL Team|Shipping label|Your parcel could not be delivered. Open the document to pay the customs fee.|@pdf
"""
WORDS = read(_TABLE)
