## Sentences whose keys the client sends.

# What will be signed.
sign-commission = { $count ->
    [one] One new item: { $product } (GTIN { $gtin })
    *[other] { $count } new items: { $product } (GTIN { $gtin })
}
sign-comes-out = Comes out: { $amount } { $unit } ({ $code }) of { $batch }
sign-transform = { $way }
sign-use = Goes in: { $amount } { $unit } ({ $code }) of { $subject }
sign-use-item = Goes in and ends: { $subject }
sign-remains = Left afterwards: { $amount } { $unit } ({ $code }) of { $subject }
sign-loss = Lost: { $amount } { $unit } ({ $code })
warn-check-digit = The check digit of this container number should be { $expected }, it is { $found }. Compare it with the number on the container.
sign-commission-case = A new case: { $code }
sign-commission-sealed = { $count ->
    [one] It has a code under its seal, with which its buyer can activate it
    *[other] Each has a code under its seal, with which its buyer can activate it
}
sign-make-batch = A new batch: { $amount } of { $product }, { $code }
sign-make-run = { $count ->
    [one] A run of one item: { $product } (GTIN { $gtin })
    *[other] A run of { $count } items: { $product } (GTIN { $gtin })
}
sign-make-thing = A first record for { $code }
sign-name = Its name: { $name }
sign-pack = { $count ->
    [one] One piece goes into { $container }
    *[other] { $count } pieces go into { $container }
}
sign-unpack = { $count ->
    [one] One piece is taken out of { $container }
    *[other] { $count } pieces are taken out of { $container }
}
sign-offer = You hand over { $subject } to { $to }
sign-accept = You take over { $subject } from { $from }
sign-contents = { $count ->
    [0] Nothing is packed in it
    [one] With one piece packed in it
    *[other] With { $count } pieces packed in it
}
sign-expires = The offer holds until { $time }
sign-condition = Condition: { $condition }
sign-attest = Inspection of { $subject }: { $verdict }
sign-activity = { $activity }: { $subject }
sign-activity-many = { $count ->
    [one] { $activity }: one piece
    *[other] { $activity }: { $count } pieces
}
sign-subject = { $subject }
sign-more = { $count ->
    [one] and one more
    *[other] and { $count } more
}
sign-decline = You do not take over { $subject } from { $from }
sign-open = Open what { $author } wrote for authorities. Reason: { $reason }
sign-open-seen = That you opened it, and why, everyone can see from then on
sign-unreadable = Hold { $subject }: papers that it must carry for authorities cannot be read
sign-grant = Let { $to } read what { $author } wrote for named parties about:
sign-offer-code = You hand over { $subject } to whoever tells the pick-up code with the hash { $hash }
sign-pick-up = You hand out { $subject } to whoever told you its pick-up code
sign-left = { $count ->
    [one] You do not take one piece; it stays with the giver:
    *[other] You do not take { $count } pieces; they stay with the giver:
}
sign-offer-title = You offer ownership of { $subject } to { $to }
sign-take-title = You become the owner of { $subject }, from { $from }
sign-decline-title = You do not take ownership of { $subject } from { $from }
sign-pledge = You pledge { $subject } to { $to }
sign-pledge-many = { $count ->
    [one] You pledge one piece to { $to }
    *[other] You pledge { $count } pieces to { $to }
}
sign-release = You release your pledge on { $subject }
sign-release-many = { $count ->
    [one] You release your pledge on one piece
    *[other] You release your pledges on { $count } pieces
}
sign-associate = You bind { $subject } to { $parent }
sign-associate-many = { $count ->
    [one] You bind one piece to { $parent }
    *[other] You bind { $count } pieces to { $parent }
}
sign-dissociate = You take { $subject } off { $parent }
sign-dissociate-many = { $count ->
    [one] You take one piece off { $parent }
    *[other] You take { $count } pieces off { $parent }
}
sign-correct-did-not-occur = You correct your organisation’s record of { $time }: it did not happen
sign-correct-incorrect-data = You correct your organisation’s record of { $time }: what it says is wrong
sign-correct-right = Your organisation’s record of { $time } says it right:
sign-correct-recall = Buyers’ pages go by it no longer: whether they warn is what was recorded of the recall before
sign-terms = Price and terms, for those who handle money on both sides: “{ $terms }”
sign-place = Place: { $place }
sign-recall-public = Everyone can see this, buyers too: their page warns of a recall by whoever made the thing
sign-place-public = Whoever holds the label can see the place
sign-port = Known as: { $place }
sign-position = Its position goes along: { $position }
sign-note = Note: “{ $note }”
sign-measured = Measured: { $name } { $value } { $unit }
sign-seal-number = Seal number: { $number }
sign-reading = { $what }: { $value } { $unit }
sign-read-at = Read at { $time }
sign-counted = Counted: { $amount } { $unit } ({ $code }) of { $subject }
sign-evidence = { $count ->
    [one] One photo or file ({ $bytes })
    *[other] { $count } photos or files ({ $bytes })
}
sign-public = Whoever holds the label can see the note and the photos
sign-name-public = Whoever checks an item, and every member, can read the product’s name
sign-members-only = Only members of the network can see the note and the photos
sign-as = Signed with { $device } for { $member }

