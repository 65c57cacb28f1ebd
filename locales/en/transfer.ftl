# Import and export in a terminal.
transfer-no-path = { $path } can't be read: { $fault }. Name a CSV file, a workbook (.xlsx) or a folder with such files.
transfer-no-kind = “{ $kind }” is no kind of record. Kinds are: { $allowed }. A file is named after its kind, or say --kind.
transfer-kind-of-folder = { $path } is a folder; its files say by their names what they hold. Leave --kind out.
transfer-empty-folder = { $path } has no file named after a kind with .csv or .xlsx behind it. Kinds are: { $allowed }.
transfer-left-out = { $path } is left out: its name is no kind of record.
transfer-unreadable = The file can't be read: { $fault }
transfer-dry-run = Everything is right. Nothing was written; leave --dry-run out to write it.
transfer-more-faults = { $count ->
    [one] One more fault is not listed.
   *[other] { $count } more faults are not listed.
}
transfer-exported = { $path }: { $count ->
    [one] one row
   *[other] { $count } rows
}
transfer-checked = { $done } of { $count } rows checked
transfer-written = { $done } of { $count } rows written
