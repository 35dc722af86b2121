"""What the mail of modern_more.py says, as modern_words.py has it: (Subject, text,
what the button says) in the order of its LANGUAGES."""

from modern_words import read

_TABLE = """
export_ready
Your export is ready|The export you asked for is ready to be downloaded. The link works for seven days.|Download
Ihr Export ist fertig|Der angeforderte Export steht zum Herunterladen bereit. Der Link gilt sieben Tage.|Herunterladen
Votre export est prêt|L'export que vous avez demandé est prêt. Le lien est valable sept jours.|Télécharger
Su exportación está lista|La exportación que solicitó está lista para descargar. El enlace vale siete días.|Descargar
La tua esportazione è pronta|L'esportazione richiesta è pronta. Il collegamento vale sette giorni.|Scarica
A sua exportação está pronta|A exportação que pediu está pronta para download. O link vale sete dias.|Baixar
Uw export staat klaar|De gevraagde export staat klaar om te downloaden. De link is zeven dagen geldig.|Downloaden
Twój eksport jest gotowy|Eksport, o który prosisz, jest gotowy do pobrania. Link działa siedem dni.|Pobierz
app_share
Ann shared a document with you|Ann Other has shared the document "Budget 2026" with you. Open it to read or comment.|Open document
Ann hat ein Dokument mit Ihnen geteilt|Ann Other hat das Dokument „Budget 2026“ mit Ihnen geteilt. Öffnen Sie es, um es zu lesen oder zu kommentieren.|Dokument öffnen
Ann a partagé un document avec vous|Ann Other a partagé le document « Budget 2026 » avec vous.|Ouvrir le document
Ann ha compartido un documento|Ann Other ha compartido el documento «Presupuesto 2026» con usted.|Abrir documento
Ann ha condiviso un documento|Ann Other ha condiviso con te il documento «Budget 2026».|Apri documento
Ann partilhou um documento|Ann Other partilhou consigo o documento «Orçamento 2026».|Abrir documento
Ann heeft een document gedeeld|Ann Other heeft het document 'Begroting 2026' met u gedeeld.|Document openen
Ann udostępniła dokument|Ann Other udostępniła Ci dokument „Budżet 2026”.|Otwórz dokument
app_notice
New comment on your booking|Someone commented on the booking of Tuesday: see you at ten, I bring the keys.|Show comment
Neuer Kommentar zu Ihrer Buchung|Zu der Buchung am Dienstag gibt es einen Kommentar: bis um zehn, ich bringe die Schlüssel mit.|Kommentar ansehen
Nouveau commentaire|Quelqu'un a commenté la réservation de mardi : à dix heures, j'apporte les clés.|Voir
Nuevo comentario|Alguien comentó la reserva del martes: nos vemos a las diez, llevo las llaves.|Ver comentario
Nuovo commento|Qualcuno ha commentato la prenotazione di martedì: ci vediamo alle dieci, porto le chiavi.|Vedi commento
Novo comentário|Alguém comentou a reserva de terça: até às dez, levo as chaves.|Ver comentário
Nieuwe reactie op uw boeking|Er is een reactie op de boeking van dinsdag: tot tien uur, ik neem de sleutels mee.|Bekijk reactie
Nowy komentarz|Ktoś skomentował rezerwację na wtorek: widzimy się o dziesiątej, biorę klucze.|Zobacz
contact_form
Message from your website|Name: Carl Meyer. Message: Good day, do you have rooms for two from 4 to 8 May? Please call me back.|Answer
Nachricht über Ihre Website|Name: Carl Meyer. Nachricht: Guten Tag, haben Sie vom 4. bis 8. Mai ein Zimmer für zwei? Bitte rufen Sie zurück.|Antworten
Message depuis votre site|Nom : Carl Meyer. Message : Bonjour, avez-vous une chambre pour deux du 4 au 8 mai ?|Répondre
Mensaje desde su web|Nombre: Carl Meyer. Mensaje: Buenos días, ¿tienen habitación para dos del 4 al 8 de mayo?|Responder
Messaggio dal tuo sito|Nome: Carl Meyer. Messaggio: Buongiorno, avete una camera per due dal 4 all'8 maggio?|Rispondi
Mensagem do seu site|Nome: Carl Meyer. Mensagem: Bom dia, têm quarto para dois de 4 a 8 de maio?|Responder
Bericht via uw website|Naam: Carl Meyer. Bericht: Goedendag, heeft u een kamer voor twee van 4 tot 8 mei?|Antwoorden
Wiadomość ze strony|Imię: Carl Meyer. Wiadomość: Dzień dobry, czy mają Państwo pokój dla dwojga od 4 do 8 maja?|Odpowiedz
voicemail
Voice message from +49 30 1234567|You have a new voice message of 23 seconds from +49 30 1234567. It is attached.|Phone
Sprachnachricht von +49 30 1234567|Sie haben eine neue Sprachnachricht von +49 30 1234567, Dauer 23 Sekunden. Sie hängt an.|Telefon
Message vocal de +33 1 23456789|Vous avez un nouveau message vocal de +33 1 23456789, durée 23 secondes, ci-joint.|Téléphone
Mensaje de voz de +34 91 1234567|Tiene un nuevo mensaje de voz de +34 91 1234567, de 23 segundos, adjunto.|Teléfono
Messaggio vocale da +39 06 1234567|Hai un nuovo messaggio vocale da +39 06 1234567, durata 23 secondi, in allegato.|Telefono
Mensagem de voz de +351 21 1234567|Tem uma nova mensagem de voz de +351 21 1234567, de 23 segundos, em anexo.|Telefone
Voicemail van +31 20 1234567|U heeft een nieuw voicemailbericht van +31 20 1234567 van 23 seconden, bijgevoegd.|Telefoon
Wiadomość głosowa od +48 22 1234567|Masz nową wiadomość głosową od +48 22 1234567, 23 sekundy, w załączniku.|Telefon
scan
Scan from MFP-3rd-floor|Document scanned by the device on the third floor. Pages: 2. Please find it attached.|Scan
Scan vom Gerät im 3. Stock|Dokument eingescannt, Seiten: 2. Die Datei hängt an.|Scan
Numérisation du copieur 3|Document numérisé, pages : 2. Le fichier est joint.|Scan
Escaneo de la impresora 3|Documento escaneado, páginas: 2. El archivo va adjunto.|Scan
Scansione dal dispositivo 3|Documento acquisito, pagine: 2. Il file è allegato.|Scan
Digitalização do aparelho 3|Documento digitalizado, páginas: 2. O ficheiro segue em anexo.|Scan
Scan van apparaat 3|Document gescand, pagina's: 2. Het bestand is bijgevoegd.|Scan
Skan z urządzenia 3|Zeskanowany dokument, strony: 2. Plik w załączniku.|Skan
club
🎶 Concert and summer party|Dear members, on 4 June we play in the park, and on the 18th there is our party with coffee and cake. Bring your friends!|More about it
🎶 Konzert und Sommerfest|Liebe Mitglieder, am 4. Juni spielen wir im Park, am 18. ist unser Fest mit Kaffee und Kuchen. Bringt Freunde mit!|Mehr dazu
🎶 Concert et fête d'été|Chers membres, nous jouons au parc le 4 juin, et le 18 c'est notre fête avec café et gâteaux.|En savoir plus
🎶 Concierto y fiesta de verano|Queridos socios, el 4 de junio tocamos en el parque y el 18 es nuestra fiesta con café y tarta.|Más
🎶 Concerto e festa d'estate|Cari soci, il 4 giugno suoniamo al parco e il 18 c'è la nostra festa con caffè e torta.|Scopri
🎶 Concerto e festa de verão|Caros sócios, a 4 de junho tocamos no parque e a 18 é a nossa festa com café e bolo.|Saber mais
🎶 Concert en zomerfeest|Beste leden, op 4 juni spelen we in het park en op de 18e is ons feest met koffie en taart.|Meer
🎶 Koncert i letnie święto|Drodzy członkowie, 4 czerwca gramy w parku, a 18 czerwca nasze święto z kawą i ciastem.|Więcej
appointment
Reminder: your appointment on Tuesday|Your appointment with Dr Smith is on Tuesday at 9:20. Please cancel a day before if you cannot come.|Change appointment
Erinnerung: Ihr Termin am Dienstag|Ihr Termin bei Dr. Schmidt ist am Dienstag um 9:20 Uhr. Bitte sagen Sie einen Tag vorher ab, wenn Sie verhindert sind.|Termin ändern
Rappel : votre rendez-vous mardi|Votre rendez-vous chez le docteur Martin est mardi à 9 h 20. Merci d'annuler la veille si vous ne pouvez pas venir.|Modifier
Recordatorio: su cita del martes|Su cita con el doctor García es el martes a las 9:20. Cancele un día antes si no puede venir.|Cambiar cita
Promemoria: appuntamento di martedì|Il tuo appuntamento con il dottor Rossi è martedì alle 9:20. Disdici il giorno prima se non puoi venire.|Modifica
Lembrete: a sua consulta de terça|A sua consulta com o Dr. Silva é na terça às 9h20. Cancele na véspera se não puder vir.|Alterar
Herinnering: uw afspraak dinsdag|Uw afspraak met dokter De Vries is dinsdag om 9.20 uur. Zeg een dag van tevoren af als u verhinderd bent.|Afspraak wijzigen
Przypomnienie: wizyta we wtorek|Wizyta u doktora Nowaka jest we wtorek o 9:20. Prosimy odwołać dzień wcześniej.|Zmień termin
interview
You have been selected for an interview|Dear Bob, thank you for applying. You have been selected for an interview. Please choose a time that suits you.|Choose a time
Einladung zum Gespräch|Sehr geehrter Herr Bob, Sie wurden für ein Gespräch ausgewählt. Bitte wählen Sie einen Termin.|Termin wählen
Votre candidature|Bonjour Bob, votre candidature a été retenue : vous avez été sélectionné pour un entretien.|Choisir un créneau
Su candidatura|Estimado Bob, ha sido seleccionado para una entrevista. Elija la hora que le convenga.|Elegir hora
La tua candidatura|Gentile Bob, è stato selezionato per un colloquio. Scelga l'orario che preferisce.|Scegli
A sua candidatura|Caro Bob, foi selecionado para uma entrevista. Escolha a hora que lhe convém.|Escolher
Uw sollicitatie|Beste Bob, u bent geselecteerd voor een gesprek. Kies een tijd die u uitkomt.|Kies een tijd
Twoja kandydatura|Drogi Bobie, zapraszamy na rozmowę. Wybierz dogodny termin.|Wybierz
wellness
💪 Eat well this spring|Five recipes with few calories, what helps you to lose weight without a diet, and yoga for your joints and your sleep.|Read on
💪 Gesund durch den Frühling|Fünf Rezepte mit wenig Kalorien, was beim Abnehmen wirklich hilft, und Yoga für Gelenke und Schlaf.|Weiterlesen
💪 Le printemps en forme|Cinq recettes légères, ce qui aide à perdre du poids sans régime, et du yoga pour le sommeil.|Lire
💪 Primavera sana|Cinco recetas con pocas calorías, qué ayuda a perder peso sin dieta, y yoga para dormir mejor.|Leer
💪 Primavera in forma|Cinque ricette leggere, cosa aiuta a perdere peso senza dieta, e yoga per dormire meglio.|Leggi
💪 Primavera saudável|Cinco receitas leves, o que ajuda a perder peso sem dieta, e ioga para dormir melhor.|Ler
💪 Gezond de lente in|Vijf recepten met weinig calorieën, wat helpt bij afvallen, en yoga voor een goede nacht.|Lees verder
💪 Zdrowa wiosna|Pięć lekkich przepisów, co pomaga schudnąć bez diety, i joga na dobry sen.|Czytaj
finance
What falling rates mean for you|Mortgage rates have fallen to 3.1 %. When refinancing pays, what a fixed rate costs, and how our readers save on insurance.|Read the article
Was sinkende Zinsen bedeuten|Bauzinsen sind auf 3,1 % gefallen. Wann sich eine Umschuldung lohnt, was Festgeld bringt und wie Leser bei Versicherungen sparen.|Zum Artikel
Ce que change la baisse des taux|Les taux immobiliers tombent à 3,1 %. Quand renégocier son prêt, que rapporte un livret, comment payer moins d'assurance.|Lire l'article
Qué significa la bajada de tipos|Los tipos hipotecarios bajan al 3,1 %. Cuándo conviene renegociar y cómo ahorrar en seguros.|Leer artículo
Cosa cambia con i tassi più bassi|I tassi dei mutui scendono al 3,1 %. Quando conviene la surroga e come risparmiare sulle assicurazioni.|Leggi
O que muda com os juros mais baixos|Os juros do crédito à habitação descem para 3,1 %. Quando compensa renegociar e como poupar em seguros.|Ler artigo
Wat lagere rente betekent|De hypotheekrente is gedaald naar 3,1 %. Wanneer oversluiten loont en hoe lezers besparen op verzekeringen.|Lees artikel
Co oznaczają niższe stopy|Oprocentowanie kredytów hipotecznych spadło do 3,1 %. Kiedy warto refinansować i jak oszczędzić na ubezpieczeniu.|Czytaj
qr_entry
Your ticket for the museum 🎫|Show this QR code at the entrance. Order 8812, two adults. You can change the day in your account until tomorrow.|My tickets
Ihr Ticket für das Museum 🎫|Zeigen Sie diesen QR-Code am Eingang. Bestellung 8812, zwei Erwachsene. Den Tag können Sie bis morgen im Konto ändern.|Meine Tickets
Votre billet pour le musée 🎫|Présentez ce QR code à l'entrée. Commande 8812, deux adultes. Vous pouvez changer de jour dans votre compte.|Mes billets
Su entrada para el museo 🎫|Muestre este código QR en la entrada. Pedido 8812, dos adultos. Puede cambiar el día en su cuenta.|Mis entradas
Il tuo biglietto per il museo 🎫|Mostra questo codice QR all'ingresso. Ordine 8812, due adulti. Puoi cambiare giorno dal tuo account.|I miei biglietti
O seu bilhete para o museu 🎫|Mostre este QR code à entrada. Pedido 8812, dois adultos. Pode mudar o dia na sua conta.|Os meus bilhetes
Uw kaartje voor het museum 🎫|Toon deze QR-code bij de ingang. Bestelling 8812, twee volwassenen. U kunt de dag wijzigen in uw account.|Mijn kaartjes
Twój bilet do muzeum 🎫|Pokaż ten kod QR przy wejściu. Zamówienie 8812, dwie osoby. Dzień można zmienić na koncie.|Moje bilety
authenticator
Set up the second factor|From Monday on signing in needs a second factor. Open the app on your phone and scan the QR code that the portal shows.|To the portal
Zweiten Faktor einrichten|Ab Montag braucht die Anmeldung einen zweiten Faktor. Öffnen Sie die App und scannen Sie den QR-Code, den das Portal zeigt.|Zum Portal
Activer le second facteur|Dès lundi, la connexion demande un second facteur. Ouvrez l'application et scannez le QR code affiché par le portail.|Au portail
Active el segundo factor|Desde el lunes hace falta un segundo factor. Abra la aplicación y escanee el código QR que muestra el portal.|Al portal
Attiva il secondo fattore|Da lunedì serve un secondo fattore. Apri l'app e inquadra il codice QR mostrato dal portale.|Al portale
Ative o segundo fator|A partir de segunda é preciso um segundo fator. Abra a aplicação e leia o QR code do portal.|Ao portal
Stel de tweede factor in|Vanaf maandag is een tweede factor nodig. Open de app en scan de QR-code die het portaal toont.|Naar het portaal
Włącz drugi składnik|Od poniedziałku logowanie wymaga drugiego składnika. Otwórz aplikację i zeskanuj kod QR z portalu.|Do portalu
forwarded
Fwd: Your account statement|See below, is this for you? Ann. ---------- Forwarded message ---------- From: Stadtbank. Your account statement for March is ready; unusual transactions must be reported within 30 days.|Stadtbank
WG: Ihr Kontoauszug|Siehe unten, ist das für dich? Ann. -----Ursprüngliche Nachricht----- Von: Stadtbank. Ihr Kontoauszug für März liegt bereit; ungewöhnliche Umsätze melden Sie bitte binnen 30 Tagen.|Stadtbank
TR : Votre relevé de compte|Voir ci-dessous, c'est pour toi ? Ann. De : Stadtbank. Votre relevé de compte de mars est disponible.|Stadtbank
RV: Su extracto de cuenta|Mira abajo, ¿es para ti? Ann. De: Stadtbank. Su extracto de cuenta de marzo está disponible.|Stadtbank
I: Il tuo estratto conto|Vedi sotto, è per te? Ann. Da: Stadtbank. Il tuo estratto conto di marzo è disponibile.|Stadtbank
ENC: O seu extrato|Veja abaixo, é para si? Ann. De: Stadtbank. O seu extrato de março está disponível.|Stadtbank
FW: Uw rekeningafschrift|Zie hieronder, is dit voor jou? Ann. Van: Stadtbank. Uw rekeningafschrift van maart staat klaar.|Stadtbank
PD: Wyciąg z konta|Zobacz poniżej, czy to dla Ciebie? Ann. Od: Stadtbank. Wyciąg z konta za marzec jest gotowy.|Stadtbank
report
Weekly figures, week 14|Sales by shop, compared with last week: north 120, south 98, east 143, west 77. Details are in the report.|Open report
Wochenzahlen, KW 14|Umsatz nach Filiale im Vergleich zur Vorwoche: Nord 120, Süd 98, Ost 143, West 77. Näheres im Bericht.|Bericht öffnen
Chiffres de la semaine 14|Ventes par magasin : nord 120, sud 98, est 143, ouest 77. Détails dans le rapport.|Ouvrir
Cifras de la semana 14|Ventas por tienda: norte 120, sur 98, este 143, oeste 77. Detalles en el informe.|Abrir
Dati della settimana 14|Vendite per negozio: nord 120, sud 98, est 143, ovest 77. Dettagli nel rapporto.|Apri
Números da semana 14|Vendas por loja: norte 120, sul 98, leste 143, oeste 77. Detalhes no relatório.|Abrir
Weekcijfers, week 14|Omzet per winkel: noord 120, zuid 98, oost 143, west 77. Details in het rapport.|Openen
Wyniki tygodnia 14|Sprzedaż według sklepów: północ 120, południe 98, wschód 143, zachód 77.|Otwórz
tax
Your tax assessment is ready|Your tax assessment for 2025 is in your mailbox at the tax office. A refund of 312.40 euros will be paid to your account.|To my mailbox
Ihr Steuerbescheid liegt bereit|Ihr Steuerbescheid für 2025 liegt in Ihrem Postfach. Eine Erstattung von 312,40 Euro wird auf Ihr Konto überwiesen.|Zum Postfach
Votre avis d'impôt est disponible|Votre avis d'impôt 2025 est dans votre espace. Un remboursement de 312,40 euros sera versé sur votre compte.|Mon espace
Su declaración está lista|Su liquidación de 2025 está en su buzón. Se abonará una devolución de 312,40 euros en su cuenta.|Mi buzón
Il tuo avviso è disponibile|L'avviso per il 2025 è nella tua casella. Un rimborso di 312,40 euro sarà versato sul tuo conto.|La mia casella
A sua liquidação está pronta|A liquidação de 2025 está na sua caixa. Um reembolso de 312,40 euros será pago na sua conta.|A minha caixa
Uw aanslag staat klaar|Uw aanslag over 2025 staat in uw berichtenbox. Een teruggave van 312,40 euro wordt op uw rekening gestort.|Naar berichtenbox
Twoje rozliczenie jest gotowe|Rozliczenie za 2025 rok jest w Twojej skrzynce. Zwrot 312,40 zł trafi na Twoje konto.|Do skrzynki
"""

WORDS = read(_TABLE)
