"""What honest mail says in eight more languages, as modern_words.py has it,
and what it says that is next to a swindle's words (NEAR)."""

from modern_words import WORLD, read

MORE = WORLD[8:]

_TABLE = """
newsletter
🌸 春の新作が届きました|暖かくなってきました。今季おすすめの軽い上着や庭の椅子をご紹介します。|今すぐ見る
🌸 春季新品上市|天气转暖，为您精选本季轻便外套与花园家具。|立即查看
🌸 봄 신상품 안내|따뜻한 계절이 왔습니다. 가벼운 재킷과 정원 의자를 만나보세요.|보러 가기
🌸 جديدنا في الربيع|وصلت أيام الدفء. نعرض لكم أفضل ما لدينا لهذا الموسم من السترات الخفيفة وكراسي الحديقة.|اكتشف الآن
🌸 חדש באביב|הימים החמים כאן. ריכזנו עבורך את המומלצים שלנו לעונה.|לגילוי
🌸 वसंत की नई वस्तुएँ|गर्म दिन आ गए हैं। इस मौसम की हमारी पसंदीदा चीज़ें देखें।|अभी देखें
🌸 Новинки весны|Пришли тёплые дни. Показываем, что нам нравится в этом сезоне: от лёгких курток до садовых кресел.|Смотреть
🌸 Baharın yenileri|Sıcak günler geldi. Bu mevsimin en sevdiklerimizi gösteriyoruz.|Keşfet
receipt
ご注文ありがとうございます|ご注文番号88213のお支払い3,980円を確認しました。領収書はマイページから発行できます。|領収書を見る
订单确认|感谢您的订购。订单88213已付款，共计128元，我们将尽快发货。|查看订单
주문이 완료되었습니다|주문번호 88213, 결제금액 39,800원. 곧 배송을 시작합니다.|주문 보기
شكرًا لطلبك|تم استلام الدفع للطلب 88213 بمبلغ 128 درهمًا. سنرسله قريبًا.|عرض الطلب
תודה על ההזמנה|התשלום עבור הזמנה 88213 בסך 128 ש״ח התקבל. נשלח אותה בקרוב.|לצפייה בהזמנה
आपके ऑर्डर के लिए धन्यवाद|ऑर्डर 88213 का भुगतान ₹1,280 प्राप्त हुआ। हम जल्द भेजेंगे।|ऑर्डर देखें
Спасибо за заказ|Заказ 88213 оплачен, сумма 1 280 ₽. Скоро отправим.|Посмотреть заказ
Siparişiniz alındı|88213 numaralı siparişiniz için 1.280 TL ödemeniz alındı.|Siparişi gör
parcel
商品を発送しました|ご注文の商品を本日発送しました。お届け予定日は金曜日です。伝票番号 0034-2211。|配送状況
您的包裹已发出|您的包裹今天已发出，预计周五送达。运单号00342211。|查询物流
상품이 발송되었습니다|오늘 상품을 발송했습니다. 금요일 도착 예정입니다.|배송 조회
تم شحن طلبك|غادر طردك المستودع اليوم ويصل يوم الجمعة. رقم التتبع 00342211.|تتبع الشحنة
החבילה בדרך|החבילה יצאה היום ותגיע ביום שישי. מספר מעקב 00342211.|מעקב
आपका पार्सल भेज दिया गया|आपका पार्सल आज भेजा गया और शुक्रवार को पहुँचेगा।|ट्रैक करें
Посылка отправлена|Ваша посылка отправлена сегодня и прибудет в пятницу. Трек-номер 00342211.|Отследить
Kargonuz yola çıktı|Paketiniz bugün yola çıktı, cuma günü ulaşacak. Takip no 00342211.|Takip et
one_time_code
認証コード: 481902|ログインの認証コードは481902です。10分間有効です。お心当たりがない場合は破棄してください。|アプリへ
验证码 481902|您的登录验证码为481902，10分钟内有效，请勿告诉他人。|打开应用
인증번호 481902|로그인 인증번호는 481902입니다. 10분간 유효합니다.|앱 열기
رمز التحقق 481902|رمز تسجيل الدخول هو 481902، صالح لعشر دقائق.|فتح التطبيق
קוד אימות 481902|קוד הכניסה שלך הוא 481902 ותקף לעשר דקות.|לאפליקציה
सत्यापन कोड 481902|आपका लॉगिन कोड 481902 है, दस मिनट तक मान्य।|ऐप खोलें
Код подтверждения 481902|Ваш код для входа 481902, действует десять минут.|Открыть
Doğrulama kodu 481902|Giriş kodunuz 481902, on dakika geçerlidir.|Uygulamayı aç
password_reset
パスワード再設定のご案内|パスワードの再設定を受け付けました。下記から新しいパスワードを設定してください。お心当たりがない場合は破棄してください。|再設定する
重置密码|我们收到了重置密码的请求。如果不是您本人操作，请忽略此邮件。|重置密码
비밀번호 재설정|비밀번호 재설정 요청을 받았습니다. 요청하지 않았다면 무시하셔도 됩니다.|재설정
إعادة تعيين كلمة المرور|تلقينا طلبًا لإعادة تعيين كلمة المرور. إن لم تطلب ذلك فتجاهل الرسالة.|إعادة التعيين
איפוס סיסמה|קיבלנו בקשה לאיפוס הסיסמה. אם לא ביקשת, אפשר להתעלם.|איפוס
पासवर्ड रीसेट|हमें पासवर्ड बदलने का अनुरोध मिला। यदि आपने नहीं किया तो इसे अनदेखा करें।|रीसेट करें
Сброс пароля|Мы получили запрос на сброс пароля. Если это были не вы, просто удалите письмо.|Сбросить
Şifre sıfırlama|Şifrenizi sıfırlamak için bir istek aldık. Siz değilseniz dikkate almayın.|Sıfırla
new_login
新しい端末からのログイン|新しい端末からログインがありました。ご本人の場合は対応不要です。お心当たりがない場合はパスワードを変更してください。|アカウント確認
新设备登录提醒|您的账户刚刚在一台新设备上登录。如果是您本人，请忽略。|查看登录
새 기기 로그인 알림|새 기기에서 로그인했습니다. 본인이 아니라면 비밀번호를 변경하세요.|확인
تسجيل دخول جديد|تم تسجيل الدخول إلى حسابك من جهاز جديد. إن لم تكن أنت فغيّر كلمة المرور.|مراجعة
כניסה ממכשיר חדש|נרשמה כניסה לחשבון ממכשיר חדש. אם זה לא אתה, שנה סיסמה.|בדיקה
नया लॉगिन|आपके खाते में नए डिवाइस से लॉगिन हुआ। यदि आप नहीं थे तो पासवर्ड बदलें।|जाँचें
Вход с нового устройства|В ваш аккаунт вошли с нового устройства. Если это не вы, смените пароль.|Проверить
Yeni cihazdan giriş|Hesabınıza yeni bir cihazdan giriş yapıldı. Siz değilseniz şifrenizi değiştirin.|Kontrol et
statement
カードご利用明細のお知らせ|11月分のご利用明細が確定しました。会員ページでご確認ください。お支払日は12月10日です。|明細を確認
电子账单|您11月的信用卡账单已生成，还款日为12月10日，请登录手机银行查看。|查看账单
11월 카드 명세서|11월 이용대금 명세서가 발행되었습니다. 결제일은 12월 10일입니다.|명세서 보기
كشف حساب نوفمبر|كشف حسابك لشهر نوفمبر جاهز. موعد السداد 10 ديسمبر.|عرض الكشف
דף פירוט נובמבר|דף הפירוט לחודש נובמבר מוכן. מועד החיוב 10 בדצמבר.|לצפייה
नवंबर का विवरण|आपका नवंबर का कार्ड विवरण तैयार है। देय तिथि 10 दिसंबर।|विवरण देखें
Выписка за ноябрь|Выписка по карте за ноябрь готова. Дата платежа 10 декабря.|Открыть
Kasım ekstreniz|Kasım ayı kart ekstreniz hazır. Son ödeme tarihi 10 Aralık.|Ekstreyi gör
shared_document
佐藤さんがドキュメントを共有しました|佐藤さんが「2026年度予算」を共有しました。開いてコメントしてください。|ドキュメントを開く
王明与您共享了文档|王明与您共享了文档“2026年预算”，欢迎查看和评论。|打开文档
김민수 님이 문서를 공유했습니다|김민수 님이 "2026 예산" 문서를 공유했습니다.|문서 열기
شارك أحمد مستندًا معك|شارك أحمد المستند "ميزانية 2026" معك.|فتح المستند
דני שיתף איתך מסמך|דני שיתף איתך את המסמך "תקציב 2026".|פתיחה
राहुल ने दस्तावेज़ साझा किया|राहुल ने "बजट 2026" दस्तावेज़ आपके साथ साझा किया।|खोलें
Анна поделилась документом|Анна открыла вам доступ к документу «Бюджет 2026».|Открыть
Ayşe bir belge paylaştı|Ayşe "Bütçe 2026" belgesini sizinle paylaştı.|Belgeyi aç
invoice_pdf
請求書のご送付|いつもお世話になっております。11月分の請求書を添付いたします。ご確認のほどよろしくお願いいたします。|請求書
11月发票|您好，附件为11月发票，请查收。如有疑问请与我联系。|发票
11월 세금계산서|안녕하세요. 11월 세금계산서를 첨부합니다. 확인 부탁드립니다.|계산서
فاتورة نوفمبر|مرحبًا، مرفق فاتورة شهر نوفمبر. شكرًا لكم.|الفاتورة
חשבונית נובמבר|שלום, מצורפת החשבונית לחודש נובמבר. תודה.|חשבונית
नवंबर का बिल|नमस्ते, नवंबर का बिल संलग्न है। धन्यवाद।|बिल
Счёт за ноябрь|Добрый день, во вложении счёт за ноябрь. Спасибо.|Счёт
Kasım faturası|Merhaba, kasım faturası ektedir. Teşekkürler.|Fatura
payroll
給与明細のお知らせ|11月分の給与明細を人事ポータルに掲載しました。|ポータルへ
工资单通知|11月工资单已上传至人事系统，请登录查看。|查看
급여명세서 안내|11월 급여명세서가 등록되었습니다.|보기
كشف الراتب|كشف راتب نوفمبر متاح الآن في بوابة الموظفين.|البوابة
תלוש שכר|תלוש השכר לחודש נובמבר זמין בפורטל.|לפורטל
वेतन पर्ची|नवंबर की वेतन पर्ची पोर्टल पर उपलब्ध है।|पोर्टल
Расчётный лист|Расчётный лист за ноябрь доступен на портале.|Портал
Maaş bordrosu|Kasım bordronuz portalda.|Portal
payment_failed
お支払いが確認できませんでした|11月分の月額料金の決済が完了しませんでした。15日までにお支払い方法をご確認ください。|お支払い方法
扣款失败|11月的会员费扣款未成功，请在15日前更新您的付款方式，以免服务中断。|更新付款方式
결제가 실패했습니다|11월 구독료 결제가 완료되지 않았습니다. 15일까지 결제수단을 변경해 주세요.|결제수단 변경
تعذر الدفع|لم نتمكن من خصم اشتراك نوفمبر. يرجى تحديث طريقة الدفع قبل يوم 15.|تحديث
התשלום נכשל|לא הצלחנו לחייב את המנוי לנובמבר. נא לעדכן אמצעי תשלום עד ה-15.|עדכון
भुगतान विफल|नवंबर की सदस्यता का भुगतान नहीं हो सका। कृपया 15 तक भुगतान विधि अपडेट करें।|अपडेट करें
Не удалось списать оплату|Оплата подписки за ноябрь не прошла. Обновите способ оплаты до 15 числа.|Обновить
Ödeme alınamadı|Kasım aboneliğinizin ödemesi alınamadı. Lütfen 15'ine kadar ödeme yönteminizi güncelleyin.|Güncelle
"""
WORDS = read(_TABLE, MORE)

