# What pages have in common.

action = Action
add = Add
address = Address
cancel = Cancel
choose = Please choose
count-phones = { $count ->
    [one] { $count } phone
   *[other] { $count } phones
}
device = Device
devices = Devices
dids = DID numbers
done-saved = Saved.
failure-title = This did not work
in-sync = In step
kind = Kind
last-seen = Last seen
line = Line
line-n = line { $line }
mac = MAC address
menu = Menu
menu-extensions = Extensions
menu-overview = Overview
menu-own = Own account
menu-tenants = Tenants
model = Model
more-rows = More
name = Name
never-seen = never
no-tenants = There is no tenant yet.
nothing-found = Nothing was found.
number = Number
save = Save
search = Search
short-name = Short name
sip-domain = SIP domain
skip-to-content = Skip to content
state = State
theirs-now = Somebody else has changed it meanwhile. It is now: { $value }
to-first-page = To the first page
to-first-rows = To the beginning
