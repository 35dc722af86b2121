"""What phishing of 2022 to 2026 says: the half that rules are measured on.
Whoever writes rules reads phish_words.py and leaves this file closed; what the
rules mark of it is told in contrib/rules/README."""

from phish_words import read

_TABLE = """
prize|Starbucks Rewards|A Starbucks Coffee Lovers Box is on its way|We picked a few subscribers for our yearly promotion, and you are one of them! Tell us what you think about our coffee and the Lovers Box is yours at no charge.|Accept the box
prize|Lowe's Winner|Bob, your DeWalt toolset has not been picked up|You are today's lucky visitor. We hold a DeWalt 170 piece set in your name. Confirm shipping within 10 minutes.|CONFIRM HERE
prize|Edeka|Ihr Geschenk wird noch verschenkt|Hallo, Sie gehören zu den 10 glücklichen Kunden, die wir heute beschenken. Machen Sie bei der kurzen Befragung mit und erhalten Sie einen Weber Grill.|Zum Gewinn
prize|Decathlon|Votre tente vous attend|Cher client, répondez à quelques questions sur nos magasins et recevez une tente Quechua offerte. Offre réservée à dix personnes aujourd'hui.|Commencer
prize|Kruidvat|Uw Oral-B tandenborstel staat klaar|U bent een van de gelukkigen! Vul de korte vragenlijst in en ontvang een Oral-B iO9 in huis, u betaalt alleen de verzendkosten.|Vul in
prize|Esselunga|Hai vinto un set Lagostina|Complimenti! Sei stato scelto per ricevere un set di pentole. Completa il breve sondaggio e inserisci l'indirizzo di consegna.|Partecipa
prize|Continente|Ganhou um Thermomix TM6|Parabéns! O seu número foi sorteado. Confirme a morada de entrega e pague apenas 2 € de portes.|Confirmar
prize|Southwest Airlines|You qualified for two round-trip tickets|Frequent flyer, a pair of round-trip tickets is reserved for you. Answer 4 questions about your last flight to receive your voucher.|Board now
prize|Walmart Gifts|Attn bob: your $1000 card expires|This is our last try to reach you about the Walmart card worth $1000. Reply is needed before the end of the day or we release it to the next shopper.|I want it
prize|Telekom Bonus|iPhone 16 Pro für treue Kunden|Zum Jubiläum verlosen wir iPhones unter unseren treuesten Kunden. Ihre Rufnummer wurde gezogen! Nur noch Versandkosten von 2,95 € offen.|Gewinn abholen
prize|Harbor Freight|Predator generator: your entry was drawn|Hello, your entry was drawn in our weekly giveaway. Provide the delivery details to get the 9000W generator for free.|Provide details
prize|Costco|Ваш подарок ждёт|Поздравляем! Вы выиграли приз. Пройдите короткий опрос и получите подарок уже сегодня.|Получить
casino|Spin Palace|Du bist unser VIP: 1000€ geschenkt|Dein persönliches Konto ist eröffnet. Du bekommst 1000 € Startguthaben und 150 Freidrehs auf Book of Dead, auszahlbar ohne Umsatz.|Abholen
casino|Royal Reels|Claim $25 no deposit chip|Use the coupon below for a free chip of $25 and play real money blackjack, roulette and pokies tonight. Instant withdrawals.|Redeem
casino|Lucky Star|¡100 giros gratis en tu primer depósito!|Abre tu cuenta y llévate 100 giros gratis más un bono del 200%. Apuesta en tus tragaperras favoritas y retira al instante.|Jugar ahora
casino|Jens|Hab gestern 3.200 € gewonnen|Hey, kennst du die Seite schon? Ich habe gestern mit 10 Euro am Automaten 3.200 Euro gewonnen. Probier es aus, es gibt Bonusgeld gratis.|Ausprobieren
casino|Winz|Uw bonus van 500 euro vervalt|Speel nu met 500 euro bonus en 100 gratis spins bij het beste online casino van Nederland. Uitbetaling binnen een uur.|Speel
casino|Bet Dept|Player 88213: unclaimed winnings|Our audit found winnings of $4,310 on your gaming profile that have never been paid out. Log in to cash out before the lobby closes.|Cash out
casino|Cassino da Sorte|Ganhe R$ 500 no Tigrinho|Cadastre-se e receba rodadas grátis no jogo do tigrinho. Saque por Pix na hora!|Jogar
health|Joint Report|Bone-on-bone knees? Do this at night|A retired surgeon from Ohio found a 7-second stretch that rebuilds cartilage. Thousands of seniors have thrown away their canes.|Show me
health|Blood Sugar News|Diabetes is not caused by sugar|This weird morning spice brings blood sugar back to normal in days. The drug companies want this page gone by tonight.|Watch
health|Abnehmen Heute|Die Höhle der Löwen: einstimmig Ja|Alle fünf Investoren sind dabei: dieses Produkt lässt Fett in wenigen Wochen verschwinden. Heute mit 60 % Nachlass testen.|Jetzt testen
health|Prostate Aid|Up all night to pee?|This Amazon tribe never has prostate problems. Their one-minute bathroom ritual ends the urge for good.|Learn the ritual
affiliate|Auto Shield|Your vehicle's coverage ends|Final courtesy notice about your car's extended warranty. Drivers save thousands on repairs: find out what you could pay.|Get my rate
affiliate|Funeral Plan|Burial insurance from $9 a month|No medical exam. Seniors up to 85 are accepted. Protect your family today with coverage up to $50,000.|See plans
affiliate|Kredit24|Sofortkredit ohne Schufa: 8.000 € zugesagt|Ihre Anfrage wurde positiv geprüft. Auszahlung noch heute auf Ihr Konto, ohne Papierkram und ohne Auskunft.|Zur Auszahlung
affiliate|Walk-in Tubs|A safe bath for seniors, $1500 off|Get the walk-in tub made in America. Lifetime warranty, installed in one day. Request your brochure at no cost.|Request
wallet|Ledger Recovery|Firmware 2.4.1: mandatory for all Nano owners|We detected a vulnerability in your hardware device. Reconnect it and enter your 24 words to move your funds to safety.|Begin
wallet|Binance|New API key was created|A new API key with withdrawal rights was added from 185.220.101.4. Was it not you? Freeze the account at once.|Freeze account
wallet|Phantom|Claim your 1,240 JUP airdrop|Congrats, your address is on the snapshot. Connect your Phantom wallet to receive the allocation; unclaimed tokens are burned on Friday.|Connect
wallet|Exodus Support|Ihre Wallet wird in 48 Stunden deaktiviert|Aufgrund neuer Vorschriften müssen alle Nutzer ihre Identität bestätigen. Geben Sie dazu Ihre zwölf Wörter auf der Seite ein.|Identität bestätigen
wallet|BTC Trader|Withdraw your bitcoins today|Hello, mining on your profile went on all year and 1.27 BTC has piled up. Take it before the account is closed for inactivity.|Take it
wallet|Kraken|Votre compte doit être revalidé|Suite à une mise à jour de conformité, revalidez votre compte pour continuer à retirer vos cryptomonnaies.|Revalider
wallet|Ripple|XRP holders: reward of up to 40%|To celebrate our victory in court we share 100 million XRP with holders. Register your wallet on the official page.|Register
wallet|Uniswap Labs|Approval risk found|A contract was granted unlimited rights to your USDT. Revoke it at once with the tool below or you may lose all of your tokens.|Revoke
brazil|Gov.br|Intimação eletrônica nº 88213|O Ministério da Fazenda informa que há um processo em aberto em seu nome. Acesse o documento e apresente a sua defesa em 24 horas.|Acessar intimação
brazil|Caixa|Seu acesso será suspenso|Atualize o módulo de segurança para continuar usando o internet banking. Depois de hoje o acesso só será liberado na agência.|Atualizar módulo
brazil|Esfera Santander|65.300 pontos vencem em poucas horas|Não perca! Troque os seus pontos por uma Smart TV ou receba em dinheiro por Pix.|Trocar
brazil|Detran|Suspensão da CNH|Informamos que a sua carteira de motorista será suspensa por multas não quitadas. Emita a guia com desconto.|Emitir guia
brazil|Vivo|Fatura em atraso|Sua linha será cancelada por falta de pagamento. Baixe a segunda via da fatura e evite a suspensão.|Segunda via
brazil|Mercado Livre|Compra aprovada: iPhone 15|Sua compra no valor de R$ 5.999,00 foi aprovada. Não reconhece? Cancele aqui mesmo o pedido.|Cancelar pedido
brazil|Jadlog|Objeto parado no centro de distribuição|O seu objeto encontra-se parado por falta de pagamento do imposto. Regularize para liberar a entrega.|Liberar
account|Security info|Your Outlook was accessed from Brazil|Someone may have your password. Review your recent activity so that we can help you to take corrective action.|Review activity
account|Disney+|Sorry to see you go|Your Disney plan has been cancelled since we could not process the renewal. You can extend it for free for 90 days as a part of our loyalty offer.|Extend for free
account|Helpdesk|ATTN: bob, 8 emails are stuck on the server|Due to a sync error 8 emails addressed to bob@verdict.example could not reach you. Recover them to the inbox below.|Recover
account|Roundcube|Webmail deactivation request received|We got your request to shut down your e-mail. If you did not ask for this, cancel it now; all data are erased in 6 hours.|Cancel request
account|楽天市場|【楽天】お支払い方法の変更をお願いします|いつも楽天市場をご利用いただきありがとうございます。ご登録のカードが承認されなかったため、ご注文を処理できません。カード情報をご変更ください。|変更する
account|JCBカード|【重要】カード年会費のお支払い方法|お客様のカード利用を一時停止しました。解除するには、本人認証を完了してください。|本人認証
account|えきねっと|自動退会処理のお知らせ|えきねっとは2年以上ログインのないお客様を自動退会とさせていただきます。継続される場合はログインしてください。|ログインはこちら
account|支付宝|账户异常通知|尊敬的用户，您的账户存在异常登录，为了您的资金安全，请立即验证身份，否则账户将被冻结。|立即验证
account|Prime Video|Ihre Mitgliedschaft pausiert|Die Abbuchung für Ihre Mitgliedschaft wurde abgelehnt. Hinterlegen Sie eine neue Karte, damit es weitergeht.|Karte hinterlegen
account|Norton LifeLock|47 threats were found|Your plan ended today and your PC is not covered any more. Renew at 85% off before the hackers come in.|Renew
account|WeTransfer|finance@partner.example sent you files|3 items, 24 MB in total. They get deleted on 30 November. PO_2231.pdf, Specification.pdf|Get your files
account|Adobe Acrobat|RFQ 44120 is ready for your signature|A business partner sent you a secure PDF with Adobe Acrobat Sign. Log in with your work email to open it.|Open PDF
account|Meta Support|Ad account restricted|We found activity in your ads which goes against our policies. Disagree? Ask for a review in the next two days.|Ask for a review
account|Volksbank|VR-SecureGo plus läuft aus|Ihre Freischaltung endet am Freitag. Führen Sie die Verlängerung jetzt durch, um weiter Überweisungen freigeben zu können.|Verlängerung
account|Impots.gouv|Remboursement en attente|Après calcul de vos impôts, vous avez droit à un remboursement de 412,76 euros. Complétez le formulaire.|Accéder au formulaire
account|INPS|Bonus di 600 euro approvato|La sua domanda è stata accolta. Inserisca il suo IBAN e una foto del documento per l'accredito.|Inserisci
account|DGT|Notificación de multa pendiente|Usted tiene una multa no pagada. Abone 35 € hoy para evitar recargo del 50%.|Abonar
account|ING|Uw scanner moet vervangen worden|Beste klant, uw scanner werkt na 1 december niet meer. Vraag kosteloos een nieuwe aan via onze site, daarna wordt deze in rekening gebracht.|Aanvragen
parcel|FedEx|Tracking 7713 8821: held at the depot|Your item is kept at our depot as the customs duty ($2.15) was not settled. Settle it to have it brought to you tomorrow.|Settle duty
parcel|Hermes|Zustellung gescheitert|Der Bote hat Sie nicht angetroffen. Für einen zweiten Versuch fallen 1,50 € an.|Termin buchen
parcel|Evri|We tried to deliver your package|Sorry we missed you. Rebook your drop-off with a fee of £1.45 by midnight.|Rebook
parcel|InPost|Paczka czeka na dopłatę|Twoja przesyłka przekroczyła dozwoloną wagę. Dopłać 2,40 zł, aby kurier ją doręczył.|Dopłać
invoice|Norton Billing|Order confirmation NRT-8821|Dear customer, we have renewed your Norton 360 for 3 years and $349.50 has been debited. Questions or want to undo? Ring our support desk on (833) 555 0182.|
invoice|Amazon Orders|MacBook Pro: dispatched|Your order of a MacBook Pro 16 ($2,399.00) ships today to Houston, TX. Not you? Speak to an agent at +1-855-555-0160 at once.|
dating|Lena, 27|Bist du heute allein?|Hallo Süßer, ich bin neu in deiner Stadt und suche etwas Lockeres. Meine Bilder und Nummer findest du hier.|Meine Bilder
dating|Private Affair|3 ladies near you left a message|Discreet ladies in your zip code are online. Look at who wants you tonight.|Look
blackmail|Ihr Konto|Zahlungsaufforderung|Ich habe Zugriff auf Ihr Gerät und besitze ein Video von Ihnen, auf dem Sie sich befriedigen. Sie haben zwei Tage, um 950 EUR in BTC an 1BoatSLRHtKNngkdXEeobR76b53LETtpyT zu senden.|
advance|Barrister Kofi Mensah|Inheritance of your late relative|I am the attorney of a deceased client who bears your surname and left $12.8 million in a bank. I seek your consent to present you as his next of kin.|
advance|Euromillones|Premio de 850.000 euros|Su correo electrónico ha ganado 850.000 euros en el sorteo internacional. Póngase en contacto con nuestro agente para reclamar.|
boss|Direktion|Sind Sie erreichbar?|Guten Morgen, ich benötige heute noch fünf Steam-Karten zu je 100 Euro für Kunden. Können Sie das diskret erledigen? Schicken Sie mir dann die Codes.|
boss|Payroll|Recruiter: part-time job, $300 a day|We found your resume and have a remote position for you. No experience is needed; you like videos and get paid daily. Add our manager on WhatsApp +1 555 010 2233.|
marketing|SEO Expert|Re: first page of Google|Hi, I looked at your website and found errors that keep it from ranking. We can place you on top of Google within a month. May I send the price list?|
file|Buchhaltung|Mahnung 2. Stufe|Öffnen Sie bitte die beigefügte Rechnung im Browser, um sie herunterzuladen.|@html
file|Benefits|Open enrollment 2026 closes|Point your mobile camera at the code to confirm your benefits selection before Friday.|@qr
file|Sales|New order from Dubai|Kindly check the order in the attached archive, password: 2026, and send the invoice.|@zip
file|Contract Desk|Agreement for signature|Review and sign the agreement by clicking on the document. Protected by Adobe.|@pdf
file|Kundenservice|Rechnung 2231|Ihre Rechnung ist fällig. Klicken Sie auf das Dokument, um die Zahlung zu bestätigen.|@pdf
"""
WORDS = read(_TABLE)
