# Customers and contacts.
customers-title = Customers
customers-kind = Customer
customers-new = New customer
customers-edit = Edit { $name }
customers-edit-short = Edit
customers-created = Customer { $code } is added.
customers-empty = No customers yet
customers-empty-text = A customer is an organisation whose machines stand here. Add the first one, or import a CSV file.
customers-archived = archived
customers-code = Code
customers-code-help = Short and unique; letters, digits, - and _. Used in imports and addresses.
customers-name = Registered name
customers-phone = Telephone
customers-email = Mail address
customers-address = Address
customers-licence = Business licence number
customers-representative = Legal representative
customers-locale = Language of mails
customers-note = Note
customers-facts = Facts
customers-belongings = What belongs to it
customers-devices = Servers and other devices
customers-allocations = Bandwidth allocations
customers-visits = Visits
customers-archive-short = Archive
customers-restore-short = Bring back
contacts-title = Contacts
contacts-new = New contact of { $customer }
contacts-new-short = Add a contact
contacts-edit = Edit a contact of { $customer }
contacts-archive = Remove the contact
contacts-name = Name
contacts-job = Position
contacts-rights = Rights
contacts-announces = announces visits
contacts-noticed = gets notices
contacts-may-announce = May announce visits
contacts-receives-notices = Gets notices by mail
contacts-empty = No contacts yet. Visits are announced to a contact, and notices go to them.
fault-code-letters = Letters, digits, - and _ only.
fault-code-taken = { $name } already has this code.
fault-no-such-customer = There is no customer with the code { $code }.
fault-customer-has-devices = { $count ->
    [one] One machine of this customer is still here. Remove it or give it another owner first.
   *[other] { $count } machines of this customer are still here. Remove them or give them another owner first.
}
