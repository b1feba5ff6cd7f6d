# States and times.

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
outcome-refused = Refused
outcome-served = Got its file
outcome-unchanged = Has its file already
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