# kind|form|author's name|local@domain|host of its links|Subject|text|button.
# Form: bulk can be left (List-Unsubscribe); page has no text part; small has
# no record in DNS but that of SPF.
_NEAR = """
casino_member|bulk|Grand Casino|news@grandcasino.example|click.esp-mailer.example|🎰 50 free spins for your birthday|Dear member, your birthday bonus of 50 free spins is in your account. Play responsibly, 18+.|Play
exchange|bulk page|CoinHaus|no-reply@coinhaus.example|app.coinhaus.example|Withdrawal of 0.2 BTC completed|Your withdrawal of 0.2 BTC was sent. If this was not you, freeze your account at once.|Open account
exchange_news|bulk|CoinHaus|news@coinhaus.example|click.esp-mailer.example|Bitcoin above 100,000: what now?|Bitcoin and Ethereum rose again. What our analysts say about earnings, staking and your portfolio.|Read
dating_member|bulk page|Amora|hello@amora.example|amora.onelink.me|Anna sent you a message 💌|Anna, 34, wants to meet you. Open the app to answer.|Open app
hotel_survey|bulk|Hotel Seeblick|gast@seeblick.example|click.esp-mailer.example|How was your stay? Win a voucher|Take our short survey about your stay; among all answers we draw five vouchers of 100 euros.|Take the survey
raffle|page|Tombola TSV|kasse@tsv-dorf.example|www.tsv-dorf.example|Herzlichen Glückwunsch!|Herzlichen Glückwunsch, Ihr Los 812 hat bei unserer Tombola einen Gutschein des Gasthofs gewonnen. Abholung im Vereinsheim.|Zum Verein
loyalty_pt|bulk page|Clube Padaria|clube@padaria.example|click.esp-mailer.example|Seus pontos expiram em dezembro|Olá Bob, você tem 320 pontos que expiram em 31 de dezembro. Troque por pães e cafés na loja.|Ver pontos
pharmacy|bulk|Apotheke am Tor|service@apotheke-tor.example|click.esp-mailer.example|💊 Angebote im Dezember|Kollagen, Vitamine und alles für Gelenke mit 20 % Rabatt. Was beim Abnehmen wirklich hilft.|Zu den Angeboten
insurance|bulk|Northern Mutual|news@northern-mutual.example|click.esp-mailer.example|Open enrollment: compare your Medicare plan|Open enrollment ends on 7 December. See if you qualify for extra help, or call your agent for a free review.|Compare
solar|small|Solar Huber|info@solar-huber.example|www.solar-huber.example|Ihr Angebot für die Photovoltaik|Guten Tag Herr Meyer, anbei das Angebot für Ihre Photovoltaikanlage. Die Förderung läuft Ende des Jahres aus.|Angebot ansehen
gutter|small page|Miller Roofing|office@miller-roofing.example|miller-roofing.square.site|Your free estimate|Hi Bob, thanks for calling. Here is the estimate for your gutter guards and the roof. It is valid for 30 days.|See estimate
ski_pass|page|Skigebiet|tickets@bergbahn.example|ticket-service.example|Ihr Skipass ist bereit|Ihr Skipass liegt bereit. Zeigen Sie den QR-Code an der Kasse.|Zum Pass
toll|page|Autobahn Vignette|info@vignette.example|portal.vignette.example|Ihre Vignette läuft ab|Ihre Vignette für W-AB 123 läuft am 31.12. ab. Verlängern Sie online.|Verlängern
customs|page|Zollservice Spedition|zoll@spedition.example|track.spedition.example|Your shipment is held for customs|Shipment 8821 from Taipei is held for customs: please send us the commercial invoice. Duties are billed to your account.|Upload invoice
quarantine|page|Mail Security|quarantine@firm.example|quarantine.firm.example|Quarantine report: 3 messages held|3 messages were quarantined. Release them or let them be deleted after 14 days.|Show quarantine
quota|small page|Hosting Nord|support@hosting-nord.example|panel.hosting-nord.example|Mailbox bob@verdict.example is 90 % full|The mailbox bob@verdict.example has used 90 % of its storage. Delete mail or book more storage.|Open panel
esign|page|SignHub|no-reply@signhub.example|eu.signhub.example|Ann Other sent you a document to sign|Ann Other (ann@other.example) sent you "Lease 2027" to review and sign. The link expires in 14 days.|Review and sign
esign_tracked|page|SignHub|no-reply@signhub.example|links.signhub-mail.example|Please sign: Lease 2027|Ann Other has sent you a document for your signature. This message was sent to you by Ann Other.|Review document
fax|small|eFax Nord|fax@efax-nord.example|my.efax-nord.example|You received a fax from +49 30 123456|A new fax of 2 pages was received for you and is attached.|Fax archive
voicemail_crm|page|CallDesk|voicemail@calldesk.example|app.calldesk.example|New voicemail from Carl Meyer (0:42)|You have a new voice message from Carl Meyer, 42 seconds. Listen to it in the app.|Listen
crm_sales|page|Jane Miller|jane@cutlery.example|t.hubspotlinks.example|Quick question, Bob|Hi Bob, I saw that your team grows. Would a short call on Tuesday suit you? Here is my calendar.|Book a time
crm_webinar|bulk page|Jane Miller|jane@cutlery.example|t.sidekickopen.example|You are registered for the webinar|Thank you for registering. The webinar begins on Thursday at 15:00. Add it to your calendar.|Join
payroll|page|HR Portal|hr@firm.example|firm.personio.example|Action required: confirm your bank details|Dear Bob, please confirm your bank details for the December payroll until Friday.|Confirm
benefits|page|HR Team|hr@firm.example|benefits.provider.example|Open enrollment closes on Friday|Choose your health plan until Friday, otherwise you keep the one of this year.|Choose plan
mfa_it|page|IT Help Desk|it@firm.example|aka.ms|Your password expires in 7 days|Your password expires in 7 days. Change it with Ctrl+Alt+Del or on the portal.|Change password
giveaway_shop|bulk|Tea & More|hello@teamore.example|click.esp-mailer.example|🎁 Win a tea set worth $150|It is our birthday! Win one of ten tea sets: answer one question about green tea.|Take part
cloud|bulk page|PhotoCloud|no-reply@photocloud.example|click.photocloud-mail.example|Your storage is almost full|You have used 14.2 of 15 GB. When your storage is full new photos are not backed up.|Get more storage
domain_renewal|page|Registrar Nord|billing@registrar-nord.example|my.registrar-nord.example|Your domain expires in 30 days|Your domain other.example expires on 30 December. Renew it so that your site and mail stay online.|Renew
card_expiry|page|Streamio|info@streamio.example|links.streamio-mail.example|Your card expires soon|The card ending in 4412 expires this month. Update your payment method to keep watching.|Update card
charity|bulk|Wells for All|team@wells.example|click.esp-mailer.example|You can change a life today|Thanks to your donation of last year 1,200 families have water. Donate today: every euro is doubled.|Donate
lottery_club|page|Lotto Club|service@lottoclub.example|www.lottoclub.example|You won $12.40|Your ticket 88213 won $12.40 in the draw of Saturday. The winnings are in your account.|My tickets
tax_adviser|small page|Studio Rossi|studio@studiorossi.example|www.studiorossi.example|Rimborso IRPEF|Gentile cliente, il suo rimborso di 268 euro è stato disposto dall'Agenzia delle Entrate. Non deve fare nulla.|Area clienti
bank_fr|page|Banque du Lac|ne-pas-repondre@banquedulac.example|clients.banquedulac.example|Nouveau bénéficiaire ajouté|Vous avez ajouté un bénéficiaire. Si vous n'êtes pas à l'origine de cette opération, appelez-nous.|Espace client
energy_es|page|Luz del Sur|clientes@luzdelsur.example|clientes.luzdelsur.example|Factura pendiente de pago|Su factura de noviembre está pendiente. Puede pagarla en línea antes del día 15.|Pagar
gov_nl|page|Gemeente Dorp|noreply@gemeente.example|mijn.gemeente.example|Nieuw bericht in uw berichtenbox|Er staat een bericht over uw parkeervergunning klaar. Log in met uw eigen inlogcode.|Naar de berichtenbox
ja_card|page|みどりカード|info@midoricard.example|click.midoricard-mail.example|【みどりカード】ご利用のお知らせ|カードのご利用がありました。ご利用金額1,200円。お心当たりのない場合は会員ページをご確認ください。|会員ページ
ja_bank|bulk page|あおぞら信金|mail@aozora.example|www.aozora.example|【重要】システムメンテナンスのお知らせ|12月1日はネットバンキングのご利用を一時停止いたします。ご不便をおかけします。|詳しく見る
ja_etc|page|高速サービス|info@kosoku.example|www.kosoku.example|ご利用明細の更新|ETCご利用明細が更新されました。ログインしてご確認ください。|ログイン
ja_points|bulk page|ドラッグみどり|news@drugmidori.example|click.esp-mailer.example|ポイント有効期限のお知らせ|320ポイントの有効期限は今月末です。お店でご利用ください。|ポイントを見る
zh_account|page|青山商城|service@qingshan.example|www.qingshan.example|账户安全提醒|您的账户密码已于今天修改。如非本人操作，请立即联系客服。|联系客服
prayer|small|Pastor Michael|pastor@church.example|www.church.example|Dear beloved in Christ|Dear beloved, thank you for your donation. The foundation collected 12,000 dollars for the orphans. Please keep praying.|Church
boss_mail|small|Carl Meyer|carl@firm.example|firm.example|Quick question|Are you in the office today? I need your help with the slides before the meeting. Carl|Firm
seo_invoice|small|Web Studio|hello@webstudio.example|www.webstudio.example|SEO report for November|Hi Bob, your site is on the first page of Google for four terms now. The report is attached.|Report
watch_shop|bulk|Uhren Kurz|news@uhren-kurz.example|click.esp-mailer.example|Rolex, Omega & Co.: new pre-owned watches|Six new watches with certificate: a Rolex Datejust, an Omega Speedmaster and more.|View
archive_password|small|Kanzlei Weber|kanzlei@stb-weber.example|www.stb-weber.example|Unterlagen, verschlüsselt|Anbei die Unterlagen. Das Passwort haben Sie am Telefon bekommen.|Kanzlei
emoji_shop|bulk page|🌵 Kaktus Laden|hallo@kaktus.example|kaktus.myshopify.com|🌵🌵 Nur heute: 20 % auf alles|Nur noch heute 20 % auf alle Kakteen. Code PIKS20.|Jetzt sparen
short_link|small|Bibliothek|info@bibliothek.example|bit.ly|Neue Öffnungszeiten|Ab Montag öffnen wir um neun. Der Plan steht online.|Plan
new_tld|small page|Café Blau|hallo@cafeblau.shop|www.cafeblau.shop|Unser Brunch am Sonntag|Liebe Gäste, am Sonntag gibt es wieder Brunch. Reserviert bitte online.|Reservieren
medicine|page|Klinik Nord|termine@klinik-nord.example|www.doctolib.example|Ihr Befund liegt vor|Der Befund Ihrer Untersuchung (Schilddrüse, Blutzucker) liegt im Portal. Bei Fragen rufen Sie an.|Zum Portal
airline|page|Nordair|booking@nordair.example|click.nordair-mail.example|Your flight NA812 has been cancelled|Your flight on Friday has been cancelled. Choose another one or request a refund.|Choose flight
job_portal|bulk page|JobBörse|jobs@jobboerse.example|click.jobboerse-mail.example|12 new jobs: work from home|Part-time, remote: 12 new jobs for you, up to $300 a day. Apply now.|Show jobs
loan|bulk page|Bank Nord|kredit@bank-nord.example|click.esp-mailer.example|Ihr Kreditangebot|Sie haben einen Kredit über 8.000 € angefragt. Ihr persönliches Angebot ist da.|Angebot
"""
NEAR = [tuple(line.split("|")) for line in _NEAR.strip().splitlines()]
assert all(len(row) == 8 for row in NEAR), [row for row in NEAR if len(row) != 8]
