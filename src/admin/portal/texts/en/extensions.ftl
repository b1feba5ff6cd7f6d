# Extensions.

addons = Add-ons
assign = Assign
assign-device = Assign device
assign-device-about = The phone is provisioned automatically. This can be left empty and done later.
block = Block
block-or-remove = Block or remove
count-extensions = { $count ->
    [one] { $count } extension
   *[other] { $count } extensions
}
device-name = Device name
done-extension-added = The extension is there.
done-extension-blocked = The extension is blocked.
done-extension-removed = The extension is gone; its seat is free.
done-extension-unblocked = The extension works again.
done-line-assigned = The line is assigned. The phone gets it at its next fetch.
done-line-released = The line is free.
effect-no-phones = No phone carries this extension, so none gets another file.
effect-phones = { $count ->
    [one] Saving gives { $count } phone another file; it is asked to fetch it.
   *[other] Saving gives { $count } phones another file; they are asked to fetch it.
}
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
hint-device-name = Of a new device; made of vendor and MAC address when empty.
hint-mac = On the back of the phone, such as 80:5E:C0:00:01:01. Choose one of your devices or type a new one.
hint-mac-known = One of your devices, by MAC address or name.
hint-product = Behind each product: used / limit. What is exhausted cannot be chosen.
line-after-mac = After the MAC address
line-release = Free
line-release-ask = Free this line? The phone loses it at its next fetch, and the SIP password is renewed.
main-product = Main product
model-shows-itself = The phone shows it by itself
no-addons = The license has no add-on for extensions.
no-extensions = There is no extension yet.
no-phone-carries = No phone carries it yet.
phones-of-extension = Phones that carry it
reveal = Show
search-extensions = Number, name or product
sip-account = SIP account
sip-password = SIP password
sip-user = SIP user
tab-device = Device
tab-extension = Extension
tab-plan = Plan
unblock = Unblock
effect-nothing = The files of its phones stay as they are.
