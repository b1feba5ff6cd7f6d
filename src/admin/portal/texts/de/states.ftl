# States and times.

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
outcome-refused = Abgewiesen
outcome-served = Hat seine Datei bekommen
outcome-unchanged = Hat seine Datei schon
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
