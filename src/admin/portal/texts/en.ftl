# The portal in English. Every language has the same texts with the same values, which a test keeps.

add = Add
add-new = Add new
addons = Add-ons
address = Address
ago-days = { $count ->
    [one] { $count } day ago
   *[other] { $count } days ago
}
ago-hours = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
ago-minutes = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
ago-now = just now
ahead-days = { $count ->
    [one] in { $count } day
   *[other] in { $count } days
}
ahead-hours = { $count ->
    [one] in { $count } hour
   *[other] in { $count } hours
}
ahead-minutes = { $count ->
    [one] in { $count } minute
   *[other] in { $count } minutes
}
ahead-seconds = { $count ->
    [one] in { $count } second
   *[other] in { $count } seconds
}
as-browser = As the browser says
as-system = As the system says
assign = Assign
assign-device = Assign device
assign-device-about = The phone is provisioned automatically. This can be left empty and done later.
block = Block
block-or-remove = Block or remove
browser = Browser
cancel = Cancel
change-password = Change password
choose = Please choose
code = Code of the authenticator app
count-extensions = { $count ->
    [one] { $count } extension
   *[other] { $count } extensions
}
count-phones = { $count ->
    [one] { $count } phone
   *[other] { $count } phones
}
current-password = Current password
days-left = { $count ->
    [one] { $count } day left.
   *[other] { $count } days left.
}
device = Device
device-name = Device name
devices = Devices
devices-in-use = { $count } with used lines
devices-unused = { $count } not used
dids = DID numbers
dids-assigned = { $count } assigned
dids-free = { $count } not used
done-extension-added = The extension is there.
done-extension-blocked = The extension is blocked.
done-extension-removed = The extension is gone; its seat is free.
done-extension-unblocked = The extension works again.
done-line-assigned = The line is assigned. The phone gets it at its next fetch.
done-line-released = The line is free.
done-look = Saved.
done-password = The password is changed; your other sessions have ended.
done-saved = Saved.
done-second-factor = From now on signing in takes a code as well.
done-second-factor-removed = Signing in takes the password alone now.
done-session = The session has ended.
effect-no-phones = No phone carries this extension, so none gets another file.
effect-phones = { $count ->
    [one] Saving gives { $count } phone another file; it is asked to fetch it.
   *[other] Saving gives { $count } phones another file; they are asked to fetch it.
}
error-blocked-by-operator = The operator blocked it, and only the operator can unblock it.
error-broken = The page could not be made. The operator finds the reason in the log.
error-changed = Somebody else has changed this meanwhile. Look at it and decide again.
error-code-needed = Please type the code that your authenticator app shows.
error-code-refused = The code does not belong to this key now. Look whether the clock of your telephone is right.
error-device-exists = You have a device with this MAC address already.
error-device-not-found = There is no device with this MAC address. Add it first.
error-extension-already-carried = Another phone carries this extension already; its product allows no more. Free that line first.
error-forbidden = You may not do this. Ask your administrator.
error-license-expired = The license has expired and its grace was over on { $day }. Ask your operator for a new one.
error-license-in-grace = The license has expired: until { $day } phones go on working, but nothing can be added.
error-license-not-yet-valid = The license begins on { $day }; nothing can be added before that.
error-license-undecidable = The license cannot be verified now, so no seat can be taken. The operator has to put this right.
error-line-beyond-model = The phone has fewer lines. Choose a smaller number.
error-line-taken = This line carries something already. Choose another one or free it first.
error-mac-unavailable = This device cannot be added here. If the phone is yours, ask the operator.
error-no-license = No license is installed, so nothing can be added. Ask your operator for one.
error-no-seat-left = { $product }: { $used } of { $limit } seats are used. Choose another product, remove an extension, or ask your operator for more.
error-nowhere = There is nothing here, or you may not see it.
error-number-taken = This number is taken. Choose another one.
error-other = This was not done: { $detail }
error-password-refused = 12 to 128 characters, and not the name.
error-product-unknown = The license has no product “{ $product }”.
error-sign-in-refused = The name, the password or the code is wrong, or you may not sign in from here.
error-sip-user-taken = This number is taken as a SIP user. Choose another one.
error-too-many-attempts = { $seconds ->
    [one] Too many attempts failed. Try again in { $seconds } second.
   *[other] Too many attempts failed. Try again in { $seconds } seconds.
}
error-too-many-lines = More phones carry it than the new plan allows. Free some lines first.
error-unavailable = The database does not answer. Nothing was changed; try again in a moment.
extension = Extension
extension-add = Add extension
extension-block-about = A blocked extension keeps its seat; its phones lose the line at their next fetch. Removing frees the seat.
extension-name = Name
extension-number = Extension number
extension-remove = Remove extension
extension-remove-ask = { $count ->
    [0] Remove extension { $number }? Its seat is free then, and its SIP account is gone.
    [one] Remove extension { $number }? { $count } line that carries it is freed, its seat is free, and its SIP account is gone.
   *[other] Remove extension { $number }? { $count } lines that carry it are freed, its seat is free, and its SIP account is gone.
}
extensions-with-phones = { $count } with a phone
extensions-without-phones = { $count } without
failure-title = This did not work
hint-device-name = Of a new device; made of vendor and MAC address when empty.
hint-mac = On the back of the phone, such as 80:5E:C0:00:01:01. Choose one of your devices or type a new one.
hint-mac-known = One of your devices, by MAC address or name.
hint-product = Behind each product: used / limit. What is exhausted cannot be chosen.
in-sync = In step
language = Language
last-request = Last request
last-seen = Last seen
last-used = Last used
license = License
license-expired = Expired on { $day }. Lines are withheld until it is renewed.
license-grace = Expired. Phones go on working until { $day }; nothing can be added.
license-none = No license is installed, so nothing can be added. Ask your operator for one.
license-not-yet = Valid from { $day }.
license-undecidable = The license cannot be verified now. Phones keep what they have; nothing can be added until the operator has put this right.
license-valid = Valid until { $day }.
license-waits = The next license begins on { $day }.
line = Line
line-after-mac = After the MAC address
line-n = line { $line }
line-release = Free
line-release-ask = Free this line? The phone loses it at its next fetch, and the SIP password is renewed.
look = Language and look
mac = MAC address
main-product = Main product
main-product-badge = MAIN PRODUCT
menu = Menu
menu-extensions = Extensions
menu-overview = Overview
menu-own = Own account
menu-tenants = Tenants
model = Model
model-shows-itself = The phone shows it by itself
more-rows = More
name = Name
never-seen = never
new-password = New password
new-password-again = New password once more
no-addons = The license has no add-on for extensions.
no-extensions = There is no extension yet.
no-limit = No limit
no-phone-carries = No phone carries it yet.
no-phones-booting = No phone has asked in the last five minutes.
no-tenants = There is no tenant yet.
not-licensed = Not licensed
nothing-found = Nothing was found.
number = Number
outcome = Outcome
outcome-refused = Refused
outcome-served = Got its file
outcome-unchanged = Has its file already
password = Password
phones-booting = Phones that boot now
phones-left-behind = { $count ->
    [one] { $count } phone has an old file and does not fetch the new one.
   *[other] { $count } phones have old files and do not fetch the new ones.
}
phones-of-extension = Phones that carry it
phones-waiting = { $count ->
    [one] { $count } phone is asked to fetch its new file.
   *[other] { $count } phones are asked to fetch their new files.
}
price-month = { $amount }/month
price-once = { $amount } once
price-year = { $amount }/year
product = Product
profile = Own profile
reveal = Show
rule-extension-number = 1 to 5 digits.
rule-line = A line is a number from 1 up.
rule-mac = A MAC address has 12 digits from 0 to 9 and A to F.
rule-missing = This is needed.
rule-name = Up to 32 characters.
rule-password = 12 to 128 characters, and not the name.
rule-product = Choose a product of the list.
rule-same-password = The two passwords are not the same.
save = Save
search = Search
search-extensions = Number, name or product
second-factor = Second factor
second-factor-key = Or type this key:
second-factor-off = Signing in takes the password alone. A code from an app on your telephone makes it much safer.
second-factor-on = Signing in takes a code of your authenticator app.
second-factor-picture = QR code of the key below
second-factor-remove = Remove second factor
second-factor-scan = Scan this picture with an authenticator app, then type the code that it shows. Nothing changes before that.
second-factor-set = Set up second factor
session-end = End
sessions = Sessions
short-name = Short name
sign-in = Sign in
sign-out = Sign out
signed-in-at = Signed in
sip-account = SIP account
sip-domain = SIP domain
sip-password = SIP password
sip-user = SIP user
skip-to-content = Skip to content
state = State
state-blocked = Blocked
state-expired = License expired
state-no-license = No license
state-not-yet-valid = License not yet valid
state-product-missing = Product not licensed
state-seats-exceeded = Withheld: no seat
state-undecidable = Not decidable
state-works = Works
sync-asked = Was asked
sync-cannot-be-asked = Cannot be asked
sync-did-not-fetch = Did not fetch
sync-fetched = In step
sync-never-fetched = Never fetched
sync-wanted = Will be asked
tab-device = Device
tab-extension = Extension
tab-plan = Plan
terms = Terms
terms-limited-each = up to { $count }, { $amount } each
terms-limited-together = up to { $count } for { $amount }
terms-unlimited-each = unlimited, { $amount } each
terms-unlimited-together = unlimited for { $amount }
theirs-now = Somebody else has changed it meanwhile. It is now: { $value }
theme = Colours
theme-dark = Dark
theme-light = Light
this-session = This one
to-first-page = To the first page
to-first-rows = To the beginning
unblock = Unblock
unlimited = Unlimited
usage = Usage
used-of-limit = Used / limit
user-name = Name
withheld-seats = { $count } withheld
