# Keys and settings.

keys = Keys
keys-no-model = The model is not known yet, so it cannot be said how many keys it has.
key-free = free
key-does = It does
key-kind-line = Line
key-kind-blf = Busy lamp (BLF)
key-kind-speed-dial = Speed dial
key-kind-record = Record call
key-unset = Make it free
module-n = Expansion module { $n }
label = Label
hint-key-value = The number to watch or to dial; none for a line or record key.
rule-key-kind = Choose what the key does.
settings = Settings
settings-about-device = What holds for this phone, and from where. What is set here counts before everything else.
settings-about-tenant = What holds for all phones, unless model, profile or device say otherwise.
setting = Setting
value = Value
comes-from = Comes from
setting-unset = Take back
error-key-wrong = A busy lamp or speed dial needs a number: digits, * and #, with a leading + if wanted. A line or record key has none.
error-key-beyond-model = The model has fewer keys.
error-key-not-set = This key is free already.
error-setting-value-wrong = The setting does not take this value.
error-setting-unknown = There is no such setting.
error-setting-not-set = It is not set here.
