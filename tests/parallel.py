"""One made-up report in eleven languages, sentence by sentence, for the tests of comparisons."""

ENGLISH = (
    "The ferry Calypso left Izmir on Tuesday with 214 passengers on board, the harbour office said.",
    "It ran aground near the island of Samos three hours later, 14 kilometres off the coast.",
    "Captain Elena Markov told reporters that nobody had been hurt.",
    "The company owns 27 ships and has 1,500 employees in Turkey and Greece.",
    "An inquiry will begin on 9 September in Athens, the ministry of transport announced.",
    "Calypso was built in 1998 and had been repaired for 2.4 million euros last winter.",
)

TRANSLATIONS = {
    "de": (
        "Die Fähre Calypso verließ Izmir am Dienstag mit 214 Passagieren an Bord, wie das Hafenamt mitteilte.",
        "Drei Stunden später lief sie vor der Insel Samos auf Grund, 14 Kilometer von der Küste entfernt.",
        "Kapitänin Elena Markov sagte Reportern, niemand sei verletzt worden.",
        "Das Unternehmen besitzt 27 Schiffe und hat 1.500 Beschäftigte in der Türkei und in Griechenland.",
        "Eine Untersuchung beginnt am 9. September in Athen, kündigte das Verkehrsministerium an.",
        "Die Calypso wurde 1998 gebaut und im vergangenen Winter für 2,4 Millionen Euro repariert.",
    ),
    "id": (
        "Feri Calypso meninggalkan Izmir pada hari Selasa dengan 214 penumpang, kata kantor pelabuhan.",
        "Kapal itu kandas di dekat pulau Samos tiga jam kemudian, 14 kilometer dari pantai.",
        "Kapten Elena Markov mengatakan kepada wartawan bahwa tidak ada yang terluka.",
        "Perusahaan itu memiliki 27 kapal dan 1.500 karyawan di Turki dan Yunani.",
        "Penyelidikan akan dimulai pada 9 September di Athena, demikian diumumkan kementerian perhubungan.",
        "Calypso dibangun pada tahun 1998 dan diperbaiki dengan biaya 2,4 juta euro musim dingin lalu.",
    ),
    "ru": (
        "Паром «Калипсо» вышел из Измира во вторник с 214 пассажирами на борту, сообщило управление порта.",
        "Через три часа он сел на мель у острова Самос, в 14 километрах от берега.",
        "Капитан Елена Маркова сказала журналистам, что никто не пострадал.",
        "Компании принадлежат 27 судов, в Турции и Греции у неё 1500 сотрудников.",
        "Расследование начнётся 9 сентября в Афинах, объявило министерство транспорта.",
        "«Калипсо» построили в 1998 году, прошлой зимой судно отремонтировали за 2,4 миллиона евро.",
    ),
    "tr": (
        "Liman başkanlığının açıklamasına göre Calypso feribotu salı günü 214 yolcuyla İzmir'den ayrıldı.",
        "Gemi üç saat sonra Sisam adası yakınında, kıyıdan 14 kilometre açıkta karaya oturdu.",
        "Kaptan Elena Markov gazetecilere kimsenin yaralanmadığını söyledi.",
        "Şirketin 27 gemisi, Türkiye ve Yunanistan'da 1.500 çalışanı var.",
        "Ulaştırma bakanlığı, soruşturmanın 9 Eylül'de Atina'da başlayacağını duyurdu.",
        "Calypso 1998 yılında yapıldı ve geçen kış 2,4 milyon avroya onarıldı.",
    ),
    "ar": (
        "غادرت العبارة كاليبسو إزمير يوم الثلاثاء وعلى متنها ٢١٤ راكبا، بحسب مكتب الميناء.",
        "وجنحت قرب جزيرة ساموس بعد ثلاث ساعات على بعد ١٤ كيلومترا من الساحل.",
        "وقالت القبطان إيلينا ماركوف للصحفيين إن أحدا لم يصب بأذى.",
        "وتملك الشركة ٢٧ سفينة ولديها ١٬٥٠٠ موظف في تركيا واليونان.",
        "ويبدأ تحقيق في ٩ سبتمبر في أثينا، كما أعلنت وزارة النقل.",
        "وبنيت كاليبسو عام ١٩٩٨ وأصلحت في الشتاء الماضي بتكلفة ٢٫٤ مليون يورو.",
    ),
    "he": (
        "המעבורת קליפסו יצאה מאיזמיר ביום שלישי ועל סיפונה 214 נוסעים, מסר משרד הנמל.",
        "כעבור שלוש שעות היא עלתה על שרטון ליד האי סאמוס, 14 קילומטר מהחוף.",
        "הקברניטה אלנה מרקוב אמרה לכתבים שאיש לא נפגע.",
        "לחברה 27 אוניות ו-1,500 עובדים בטורקיה וביוון.",
        "חקירה תיפתח ב-9 בספטמבר באתונה, הודיע משרד התחבורה.",
        "קליפסו נבנתה ב-1998 ותוקנה בחורף שעבר תמורת 2.4 מיליון אירו.",
    ),
    "zh": (
        "港务局说，渡轮“卡吕普索”号星期二载着214名乘客离开伊兹密尔。",
        "三小时后，该船在萨摩斯岛附近搁浅，离海岸14公里。",
        "船长埃琳娜·马尔科夫对记者说，没有人受伤。",
        "该公司在土耳其和希腊拥有27艘船和1500名员工。",
        "交通部宣布，调查将于九月9日在雅典开始。",
        "“卡吕普索”号建于1998年，去年冬天花240万欧元修理过。",
    ),
    "ja": (
        "港湾局によると、フェリー「カリプソ」は火曜日、乗客214人を乗せてイズミルを出港した。",
        "3時間後、サモス島の近く、沖合14キロで座礁した。",
        "エレナ・マルコフ船長は記者団に、けが人はいないと述べた。",
        "同社はトルコとギリシャに船27隻と従業員1500人を抱える。",
        "運輸省は、調査を9月9日にアテネで始めると発表した。",
        "カリプソは1998年に建造され、昨年冬に240万ユーロで修理された。",
    ),
    "th": (
        "สำนักงานท่าเรือกล่าวว่าเรือเฟอร์รีคาลิปโซออกจากอิซเมียร์เมื่อวันอังคารพร้อมผู้โดยสาร 214 คน",
        "สามชั่วโมงต่อมาเรือเกยตื้นใกล้เกาะซามอส ห่างจากชายฝั่ง 14 กิโลเมตร",
        "กัปตันเอเลนา มาร์คอฟ บอกกับผู้สื่อข่าวว่าไม่มีใครได้รับบาดเจ็บ",
        "บริษัทมีเรือ 27 ลำและพนักงาน 1,500 คนในตุรกีและกรีซ",
        "กระทรวงคมนาคมประกาศว่าการสอบสวนจะเริ่มวันที่ 9 กันยายนที่กรุงเอเธนส์",
        "เรือคาลิปโซสร้างขึ้นในปี 1998 และได้รับการซ่อมแซมเมื่อฤดูหนาวที่แล้วด้วยเงิน 2.4 ล้านยูโร",
    ),
    "hi": (
        "बंदरगाह कार्यालय ने बताया कि नौका कैलिप्सो मंगलवार को २१४ यात्रियों के साथ इज़मिर से रवाना हुई।",
        "तीन घंटे बाद वह समोस द्वीप के पास तट से १४ किलोमीटर दूर फँस गई।",
        "कप्तान एलेना मार्कोव ने पत्रकारों से कहा कि कोई घायल नहीं हुआ।",
        "कंपनी के पास तुर्की और यूनान में २७ जहाज़ और १,५०० कर्मचारी हैं।",
        "परिवहन मंत्रालय ने घोषणा की कि जाँच ९ सितंबर को एथेंस में शुरू होगी।",
        "कैलिप्सो १९९८ में बनी थी और पिछली सर्दियों में २४ लाख यूरो में उसकी मरम्मत हुई।",
    ),
}  # fmt: skip

