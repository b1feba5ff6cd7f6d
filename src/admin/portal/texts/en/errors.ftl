# Rules, and why something was not done.

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
rule-extension-number = 1 to 5 digits.
rule-line = A line is a number from 1 up.
rule-mac = A MAC address has 12 digits from 0 to 9 and A to F.
rule-missing = This is needed.
rule-name = Up to 32 characters.
rule-password = 12 to 128 characters, and not the name.
rule-product = Choose a product of the list.
rule-same-password = The two passwords are not the same.
