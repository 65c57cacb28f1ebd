# Mails to people.
mail-greeting = Hello { $name },
mail-footer =
    -- 
    This mail was written by Coldaisle, the management system of the machine room. Nobody reads answers to it.
mail-page = Page: { $value }
mail-list-comma = {", "}
mail-visit-subject = Visit to { $site } on { $from }: your pass
mail-visit-first = A visit for { $customer } is announced. Please show this pass code at the door.
mail-visit-window = { $from } to { $until } ({ $offset })
mail-visit-code = Pass code: { $value }
mail-visit-when = Time: { $value }
mail-visit-site = Site: { $value }
mail-visit-address = Address: { $value }
mail-visit-visitors = Visitors: { $value }
mail-visit-purpose = Purpose: { $value }
mail-visit-purpose-word = { $purpose ->
    [install] install or remove machines
    [repair] repair
    [inspection] inspection
    [delivery] delivery or pick-up
    [audit] audit
    [tour] tour
    [other] other
   *[words] { $purpose }
}
mail-visit-bring = Please bring the identity document of every visitor. Goods that go in or out are recorded at the door. Come within the time above; before or after it the door needs a new announcement.
mail-visit-number = Visit: { $value }
mail-visit-reason = Reason: { $value }
mail-visit-off-subject = Visit to { $site } on { $from }: { $outcome ->
    [refused] declined
   *[other] cancelled
}
mail-visit-off-first = { $outcome ->
    [refused] The visit for { $customer } was declined. Its pass is no longer valid.
   *[other] The visit for { $customer } was cancelled. Its pass is no longer valid.
}
mail-power-action-word = { $action ->
    [on] power on
    [off] power off
    [soft_off] shut down
    [cycle] power cycle
   *[reset] reset
}
mail-power-outcome-word = { $outcome ->
    [succeeded] done, and seen on the machine
    [timed_out] not seen on the machine in time
    [refused] refused, nothing was done
    [cancelled] cancelled, nothing was done
   *[failed] failed
}
mail-power-subject = { $device }: { $action ->
    [on] power on
    [off] power off
    [soft_off] shut down
    [cycle] power cycle
   *[reset] reset
} { $outcome ->
    [succeeded] done
    [timed_out] timed out
    [refused] refused
    [cancelled] cancelled
   *[failed] failed
}
mail-power-first = The power action you asked for has ended.
mail-power-device = Machine: { $value }
mail-power-position = Position: { $value }
mail-power-action = Action: { $value }
mail-power-outcome = Outcome: { $value }
mail-power-detail = Observed: { $value }
mail-power-asked = Asked for: { $value }
mail-power-ended = Ended: { $value }
mail-power-instant = { $at } ({ $offset })
fault-mail-server = The mail server did not take the mail; it stays in the outbox and is tried again.
mail-report-subject = Traffic report { $month } of { $customer }{ $state ->
    [final] {""}
   *[open] {" "}(provisional)
}
mail-report-first = Here is the traffic report of { $customer } for { $month }, as a PDF. Billing periods in it: { $periods }.
mail-report-open = It is provisional: not all billing periods in it are closed, and figures may still change. Another edition follows once they are.
mail-report-again = This is edition { $edition } of the month; it replaces the ones before.
mail-report-sha256 = SHA-256 of the file: { $value }
