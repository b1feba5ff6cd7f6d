# Offhook: what DHCP tells the phones of tenant acme.
# Their URL is https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/
# It is as good as a password: keep this where only administrators read it.
# Nobody else is told anything: phones are known by their vendor class (option 60).
# Asks DHCP for nothing, give it the URL of its file: Linphone.
# RouterOS 7.16 or newer: paste it into a terminal, or /import it.
/ip dhcp-server matcher remove [find where name~"^offhook_acme_"]
/ip dhcp-server option sets remove [find where name~"^offhook_acme_"]
/ip dhcp-server option remove [find where name~"^offhook_acme_"]

# Grandstream
# 66, the provisioning URL: where Grandstream looks for its server
/ip dhcp-server option add name=offhook_acme_grandstream_66 code=66 value="'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'" force=yes
# 160, the same URL: for phones that were told to look here
/ip dhcp-server option add name=offhook_acme_grandstream_160 code=160 value="'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'" force=yes
# 150, TFTP servers: for phones that take nothing but an address
/ip dhcp-server option add name=offhook_acme_grandstream_150 code=150 value="0x0a1400030a140004" force=yes
# 42, time servers: a phone that has no time refuses every certificate
/ip dhcp-server option add name=offhook_acme_grandstream_42 code=42 value="0x0a1400010a140002" force=yes
/ip dhcp-server option sets add name=offhook_acme_grandstream options=offhook_acme_grandstream_66,offhook_acme_grandstream_160,offhook_acme_grandstream_150,offhook_acme_grandstream_42
/ip dhcp-server matcher add name=offhook_acme_grandstream_1 code=60 matching-type=substring value="Grandstream" server="dhcp voice" option-set=offhook_acme_grandstream

# Snom
# 66, the provisioning URL: where Snom looks for its server
/ip dhcp-server option add name=offhook_acme_snom_66 code=66 value="'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'" force=yes
# 43, the same URL as sub-option 66, ended by a zero byte: Snom reads it first
/ip dhcp-server option add name=offhook_acme_snom_43 code=43 value="0x423f68747470733a2f2f70686f6e65732e6578616d706c652e6f72673a383434332f702f746162636465666768696a6b6c6d6e6f707172737475767778797a2f00" force=yes
# 160, the same URL: for phones that were told to look here
/ip dhcp-server option add name=offhook_acme_snom_160 code=160 value="'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'" force=yes
# 150, TFTP servers: for phones that take nothing but an address
/ip dhcp-server option add name=offhook_acme_snom_150 code=150 value="0x0a1400030a140004" force=yes
# 42, time servers: a phone that has no time refuses every certificate
/ip dhcp-server option add name=offhook_acme_snom_42 code=42 value="0x0a1400010a140002" force=yes
/ip dhcp-server option sets add name=offhook_acme_snom options=offhook_acme_snom_66,offhook_acme_snom_43,offhook_acme_snom_160,offhook_acme_snom_150,offhook_acme_snom_42
/ip dhcp-server matcher add name=offhook_acme_snom_1 code=60 matching-type=substring value="snom" server="dhcp voice" option-set=offhook_acme_snom

# Yealink
# 66, the provisioning URL: where Yealink looks for its server
/ip dhcp-server option add name=offhook_acme_yealink_66 code=66 value="'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'" force=yes
# 160, the same URL: for phones that were told to look here
/ip dhcp-server option add name=offhook_acme_yealink_160 code=160 value="'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'" force=yes
# 150, TFTP servers: for phones that take nothing but an address
/ip dhcp-server option add name=offhook_acme_yealink_150 code=150 value="0x0a1400030a140004" force=yes
# 42, time servers: a phone that has no time refuses every certificate
/ip dhcp-server option add name=offhook_acme_yealink_42 code=42 value="0x0a1400010a140002" force=yes
/ip dhcp-server option sets add name=offhook_acme_yealink options=offhook_acme_yealink_66,offhook_acme_yealink_160,offhook_acme_yealink_150,offhook_acme_yealink_42
/ip dhcp-server matcher add name=offhook_acme_yealink_1 code=60 matching-type=substring value="yealink" server="dhcp voice" option-set=offhook_acme_yealink
