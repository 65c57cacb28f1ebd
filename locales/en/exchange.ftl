# Import and export.
import-title = Import and export
import-lead = CSV files with the same columns both ways. Rows are found by their names, so a second import updates instead of doubling. All rows go in, or none.
import-kind = What it holds
import-choose = choose…
import-file = CSV file
import-file-help = UTF-8 or GB18030; commas, semicolons or tabs; the first line names the columns.
import-dry-run = Only check
import-dry-run-help = Says what would happen and writes nothing.
import-submit = Send the file
import-no-file = Choose a file.
import-columns-title = Kinds and their columns
import-export = Export { $kind }
import-written = Imported.
import-would = Everything is right. Nothing was written; send it again without “only check”.
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
import-not-text = The file is not text in UTF-8 or GB18030. Save it as CSV, not as a workbook.
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
kind-power-feeds = Power feeds
kind-pdus = Feeds of PDUs
kind-outlets = Outlets
kind-bmc-endpoints = BMC endpoints
kind-snmp-targets = SNMP targets
kind-allocations = Bandwidth allocations
kind-allocation-ports = Ports of allocations