# What to know before signing, and on the first screen.
warn-clock-ahead = { $days ->
    [0] This device’s clock is { $minutes } minutes ahead. Correct it in the system settings; signing works all the same.
    [one] This device’s clock is a day ahead. Correct it in the system settings; signing works all the same.
    *[other] This device’s clock is { $days } days ahead. Correct it in the system settings; signing works all the same.
}
warn-clock-behind = { $days ->
    [0] This device’s clock is { $minutes } minutes behind. Correct it in the system settings; signing works all the same.
    [one] This device’s clock is a day behind. Correct it in the system settings; signing works all the same.
    *[other] This device’s clock is { $days } days behind. Correct it in the system settings; signing works all the same.
}
warn-checkpoint-old = What this device knows is from { $time }. Connect to the network to bring it up to date.
warn-enrolment-ends = This device’s enrolment ends on { $time }. Ask your administrator for a new invitation.
warn-offer-pending = The offer itself is not final yet. If it is refused, so is this acceptance.
warn-offer-ends = The offer ends on { $time }.
warn-not-inspected = Nobody has inspected this yet.
warn-failed-inspection = { $member } found this not in order.
warn-refused = { $count ->
    [one] One thing that you signed was refused. Look at it in the outbox.
    *[other] { $count } things that you signed were refused. Look at them in the outbox.
}
warn-sold-before = This was sold before: { $member } recorded an owner.
warn-activated-elsewhere = Its seal was opened far from where { $member } last saw it.
warn-impossible-journey = Seen { $km } km apart in too little time, by { $first } and { $second }: one of the two has a copy of the label.
warn-unbalanced = The amounts that { $member } recorded do not add up: what came out and what was lost is not what went in.
warn-no-ports = This app was built without the list of ports: { $place } is kept as a word, without a position.
warn-seal-differs = The last seal that was recorded here has the number { $number }. Compare it with the one you found.
warn-count-differs = By the records there are { $amount } { $unit } ({ $code }) of { $subject }. If you counted something else, choose “Count differs”.
warn-public = Photos and note will be visible to whoever holds the label, and cannot be hidden again.
warn-ends = It is out of use from then on: nothing more can be recorded about it, and this cannot be undone.
warn-correct = A correction undoes nothing: who has it, who owns it and where it lies stays as it is. If that is wrong, too, record what is right.
warn-corrected-before = This was corrected before. Both corrections stay; the newer one is shown beside it.
warn-pledged = This is pledged to { $bank }. It may travel; the pledge goes with it.
warn-pledge = Until the bank releases it, ownership stays with you and nothing comes out of it.
warn-held-by = { $holder } has it now. Ask for a hand-over when it is yours.

