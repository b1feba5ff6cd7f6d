# Extensions.

addons = Zusatzprodukte
assign = Zuweisen
assign-device = Gerät zuweisen
assign-device-about = Das Telefon wird automatisch eingerichtet. Das kann leer bleiben und später geschehen.
block = Sperren
block-or-remove = Sperren oder entfernen
count-extensions = { $count ->
    [one] { $count } Durchwahl
   *[other] { $count } Durchwahlen
}
device-name = Name des Geräts
done-extension-added = Die Durchwahl ist eingerichtet.
done-extension-blocked = Die Durchwahl ist gesperrt.
done-extension-removed = Die Durchwahl ist entfernt; ihr Platz ist frei.
done-extension-unblocked = Die Durchwahl ist wieder in Betrieb.
done-line-assigned = Die Leitung ist zugewiesen. Das Telefon bekommt sie beim nächsten Abruf.
done-line-released = Die Leitung ist frei.
effect-no-phones = Kein Telefon trägt diese Durchwahl, also bekommt keines eine andere Datei.
effect-phones = { $count ->
    [one] Speichern gibt { $count } Telefon eine andere Datei; es wird gebeten, sie abzurufen.
   *[other] Speichern gibt { $count } Telefonen eine andere Datei; sie werden gebeten, sie abzurufen.
}
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
hint-device-name = Eines neuen Geräts; leer wird er aus Hersteller und MAC-Adresse gebildet.
hint-mac = Auf der Rückseite des Telefons, etwa 80:5E:C0:00:01:01. Wählen Sie eines Ihrer Geräte oder geben Sie ein neues ein.
hint-mac-known = Eines Ihrer Geräte, nach MAC-Adresse oder Name.
hint-product = Hinter jedem Produkt: belegt / Grenze. Was erschöpft ist, kann nicht gewählt werden.
line-after-mac = Nach der MAC-Adresse
line-release = Freigeben
line-release-ask = Diese Leitung freigeben? Das Telefon verliert sie beim nächsten Abruf, und das SIP-Passwort wird erneuert.
main-product = Hauptprodukt
model-shows-itself = Das Telefon zeigt es von selbst
no-addons = Die Lizenz hat kein Zusatzprodukt für Durchwahlen.
no-extensions = Es gibt noch keine Durchwahl.
no-phone-carries = Noch trägt sie kein Telefon.
phones-of-extension = Telefone, die sie tragen
reveal = Zeigen
search-extensions = Nummer, Name oder Produkt
sip-account = SIP-Konto
sip-password = SIP-Passwort
sip-user = SIP-Benutzer
tab-device = Gerät
tab-extension = Durchwahl
tab-plan = Plan
unblock = Entsperren
effect-nothing = Die Dateien seiner Telefone bleiben, wie sie sind.
