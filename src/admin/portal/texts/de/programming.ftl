# Keys and settings.

keys = Tasten
keys-no-model = Das Modell ist noch nicht bekannt, daher ist nicht sicher, wie viele Tasten es hat.
key-free = frei
key-does = Sie macht
key-kind-line = Leitung
key-kind-blf = Besetztlampe (BLF)
key-kind-speed-dial = Kurzwahl
key-kind-record = Anruf aufzeichnen
key-unset = Frei machen
module-n = Erweiterungsmodul { $n }
label = Beschriftung
hint-key-value = Die Nummer, die beobachtet oder gewählt wird; keine bei Leitung oder Aufzeichnung.
rule-key-kind = Wählen Sie, was die Taste macht.
settings = Einstellungen
settings-about-device = Was für dieses Telefon gilt, und woher. Was hier gesetzt ist, gilt vor allem anderen.
settings-about-tenant = Was für alle Telefone gilt, wenn Modell, Profil oder Gerät nichts anderes sagen.
setting = Einstellung
value = Wert
comes-from = Kommt von
setting-unset = Zurücknehmen
error-key-wrong = Besetztlampe und Kurzwahl brauchen eine Nummer: Ziffern, * und #, auch mit + davor. Leitung und Aufzeichnung haben keine.
error-key-beyond-model = Das Modell hat weniger Tasten.
error-key-not-set = Diese Taste ist schon frei.
error-setting-value-wrong = Die Einstellung nimmt diesen Wert nicht an.
error-setting-unknown = Es gibt keine solche Einstellung.
error-setting-not-set = Sie ist hier nicht gesetzt.
