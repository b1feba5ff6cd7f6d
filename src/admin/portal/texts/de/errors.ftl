# Rules, and why something was not done.

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
rule-extension-number = 1 bis 5 Ziffern.
rule-line = Eine Leitung ist eine Zahl ab 1.
rule-mac = Eine MAC-Adresse hat 12 Zeichen von 0 bis 9 und A bis F.
rule-missing = Das wird gebraucht.
rule-name = Bis zu 32 Zeichen.
rule-password = 12 bis 128 Zeichen, und nicht der Name.
rule-product = Wählen Sie ein Produkt der Liste.
rule-same-password = Die beiden Passwörter sind nicht gleich.
