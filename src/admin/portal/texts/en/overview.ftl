# The overview.

add-new = Add new
days-left = { $count ->
    [one] { $count } day left.
   *[other] { $count } days left.
}
devices-in-use = { $count } with used lines
devices-unused = { $count } not used
dids-assigned = { $count } assigned
dids-free = { $count } not used
last-request = Last request
license = License
license-expired = Expired on { $day }. Lines are withheld until it is renewed.
license-grace = Expired. Phones go on working until { $day }; nothing can be added.
license-none = No license is installed, so nothing can be added. Ask your operator for one.
license-not-yet = Valid from { $day }.
license-undecidable = The license cannot be verified now. Phones keep what they have; nothing can be added until the operator has put this right.
license-valid = Valid until { $day }.
license-waits = The next license begins on { $day }.
main-product-badge = MAIN PRODUCT
no-limit = No limit
no-phones-booting = No phone has asked in the last five minutes.
not-licensed = Not licensed
outcome = Outcome
phones-booting = Phones that boot now
phones-left-behind = { $count ->
    [one] { $count } phone has an old file and does not fetch the new one.
   *[other] { $count } phones have old files and do not fetch the new ones.
}
phones-waiting = { $count ->
    [one] { $count } phone is asked to fetch its new file.
   *[other] { $count } phones are asked to fetch their new files.
}
price-month = { $amount }/month
price-once = { $amount } once
price-year = { $amount }/year
product = Product
terms = Terms
terms-limited-each = up to { $count }, { $amount } each
terms-limited-together = up to { $count } for { $amount }
terms-unlimited-each = unlimited, { $amount } each
terms-unlimited-together = unlimited for { $amount }
unlimited = Unlimited
usage = Usage
used-of-limit = Used / limit
withheld-seats = { $count } withheld
