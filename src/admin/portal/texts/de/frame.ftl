# What pages have in common.

action = Aktion
add = Hinzufügen
address = Adresse
cancel = Abbrechen
choose = Bitte wählen
count-phones = { $count ->
    [one] { $count } Telefon
   *[other] { $count } Telefone
}
device = Gerät
devices = Geräte
dids = Rufnummern
done-saved = Gespeichert.
failure-title = Das hat nicht geklappt
in-sync = Abgleich
kind = Art
last-seen = Zuletzt gesehen
line = Leitung
line-n = Leitung { $line }
mac = MAC-Adresse
menu = Menü
menu-extensions = Durchwahlen
menu-overview = Übersicht
menu-own = Eigenes Konto
menu-tenants = Kunden
model = Modell
more-rows = Weitere
name = Name
never-seen = nie
no-tenants = Es gibt noch keinen Kunden.
nothing-found = Es wurde nichts gefunden.
number = Nummer
save = Speichern
search = Suchen
short-name = Kurzname
sip-domain = SIP-Domain
skip-to-content = Zum Inhalt springen
state = Zustand
theirs-now = Jemand anders hat es inzwischen geändert. Jetzt steht da: { $value }
to-first-page = Zur ersten Seite
to-first-rows = Zum Anfang
