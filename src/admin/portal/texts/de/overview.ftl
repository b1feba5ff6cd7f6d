# The overview.

add-new = Hinzufügen
days-left = { $count ->
    [one] Noch { $count } Tag.
   *[other] Noch { $count } Tage.
}
devices-in-use = { $count } mit belegten Leitungen
devices-unused = { $count } unbenutzt
dids-assigned = { $count } zugewiesen
dids-free = { $count } unbenutzt
last-request = Letzte Anfrage
license = Lizenz
license-expired = Abgelaufen am { $day }. Leitungen sind gesperrt, bis sie erneuert ist.
license-grace = Abgelaufen. Die Telefone arbeiten bis { $day } weiter; hinzugefügt werden kann nichts.
license-none = Es ist keine Lizenz eingerichtet, daher kann nichts hinzugefügt werden. Fragen Sie Ihren Betreiber danach.
license-not-yet = Gültig ab { $day }.
license-undecidable = Die Lizenz lässt sich zurzeit nicht prüfen. Die Telefone behalten, was sie haben; hinzugefügt werden kann nichts, bis der Betreiber das behoben hat.
license-valid = Gültig bis { $day }.
license-waits = Die nächste Lizenz beginnt am { $day }.
main-product-badge = HAUPTPRODUKT
no-limit = Ohne Grenze
no-phones-booting = In den letzten fünf Minuten hat kein Telefon gefragt.
not-licensed = Nicht lizenziert
outcome = Ergebnis
phones-booting = Telefone, die gerade starten
phones-left-behind = { $count ->
    [one] { $count } Telefon hat eine alte Datei und ruft die neue nicht ab.
   *[other] { $count } Telefone haben alte Dateien und rufen die neuen nicht ab.
}
phones-waiting = { $count ->
    [one] { $count } Telefon wird gebeten, seine neue Datei abzurufen.
   *[other] { $count } Telefone werden gebeten, ihre neuen Dateien abzurufen.
}
price-month = { $amount }/Monat
price-once = { $amount } einmalig
price-year = { $amount }/Jahr
product = Produkt
terms = Bedingungen
terms-limited-each = bis zu { $count }, je { $amount }
terms-limited-together = bis zu { $count } für { $amount }
terms-unlimited-each = unbegrenzt, je { $amount }
terms-unlimited-together = unbegrenzt für { $amount }
unlimited = Unbegrenzt
usage = Auslastung
used-of-limit = Belegt / Grenze
withheld-seats = { $count } gesperrt
