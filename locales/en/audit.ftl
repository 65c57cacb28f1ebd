# What the audit log says: who, which way, what.
audit-action-of = { $action ->
    [goods-draft] Wrote a goods pass
    [goods-submit] Handed in a goods pass
    [goods-approve] Released goods
    [goods-refuse] Refused goods
    [goods-cancel] Cancelled a goods pass
    [goods-finish] Checked goods at the door
    [hold-set] Held goods back
    [hold-lift] Lifted a hold
    [device-leave] Device left the building
    [device-arrive] Device came into the building
    [device-stock] Put a device in another place in stock
    [device-attachment_add] Added a photo or document
    [device-attachment_update] Changed what is said of a photo or document
    [device-attachment_archive] Archived a photo or document
    [device-attachment_restore] Brought back a photo or document
    [device-attachment_withdraw] No longer shows photos and documents to the customer, as the owner changed
    [rack-attachment_add] Added a photo or document
    [rack-attachment_update] Changed what is said of a photo or document
    [rack-attachment_archive] Archived a photo or document
    [rack-attachment_restore] Brought back a photo or document
    [address-create] Added an address
    [address-update] Changed an address
    [address-archive] Archived an address
    [address-restore] Brought back an address
    [address-assign] Assigned an address or a network
    [address-assignment_end] Set the end of an assignment of an address
    [prefix-create] Added a network
    [prefix-update] Changed a network
    [prefix-archive] Archived a network
    [prefix-restore] Brought back a network
    [range-create] Added a range of addresses
    [range-update] Changed a range of addresses
    [range-archive] Archived a range of addresses
    [range-restore] Brought back a range of addresses
    [view-create] Saved a view of a list
    [view-update] Changed a view of a list
    [view-remove] Removed a view of a list
    [vlan-create] Added a VLAN
    [vlan-update] Changed a VLAN
    [vlan-archive] Archived a VLAN
    [vlan-restore] Brought back a VLAN
    [vrf-create] Added a routing table
    [vrf-update] Changed a routing table
    [vrf-archive] Archived a routing table
    [vrf-restore] Brought back a routing table
    [cable-create] Added a cable
    [cable-update] Changed a cable
    [cable-archive] Archived a cable
    [cable-restore] Brought back a cable
    [allocation-create] Added an allocation
    [allocation-update] Changed an allocation
    [allocation-archive] Archived an allocation
    [allocation-restore] Brought back an allocation
    [allocation-port_add] Added a port to an allocation
    [allocation-port_end] Ended a port of an allocation
    [bmc-create] Recorded a BMC
    [bmc-update] Changed a BMC
    [bmc-certificate] Trusted a BMC's new certificate
    [bmc-remove] Removed a BMC
    [bmc-read] Asked for a reading of a machine
    [bmc-rotate] Asked for a new password of a BMC
    [bmc-rotated] Changed the password of a BMC
    [bmc-rotate_failed] Did not change the password of a BMC
    [bmc-rotate_unclear] Could not tell which password a BMC has
    [bmc-rotate_settle] Settled which password a BMC has
    [console-close] Ended a console
    [console-evict] Threw another session out of a console
    [console-grant] Opened or closed a console to the customer
    [console-open] Sat down at a console
    [console-replay] Replayed a console
    [console-take_over] Took over a console
    [console-watch] Watched a console
    [contact-create] Added a contact
    [contact-update] Changed a contact
    [contact-archive] Archived a contact
    [customer-create] Added a customer
    [customer-update] Changed a customer
    [customer-archive] Archived a customer
    [customer-restore] Brought back a customer
    [device-create] Added a device
    [device-update] Changed a device
    [device-move] Moved a device
    [device-move_back] Took a move back
    [device-take_back] Took the last change of a device back
    [device-archive] Archived a device
    [device-restore] Brought back a device
    [device-lock] Locked a device
    [device-set_aside] Set a difference of a device aside
    [device-bring_back] Brought back a difference of a device
    [device-component_add] Put a part into a device
    [device-component_remove] Took a part out of a device
    [device-component_replace] Replaced a part of a device
    [device-component_update] Corrected a part of a device
    [device-port_archive] Archived a port of a device
    [device-port_create] Added a port to a device
    [device-port_restore] Brought back a port of a device
    [device-port_update] Changed a port of a device
    [device-ports_from_type] Took over the ports of the type
    [device-unlock] Unlocked a device
    [device_type-create] Added a device type
    [device_type-update] Changed a device type
    [device_type-archive] Archived a device type
    [device_type-restore] Brought back a device type
    [device_type-ports] Changed the ports of a device type
    [panel-create] Added a panel
    [panel-update] Changed a panel
    [panel-archive] Archived a panel
    [panel-restore] Brought back a panel
    [feed-create] Added a power feed
    [feed-update] Changed a power feed
    [feed-archive] Archived a power feed
    [feed-restore] Brought back a power feed
    [key-rotate] Changed the key of secrets
    [outbox-revive] Took up a delivery again
    [outlet-map] Said what an outlet feeds
    [pdu-update] Connected a PDU to a feed
    [person-create] Added a person
    [person-update] Changed a person
    [person-reveal] Read an identity number
    [person-block] Blocked a person
    [person-unblock] Lifted a block
    [person-agree] Noted an agreement
    [person-disagree] Noted that an agreement was taken back
    [person-merge] Merged two records of a person
    [notice-create] Wrote an edition of a notice
    [notice-withdraw] Withdrew an edition of a notice
    [privacy-retention] Took out names and numbers that were no longer needed
    [privacy-hold] Placed a legal hold
    [privacy-unhold] Lifted a legal hold
    [visit-turned_away] Turned away someone who is blocked
    [port-expect] Said which ports to expect
    [port-speed] Set the speed of a port
    [port-uplink] Said whether a port is an uplink
    [power-request] Asked for a power action
    [power-approve] Approved a power action
    [power-cancel] Took back a power action
    [power-refuse] Refused a power action
    [power-finish] Ended a power action
    [power-bulk] Asked for a power action on several machines
    [power-bulk-stop] Took back the rest of a bulk action
    [power-schedule-create] Added a power schedule
    [power-schedule-update] Changed a power schedule
    [power-schedule-pause] Paused a power schedule
    [power-schedule-resume] Let a power schedule run again
    [power-schedule-archive] Archived a power schedule
    [power-schedule-restore] Brought back a power schedule
    [rack-create] Added a rack
    [rack-update] Changed a rack
    [rack-settle] Moved a rack on the floor
    [rack-archive] Archived a rack
    [rack-restore] Brought back a rack
    [reservation-create] Reserved units of a rack
    [reservation-update] Changed a reservation
    [reservation-archive] Ended a reservation
    [reservation-restore] Brought back a reservation
    [report-make] Made a month report
    [room-create] Added a room
    [room-update] Changed a room
    [room-archive] Archived a room
    [room-restore] Brought back a room
    [site-create] Added a site
    [site-update] Changed a site
    [site-archive] Archived a site
    [site-restore] Brought back a site
    [session-login] Signed in
    [session-end] Signed out
    [session-wrong_password] Wrong password
    [target-create] Added a target
    [target-update] Changed a target
    [target-poll_now] Asked for a reading now
    [target-meter] Began or ended the metering of ports
    [target-take_over] Changed which new ports are metered
    [token-create] Made an API token
    [token-revoke] Ended an API token
    [user-create] Added a user
    [user-update] Changed a user
    [user-disable] Locked out a user
    [user-enable] Let a user in again
    [user-link] Made a one-time link
    [user-locked] Locked after wrong passwords
    [user-password] Changed a password
    [user-preferences] Changed own preferences
    [shift-note] Wrote into the shift book
    [area-create] Added an area
    [area-update] Changed an area
    [area-archive] Archived an area
    [area-restore] Brought back an area
    [approval_rule-create] Added a rule that approves visits
    [approval_rule-update] Changed a rule that approves visits
    [approval_rule-archive] Archived a rule that approves visits
    [approval_rule-restore] Brought back a rule that approves visits
    [standing_permission-create] Gave a standing permission
    [standing_permission-update] Changed a standing permission
    [standing_permission-archive] Took back a standing permission
    [standing_permission-restore] Gave a standing permission again
    [visit-override] Set a rule at the door aside
    [visit-step_out] Stepped out
    [visit-step_in] Stepped in again
    [visit-announce] Announced a visit
    [visit-walk_in] Took in a walk-in
    [visit-approve] Approved a visit
    [visit-refuse] Refused a visit
    [visit-cancel] Cancelled a visit
    [visit-check_in] Checked in
    [visit-check_out] Checked out
    [visit-close] Closed a visit
    [visit-correct] Corrected a visit
    [visit-no_show] Did not come
    [visit-own] Came in for own work
    [visit-badge] Handed out a badge
    [visit-badge_return] Took back a badge
    [loan_item-create] Added a badge, locker or key
    [loan_item-update] Changed a badge, locker or key
    [loan_item-archive] Took a badge, locker or key out of use
    [loan_item-restore] Brought a badge, locker or key back into use
    [loan_item-lost] Reported a badge, locker or key as lost
    [loan_item-found] Found a lost badge, locker or key
    [loan-out] Handed out a badge, locker or key
    [loan-back] Took back a badge, locker or key
    [loan-missing] Noted that a badge, locker or key did not come back
    [visit-evidence] Handed out evidence of visits
    [door-create] Added a door
    [door-update] Changed a door
    [door-archive] Archived a door
    [door-restore] Brought back a door
    [door-receive] Took in badges at doors
    [period-close] Closed a billing period
    [period-correct] Corrected a closed period
    [event-ack] Took note of an event
    [rule-create] Added a rule for events
    [rule-update] Changed a rule for events
    [channel-create] Added a notice channel
    [channel-update] Changed a notice channel
    [channel-archive] Archived a notice channel
    [channel-restore] Brought a notice channel back
    [channel-test] Tested a notice channel
   *[other] { $action }
}
audit-author-of = { $name ->
    [terminal] Terminal of the server
    [power] Power executor
    [consoles] Consoles
    [demo] Demo
    [privacy] Retention of personal data
    [month_report] Month reports
    [period_closer] Closing of periods
    [one_time_link] One-time link
    [first_set_up] First set-up
   *[other] { $name }
}
audit-way-of = { $way ->
    [web] page
    [api] API
    [cli] terminal
    [task] program
   *[other] { $way }
}
