"""What honest mail of today says, in eight languages: WORDS[kind][language] is
(Subject, text, what the button says). In the order of LANGUAGES; written for
this test, after what such mail says."""

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
# Those of modern_world.py behind them.
WORLD = LANGUAGES + ("ja", "zh", "ko", "ar", "he", "hi", "ru", "tr")

UNSUBSCRIBE = ("Unsubscribe", "Abmelden", "Se désabonner", "Darse de baja", "Annulla l'iscrizione",
               "Cancelar inscrição", "Uitschrijven", "Wypisz się", "配信停止", "退订", "수신거부", "إلغاء الاشتراك",
               "הסרה מרשימת התפוצה", "सदस्यता समाप्त करें", "Отписаться", "Abonelikten çık")
BROWSER = ("View in browser", "Im Browser ansehen", "Voir dans le navigateur", "Ver en el navegador",
           "Apri nel browser", "Ver no navegador", "Bekijk in browser", "Zobacz w przeglądarce",
           "ブラウザで表示", "在浏览器中查看", "브라우저에서 보기", "عرض في المتصفح", "צפייה בדפדפן",
           "ब्राउज़र में देखें", "Открыть в браузере", "Tarayıcıda görüntüle")
WHY = ("You get this mail because you have an account with us.",
       "Sie erhalten diese E-Mail, weil Sie ein Konto bei uns haben.",
       "Vous recevez ce message car vous avez un compte chez nous.",
       "Recibe este correo porque tiene una cuenta con nosotros.",
       "Ricevi questa e-mail perché hai un account da noi.",
       "Você recebe este e-mail porque tem uma conta conosco.",
       "U ontvangt deze mail omdat u een account bij ons heeft.",
       "Otrzymujesz tę wiadomość, ponieważ masz u nas konto.",
       "このメールは会員登録されたお客様にお送りしています。", "您收到此邮件是因为您在我们这里有账户。",
       "회원님께 발송되는 메일입니다.", "تصلك هذه الرسالة لأن لديك حسابًا لدينا.",
       "קיבלת הודעה זו כי יש לך חשבון אצלנו.", "यह ईमेल आपको इसलिए मिला है क्योंकि आपका हमारे यहाँ खाता है।",
       "Вы получили это письмо, потому что у вас есть аккаунт.", "Bu e-postayı bizde hesabınız olduğu için aldınız.")

