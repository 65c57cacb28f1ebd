# Import and export.
import-title = Import and export
import-lead = CSV files and Excel workbooks with the same columns both ways. Rows are found by their names, so a second import updates instead of doubling. All rows go in, or none.
import-kind = What it holds
import-choose = choose…
import-kind-help = A file of NetBox is known by its columns.
import-netbox = CSV export of NetBox
import-file = CSV file or workbook
import-file-help = CSV in UTF-8 or GB18030 with commas, semicolons or tabs, or .xlsx; the first line names the columns.
import-dry-run = Only check
import-dry-run-help = Says what would happen and writes nothing.
import-submit = Send the file
import-no-file = Choose a file.
import-columns-title = Kinds and their columns
import-export = Export { $kind }
import-written = Imported.
import-counts = { $created } new, { $updated } changed, { $unchanged } as before
import-faults = { $count ->
    [one] One fault. Nothing was written.
   *[other] { $count } faults. Nothing was written.
}
import-faults-caption = What is wrong, and where
import-line = Line
import-column = Column
import-value = Value
import-fault = Fault
import-not-text = The file is neither text in UTF-8 or GB18030 nor a workbook (.xlsx). Save it as one of them; .xls is too old.
import-empty = The file is empty; the first line must name the columns.
import-unknown-column = There is no such column. Columns of this kind: { $allowed }.
import-column-twice = This column is there twice.
import-cell-count = The header has { $wanted } columns, this row has { $found }.
import-broken-row = This row can't be read; look for a quotation mark that is not closed.
import-too-many-rows = More than { $max } rows; split the file.
import-rolled-back = Nothing was written.
kind-sites = Sites
kind-rooms = Rooms
kind-customers = Customers
kind-contacts = Contacts
kind-racks = Racks
kind-rack-reservations = Reserved and rented units
kind-device-types = Device types
kind-devices = Devices
kind-cables = Cables
kind-power-panels = Panels
kind-power-feeds = Power feeds
kind-pdus = Feeds of PDUs
kind-outlets = Outlets
kind-bmc-endpoints = BMC endpoints
kind-snmp-targets = SNMP targets
kind-vrfs = Routing tables
kind-vlans = VLANs
kind-prefixes = Networks
kind-ip-ranges = Ranges of addresses
kind-addresses = Addresses
kind-address-assignments = Assignments of addresses
kind-allocations = Bandwidth allocations
kind-allocation-ports = Ports of allocations
import-check = Check the file
import-check-help = Nothing is written yet: you see first what would be different.
import-preview-title = Check of an import
import-progress = Import
import-stage-read = The file is being read.
import-stage-check = Rows are being checked.
import-stage-write = Rows are being written.
import-rows-of = { $done } of { $count } rows
import-reload = Load again
import-seen = Everything is right. Nothing is written yet.
import-is-other = Nothing was written: records that this file means were changed since it was checked, so it would do something else. Below is what it would do now.
import-write = Import exactly this file
import-write-help = The file is kept for an hour, for you alone. All rows go in, or none.
import-again = Choose another file
import-next = Next file
import-not-ready = This file can't be imported now: it is being worked on, was imported already, or has faults.
import-too-many = At most { $max } imports of a person run at a time. Wait until one of them is done.
import-differences = What changes
import-record = Record
import-before = Before
import-after = After
import-difference-hidden = Something that an export doesn't show: a password, or the record comes back from the archive.
import-more-differences = { $count ->
    [one] One more record changes.
   *[other] { $count } more records change.
}
import-notes = Not taken over as it stands
import-more-notes = { $count ->
    [one] One more note is not shown.
   *[other] { $count } more notes are not shown.
}
import-workbook-broken = The workbook can't be read: it is damaged, has a password, or is no .xlsx. Open it and save it again as .xlsx, or save the sheet as CSV.
import-workbook-bomb = The workbook is too large: at most 200,000 rows, 200 columns, 4,000,000 cells, 1,000 sheets, 256 KiB in a cell and 256 MiB unpacked. Split it.
import-workbook-sheet = The workbook has several sheets and none is called “{ $wanted }”. It has: { $found }. Rename the sheet, or leave only one.
import-too-many-columns = More than { $max } columns, at { $cell }. Delete the columns that are not needed.
import-cell-error = Cell { $cell } holds an error of the workbook. Mend the formula, or write the value.
import-digits-lost = A workbook keeps 15 digits of a number; the last ones here are wrong. Format the column as text and enter the value again.
import-scientific = A spreadsheet has made this of a long number, and its digits are lost. Format the column as text and enter the value again.
import-zeros-lost = On record is “{ $recorded }”: a spreadsheet has taken away the zeros in front. Format the column as text and write them again; if the zeros are wrong, correct the record on its page.
import-number-cell = The cell holds a number, so zeros in front are lost if there were any. Format the column as text and enter the value as it is on the label.
netbox-unknown = These are not the columns of a NetBox export of sites, racks, device types, devices, interfaces, prefixes or IP addresses. Export “All data (CSV)”, or say what the file holds.
netbox-no-port = { $device } has no port { $port } on record; the cable is left out. Import the ports first.
netbox-column-left = { $count ->
    [one] There is no place for this column; one value is left out.
   *[other] There is no place for this column; { $count } values are left out.
}
netbox-value-left = This value is not understood here and is left out.
netbox-value-as = Read as “{ $ours }”.
netbox-default-zone = No time zone: taken as { $zone }.
netbox-default-room = No location: the rack is put in room “{ $room }”.
netbox-default-units = No height: taken as { $units } U.
netbox-default-role = NetBox does not say what a type does: taken as “{ $role }”. Correct it on the page of the type.
netbox-default-from = NetBox does not say since when: taken as { $from }.
netbox-slug-made = No slug: made “{ $slug }”.
netbox-customer-made = The tenant becomes customer { $code }.
netbox-no-customer = There is no customer of this name, and no code can be made of it; the owner is left out. Create the customer with this name first, then import again.
netbox-tenant-left = A tenant here is not taken over; who has an address is told by its device.
netbox-vrf-made = Routing table “{ $name }” is created.
netbox-vlan-made = VLAN { $number } is created.
netbox-no-name = A device without a name can't be kept; the row is left out. Name it in NetBox.
netbox-no-device = There is no device of this name; that it has the address is left out. Import devices first.
