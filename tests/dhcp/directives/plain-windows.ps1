# Offhook: what DHCP tells the phones of tenant acme.
# Their URL is https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/
# It is as good as a password: keep this where only administrators read it.
# Nobody else is told anything: phones are known by their vendor class (option 60).
# No option 42 (time): it takes IPv4 addresses, and the tenant's time.ntp is pool.ntp.org; see --ntp.
# Asks DHCP for nothing, give it the URL of its file: Linphone.
# For PowerShell as administrator on the DHCP server, Windows Server 2012 R2 or newer.

# Grandstream
Remove-DhcpServerv4Policy -Name 'offhook_acme_grandstream' -ErrorAction SilentlyContinue
Remove-DhcpServerv4Class -Name 'offhook_acme_grandstream_1' -Type Vendor -ErrorAction SilentlyContinue
Add-DhcpServerv4Class -Name 'offhook_acme_grandstream_1' -Type Vendor -Data 'Grandstream'
Add-DhcpServerv4Policy -Name 'offhook_acme_grandstream' -Condition OR -VendorClass EQ,'offhook_acme_grandstream_1*'
# 66, the provisioning URL: where Grandstream looks for its server
Set-DhcpServerv4OptionValue -PolicyName 'offhook_acme_grandstream' -OptionId 66 -Value 'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'

# Snom
Remove-DhcpServerv4Policy -Name 'offhook_acme_snom' -ErrorAction SilentlyContinue
Remove-DhcpServerv4Class -Name 'offhook_acme_snom_1' -Type Vendor -ErrorAction SilentlyContinue
Add-DhcpServerv4Class -Name 'offhook_acme_snom_1' -Type Vendor -Data 'snom'
Add-DhcpServerv4Policy -Name 'offhook_acme_snom' -Condition OR -VendorClass EQ,'offhook_acme_snom_1*'
# 66, the provisioning URL: where Snom looks for its server
Set-DhcpServerv4OptionValue -PolicyName 'offhook_acme_snom' -OptionId 66 -Value 'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'
# 43, the same URL as sub-option 66, ended by a zero byte: Snom reads it first
Set-DhcpServerv4OptionValue -PolicyName 'offhook_acme_snom' -OptionId 43 -Value 0x42,0x3f,0x68,0x74,0x74,0x70,0x73,0x3a,0x2f,0x2f,0x70,0x68,0x6f,0x6e,0x65,0x73,0x2e,0x65,0x78,0x61,0x6d,0x70,0x6c,0x65,0x2e,0x6f,0x72,0x67,0x3a,0x38,0x34,0x34,0x33,0x2f,0x70,0x2f,0x74,0x61,0x62,0x63,0x64,0x65,0x66,0x67,0x68,0x69,0x6a,0x6b,0x6c,0x6d,0x6e,0x6f,0x70,0x71,0x72,0x73,0x74,0x75,0x76,0x77,0x78,0x79,0x7a,0x2f,0x00

# Yealink
Remove-DhcpServerv4Policy -Name 'offhook_acme_yealink' -ErrorAction SilentlyContinue
Remove-DhcpServerv4Class -Name 'offhook_acme_yealink_1' -Type Vendor -ErrorAction SilentlyContinue
Add-DhcpServerv4Class -Name 'offhook_acme_yealink_1' -Type Vendor -Data 'yealink'
Add-DhcpServerv4Policy -Name 'offhook_acme_yealink' -Condition OR -VendorClass EQ,'offhook_acme_yealink_1*'
# 66, the provisioning URL: where Yealink looks for its server
Set-DhcpServerv4OptionValue -PolicyName 'offhook_acme_yealink' -OptionId 66 -Value 'https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/'
