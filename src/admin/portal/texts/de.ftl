# The portal in German. Every language has the same texts with the same values, which a test keeps.

add = Hinzufügen
add-new = Hinzufügen
addons = Zusatzprodukte
address = Adresse
ago-days = { $count ->
    [one] vor { $count } Tag
   *[other] vor { $count } Tagen
}
ago-hours = { $count ->
    [one] vor { $count } Stunde
   *[other] vor { $count } Stunden
}
ago-minutes = { $count ->
    [one] vor { $count } Minute
   *[other] vor { $count } Minuten
}
ago-now = gerade eben
ahead-days = { $count ->
    [one] in { $count } Tag
   *[other] in { $count } Tagen
}
ahead-hours = { $count ->
    [one] in { $count } Stunde
   *[other] in { $count } Stunden
}
ahead-minutes = { $count ->
    [one] in { $count } Minute
   *[other] in { $count } Minuten
}
ahead-seconds = { $count ->
    [one] in { $count } Sekunde
   *[other] in { $count } Sekunden
}
as-browser = Wie im Browser eingestellt
as-system = Wie im System eingestellt
assign = Zuweisen
assign-device = Gerät zuweisen
assign-device-about = Das Telefon wird automatisch eingerichtet. Das kann leer bleiben und später geschehen.
block = Sperren
block-or-remove = Sperren oder entfernen
browser = Browser
cancel = Abbrechen
change-password = Passwort ändern
choose = Bitte wählen
code = Code der Authentifizierungs-App
count-extensions = { $count ->
    [one] { $count } Durchwahl
   *[other] { $count } Durchwahlen
}
count-phones = { $count ->
    [one] { $count } Telefon
   *[other] { $count } Telefone
}
current-password = Jetziges Passwort
days-left = { $count ->
    [one] Noch { $count } Tag.
   *[other] Noch { $count } Tage.
}
device = Gerät
device-name = Name des Geräts
devices = Geräte
devices-in-use = { $count } mit belegten Leitungen
devices-unused = { $count } unbenutzt
dids = Rufnummern
dids-assigned = { $count } zugewiesen
dids-free = { $count } unbenutzt
done-extension-added = Die Durchwahl ist eingerichtet.
done-extension-blocked = Die Durchwahl ist gesperrt.
done-extension-removed = Die Durchwahl ist entfernt; ihr Platz ist frei.
done-extension-unblocked = Die Durchwahl ist wieder in Betrieb.
done-line-assigned = Die Leitung ist zugewiesen. Das Telefon bekommt sie beim nächsten Abruf.
done-line-released = Die Leitung ist frei.
done-look = Gespeichert.
done-password = Das Passwort ist geändert; Ihre anderen Sitzungen sind beendet.
done-saved = Gespeichert.
done-second-factor = Ab jetzt gehört zur Anmeldung auch ein Code.
done-second-factor-removed = Zur Anmeldung genügt jetzt das Passwort.
done-session = Die Sitzung ist beendet.
effect-no-phones = Kein Telefon trägt diese Durchwahl, also bekommt keines eine andere Datei.
effect-phones = { $count ->
    [one] Speichern gibt { $count } Telefon eine andere Datei; es wird gebeten, sie abzurufen.
   *[other] Speichern gibt { $count } Telefonen eine andere Datei; sie werden gebeten, sie abzurufen.
}
error-blocked-by-operator = Der Betreiber hat es gesperrt, und nur er kann es entsperren.
error-broken = Die Seite konnte nicht erstellt werden. Der Betreiber findet den Grund im Protokoll.
error-changed = Jemand anders hat das inzwischen geändert. Sehen Sie es an und entscheiden Sie neu.
error-code-needed = Bitte geben Sie den Code ein, den Ihre Authentifizierungs-App zeigt.
error-code-refused = Der Code gehört jetzt nicht zu diesem Schlüssel. Prüfen Sie, ob die Uhr Ihres Telefons richtig geht.
error-device-exists = Sie haben schon ein Gerät mit dieser MAC-Adresse.
error-device-not-found = Es gibt kein Gerät mit dieser MAC-Adresse. Fügen Sie es zuerst hinzu.
error-extension-already-carried = Diese Durchwahl wird schon von einem Telefon getragen; ihr Produkt erlaubt nicht mehr. Geben Sie jene Leitung zuerst frei.
error-forbidden = Das dürfen Sie nicht. Fragen Sie Ihren Administrator.
error-license-expired = Die Lizenz ist abgelaufen, ihre Nachfrist endete am { $day }. Fragen Sie Ihren Betreiber nach einer neuen.
error-license-in-grace = Die Lizenz ist abgelaufen: Bis { $day } arbeiten die Telefone weiter, hinzugefügt werden kann nichts.
error-license-not-yet-valid = Die Lizenz beginnt am { $day }; vorher kann nichts hinzugefügt werden.
error-license-undecidable = Die Lizenz lässt sich zurzeit nicht prüfen, daher kann kein Platz belegt werden. Der Betreiber muss das beheben.
error-line-beyond-model = Das Telefon hat weniger Leitungen. Wählen Sie eine kleinere Zahl.
error-line-taken = Diese Leitung trägt schon etwas. Wählen Sie eine andere oder geben Sie sie zuerst frei.
error-mac-unavailable = Dieses Gerät kann hier nicht hinzugefügt werden. Wenn es Ihr Telefon ist, fragen Sie den Betreiber.
error-no-license = Es ist keine Lizenz eingerichtet, daher kann nichts hinzugefügt werden. Fragen Sie Ihren Betreiber danach.
error-no-seat-left = { $product }: { $used } von { $limit } Plätzen sind belegt. Wählen Sie ein anderes Produkt, entfernen Sie eine Durchwahl oder fragen Sie Ihren Betreiber nach mehr.
error-nowhere = Hier gibt es nichts, oder Sie dürfen es nicht sehen.
error-number-taken = Diese Nummer ist vergeben. Wählen Sie eine andere.
error-other = Das wurde nicht getan: { $detail }
error-password-refused = 12 bis 128 Zeichen, und nicht der Name.
error-product-unknown = Die Lizenz hat kein Produkt „{ $product }“.
error-sign-in-refused = Name, Passwort oder Code sind falsch, oder Sie dürfen sich von hier nicht anmelden.
error-sip-user-taken = Diese Nummer ist als SIP-Benutzer vergeben. Wählen Sie eine andere.
error-too-many-attempts = { $seconds ->
    [one] Zu viele Versuche sind fehlgeschlagen. Versuchen Sie es in { $seconds } Sekunde wieder.
   *[other] Zu viele Versuche sind fehlgeschlagen. Versuchen Sie es in { $seconds } Sekunden wieder.
}
error-too-many-lines = Es wird von mehr Telefonen getragen, als der neue Plan erlaubt. Geben Sie zuerst Leitungen frei.
error-unavailable = Die Datenbank antwortet nicht. Es wurde nichts geändert; versuchen Sie es gleich noch einmal.
extension = Durchwahl
extension-add = Durchwahl hinzufügen
extension-block-about = Eine gesperrte Durchwahl behält ihren Platz; ihre Telefone verlieren die Leitung beim nächsten Abruf. Entfernen gibt den Platz frei.
extension-name = Name
extension-number = Nummer der Durchwahl
extension-remove = Durchwahl entfernen
extension-remove-ask = { $count ->
    [0] Durchwahl { $number } entfernen? Ihr Platz ist dann frei, ihr SIP-Konto gelöscht.
    [one] Durchwahl { $number } entfernen? { $count } Leitung, die sie trägt, wird frei, ihr Platz ebenso; ihr SIP-Konto ist gelöscht.
   *[other] Durchwahl { $number } entfernen? { $count } Leitungen, die sie tragen, werden frei, ihr Platz ebenso; ihr SIP-Konto ist gelöscht.
}
extensions-with-phones = { $count } mit Telefon
extensions-without-phones = { $count } ohne
failure-title = Das hat nicht geklappt
hint-device-name = Eines neuen Geräts; leer wird er aus Hersteller und MAC-Adresse gebildet.
hint-mac = Auf der Rückseite des Telefons, etwa 80:5E:C0:00:01:01. Wählen Sie eines Ihrer Geräte oder geben Sie ein neues ein.
hint-mac-known = Eines Ihrer Geräte, nach MAC-Adresse oder Name.
hint-product = Hinter jedem Produkt: belegt / Grenze. Was erschöpft ist, kann nicht gewählt werden.
in-sync = Abgleich
language = Sprache
last-request = Letzte Anfrage
last-seen = Zuletzt gesehen
last-used = Zuletzt benutzt
license = Lizenz
license-expired = Abgelaufen am { $day }. Leitungen sind gesperrt, bis sie erneuert ist.
license-grace = Abgelaufen. Die Telefone arbeiten bis { $day } weiter; hinzugefügt werden kann nichts.
license-none = Es ist keine Lizenz eingerichtet, daher kann nichts hinzugefügt werden. Fragen Sie Ihren Betreiber danach.
license-not-yet = Gültig ab { $day }.
license-undecidable = Die Lizenz lässt sich zurzeit nicht prüfen. Die Telefone behalten, was sie haben; hinzugefügt werden kann nichts, bis der Betreiber das behoben hat.
license-valid = Gültig bis { $day }.
license-waits = Die nächste Lizenz beginnt am { $day }.
line = Leitung
line-after-mac = Nach der MAC-Adresse
line-n = Leitung { $line }
line-release = Freigeben
line-release-ask = Diese Leitung freigeben? Das Telefon verliert sie beim nächsten Abruf, und das SIP-Passwort wird erneuert.
look = Sprache und Aussehen
mac = MAC-Adresse
main-product = Hauptprodukt
main-product-badge = HAUPTPRODUKT
menu = Menü
menu-extensions = Durchwahlen
menu-overview = Übersicht
menu-own = Eigenes Konto
menu-tenants = Kunden
model = Modell
model-shows-itself = Das Telefon zeigt es von selbst
more-rows = Weitere
name = Name
never-seen = nie
new-password = Neues Passwort
new-password-again = Neues Passwort noch einmal
no-addons = Die Lizenz hat kein Zusatzprodukt für Durchwahlen.
no-extensions = Es gibt noch keine Durchwahl.
no-limit = Ohne Grenze
no-phone-carries = Noch trägt sie kein Telefon.
no-phones-booting = In den letzten fünf Minuten hat kein Telefon gefragt.
no-tenants = Es gibt noch keinen Kunden.
not-licensed = Nicht lizenziert
nothing-found = Es wurde nichts gefunden.
number = Nummer
outcome = Ergebnis
outcome-refused = Abgewiesen
outcome-served = Hat seine Datei bekommen
outcome-unchanged = Hat seine Datei schon
password = Passwort
phones-booting = Telefone, die gerade starten
phones-left-behind = { $count ->
    [one] { $count } Telefon hat eine alte Datei und ruft die neue nicht ab.
   *[other] { $count } Telefone haben alte Dateien und rufen die neuen nicht ab.
}
phones-of-extension = Telefone, die sie tragen
phones-waiting = { $count ->
    [one] { $count } Telefon wird gebeten, seine neue Datei abzurufen.
   *[other] { $count } Telefone werden gebeten, ihre neuen Dateien abzurufen.
}
price-month = { $amount }/Monat
price-once = { $amount } einmalig
price-year = { $amount }/Jahr
product = Produkt
profile = Eigenes Profil
reveal = Zeigen
rule-extension-number = 1 bis 5 Ziffern.
rule-line = Eine Leitung ist eine Zahl ab 1.
rule-mac = Eine MAC-Adresse hat 12 Zeichen von 0 bis 9 und A bis F.
rule-missing = Das wird gebraucht.
rule-name = Bis zu 32 Zeichen.
rule-password = 12 bis 128 Zeichen, und nicht der Name.
rule-product = Wählen Sie ein Produkt der Liste.
rule-same-password = Die beiden Passwörter sind nicht gleich.
save = Speichern
search = Suchen
search-extensions = Nummer, Name oder Produkt
second-factor = Zweiter Faktor
second-factor-key = Oder geben Sie diesen Schlüssel ein:
second-factor-off = Zur Anmeldung genügt das Passwort. Ein Code aus einer App auf Ihrem Telefon macht sie viel sicherer.
second-factor-on = Zur Anmeldung gehört ein Code Ihrer Authentifizierungs-App.
second-factor-picture = QR-Code des Schlüssels darunter
second-factor-remove = Zweiten Faktor entfernen
second-factor-scan = Lesen Sie dieses Bild mit einer Authentifizierungs-App ein und geben Sie dann den Code ein, den sie zeigt. Vorher ändert sich nichts.
second-factor-set = Zweiten Faktor einrichten
session-end = Beenden
sessions = Sitzungen
short-name = Kurzname
sign-in = Anmelden
sign-out = Abmelden
signed-in-at = Angemeldet
sip-account = SIP-Konto
sip-domain = SIP-Domain
sip-password = SIP-Passwort
sip-user = SIP-Benutzer
skip-to-content = Zum Inhalt springen
state = Zustand
state-blocked = Gesperrt
state-expired = Lizenz abgelaufen
state-no-license = Keine Lizenz
state-not-yet-valid = Lizenz noch nicht gültig
state-product-missing = Produkt nicht lizenziert
state-seats-exceeded = Gesperrt: kein Platz
state-undecidable = Nicht entscheidbar
state-works = In Betrieb
sync-asked = Wurde gebeten
sync-cannot-be-asked = Nicht erreichbar
sync-did-not-fetch = Hat nicht abgerufen
sync-fetched = Aktuell
sync-never-fetched = Nie abgerufen
sync-wanted = Wird gebeten
tab-device = Gerät
tab-extension = Durchwahl
tab-plan = Plan
terms = Bedingungen
terms-limited-each = bis zu { $count }, je { $amount }
terms-limited-together = bis zu { $count } für { $amount }
terms-unlimited-each = unbegrenzt, je { $amount }
terms-unlimited-together = unbegrenzt für { $amount }
theirs-now = Jemand anders hat es inzwischen geändert. Jetzt steht da: { $value }
theme = Farben
theme-dark = Dunkel
theme-light = Hell
this-session = Diese
to-first-page = Zur ersten Seite
to-first-rows = Zum Anfang
unblock = Entsperren
unlimited = Unbegrenzt
usage = Auslastung
used-of-limit = Belegt / Grenze
user-name = Name
withheld-seats = { $count } gesperrt