# What this device did.
did-commission = { $count ->
    [one] Made one item: { $product }
    *[other] Made { $count } items: { $product }
}
did-commission-case = Made case { $code }
did-pack = { $count ->
    [one] Packed one piece into { $container }
    *[other] Packed { $count } pieces into { $container }
}
did-unpack = { $count ->
    [one] Took one piece out of { $container }
    *[other] Took { $count } pieces out of { $container }
}
did-offer = Offered { $subject } to { $to }
did-offer-code = Offered { $subject } for a pick-up code
did-accept = Took over { $subject } ({ $condition })
did-accept-part = { $left ->
    [one] Took over { $subject } without one piece ({ $condition })
    *[other] Took over { $subject } without { $left } pieces ({ $condition })
}
did-decline = Declined { $subject }
did-commission-run = Made a run of { $count } items
did-transform = Made { $made } out of { $count }
did-correct = Corrected a record about { $subject }
did-draw = { $count ->
    [one] Began the record of one item of a run
    *[other] Began the records of { $count } items of a run
}
did-associate = { $count ->
    [one] Bound one piece to { $subject }
    *[other] Bound { $count } pieces to { $subject }
}
did-dissociate = { $count ->
    [one] Took one piece off { $subject }
    *[other] Took { $count } pieces off { $subject }
}
did-offer-title = Offered ownership of { $subject } to { $to }
did-take-title = Took ownership of { $subject }
did-decline-title = Declined ownership of { $subject }
did-pick-up = Handed out { $subject } for its pick-up code
did-activate = Recorded the first owner of { $subject }
did-resell = Recorded a resale of { $subject }
did-report = Reported on { $subject }
did-pledge = Pledged { $subject } to { $to }
did-pledge-many = { $count ->
    [one] Pledged one piece to { $to }
    *[other] Pledged { $count } pieces to { $to }
}
did-release = Released the pledge on { $subject }
did-release-many = { $count ->
    [one] Released the pledge on one piece
    *[other] Released the pledges on { $count } pieces
}
did-open = Opened a section that is for authorities
did-unreadable = Held { $subject } back: its papers cannot be read
did-grant = Opened a section to someone else
did-set-reader = Renewed a reader key
did-attest = Inspected { $subject }: { $verdict }
did-activity = { $activity }: { $subject }
did-activity-many = { $count ->
    [one] { $activity }: one piece
    *[other] { $activity }: { $count } pieces
}
did-enrol = Enrolled the device { $device }
did-revoke = Revoked the device { $device }
did-register-prefix = Registered the prefix { $prefix } for { $member }
did-set-policy = Signed a change of the network’s policy
did-admit-member = Signed the admission of { $member }
did-expel-member = Signed the expulsion of { $member }
did-set-validators = Signed a change of whose peers order
did-rotate-root = Renewed the firm’s root keys
did-set-guardians = Chose the firm’s guardians
did-recover = Signed new root keys for { $member }
did-object-recovery = Objected to new root keys

# Steps of a journey.
step-commissioned = Made and labelled
step-observed = { $activity }
step-packed = Packed into { $container }
step-filled = { $count ->
    [one] One piece packed in
    *[other] { $count } pieces packed in
}
step-unpacked = Taken out of { $container }
step-emptied = { $count ->
    [one] One piece taken out
    *[other] { $count } pieces taken out
}
step-offered = Offered to { $to }
step-offered-code = Offered for a pick-up code
step-accepted = Taken over: { $condition }
step-accepted-part = { $left ->
    [one] Taken over without one piece: { $condition }
    *[other] Taken over without { $left } pieces: { $condition }
}
step-left = Left with the giver
step-declined = Offer declined
step-used = Used to make other goods
step-made = Made of other goods
step-drawn = First used by itself
step-corrected = An earlier record was corrected: { $reason }
step-corrected-word = An earlier record was corrected: { $reason }
step-corrects = The record of { $time }:
step-corrective = Said right by the record of { $time }:
step-was-corrected = Corrected: { $reason }
step-was-corrected-word = Corrected: { $reason }
correct-reason-did_not_occur = it did not happen
correct-reason-incorrect_data = what it says is wrong
step-associated = { $count ->
    [one] Bound together with { $other }
    *[other] Bound together with { $other } and others, { $count } in all
}
step-dissociated = { $count ->
    [one] Parted from { $other }
    *[other] Parted from { $other } and others, { $count } in all
}
step-title-offered = Ownership offered to { $to }
step-title-taken = Ownership taken
step-title-declined = Ownership declined
step-picked-up = Picked up with a code
step-activated = Activated by its first owner
step-resold = Resold
step-reported = Reported on
step-pledged = Pledged to { $to }
step-released = Pledge released
step-decommissioned = Out of use: { $activity }
step-held = { $activity }
step-cleared = { $activity }
step-unreadable = Held back by an authority: its papers cannot be read
step-opened = Opened by an authority: { $reason }
step-opened-word = Opened by an authority: { $reason }
step-granted = Papers shown to { $to }
open-reason-clearance = clearing goods
open-reason-inspection = inspection
open-reason-risk_analysis = weighing a risk
open-reason-audit = audit
open-reason-complaint = a complaint
open-reason-court_order = order of a court
step-counted = Counted: { $amount } { $unit } ({ $code })
step-attested = Inspected: { $verdict }

