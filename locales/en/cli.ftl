# What commands in the terminal say.
app-fault = { $fault }
app-bind = { $address } can't be listened on: { $fault }. Choose another address or port, or stop what uses it.
app-pending = { $count ->
    [one] The database lacks one migration
   *[other] The database lacks { $count } migrations
} ({ $names }). Run “coldaisle migrate” after a backup.
app-place = { $path }: { $fault }
app-task-given-up = A background task failed again and again and was given up; the log says why. The program stopped so that nobody relies on it.
audit-whole = The audit log is whole: { $entries } entries, last hash { $hash }. Note both; they show later that nothing was cut off at the end.
audit-broken = The audit log is broken at entry { $id }: { $fault }.
check-do = { $todo }
check-configuration = configuration
check-built-in = built-in values
check-database = database
check-database-current = up to date
check-database-missing = There is no such file. “coldaisle serve” or “coldaisle migrate” makes it.
check-database-pending = { $count ->
    [one] One migration is pending.
   *[other] { $count } migrations are pending.
} Back up, then run “coldaisle migrate”.
check-database-unreachable = It does not answer: { $fault }. Start it, or correct database.url.
check-key-file = key file
check-key-later = will be made at the first start
check-key-other = { $count ->
    [one] One sealed value does not open with this key.
   *[other] { $count } sealed values do not open with this key.
} Put back the key file that belongs to this database.
check-key-rotation = A rotation was not finished. Run “coldaisle key rotate” again.
check-clock = clock
check-clock-behind = The clock is behind this version's day of release. Set it, and run a time service.
check-mail = mail
check-mail-off = off; mails wait until mail.enabled is true
check-mail-no-login = no login
check-mail-login = login as { $user }
check-mail-tls = TLS failed: { $fault }. Check mail.security and mail.ca_file.
check-mail-credentials = The login was refused: { $fault }. Correct mail.user and mail.password.
check-mail-strange = It answers, but not as a mail server: { $fault }. Check mail.port and mail.security.
check-mail-unreachable = It does not answer: { $fault }. Check mail.server, mail.port and the firewall.
check-address = address
check-address-missing = Set web.public_url to the address that people use; links in mails need it.
check-address-plain = Pages are served without TLS to other machines. Set web.tls_certificate and web.tls_key, or put a proxy in front and set web.public_url to its https address.
key-file-in-use = Another program holds the key file { $path }. Stop “coldaisle serve” first.
key-file-loose = The key file { $path } has mode { $mode }; others could read it. Run “chmod 600”.
key-file-lost = The database holds sealed values, but the key file { $path } is not there. Put it back from your copy; nothing else opens them.
key-file-missing = The key file { $path } is not there.
key-file-system = { $path }: { $fault }
key-file-text = The key file { $path } can't be read: { $fault }
key-rotate-busy = { $count } sealed values were written under the old key meanwhile. Run “coldaisle key rotate” again.
key-rotated = The key is changed; { $count } sealed values were sealed anew. Copy the key file to your safe place now.
migrate-done = { $count ->
    [0] The database is up to date.
    [one] One migration was run.
   *[other] { $count } migrations were run.
}
serve-late = Did not stop in time: { $tasks }
serve-listening = Coldaisle answers at
serve-setup = There is no user yet. Open this link once to make the administrator:
user-added = User { $login } is added.
user-disabled = locked out
user-link = They set a password with this link (once, within three days):
user-no-customer = There is no customer with the code { $code }.
user-password-changed = The password of { $login } is changed.
user-password-link = { $login } sets a new password by a link; until then the old one works.
user-unknown = There is no user { $login }.
# coldaisle probe bmc
probe-target = target
probe-protocol = protocol
probe-v15 = IPMI 1.5 with MD5, not encrypted
probe-suite = { $protocol }, cipher suite { $suite }
probe-power = power
probe-power-on = on
probe-power-off = off
probe-power-unknown = unknown
probe-manufacturer = manufacturer
probe-product = product
probe-firmware = firmware
probe-guid = guid
probe-serial = serial
probe-certificate = certificate
probe-redfish-version = Redfish
probe-not-logged-in = No password was sent: nobody trusts this certificate yet. Compare the fingerprint with the one on the BMC’s own page, then run this again with --fingerprint { $fingerprint }, --user and --password-stdin.
probe-light = light
probe-light-off = off
probe-light-timed = on for a while
probe-light-on = on
probe-controller = Controller
probe-address = address
probe-address-source = address from
probe-netmask = netmask
probe-gateway = gateway
probe-mac = MAC
probe-vlan = VLAN
probe-users = users
probe-watchdog = watchdog
probe-boot = next boot
probe-boot-default = no override
probe-boot-pxe = network
probe-boot-disk = disk
probe-boot-cdrom = optical drive
probe-boot-bios = BIOS setup
probe-boot-once = once
probe-boot-always = always
probe-draw = power draw
probe-parts = Parts
probe-part-chassis = chassis
probe-part-board = board
probe-part-product = product
probe-part-processor = processor
probe-part-memory = memory
probe-part-disk = disk
probe-part-network = network
probe-part-accelerator = accelerator
probe-part-power-supply = power supply
probe-part-firmware = firmware
probe-part-other = other
probe-sensors = Sensors
probe-health-ok = ok
probe-health-warning = warning
probe-health-critical = critical
probe-health-fatal = fatal
probe-health-unknown = no reading
probe-log = Event log
probe-log-drift = The BMC’s clock is ahead of ours by { $seconds } s.
probe-log-free = { $percent } % of it is free.
probe-log-empty = It is empty.
probe-log-began = Asserted
probe-log-ended = Deasserted
probe-not-told = not told
cli-power-needs-yes = This ends what runs on the machines. Nobody can be asked here, so give --yes. Nothing was done.
cli-power-confirm = This ends what runs on the machines. Type their number, { $count }, to go on:
cli-power-asked = Bulk { $bulk }: taken up for { $count }, refused for { $refused }.
cli-power-wait-over = The wait is over and { $count } have not come to their end. They go on; does “coldaisle serve” run?
search-rebuilt-kind = { $kind }: { $count }
search-rebuilt = The search index is made anew from { $count } records.