REPORTS = {"en": ENGLISH, **TRANSLATIONS}

OWN = {
    "en": "Passengers will get their money back, the company promised on its website.",
    "de": "Die Fahrgäste bekommen ihr Geld zurück, versprach die Reederei auf ihrer Seite.",
    "id": "Penumpang akan mendapat uangnya kembali, janji perusahaan di situsnya.",
    "ru": "Пассажирам вернут деньги, пообещали на сайте перевозчика.",
    "tr": "Yolculara paraları geri ödenecek, denildi firmanın sitesinde.",
    "ar": "وسيسترد المسافرون أموالهم كما وعد الموقع الإلكتروني.",
    "he": "הנוסעים יקבלו את כספם בחזרה, הובטח באתר האינטרנט.",
    "zh": "网站承诺，旅客可以拿回票款。",
    "ja": "切符代は返金されると、ウェブサイトは約束している。",
    "th": "เว็บไซต์สัญญาว่าผู้เดินทางจะได้รับเงินคืนทั้งหมดภายในไม่กี่วัน",
    "hi": "वेबसाइट पर वादा किया गया है कि मुसाफ़िरों को पैसे वापस मिलेंगे।",
}


def joined(sentences: tuple[str, ...] | list[str], language: str) -> str:
    """Put sentences together as the language writes them."""
    return {"zh": "", "ja": "", "th": "\n"}.get(language, " ").join(sentences)


def digits_like(number: int, text: str) -> str:
    """Write a number in the digits that the text uses."""
    zero = next((zero for zero in "٠०" if any(chr(ord(zero) + d) in text for d in range(10))), "0")
    return "".join(chr(ord(zero) + int(d)) for d in str(number))