_TABLE = """
newsletter
✨ New in spring: our favourites 🌷|The first warm days are here. We show what we like best this season, from light jackets to garden chairs.|Discover now
✨ Neu im Frühling: unsere Lieblinge 🌷|Die ersten warmen Tage sind da. Wir zeigen, was uns in dieser Saison am besten gefällt, von leichten Jacken bis zu Gartenstühlen.|Jetzt entdecken
✨ Nouveautés du printemps 🌷|Les premiers beaux jours arrivent. Voici nos pièces préférées de la saison, des vestes légères aux chaises de jardin.|Je découvre
✨ Novedades de primavera 🌷|Llegan los primeros días de calor. Le enseñamos lo que más nos gusta de esta temporada.|Descubrir ahora
✨ Novità di primavera 🌷|Sono arrivate le prime giornate calde. Vi mostriamo ciò che ci piace di più in questa stagione.|Scopri ora
✨ Novidades da primavera 🌷|Os primeiros dias quentes chegaram. Mostramos o que mais gostamos nesta estação.|Descubra agora
✨ Nieuw dit voorjaar: onze favorieten 🌷|De eerste warme dagen zijn er. We laten zien wat we dit seizoen het mooist vinden.|Ontdek nu
✨ Wiosenne nowości 🌷|Nadeszły pierwsze ciepłe dni. Pokazujemy, co najbardziej podoba nam się w tym sezonie.|Odkryj teraz
sale
⏰ Last chance: 40% off ends tonight|Only until midnight: 40 % off everything in the shop, shipping is free from 30 euros on. Do not miss it!|Shop the sale
⏰ Nur noch heute: 40 % Rabatt|Nur bis Mitternacht: 40 % auf alles im Shop, versandkostenfrei ab 30 Euro. Nicht verpassen!|Zum Sale
⏰ Dernières heures : -40 %|Jusqu'à minuit seulement : -40 % sur toute la boutique, livraison gratuite dès 30 euros.|J'en profite
⏰ Última oportunidad: 40 % de descuento|Solo hasta medianoche: 40 % en toda la tienda, envío gratis a partir de 30 euros.|Comprar ahora
⏰ Ultime ore: sconto del 40%|Solo fino a mezzanotte: 40% su tutto il negozio, spedizione gratuita da 30 euro.|Approfittane
⏰ Últimas horas: 40% de desconto|Só até meia-noite: 40% em toda a loja, frete grátis a partir de 99 reais.|Aproveite
⏰ Laatste kans: 40% korting|Alleen tot middernacht: 40% op alles in de winkel, gratis verzending vanaf 30 euro.|Naar de sale
⏰ Ostatnia szansa: 40% rabatu|Tylko do północy: 40% na wszystko w sklepie, darmowa dostawa od 30 euro.|Kup teraz
receipt
Your receipt no. 4711-2026|Thank you for your purchase. 1 x notebook, 12.50 EUR, VAT included. Paid by card ending in 4242.|View receipt
Ihre Rechnung Nr. 4711-2026|Vielen Dank für Ihren Einkauf. 1 x Notizbuch, 12,50 EUR inkl. MwSt. Bezahlt mit Karte, die auf 4242 endet.|Rechnung ansehen
Votre reçu n° 4711-2026|Merci pour votre achat. 1 x carnet, 12,50 EUR TTC. Payé par carte se terminant par 4242.|Voir le reçu
Su recibo n.º 4711-2026|Gracias por su compra. 1 x cuaderno, 12,50 EUR IVA incluido. Pagado con tarjeta terminada en 4242.|Ver recibo
La tua ricevuta n. 4711-2026|Grazie per l'acquisto. 1 x quaderno, 12,50 EUR IVA inclusa. Pagato con carta che termina con 4242.|Vedi ricevuta
Seu recibo nº 4711-2026|Obrigado pela compra. 1 x caderno, R$ 49,90. Pago com cartão final 4242.|Ver recibo
Uw factuur nr. 4711-2026|Bedankt voor uw aankoop. 1 x notitieboek, 12,50 EUR incl. btw. Betaald met kaart eindigend op 4242.|Bekijk factuur
Twój paragon nr 4711-2026|Dziękujemy za zakup. 1 x notes, 49,90 zł z VAT. Zapłacono kartą kończącą się na 4242.|Zobacz paragon
order
We have received your order 📦|Hello Bob, we are packing your parcel and write again when it leaves. Order 100-2233, delivery on Tuesday.|My order
Wir haben Ihre Bestellung erhalten 📦|Hallo Bob, wir packen Ihr Paket und melden uns, sobald es unterwegs ist. Bestellung 100-2233, Lieferung am Dienstag.|Meine Bestellung
Nous avons reçu votre commande 📦|Bonjour Bob, nous préparons votre colis et vous écrivons dès son départ. Commande 100-2233, livraison mardi.|Ma commande
Hemos recibido su pedido 📦|Hola Bob, estamos preparando su paquete y le avisaremos cuando salga. Pedido 100-2233, entrega el martes.|Mi pedido
Abbiamo ricevuto il tuo ordine 📦|Ciao Bob, stiamo preparando il tuo pacco e ti scriveremo quando parte. Ordine 100-2233, consegna martedì.|Il mio ordine
Recebemos o seu pedido 📦|Olá Bob, estamos preparando a sua encomenda e avisaremos quando sair. Pedido 100-2233, entrega na terça.|Meu pedido
We hebben je bestelling ontvangen 📦|Hallo Bob, we pakken je pakket in en laten weten wanneer het onderweg is. Bestelling 100-2233, levering dinsdag.|Mijn bestelling
Otrzymaliśmy Twoje zamówienie 📦|Cześć Bob, pakujemy Twoją paczkę i napiszemy, gdy wyruszy. Zamówienie 100-2233, dostawa we wtorek.|Moje zamówienie
parcel
Your parcel is on its way|Your parcel 00340434 will arrive tomorrow between 10 and 12. You can choose another place to drop it.|Track parcel
Ihr Paket ist unterwegs|Ihr Paket 00340434 kommt morgen zwischen 10 und 12 Uhr. Sie können einen Ablageort wählen.|Sendung verfolgen
Votre colis est en route|Votre colis 00340434 arrive demain entre 10 h et 12 h. Vous pouvez choisir un autre lieu de livraison.|Suivre mon colis
Su paquete está en camino|Su paquete 00340434 llegará mañana entre las 10 y las 12. Puede elegir otro lugar de entrega.|Seguir envío
Il tuo pacco è in arrivo|Il tuo pacco 00340434 arriva domani tra le 10 e le 12. Puoi scegliere un altro luogo di consegna.|Traccia la spedizione
A sua encomenda está a caminho|A encomenda 00340434 chega amanhã entre as 10 e as 12 horas. Pode escolher outro local de entrega.|Rastrear encomenda
Je pakket is onderweg|Je pakket 00340434 komt morgen tussen 10 en 12 uur. Je kunt een andere afleverplek kiezen.|Volg je pakket
Twoja paczka jest w drodze|Paczka 00340434 dotrze jutro między 10 a 12. Możesz wybrać inne miejsce dostawy.|Śledź paczkę
missed
We missed you|The courier rang today and nobody opened. Your parcel waits at the shop in Main Street until Friday; bring your identity card.|Find the shop
Wir haben Sie nicht angetroffen|Der Bote hat heute geklingelt. Ihr Paket liegt bis Freitag in der Filiale Hauptstraße; bringen Sie Ihren Ausweis mit.|Filiale finden
Vous étiez absent|Le livreur est passé aujourd'hui. Votre colis vous attend au relais de la rue Haute jusqu'à vendredi, avec une pièce d'identité.|Trouver le relais
No le encontramos en casa|El repartidor pasó hoy. Su paquete le espera en la oficina de la calle Mayor hasta el viernes, con su documento.|Ver oficina
Non ti abbiamo trovato|Il corriere è passato oggi. Il pacco ti aspetta fino a venerdì al punto di ritiro, porta un documento.|Trova il punto
Não o encontrámos em casa|O estafeta passou hoje. A encomenda aguarda na loja até sexta-feira; leve um documento.|Ver loja
We hebben u gemist|De bezorger was vandaag aan de deur. Uw pakket ligt tot vrijdag bij het afhaalpunt; neem uw identiteitsbewijs mee.|Afhaalpunt
Nie zastaliśmy Cię|Kurier był dzisiaj. Paczka czeka do piątku w punkcie przy ulicy Głównej; zabierz dowód.|Znajdź punkt
payment_failed
Your payment did not go through|We could not charge your card for the March subscription. Please update your payment method until the 15th so that your account stays active.|Update payment
Ihre Zahlung ist fehlgeschlagen|Wir konnten Ihre Karte für das Abo im März nicht belasten. Bitte aktualisieren Sie bis zum 15. Ihre Zahlungsart, damit Ihr Konto aktiv bleibt.|Zahlungsart ändern
Votre paiement n'a pas abouti|Nous n'avons pas pu débiter votre carte pour l'abonnement de mars. Merci de mettre à jour votre moyen de paiement avant le 15.|Mettre à jour
No hemos podido cobrar su cuota|No pudimos cargar la cuota de marzo en su tarjeta. Actualice su método de pago antes del día 15 para que su cuenta siga activa.|Actualizar pago
Il pagamento non è andato a buon fine|Non siamo riusciti ad addebitare l'abbonamento di marzo. Aggiorna il metodo di pagamento entro il 15.|Aggiorna
Seu pagamento não foi aprovado|Não conseguimos cobrar a assinatura de março no seu cartão. Atualize a forma de pagamento até o dia 15.|Atualizar
Je betaling is mislukt|We konden je kaart voor het abonnement van maart niet belasten. Werk je betaalmethode bij voor de 15e.|Bijwerken
Płatność nie powiodła się|Nie udało się pobrać opłaty za marzec. Zaktualizuj metodę płatności do 15 dnia miesiąca.|Zaktualizuj
invitation
Invitation: weekly meeting @ Tue 10:00|Ann has invited you to the weekly meeting on Tuesday, 10:00 to 10:30, room 2 or by video.|Join
Einladung: Wochenbesprechung @ Di. 10:00|Ann hat Sie zur Wochenbesprechung am Dienstag, 10:00 bis 10:30, Raum 2 oder per Video eingeladen.|Teilnehmen
Invitation : réunion hebdomadaire @ mar. 10:00|Ann vous invite à la réunion de mardi, de 10 h à 10 h 30, salle 2 ou en visio.|Participer
Invitación: reunión semanal @ mar 10:00|Ann le ha invitado a la reunión del martes, de 10:00 a 10:30, sala 2 o por vídeo.|Unirse
Invito: riunione settimanale @ mar 10:00|Ann ti ha invitato alla riunione di martedì, dalle 10:00 alle 10:30, sala 2 o in video.|Partecipa
Convite: reunião semanal @ ter 10:00|Ann convidou você para a reunião de terça, das 10:00 às 10:30, sala 2 ou por vídeo.|Participar
Uitnodiging: weekoverleg @ di 10:00|Ann heeft u uitgenodigd voor het weekoverleg op dinsdag, 10:00 tot 10:30, kamer 2 of via video.|Deelnemen
Zaproszenie: cotygodniowe spotkanie @ wt. 10:00|Ann zaprasza na spotkanie we wtorek, od 10:00 do 10:30, sala 2 lub wideo.|Dołącz
moved
Updated invitation: dentist moved to Friday|Your appointment has been moved to Friday, 14:00. The calendar file is attached.|Confirm
Termin verschoben: Zahnarzt am Freitag|Ihr Termin wurde auf Freitag, 14:00 Uhr verschoben. Die Kalenderdatei hängt an.|Bestätigen
Rendez-vous déplacé à vendredi|Votre rendez-vous a été déplacé à vendredi 14 h. Le fichier d'agenda est joint.|Confirmer
Cita cambiada al viernes|Su cita se ha cambiado al viernes a las 14:00. Adjuntamos el archivo de calendario.|Confirmar
Appuntamento spostato a venerdì|Il tuo appuntamento è stato spostato a venerdì alle 14:00. In allegato il file del calendario.|Conferma
Consulta remarcada para sexta|A sua consulta foi remarcada para sexta às 14:00. O arquivo de calendário segue em anexo.|Confirmar
Afspraak verplaatst naar vrijdag|Uw afspraak is verplaatst naar vrijdag 14:00. De agenda staat in de bijlage.|Bevestigen
Wizyta przeniesiona na piątek|Twoja wizyta została przeniesiona na piątek, 14:00. Plik kalendarza w załączniku.|Potwierdź
shared_document
Ann shared "Budget 2026" with you|Ann Other has invited you to edit the following document: Budget 2026.|Open
Ann hat "Budget 2026" für Sie freigegeben|Ann Other hat Sie eingeladen, das folgende Dokument zu bearbeiten: Budget 2026.|Öffnen
Ann a partagé « Budget 2026 » avec vous|Ann Other vous invite à modifier le document suivant : Budget 2026.|Ouvrir
Ann ha compartido "Presupuesto 2026"|Ann Other le ha invitado a editar el siguiente documento: Presupuesto 2026.|Abrir
Ann ha condiviso "Budget 2026" con te|Ann Other ti ha invitato a modificare il seguente documento: Budget 2026.|Apri
Ann compartilhou "Orçamento 2026"|Ann Other convidou você para editar o seguinte documento: Orçamento 2026.|Abrir
Ann heeft "Begroting 2026" met u gedeeld|Ann Other heeft u uitgenodigd om het volgende document te bewerken: Begroting 2026.|Openen
Ann udostępnia Ci "Budżet 2026"|Ann Other zaprasza Cię do edycji dokumentu: Budżet 2026.|Otwórz
one_time_code
482913 is your code|Your one-time code is 482913. It is valid for 10 minutes. Do not share it with anybody.|Sign in
482913 ist Ihr Code|Ihr Einmalcode lautet 482913. Er gilt 10 Minuten. Geben Sie ihn niemandem weiter.|Anmelden
482913 est votre code|Votre code à usage unique est 482913. Il est valable 10 minutes. Ne le communiquez à personne.|Se connecter
482913 es su código|Su código de un solo uso es 482913. Es válido durante 10 minutos. No lo comparta con nadie.|Entrar
482913 è il tuo codice|Il tuo codice monouso è 482913. È valido 10 minuti. Non comunicarlo a nessuno.|Accedi
482913 é o seu código|O seu código de uso único é 482913. Vale por 10 minutos. Não o partilhe com ninguém.|Entrar
482913 is je code|Je eenmalige code is 482913. Hij is 10 minuten geldig. Deel hem met niemand.|Inloggen
482913 to Twój kod|Twój jednorazowy kod to 482913. Jest ważny 10 minut. Nikomu go nie podawaj.|Zaloguj
password_reset
Reset your password|Somebody asked to reset the password of your account. If that was not you, ignore this mail; the link expires in an hour.|Reset password
Passwort zurücksetzen|Jemand möchte das Passwort Ihres Kontos zurücksetzen. Waren Sie das nicht, ignorieren Sie diese E-Mail; der Link läuft in einer Stunde ab.|Passwort zurücksetzen
Réinitialisez votre mot de passe|Quelqu'un a demandé à réinitialiser le mot de passe de votre compte. Si ce n'est pas vous, ignorez ce message ; le lien expire dans une heure.|Réinitialiser
Restablezca su contraseña|Alguien ha pedido restablecer la contraseña de su cuenta. Si no fue usted, ignore este correo; el enlace caduca en una hora.|Restablecer
Reimposta la password|Qualcuno ha chiesto di reimpostare la password del tuo account. Se non eri tu, ignora questa e-mail; il link scade tra un'ora.|Reimposta
Redefina a sua senha|Alguém pediu para redefinir a senha da sua conta. Se não foi você, ignore este e-mail; o link expira em uma hora.|Redefinir
Wachtwoord opnieuw instellen|Iemand wil het wachtwoord van uw account opnieuw instellen. Was u dat niet, negeer deze mail dan; de link verloopt over een uur.|Opnieuw instellen
Zresetuj hasło|Ktoś poprosił o zresetowanie hasła do Twojego konta. Jeśli to nie Ty, zignoruj tę wiadomość; link wygasa za godzinę.|Zresetuj
new_login
New sign-in to your account|We noticed a new sign-in to your account from Firefox on Linux, in Hamburg. If this was you, you need not do anything.|Check activity
Neue Anmeldung in Ihrem Konto|Wir haben eine neue Anmeldung in Ihrem Konto bemerkt: Firefox unter Linux, in Hamburg. Waren Sie das, müssen Sie nichts tun.|Aktivität prüfen
Nouvelle connexion à votre compte|Nous avons remarqué une nouvelle connexion à votre compte depuis Firefox sur Linux, à Lyon. Si c'était vous, ne faites rien.|Vérifier
Nuevo inicio de sesión en su cuenta|Hemos detectado un nuevo inicio de sesión en su cuenta desde Firefox en Linux, en Madrid. Si fue usted, no haga nada.|Comprobar
Nuovo accesso al tuo account|Abbiamo notato un nuovo accesso al tuo account da Firefox su Linux, a Milano. Se eri tu, non devi fare nulla.|Controlla
Novo acesso à sua conta|Notamos um novo acesso à sua conta pelo Firefox no Linux, em São Paulo. Se foi você, não precisa fazer nada.|Verificar
Nieuwe aanmelding bij uw account|We zagen een nieuwe aanmelding bij uw account met Firefox op Linux, in Utrecht. Was u dit, dan hoeft u niets te doen.|Controleren
Nowe logowanie na Twoje konto|Zauważyliśmy nowe logowanie na Twoje konto z przeglądarki Firefox w systemie Linux. Jeśli to Ty, nic nie rób.|Sprawdź
ticket_support
[#88123] We have got your request|Thank you for writing to us. Your request has the number 88123; we answer within one working day. -- Please type your reply above this line.|View ticket
[#88123] Ihre Anfrage ist eingegangen|Danke für Ihre Nachricht. Ihre Anfrage hat die Nummer 88123; wir antworten innerhalb eines Werktags.|Ticket ansehen
[#88123] Votre demande est enregistrée|Merci de nous avoir écrit. Votre demande porte le numéro 88123 ; réponse sous un jour ouvré.|Voir la demande
[#88123] Hemos recibido su consulta|Gracias por escribirnos. Su consulta tiene el número 88123; responderemos en un día laborable.|Ver consulta
[#88123] Abbiamo ricevuto la tua richiesta|Grazie per averci scritto. La richiesta ha il numero 88123; rispondiamo entro un giorno lavorativo.|Vedi richiesta
[#88123] Recebemos o seu pedido de suporte|Obrigado pelo contato. O protocolo do seu pedido é 88123; responderemos em um dia útil.|Ver protocolo
[#88123] We hebben uw vraag ontvangen|Bedankt voor uw bericht. Uw vraag heeft nummer 88123; we antwoorden binnen één werkdag.|Bekijk ticket
[#88123] Otrzymaliśmy Twoje zgłoszenie|Dziękujemy za wiadomość. Zgłoszenie ma numer 88123; odpowiemy w ciągu jednego dnia roboczego.|Zobacz zgłoszenie
ticket_event
Your tickets for Saturday 🎫|Your tickets are attached. Show the QR code at the entrance, on paper or on your phone. Doors open at 19:00.|My tickets
Ihre Tickets für Samstag 🎫|Ihre Tickets hängen an. Zeigen Sie den QR-Code am Einlass, auf Papier oder am Handy. Einlass ab 19:00 Uhr.|Meine Tickets
Vos billets pour samedi 🎫|Vos billets sont joints. Présentez le QR code à l'entrée, sur papier ou sur votre téléphone. Ouverture des portes à 19 h.|Mes billets
Sus entradas para el sábado 🎫|Adjuntamos sus entradas. Muestre el código QR en la entrada, en papel o en el móvil. Apertura a las 19:00.|Mis entradas
I tuoi biglietti per sabato 🎫|In allegato i biglietti. Mostra il codice QR all'ingresso, su carta o sul telefono. Apertura alle 19:00.|I miei biglietti
Seus ingressos para sábado 🎫|Seus ingressos seguem em anexo. Mostre o QR code na entrada, em papel ou no celular. Abertura às 19h.|Meus ingressos
Je tickets voor zaterdag 🎫|Je tickets zitten in de bijlage. Laat de QR-code zien bij de ingang, op papier of op je telefoon. Deuren open om 19:00.|Mijn tickets
Twoje bilety na sobotę 🎫|Bilety są w załączniku. Pokaż kod QR przy wejściu, na papierze lub w telefonie. Otwarcie o 19:00.|Moje bilety
booking
Booking confirmed: 2 nights|Your room is booked for 12 to 14 May. Check-in from 15:00. You can cancel free of charge until 10 May.|Manage booking
Buchung bestätigt: 2 Nächte|Ihr Zimmer ist vom 12. bis 14. Mai gebucht. Anreise ab 15 Uhr. Kostenlos stornierbar bis 10. Mai.|Buchung verwalten
Réservation confirmée : 2 nuits|Votre chambre est réservée du 12 au 14 mai. Arrivée dès 15 h. Annulation gratuite jusqu'au 10 mai.|Gérer la réservation
Reserva confirmada: 2 noches|Su habitación está reservada del 12 al 14 de mayo. Entrada desde las 15:00. Cancelación gratuita hasta el 10.|Gestionar reserva
Prenotazione confermata: 2 notti|La camera è prenotata dal 12 al 14 maggio. Check-in dalle 15. Cancellazione gratuita fino al 10 maggio.|Gestisci
Reserva confirmada: 2 noites|O seu quarto está reservado de 12 a 14 de maio. Check-in a partir das 15h. Cancelamento grátis até 10 de maio.|Gerir reserva
Boeking bevestigd: 2 nachten|Uw kamer is geboekt van 12 tot 14 mei. Inchecken vanaf 15:00. Gratis annuleren tot 10 mei.|Boeking beheren
Rezerwacja potwierdzona: 2 noce|Twój pokój jest zarezerwowany od 12 do 14 maja. Zameldowanie od 15:00. Bezpłatna rezygnacja do 10 maja.|Zarządzaj
survey
How did we do? ⭐⭐⭐⭐⭐|You bought from us last week. Two questions, one minute: would you recommend us to a friend? Among all answers we draw a gift card of 50 euros.|Give feedback
Wie zufrieden waren Sie? ⭐⭐⭐⭐⭐|Sie haben letzte Woche bei uns eingekauft. Zwei Fragen, eine Minute: Würden Sie uns weiterempfehlen? Unter allen Antworten verlosen wir einen Gutschein über 50 Euro.|Bewerten
Votre avis compte ⭐⭐⭐⭐⭐|Vous avez acheté chez nous la semaine dernière. Deux questions, une minute : nous recommanderiez-vous ?|Donner mon avis
Su opinión nos importa ⭐⭐⭐⭐⭐|Compró con nosotros la semana pasada. Dos preguntas, un minuto: ¿nos recomendaría?|Opinar
La tua opinione conta ⭐⭐⭐⭐⭐|Hai acquistato da noi la settimana scorsa. Due domande, un minuto: ci consiglieresti?|Lascia un parere
Conte como foi ⭐⭐⭐⭐⭐|Você comprou conosco na semana passada. Duas perguntas, um minuto: recomendaria a nossa loja?|Avaliar
Hoe deden we het? ⭐⭐⭐⭐⭐|Je kocht vorige week bij ons. Twee vragen, één minuut: zou je ons aanbevelen?|Geef je mening
Jak nam poszło? ⭐⭐⭐⭐⭐|W zeszłym tygodniu kupiłeś u nas. Dwa pytania, jedna minuta: czy polecisz nas znajomym?|Oceń
social
Ann and 3 others liked your photo|Ann Other, Carl and 2 others liked your photo "Harbour at night". See who else was here this week.|See activity
Ann und 3 weitere mögen dein Foto|Ann Other, Carl und 2 weiteren gefällt dein Foto "Hafen bei Nacht". Sieh nach, wer diese Woche noch hier war.|Ansehen
Ann et 3 autres aiment votre photo|Ann Other, Carl et 2 autres personnes aiment votre photo « Le port la nuit ».|Voir
A Ann y a 3 más les gusta tu foto|A Ann Other, a Carl y a 2 más les gusta tu foto "Puerto de noche".|Ver actividad
Ann e altri 3 hanno messo mi piace|Ad Ann Other, Carl e altre 2 persone piace la tua foto "Porto di notte".|Vedi
Ann e mais 3 curtiram a sua foto|Ann Other, Carl e mais 2 pessoas curtiram a sua foto "Porto à noite".|Ver atividade
Ann en 3 anderen vinden je foto leuk|Ann Other, Carl en 2 anderen vinden je foto "Haven bij nacht" leuk.|Bekijk
Ann i 3 inne osoby polubiły Twoje zdjęcie|Ann Other, Carl i 2 inne osoby polubiły zdjęcie "Port nocą".|Zobacz
statement
Your statement for February is ready|A new statement is in the mailbox of your online banking. For your safety we send no documents by mail and never ask for your password.|To online banking
Ihr Kontoauszug für Februar ist da|Im Postfach Ihres Online-Bankings liegt ein neuer Kontoauszug. Zu Ihrer Sicherheit senden wir keine Dokumente per E-Mail und fragen nie nach Ihrem Passwort.|Zum Online-Banking
Votre relevé de février est disponible|Un nouveau relevé de compte est disponible dans votre espace client. Nous ne demandons jamais votre mot de passe.|Mon espace
Su extracto de febrero está disponible|Tiene un nuevo extracto en su banca en línea. Nunca le pediremos su contraseña por correo.|Banca en línea
L'estratto conto di febbraio è pronto|Un nuovo estratto conto è disponibile nella tua area riservata. Non chiediamo mai la password via e-mail.|Area riservata
O extrato de fevereiro está disponível|Há um novo extrato no seu banco online. Nunca pedimos a sua senha por e-mail.|Acessar
Uw rekeningafschrift van februari staat klaar|In uw internetbankieren staat een nieuw afschrift. Wij vragen nooit per e-mail om uw wachtwoord.|Internetbankieren
Wyciąg za luty jest gotowy|W bankowości internetowej czeka nowy wyciąg z konta. Nigdy nie prosimy o hasło e-mailem.|Bankowość
reminder
Reminder: your appointment on Thursday|We expect you on Thursday at 9:30. If you can't come, please tell us a day before.|Confirm
Erinnerung: Ihr Termin am Donnerstag|Wir erwarten Sie am Donnerstag um 9:30 Uhr. Können Sie nicht kommen, sagen Sie bitte einen Tag vorher ab.|Bestätigen
Rappel : votre rendez-vous de jeudi|Nous vous attendons jeudi à 9 h 30. En cas d'empêchement, prévenez-nous la veille.|Confirmer
Recordatorio: su cita del jueves|Le esperamos el jueves a las 9:30. Si no puede venir, avísenos un día antes.|Confirmar
Promemoria: appuntamento di giovedì|Ti aspettiamo giovedì alle 9:30. Se non puoi venire, avvisaci il giorno prima.|Conferma
Lembrete: a sua consulta de quinta|Esperamos por você na quinta às 9:30. Se não puder vir, avise na véspera.|Confirmar
Herinnering: uw afspraak op donderdag|We verwachten u donderdag om 9:30. Kunt u niet komen, laat het een dag van tevoren weten.|Bevestigen
Przypomnienie: wizyta w czwartek|Czekamy w czwartek o 9:30. Jeśli nie możesz przyjść, daj znać dzień wcześniej.|Potwierdź
jobs
12 new jobs for "nurse" near you|New since yesterday: nurse (full time), night nurse, head of ward and 9 more. Be among the first to apply.|See all jobs
12 neue Jobs für "Pflegekraft" in Ihrer Nähe|Neu seit gestern: Pflegekraft (Vollzeit), Nachtdienst, Stationsleitung und 9 weitere. Bewerben Sie sich als einer der Ersten.|Alle Jobs
12 nouvelles offres « infirmier »|Depuis hier : infirmier (temps plein), infirmier de nuit, cadre de santé et 9 autres. Soyez parmi les premiers.|Voir les offres
12 nuevas ofertas de "enfermero"|Desde ayer: enfermero (jornada completa), turno de noche, supervisor y 9 más.|Ver ofertas
12 nuove offerte per "infermiere"|Da ieri: infermiere (tempo pieno), turno di notte, caposala e altre 9.|Vedi offerte
12 novas vagas de "enfermeiro"|Desde ontem: enfermeiro (tempo integral), turno da noite, supervisor e mais 9.|Ver vagas
12 nieuwe vacatures voor "verpleegkundige"|Sinds gisteren: verpleegkundige (voltijd), nachtdienst, teamleider en nog 9.|Alle vacatures
12 nowych ofert "pielęgniarka"|Od wczoraj: pielęgniarka (pełny etat), nocne dyżury, oddziałowa i 9 innych.|Zobacz oferty
welcome
Please confirm your mail address|Welcome, Bob! One more click and your account is ready. The link is valid for 24 hours.|Confirm address
Bitte bestätigen Sie Ihre E-Mail-Adresse|Willkommen, Bob! Noch ein Klick und Ihr Konto ist bereit. Der Link ist 24 Stunden gültig.|Adresse bestätigen
Confirmez votre adresse e-mail|Bienvenue, Bob ! Encore un clic et votre compte est prêt. Le lien est valable 24 heures.|Confirmer
Confirme su correo electrónico|¡Bienvenido, Bob! Un clic más y su cuenta estará lista. El enlace es válido 24 horas.|Confirmar
Conferma il tuo indirizzo e-mail|Benvenuto, Bob! Ancora un clic e il tuo account è pronto. Il link è valido 24 ore.|Conferma
Confirme o seu e-mail|Bem-vindo, Bob! Mais um clique e a sua conta está pronta. O link vale por 24 horas.|Confirmar
Bevestig je e-mailadres|Welkom, Bob! Nog één klik en je account is klaar. De link is 24 uur geldig.|Bevestigen
Potwierdź adres e-mail|Witaj, Bob! Jeszcze jedno kliknięcie i konto gotowe. Link jest ważny 24 godziny.|Potwierdź
storage
Your storage is almost full|You have used 14.2 of 15 GB. Make room, or get more storage from 1.99 a month on.|Manage storage
Ihr Speicherplatz ist fast voll|Sie haben 14,2 von 15 GB belegt. Schaffen Sie Platz oder holen Sie sich mehr Speicher ab 1,99 im Monat.|Speicher verwalten
Votre espace de stockage est presque plein|Vous utilisez 14,2 Go sur 15. Faites de la place ou prenez plus d'espace dès 1,99 par mois.|Gérer l'espace
Su almacenamiento está casi lleno|Ha usado 14,2 de 15 GB. Libere espacio o consiga más desde 1,99 al mes.|Gestionar
Lo spazio di archiviazione è quasi pieno|Hai usato 14,2 di 15 GB. Libera spazio o acquista altro da 1,99 al mese.|Gestisci
O seu armazenamento está quase cheio|Você usou 14,2 de 15 GB. Libere espaço ou obtenha mais a partir de 9,90 por mês.|Gerir
Uw opslag is bijna vol|U gebruikt 14,2 van 15 GB. Maak ruimte of neem meer opslag vanaf 1,99 per maand.|Beheren
Prawie pełna pamięć|Wykorzystano 14,2 z 15 GB. Zwolnij miejsce lub kup więcej od 9,99 miesięcznie.|Zarządzaj
sign
Ann asks you to sign: lease 2026|Ann Other has sent you a document to review and sign. It expires in 30 days.|Review document
Ann bittet um Ihre Unterschrift: Mietvertrag|Ann Other hat Ihnen ein Dokument zum Prüfen und Unterschreiben gesendet. Es läuft in 30 Tagen ab.|Dokument prüfen
Ann vous demande de signer : bail 2026|Ann Other vous a envoyé un document à lire et à signer. Il expire dans 30 jours.|Lire le document
Ann le pide firmar: contrato 2026|Ann Other le ha enviado un documento para revisar y firmar. Caduca en 30 días.|Revisar
Ann ti chiede di firmare: contratto|Ann Other ti ha inviato un documento da leggere e firmare. Scade tra 30 giorni.|Leggi
Ann pede a sua assinatura: contrato|Ann Other enviou um documento para você ler e assinar. Expira em 30 dias.|Ler
Ann vraagt u te ondertekenen: huurcontract|Ann Other heeft u een document gestuurd om te lezen en te tekenen. Het verloopt over 30 dagen.|Bekijk
Ann prosi o podpis: umowa najmu|Ann Other przesłała dokument do przejrzenia i podpisu. Wygasa za 30 dni.|Przejrzyj
donation
Thank you for your gift 💙|Your gift of 25 euros helps 12 children to a warm meal. The certificate for your taxes is attached.|What we do
Danke für Ihre Spende 💙|Ihre Spende von 25 Euro hilft 12 Kindern zu einer warmen Mahlzeit. Die Spendenbescheinigung hängt an.|Was wir tun
Merci pour votre don 💙|Votre don de 25 euros offre un repas chaud à 12 enfants. Le reçu fiscal est joint.|Nos actions
Gracias por su donativo 💙|Su donativo de 25 euros da una comida caliente a 12 niños. Adjuntamos el certificado.|Qué hacemos
Grazie per la tua donazione 💙|I tuoi 25 euro danno un pasto caldo a 12 bambini. In allegato la ricevuta fiscale.|Cosa facciamo
Obrigado pela sua doação 💙|A sua doação dá uma refeição quente a 12 crianças. O recibo segue em anexo.|O que fazemos
Bedankt voor uw gift 💙|Uw gift van 25 euro geeft 12 kinderen een warme maaltijd. Het bewijs voor de belasting zit in de bijlage.|Wat wij doen
Dziękujemy za wsparcie 💙|Twoje 25 euro to ciepły posiłek dla 12 dzieci. Zaświadczenie w załączniku.|Co robimy
school
School letter, week 12|Dear parents, on Thursday the classes 3a and 3b go to the museum. Please send 8 euros in an envelope and pack a lunch.|Calendar
Elternbrief, Woche 12|Liebe Eltern, am Donnerstag gehen die Klassen 3a und 3b ins Museum. Bitte geben Sie 8 Euro im Umschlag und ein Pausenbrot mit.|Kalender
Lettre de l'école, semaine 12|Chers parents, jeudi les classes 3a et 3b vont au musée. Merci de prévoir 8 euros et un pique-nique.|Agenda
Carta del colegio, semana 12|Queridas familias, el jueves las clases 3a y 3b van al museo. Traigan 8 euros en un sobre y el almuerzo.|Calendario
Lettera della scuola, settimana 12|Cari genitori, giovedì le classi 3a e 3b vanno al museo. Portate 8 euro e il pranzo al sacco.|Calendario
Carta da escola, semana 12|Queridos pais, na quinta as turmas 3a e 3b vão ao museu. Enviem 8 euros num envelope e um lanche.|Calendário
Brief van school, week 12|Beste ouders, donderdag gaan de klassen 3a en 3b naar het museum. Geef 8 euro in een envelop en een lunch mee.|Agenda
List ze szkoły, tydzień 12|Drodzy rodzice, w czwartek klasy 3a i 3b idą do muzeum. Prosimy o 8 euro w kopercie i drugie śniadanie.|Kalendarz
friend
Photos of Sunday|Hi Bob, here are the photos of the walk. The lake was beautiful. When do we meet again? Love, Ann|Photos
Fotos vom Sonntag|Hallo Bob, hier sind die Fotos von der Wanderung. Der See war wunderschön. Wann sehen wir uns wieder? Liebe Grüße, Ann|Fotos
Photos de dimanche|Salut Bob, voici les photos de la balade. Le lac était superbe. On se revoit quand ? Bises, Ann|Photos
Fotos del domingo|Hola Bob, aquí van las fotos del paseo. El lago estaba precioso. ¿Cuándo nos vemos? Un abrazo, Ann|Fotos
Foto di domenica|Ciao Bob, ecco le foto della passeggiata. Il lago era bellissimo. Quando ci vediamo? Un abbraccio, Ann|Foto
Fotos de domingo|Oi Bob, seguem as fotos do passeio. O lago estava lindo. Quando nos vemos? Um abraço, Ann|Fotos
Foto's van zondag|Hoi Bob, hier zijn de foto's van de wandeling. Het meer was prachtig. Wanneer zien we elkaar weer? Groetjes, Ann|Foto's
Zdjęcia z niedzieli|Cześć Bob, oto zdjęcia ze spaceru. Jezioro było piękne. Kiedy się zobaczymy? Pozdrawiam, Ann|Zdjęcia
link_of_a_friend
have you seen this?|Look at this, it is what we talked about. See you on Friday!|watch
schon gesehen?|Schau mal, davon hatten wir gesprochen. Bis Freitag!|ansehen
tu as vu ça ?|Regarde, c'est ce dont on parlait. À vendredi !|regarder
¿has visto esto?|Mira, es lo que hablamos. ¡Hasta el viernes!|ver
hai visto?|Guarda, è quello di cui parlavamo. A venerdì!|guarda
você viu isto?|Olha, é aquilo de que falámos. Até sexta!|ver
heb je dit gezien?|Kijk, daar hadden we het over. Tot vrijdag!|kijk
widziałeś to?|Zobacz, o tym rozmawialiśmy. Do piątku!|zobacz
minutes
Minutes and next steps|Dear all, the minutes are in the shared folder. Please add your points until Wednesday; the password has not changed. Best regards, Ann|Minutes
Protokoll und nächste Schritte|Liebe alle, das Protokoll liegt im gemeinsamen Ordner. Bitte ergänzt eure Punkte bis Mittwoch; das Passwort ist das alte. Viele Grüße, Ann|Protokoll
Compte rendu et suites|Bonjour à tous, le compte rendu est dans le dossier partagé. Merci d'ajouter vos points d'ici mercredi. Cordialement, Ann|Compte rendu
Acta y próximos pasos|Hola a todos, el acta está en la carpeta compartida. Añadid vuestros puntos antes del miércoles. Saludos, Ann|Acta
Verbale e prossimi passi|Ciao a tutti, il verbale è nella cartella condivisa. Aggiungete i vostri punti entro mercoledì. Saluti, Ann|Verbale
Ata e próximos passos|Olá a todos, a ata está na pasta compartilhada. Acrescentem os seus pontos até quarta. Abraços, Ann|Ata
Notulen en vervolg|Beste allen, de notulen staan in de gedeelde map. Vul jullie punten aan voor woensdag. Groet, Ann|Notulen
Protokół i dalsze kroki|Drodzy, protokół jest w udostępnionym folderze. Uzupełnijcie swoje punkty do środy. Pozdrawiam, Ann|Protokół
payslip
Your payslip for March is online|Your payslip for March is in the staff portal. Sign in with your usual account.|Staff portal
Ihre Gehaltsabrechnung für März ist online|Ihre Gehaltsabrechnung für März liegt im Mitarbeiterportal. Melden Sie sich mit Ihrem gewohnten Konto an.|Mitarbeiterportal
Votre bulletin de paie de mars est en ligne|Votre bulletin de paie de mars est disponible sur le portail RH. Connectez-vous avec votre compte habituel.|Portail RH
Su nómina de marzo está en línea|Su nómina de marzo está en el portal del empleado. Entre con su cuenta habitual.|Portal
La busta paga di marzo è online|La tua busta paga di marzo è nel portale dei dipendenti. Accedi con il tuo solito account.|Portale
O holerite de março está online|O seu holerite de março está no portal do colaborador. Entre com a sua conta habitual.|Portal
Je loonstrook van maart staat online|Je loonstrook van maart staat in het personeelsportaal. Log in met je gewone account.|Portaal
Pasek wynagrodzenia za marzec|Pasek za marzec jest w portalu pracownika. Zaloguj się na swoje zwykłe konto.|Portal
password_expires
Your password expires in 7 days|The password of your account expires in 7 days. Change it in the portal, please; the IT department never asks for it.|Portal
Ihr Passwort läuft in 7 Tagen ab|Das Passwort Ihres Kontos läuft in 7 Tagen ab. Bitte ändern Sie es im Portal; die IT-Abteilung fragt nie danach.|Portal
Votre mot de passe expire dans 7 jours|Le mot de passe de votre compte expire dans 7 jours. Modifiez-le sur le portail.|Portail
Su contraseña caduca en 7 días|La contraseña de su cuenta caduca en 7 días. Cámbiela en el portal.|Portal
La password scade tra 7 giorni|La password del tuo account scade tra 7 giorni. Cambiala nel portale.|Portale
A sua senha expira em 7 dias|A senha da sua conta expira em 7 dias. Altere-a no portal.|Portal
Uw wachtwoord verloopt over 7 dagen|Het wachtwoord van uw account verloopt over 7 dagen. Wijzig het in het portaal.|Portaal
Twoje hasło wygasa za 7 dni|Hasło do Twojego konta wygasa za 7 dni. Zmień je w portalu.|Portal
voucher
Here is your gift card 🎁|Ann has sent you a gift card of 25 euros with a greeting: "Happy birthday!" The code is AB12-CD34.|Redeem
Hier ist Ihr Gutschein 🎁|Ann schenkt Ihnen einen Gutschein über 25 Euro mit einem Gruß: "Alles Gute zum Geburtstag!" Der Code lautet AB12-CD34.|Einlösen
Voici votre carte cadeau 🎁|Ann vous offre une carte cadeau de 25 euros : « Joyeux anniversaire ! » Le code est AB12-CD34.|Utiliser
Aquí está su tarjeta regalo 🎁|Ann le regala una tarjeta de 25 euros: "¡Feliz cumpleaños!" El código es AB12-CD34.|Usar
Ecco la tua carta regalo 🎁|Ann ti regala una carta da 25 euro: "Buon compleanno!" Il codice è AB12-CD34.|Usa
Aqui está o seu vale-presente 🎁|Ann enviou um vale-presente de 100 reais: "Feliz aniversário!" O código é AB12-CD34.|Usar
Hier is je cadeaukaart 🎁|Ann geeft je een cadeaukaart van 25 euro: "Gefeliciteerd met je verjaardag!" De code is AB12-CD34.|Verzilveren
Oto Twoja karta podarunkowa 🎁|Ann przesyła kartę na 100 zł: "Wszystkiego najlepszego!" Kod to AB12-CD34.|Zrealizuj
points
You have 1,250 points|Your points are worth 12.50 euros. 300 of them expire at the end of the month.|Use points
Sie haben 1.250 Punkte|Ihre Punkte sind 12,50 Euro wert. 300 davon verfallen am Monatsende.|Punkte einlösen
Vous avez 1 250 points|Vos points valent 12,50 euros. 300 d'entre eux expirent à la fin du mois.|Utiliser
Tiene 1.250 puntos|Sus puntos valen 12,50 euros. 300 de ellos caducan a fin de mes.|Canjear
Hai 1.250 punti|I tuoi punti valgono 12,50 euro. 300 scadono a fine mese.|Usa i punti
Você tem 1.250 pontos|Os seus pontos valem 50 reais. 300 deles expiram no fim do mês.|Resgatar
U heeft 1.250 punten|Uw punten zijn 12,50 euro waard. 300 daarvan verlopen aan het eind van de maand.|Inwisselen
Masz 1250 punktów|Twoje punkty są warte 50 zł. 300 z nich wygasa z końcem miesiąca.|Wymień
digest
Your weekly summary|5 new answers in "Bicycles", 2 in "Garden". The most read: how to grow tomatoes on a balcony.|Read on
Ihre Wochenübersicht|5 neue Antworten in "Fahrräder", 2 in "Garten". Meistgelesen: Tomaten auf dem Balkon.|Weiterlesen
Votre résumé de la semaine|5 réponses dans « Vélos », 2 dans « Jardin ». Le plus lu : des tomates sur un balcon.|Lire
Su resumen semanal|5 respuestas nuevas en "Bicicletas", 2 en "Jardín". Lo más leído: tomates en el balcón.|Leer
Il riepilogo della settimana|5 nuove risposte in "Biciclette", 2 in "Giardino". Il più letto: pomodori sul balcone.|Leggi
O seu resumo da semana|5 respostas novas em "Bicicletas", 2 em "Jardim". O mais lido: tomates na varanda.|Ler
Je weekoverzicht|5 nieuwe antwoorden in "Fietsen", 2 in "Tuin". Meest gelezen: tomaten op het balkon.|Lees verder
Twoje podsumowanie tygodnia|5 nowych odpowiedzi w "Rowery", 2 w "Ogród". Najczęściej czytane: pomidory na balkonie.|Czytaj
invoice_pdf
Invoice 2026-017|Dear Mr Builder, please find our invoice attached, due within 14 days to the account you know. Kind regards, Ann Other|Customer area
Rechnung 2026-017|Sehr geehrter Herr Builder, anbei unsere Rechnung, zahlbar innerhalb von 14 Tagen auf das bekannte Konto. Mit freundlichen Grüßen, Ann Other|Kundenbereich
Facture 2026-017|Cher Monsieur, veuillez trouver ci-joint notre facture, payable sous 14 jours sur le compte habituel. Cordialement, Ann Other|Espace client
Factura 2026-017|Estimado señor, le adjuntamos nuestra factura, a pagar en 14 días en la cuenta habitual. Un saludo, Ann Other|Área de cliente
Fattura 2026-017|Gentile signore, in allegato la nostra fattura, da pagare entro 14 giorni sul solito conto. Cordiali saluti, Ann Other|Area clienti
Fatura 2026-017|Prezado senhor, segue em anexo a nossa fatura, com vencimento em 14 dias. Atenciosamente, Ann Other|Área do cliente
Factuur 2026-017|Geachte heer, bijgaand onze factuur, te betalen binnen 14 dagen op de bekende rekening. Met vriendelijke groet, Ann Other|Klantportaal
Faktura 2026-017|Szanowny Panie, w załączeniu nasza faktura, płatna w ciągu 14 dni na znane konto. Z poważaniem, Ann Other|Strefa klienta
meter
Time to read your meter|Please tell us the reading of your electricity meter until 31 March. It takes two minutes in the customer portal.|Enter reading
Bitte Zählerstand mitteilen|Bitte teilen Sie uns bis 31. März den Stand Ihres Stromzählers mit. Im Kundenportal dauert das zwei Minuten.|Zählerstand eingeben
Relevez votre compteur|Merci de nous communiquer l'index de votre compteur avant le 31 mars, dans votre espace client.|Saisir l'index
Lectura de su contador|Indíquenos la lectura de su contador antes del 31 de marzo en su área de cliente.|Indicar lectura
Lettura del contatore|Comunicaci la lettura del contatore entro il 31 marzo nell'area clienti.|Inserisci
Leitura do contador|Comunique a leitura do seu contador até 31 de março na área de cliente.|Comunicar
Geef uw meterstand door|Geef voor 31 maart de stand van uw elektriciteitsmeter door in het klantportaal.|Doorgeven
Podaj stan licznika|Prosimy o podanie stanu licznika do 31 marca w strefie klienta.|Podaj
watch
🔔 Price drop: headphones now 79|The article on your list is cheaper: 79 instead of 99. Prices change quickly.|To the offer
🔔 Preisalarm: Kopfhörer jetzt 79|Der Artikel auf Ihrer Liste ist günstiger: 79 statt 99. Preise ändern sich schnell.|Zum Angebot
🔔 Baisse de prix : casque à 79|L'article de votre liste est moins cher : 79 au lieu de 99.|Voir l'offre
🔔 Bajada de precio: auriculares a 79|El artículo de su lista es más barato: 79 en vez de 99.|Ver oferta
🔔 Prezzo ribassato: cuffie a 79|L'articolo della tua lista costa meno: 79 invece di 99.|Vai all'offerta
🔔 Baixou o preço: fones por 379|O artigo da sua lista está mais barato: 379 em vez de 499.|Ver oferta
🔔 Prijsdaling: koptelefoon nu 79|Het artikel op je lijst is goedkoper: 79 in plaats van 99.|Naar de aanbieding
🔔 Spadek ceny: słuchawki za 379|Produkt z Twojej listy jest tańszy: 379 zamiast 499.|Do oferty
policy
We are changing our terms|From 1 May new terms and a new privacy policy apply. If you agree, you need not do anything.|Read the terms
Wir ändern unsere AGB|Ab 1. Mai gelten neue Geschäftsbedingungen und eine neue Datenschutzerklärung. Sind Sie einverstanden, müssen Sie nichts tun.|AGB lesen
Nos conditions évoluent|De nouvelles conditions s'appliquent à partir du 1er mai. Si vous êtes d'accord, ne faites rien.|Lire
Cambiamos nuestras condiciones|A partir del 1 de mayo se aplican nuevas condiciones. Si está de acuerdo, no tiene que hacer nada.|Leer
Cambiano le nostre condizioni|Dal 1° maggio valgono nuove condizioni. Se sei d'accordo non devi fare nulla.|Leggi
Mudança nos nossos termos|A partir de 1 de maio valem novos termos. Se concorda, não precisa fazer nada.|Ler
Onze voorwaarden veranderen|Vanaf 1 mei gelden nieuwe voorwaarden. Gaat u akkoord, dan hoeft u niets te doen.|Lees
Zmieniamy regulamin|Od 1 maja obowiązuje nowy regulamin. Jeśli się zgadzasz, nic nie rób.|Czytaj
reply
Re: offer for the kitchen|Hello Bob, that suits us well. Can you send the drawing again? Then we order the wood on Monday. Regards, Ann|Drawing
AW: Angebot für die Küche|Hallo Bob, das passt gut. Schicken Sie die Zeichnung noch einmal? Dann bestellen wir am Montag das Holz. Gruß, Ann|Zeichnung
RE: devis pour la cuisine|Bonjour Bob, cela nous convient. Pouvez-vous renvoyer le plan ? Nous commandons le bois lundi. Cordialement, Ann|Plan
RE: presupuesto de la cocina|Hola Bob, nos parece bien. ¿Puede enviar otra vez el plano? El lunes pedimos la madera. Saludos, Ann|Plano
R: preventivo per la cucina|Ciao Bob, per noi va bene. Puoi rimandare il disegno? Lunedì ordiniamo il legno. Saluti, Ann|Disegno
RES: orçamento da cozinha|Olá Bob, para nós está bem. Pode enviar o desenho de novo? Na segunda pedimos a madeira. Abraço, Ann|Desenho
RE: offerte voor de keuken|Hallo Bob, dat komt goed uit. Kun je de tekening nog eens sturen? Dan bestellen we maandag het hout. Groet, Ann|Tekening
Odp: oferta na kuchnię|Cześć Bob, pasuje nam. Możesz jeszcze raz przesłać rysunek? W poniedziałek zamawiamy drewno. Pozdrawiam, Ann|Rysunek
"""


def read(table, languages=LANGUAGES):
    """WORDS of a table: a line with the kind, then one line a language."""
    words, kind = {}, None
    for line in table.strip().split("\n"):
        if "|" in line:
            words[kind].append(tuple(line.split("|")))
        else:
            kind = line
            words[kind] = []
    for kind, rows in words.items():
        assert len(rows) == len(languages), (kind, len(rows))
    return words


WORDS = read(_TABLE)
