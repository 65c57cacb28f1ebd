# What is wrong with the configuration; shown after file, key and value.
config-allowed-text = a text is wanted here, in quotation marks
config-allowed-whole = a whole number from { $least } to { $most } is wanted here
config-allowed-word = allowed here: { $allowed }
config-allowed-list = a list of texts is wanted here, like ["127.0.0.1", "10.0.0.0/8"]
config-unknown-key = there is no such key; known here: { $allowed }
config-variable-name = there is no such variable; { $meant } is probably meant (two underscores after the section)
config-file-unreadable = the file can't be read: { $fault }
config-file-not-toml = the file is not TOML: { $fault }
config-file-missing = there is no such file
config-folder-missing = there is no such folder
config-not-understood = the value is not understood
config-database-url = allowed: sqlite:PATH or postgres://USER@HOST/DATABASE
config-web-listen = an IP address to listen on is wanted here, like 127.0.0.1, 0.0.0.0 or ::
config-web-address = the address that people type is wanted here: http:// or https://, a name, perhaps a port, no path
config-web-proxies = IP addresses or blocks are wanted here, like ["127.0.0.1", "10.0.0.0/8"]
config-tls-pair = TLS needs both: tls_certificate and tls_key
config-time-zone = an IANA time zone is wanted here, like Asia/Shanghai
config-mail-password = a user without a password can't sign in at the mail server
config-mail-from = a mail address is wanted here: noreply@dc.example or Machine room <noreply@dc.example>
config-mail-needs = sending mail needs this: set it, or set mail.enabled to false
config-traps-listen = give an address with a port, such as 0.0.0.0:162, or nothing
config-keep-hours = hours are kept at least as long as readings: { $least } days or more
config-log-level = allowed: error, warn, info, debug, trace, or directives like info,coldaisle::metering=debug
