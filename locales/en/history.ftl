# Names of fields in the history of a record.
history-field-of = { $field ->
    [name] Name
    [row_name] Row
    [note] Note
    [units] Height (U)
    [starting_unit] First unit
    [numbering] Numbering
    [max_watts] Power limit (W)
    [max_weight_g] Weight limit (g)
    [contracted_watts] Contracted power (W)
    [ownership] Ownership
    [spot] Place on the floor
    [label] Label
    [kind] Kind
    [status] Status
    [colour] Colour
    [length_mm] Length (mm)
    [bundle] Bundle
    [a] End A
    [b] End B
    [side] Side
    [phases] Phases
    [volts] Volts
    [amps] Amps
    [max_percent] Usable part (%)
    [range] Range
    [purpose] Use
    [manufacturer] Manufacturer
    [model] Model
    [slug] Short name
    [height_units] Height (U)
    [full_depth] Full depth
    [half_width] Half width
    [subdevice_role] Chassis or blade
    [role] Role
    [airflow] Airflow
    [weight_kg] Weight (kg)
    [watts] Power (W)
    [part_number] Part number
    [passive] Without power
    [customer_visible] Shown to the customer
   *[other] { $field }
}