role-admin = Administrator
role-peer = Peer
role-courier = Courier
role-qc = Quality control
role-warehouse = Warehouse
role-forwarder = Forwarder
role-customs-officer = Customs officer
role-bank-officer = Bank officer
role-regulator = Regulator
role-shop = Shop

class-manufacturer = Manufacturer
class-carrier = Carrier
class-delivery-point = Delivery point
class-warehouse = Warehouse
class-port = Port
class-forwarder = Forwarder
class-customs = Customs
class-quarantine = Quarantine
class-tax = Tax authority
class-bank = Bank
class-insurer = Insurer
class-regulator = Regulator
class-retailer = Retailer
class-recycler = Recycler
class-auditor = Auditor

condition-good = in good order
condition-shortage = something is missing
condition-damage = something is damaged
condition-seal-broken = the seal is broken

verdict-pass = in order
verdict-fail = not in order
verdict-conditional = in order under conditions

field-product = product
field-place = place
field-note = note
field-terms = terms
field-caption = caption
field-measured = measured value
field-seal = seal number

unit-kgm = kg
unit-grm = g
unit-tne = t
unit-ltr = l
unit-mlt = ml
unit-mtr = m
unit-mtk = m²
unit-mtq = m³
unit-h87 = pieces
unit-xbx = boxes
unit-xbg = bags
unit-xpx = pallets
unit-other = units
unit-cel = °C
unit-fah = °F
unit-kel = K
unit-p1 = %
unit-k40 = g
unit-msk = m/s²
unit-dd = °
unit-a97 = hPa
unit-kpa = kPa
unit-bar = bar
unit-lux = lx
unit-vlt = V

sensed-temperature = Temperature
sensed-relative-humidity = Relative humidity
sensed-acceleration = Shock
sensed-angle = Tilt (angle)
sensed-pressure = Pressure
sensed-illuminance = Light
sensed-mass = Weight
sensed-voltage = Voltage

way-split = Split
way-merge = Merge
way-process = Process
way-repack = Repack

# What is wrong with a row or event of a file.
row-not-utf8 = The row is not UTF-8 text. Save the table as “CSV UTF-8”.
row-cells = The row has more or fewer cells than the heading.
row-cell = A cell is not what its column was chosen for.
row-no-event = A field of the event is missing or wrong.
row-identifier = An identifier names nothing that has a history here.
row-prefix-unknown = No member has registered the prefix of this code.
row-prefix-pending = The registration of this code’s prefix is not final yet. Try again in a moment.
row-not-yours = This begins under another member’s prefix, which has to record it itself.
row-nothing-tracked = No item, batch, unit, asset or place is named.
row-too-early = The time is before 1970.
row-too-large = The event is larger than one block takes. Split it.
row-event-unknown = Your company has no record of what is declared wrong here.
row-in-itself = The parent is also named among its own children.
row-inputs-unknown = What went into this transformation stands in no event of this file, and your company has no record of it. Import the events with its inputs first, or together with this one.
row-both-sides = One thing is named among the inputs and among the outputs.
row-amounts = A batch is named more than once, and its amounts do not add up to one.
row-not-counted = Something that is no batch has an amount. Only batches are counted.
row-no-record = The ledger has no record for this.
