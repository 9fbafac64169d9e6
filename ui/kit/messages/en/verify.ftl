## The one word.

verify-word-verified = Verified
verify-word-issuer-unknown = Recorded, issuer unknown
verify-word-warning = Warning
verify-word-could-not-check = Could not check
verify-word-no-record = No record
verify-word-asking = Checking…

## The one sentence: why it is this word.

verify-why-asking = Two members of the network are asked for the record, and this browser checks every signature in it itself.
verify-why-confirmed = { $count } members of the network show the same record, made by { $issuer }, and everything in it holds.
verify-why-issuer-unknown = The record holds, but the network does not recognise its maker for this code.
verify-why-network-changed = This address used to speak for another network ({ $before }…) than it does now ({ $now }…). Unless you know why, trust nothing that it shows.
verify-why-broken = The record that { $at } sent does not hold. Do not rely on it; check at another member’s below.
verify-why-two-histories = { $first } and { $second } show two different histories of the network at checkpoint { $height }. One of them is false.
verify-why-other-than-before = At checkpoint { $height }, { $at } shows another history of the network than this browser saw before. One of them is false.
verify-why-older = Members' peers show an older state of the network than this browser saw before, at checkpoint { $height }. Check again in a moment.
verify-why-left-out = { $by } leaves out record { $record }…, which { $shownby } shows and which is in the ledger.
verify-why-denied = { $shownby } shows a record that holds, but { $by } says that there is none.
verify-why-recalled = The record holds, and { $issuer }, who made it, calls the item back. Do not use it; ask there what to do.
verify-why-ended = The record holds, and it says that the item was taken out of use or used up. Whatever carries its label now should not.
verify-why-sold-before = The record holds, and it says that somebody activated this item: it has an owner. If that is not you, it was sold before, or its label is a copy.
verify-why-activated-elsewhere = The record holds, and it says that the seal of this item was opened while the item was somewhere else. The label may be a copy.
verify-why-impossible-journey = The record holds, and it says that the item was at two places between which nothing travels that fast. One of the two carries a copy of the label.
verify-trace-records = Shown by the records { $first }… { $second }
verify-why-held = The record holds, and it says that an authority holds the item back. It should not have moved since.
verify-why-inspection-failed = The record holds, and it says that the item failed its newest inspection.
verify-why-seal-broken = The record holds, and it says that the seal was broken at the newest hand-over.
verify-why-only-one = The record of { $at } holds, but no second member answered who could confirm that nothing newer exists.
verify-why-only-one-denies = { $at } knows no such code, but no second member answered who could confirm that.
verify-why-silent-may-know = { $count } members of the network know no such code, but { $silent } gave no answer. Of an item of a run, the maker alone may know.
verify-why-nobody = No member of the network answered. This says nothing about the goods, good or bad.
verify-why-unknown = { $count } members of the network show that no such code is recorded. A mistyped or copied label looks like this.
verify-why-not-a-code = The address of this page holds no valid code. { $problem }
verify-why-no-network = This page's own host does not say which network it speaks for, so nothing can be checked.

## What is wrong with a code.

verify-code-empty = There is none in it.
verify-code-check-digit = The check digit is { $found }, and { $expected } would be right. Somebody mistyped or invented it.
verify-code-length = The element ({ $identifier }) cannot have { $found } characters.
verify-code-product-only = It names a kind of product; the serial number is missing.
verify-code-other = It does not follow GS1.

## What is wrong with a record that does not hold.

verify-problem-malformed = It cannot be read: it was damaged on the way or altered ({ $detail }).
verify-problem-wrong-network = It is from another network than this address speaks for.
verify-problem-other-code = It is the record of another code.
verify-problem-checkpoint = The network's checkpoint under it is not signed as it must be ({ $detail }).
verify-problem-roster = How members and orderers changed since the beginning is not signed as it must be ({ $detail }).
verify-problem-altered-statement = The block at place { $place } of the log was altered: it cannot be read any more.
verify-problem-bad-signature = Block { $block }… was altered, or somebody else signed it: the signature is not that of device { $device }…
verify-problem-not-in-log = Block { $block }… is not at place { $place } of the network's log.
verify-problem-entry-order = The block at place { $place } of the log is there twice or out of order.
verify-problem-altered-record = Record { $record }… was altered: the block that it is said to be in does not hold it.
verify-problem-stranger-signature = Block { $block }… is signed by a stranger: no member enrolled device { $device }…
verify-problem-revoked-device = Block { $block }… is signed by device { $device }…, which its member had given up.
verify-problem-not-permitted = Record { $record }… was written by a device whose role may not write it.
verify-problem-missing-record = Record { $cite }… was left out: record { $citedby }… builds on it.
verify-problem-state = What it says of the state is not what the checkpoint under it commits to.
verify-problem-left-out = Record { $record }… was left out.
verify-problem-not-applied = Record { $record }… is shown, and the ledger did not accept it.
verify-problem-other-state = What it shows does not come to what the checkpoint under it says.
verify-problem-prefix-not-registered = { $have } members registered the prefix of the code, { $need } are needed.
verify-problem-not-commissioned = Nothing in it records the code for the first time.
verify-problem-against-rules = Record { $record }… breaks a rule of the ledger ({ $rule }).
verify-problem-custody-unknown = Record { $record }… packs the item into a container, and who held that was left out.
verify-problem-altered-section = What the label opens of record { $record }… was altered.
verify-problem-not-recognised-member = Record { $record }… names a member that the network does not have.
verify-problem-other = Something in it does not hold ({ $detail }).

## As of when, by how many.

verify-as-of = As of { $time }, checkpoint { $height }
verify-final = Final: signed by { $have } of { $all } validators, { $age }
verify-age-now = less than a minute ago
verify-age-minutes = { $count ->
    [one] a minute ago
    *[other] { $count } minutes ago
}
verify-age-hours = { $count ->
    [one] an hour ago
    *[other] { $count } hours ago
}
verify-age-days = { $count ->
    [one] a day ago
    *[other] { $count } days ago
}
verify-peers-line = { $unasked ->
    [0] { $agreeing } of { $known } members' peers agree
    *[other] { $agreeing } of { $known } members' peers agree, { $unasked } not asked
}
verify-kept = When this browser last checked, { $agreeing } members showed the same record. Below is what it knew then.
verify-kept-when = Last checked { $time }

## Checks.

verify-checks = What was checked
verify-check-recorded = Recorded by members
verify-check-recorded-holds = { $count } members' peers show the same record, and the network's signature on it holds.
verify-check-recorded-alone = Only one member's peer shows it.
verify-check-recorded-conflict = Members' peers contradict each other.
verify-check-recorded-none = No member's peer shows it.
verify-check-maker = Made by a recognised member
verify-check-maker-holds = The network recognises { $issuer } for codes like this.
verify-check-maker-unknown = The network does not recognise the maker for this code.
verify-check-maker-none = Not known without a record that holds.
verify-check-whole = Not altered
verify-check-whole-holds = All signatures and links of the record hold.
verify-check-whole-broken = Something in the record does not hold.
verify-check-whole-none = Not known without a record.
verify-state-holds = Holds
verify-state-fails = Does not hold
verify-state-unknown = Not known
verify-count-checkpoint = Validators' signatures on the checkpoint
verify-count-log = Places in the log
verify-count-signatures = Signatures and records
verify-count-enrolment = Devices enrolled by their member
verify-count-prefix = Registrations of the code's prefix and its first record
verify-count-whole = Records of which none is left out
verify-count-cites = Links to earlier records
verify-count-custody = Hand-overs signed by both sides
verify-count-sections = Parts that only the label opens
verify-answer-proof = shows a record that holds, as of checkpoint { $height }
verify-answer-broken = sent a record that does not hold. { $problem }
verify-answer-no-record = shows that the ledger has no such code
verify-answer-silent = gave no answer: { $reason }
verify-silent-unreachable = it cannot be reached
verify-silent-timed-out = it took too long
verify-silent-busy = it is busy; try again in a minute
verify-silent-status = it answered with an error
verify-silent-too-large = it sent more than a record can be

## Journey.

verify-journey-from = As { $name } shows it, whose record holds.
verify-journey = Journey
verify-through-container = While inside container { $number }
verify-step-commissioned = Recorded for the first time
verify-step-packed = Packed
verify-step-unpacked = Unpacked
verify-party-consumer = a consumer
verify-party-bearer = whoever shows the pick-up code
verify-step-offered = Offered to { $to }
verify-step-accepted = Taken over, { $condition }
verify-step-declined = Offer declined
verify-step-made = Made of other goods
verify-step-used = Used to make other goods
verify-step-drawn = First used by itself; before this it was one of a run of { $count }
verify-step-corrected = An earlier record was corrected
verify-corrected = Corrected later by the same member
verify-absent = What the label opened here is not kept any more, or was not sent. The record itself holds.
verify-in-run = One of { $count } items that were recorded together. Nothing has been recorded about this item alone.
verify-step-decommissioned = Taken out of use
verify-step-associated = Put together with something else
verify-step-dissociated = Taken apart from something else
verify-step-title-taken = Ownership taken over
verify-step-title-declined = Ownership declined
verify-step-picked-up = Picked up with a one-time code
verify-step-activated = Activated: somebody became its first owner
verify-step-resold = Resold by its owner
verify-step-reported = Something was reported about it
verify-step-pledged = Pledged to a bank
verify-step-released = Released by the bank
verify-step-title-offered = Ownership offered to { $to }
verify-step-held = Held back by an authority
verify-step-cleared = Cleared by the authority
verify-step-unreadable = Held back by an authority: its papers cannot be read
verify-step-inspected-pass = Inspected: passed
verify-step-inspected-fail = Inspected: failed
verify-step-inspected-conditional = Inspected: passed with conditions
verify-cbv-accepting = Accepted
verify-cbv-arriving = Arrived
verify-cbv-departing = Departed
verify-cbv-inspecting = Inspected
verify-cbv-loading = Loaded
verify-cbv-unloading = Unloaded
verify-cbv-packing = Packed
verify-cbv-receiving = Received
verify-cbv-repairing = Repaired
verify-cbv-retail-selling = Sold
verify-cbv-shipping = Shipped
verify-cbv-storing = Stored
verify-cbv-transporting = On the way
verify-cbv-stocking = Put on the shelf
verify-cbv-assembling = Assembled
verify-cbv-collecting = Collected
verify-cbv-commissioning = Put into use
verify-cbv-consigning = Consigned
verify-cbv-creating-class-instance = Quantity made
verify-cbv-cycle-counting = Counted
verify-cbv-decommissioning = Taken out of use
verify-cbv-destroying = Destroyed
verify-cbv-disassembling = Taken apart
verify-cbv-dispensing = Given out
verify-cbv-encoding = Labelled
verify-cbv-entering-exiting = Passed a gate or border
verify-cbv-holding = Held
verify-cbv-installing = Part fitted
verify-cbv-killing = Tag ended
verify-cbv-other = Other work
verify-cbv-picking = Picked for an order
verify-cbv-removing = Taken off sale
verify-cbv-repackaging = Repackaged
verify-cbv-replacing = Part replaced
verify-cbv-reserving = Reserved
verify-cbv-sampling = Sampled
verify-cbv-sensor-reporting = Sensor read
verify-cbv-staging-outbound = Staged for shipping
verify-cbv-stock-taking = Counted at stock-taking
verify-cbv-unpacking = Unpacked
verify-cbv-void-shipping = Shipment cancelled
verify-condition-good = in good condition
verify-condition-shortage = something was missing
verify-condition-damage = damaged
verify-condition-seal-broken = seal broken
verify-place = Place: { $place }

## What is not final, and what was refused.

verify-standing = { $count ->
    [one] One record that is not part of this
    *[other] { $count } records that are not part of this
}
verify-standing-host = { $host } says so. It is not final, and nothing here is checked.
verify-standing-pending = Not final yet: signed, and in no checkpoint.
verify-standing-refused = Refused by the ledger, because { $why }.
verify-refused-rule = it breaks a rule ({ $code })
verify-refused-not-holder = whoever signed it did not have the item
verify-refused-not-owner = whoever signed it did not own the item
verify-refused-held = an authority holds the item
verify-refused-offer-used = the offer had been answered before
verify-refused-offer-expired = the offer had ended
verify-refused-no-such-offer = there was no such offer
verify-refused-not-addressee = the offer was for somebody else
verify-refused-stale-custody = the item had changed hands before
verify-refused-stale-title = the item had changed owners before
verify-refused-already-commissioned = the item had been recorded before
verify-refused-decommissioned = the item was out of use
verify-refused-already-activated = the seal had been opened before
verify-refused-inside-container = the item was packed in something
verify-refused-not-permitted = this device may not write such a record
verify-refused-forked-feed = the device contradicted itself
verify-refused-device-revoked = the device had been given up
verify-refused-pledged = the item was pledged to a bank
verify-kind-commission = Recorded for the first time
verify-kind-observe = Seen
verify-kind-pack = Packed
verify-kind-unpack = Unpacked
verify-kind-transform = Made into other goods, or of them
verify-kind-associate = Put together with something else
verify-kind-dissociate = Taken apart from something else
verify-kind-decommission = Taken out of use
verify-kind-correct = A correction
verify-kind-offer = Offered to somebody
verify-kind-accept = Taken over
verify-kind-decline = Offer declined
verify-kind-draw = First used by itself
verify-kind-attest = Inspected
verify-kind-activate = Activated by a first owner
verify-kind-resell = Resold by its owner
verify-kind-report = Something reported
verify-kind-pledge = Pledged to a bank
verify-kind-release = Released by a bank
verify-kind-hold = Held by an authority
verify-kind-clear = Cleared by an authority
verify-kind-unreadable = Held: papers that cannot be read
verify-kind-commission-run = Recorded for the first time
verify-kind-offer-title = Ownership offered
verify-kind-take-title = Ownership taken over
verify-kind-decline-title = Ownership declined
verify-kind-pick-up = Picked up with a one-time code

## Photos.

verify-photo-show = Show photo ({ $size })
verify-photo-alt = Photo from the record
verify-photo-loading = Fetching the photo…
verify-photo-matches = The photo is exactly the one that was signed.
verify-photo-silent = The photo could not be fetched: { $reason }.
verify-photo-not-there = No member that answered has this photo at hand.
verify-photo-not-the-one = What was sent is not the photo that was signed, so it is not shown.
verify-photo-not-shown = A file of type { $kind }, { $size }; this page does not open it.

## The owner.

verify-owner = The owner
verify-owner-sealed = Bought it? Open the seal and type the code that lies under it. From then on you are its recorded owner, and nobody can activate it a second time. Your name is asked nowhere.
verify-owner-seal-code = Code under the seal
verify-owner-seal-hint = 27 letters and digits, in three groups
verify-owner-activate = Make me the owner
verify-owner-sent = Sent. Looking for it in the ledger…
verify-owner-not-final = Sent, and not final yet. Reload this page later: it shows then what you signed.
verify-owner-mine = You are the recorded owner
verify-owner-mine-text = The key that says so is kept in this browser.
verify-owner-keep = Keep a copy of your key
verify-owner-keep-text = Write these characters down or keep them in a safe place. Whoever has them can give the item away; without them, and without this browser, nobody can.
verify-owner-give = Give it to a new owner
verify-owner-code = The new owner’s code
verify-owner-code-hint = The new owner opens this page and lets it make a code.
verify-owner-give-back = Give it back to { $name }
verify-owner-give-back-text = For repair, exchange or recycling. Do this when you hand it over.
verify-owner-anothers = Somebody outside the network’s members is its recorded owner. Buying it from them? Let them give it to you here.
verify-owner-bring = It is mine
verify-owner-key = Your key
verify-owner-key-hint = The 64 characters that you kept.
verify-owner-make-code = Make my code
verify-owner-show-code = Send this code to the owner. Keep this browser: it has your key.
verify-owner-mistyped = This is not what lies under a seal: one character or more was misread. Compare it with the label.
verify-owner-other-item = This code belongs to another item, or the seal is a copy. Compare the number on the label with the one above.
verify-owner-no-code = This is no owner’s code, or a character of it is missing or wrong. Copy it whole.
verify-owner-nothing-kept = This browser keeps nothing, so your key would be lost. Open this page in an ordinary window, not in a private one or inside another app.
verify-owner-silent = No answer. Nothing was lost; try again when there is a network.
verify-owner-activated = Somebody has opened this item’s seal before and is its recorded owner. Look at the journey.
verify-owner-stale = It changed owners meanwhile. Check again first.
verify-owner-held = An authority holds this item; its owner cannot change now.
verify-owner-refused = The network does not take this ({ $code }). Check again, or show this page to the seller.

## Limits.

verify-limits = What this does not prove
verify-limit-box = That the thing in your hands is the thing that was recorded. A label can be copied: look at the journey, and whether it fits where you bought it.
verify-limit-content = That what members wrote is true. It proves who wrote it, when, and that nobody changed it since.
verify-limit-host = That this page is honest. It was served by { $host }; a forger's page could say anything. Compare the address with one that you trust, or check at another member's.
verify-limit-order = Independence of one firm: in this trial network { $orderer } alone decides the order of records. It cannot forge or change them, but it could hold new ones back.

## Ways on.

verify-ways = What you can do
verify-served-by = This page was served by { $host }.
verify-check-elsewhere = Check at { $name }
verify-check-again = Check again
verify-ask-all = Ask every member
verify-download = Download the proof
verify-accept-network = I know why: trust this network from now on
verify-report = Report a problem
verify-report-how = Keep the item and its packaging. Save the proof, photograph the label and where you bought it, and show all three to the seller or to one of the members below; nobody can change what the proof says.

## Raw data.

verify-raw = Raw data
verify-raw-code = Code
verify-raw-code-hash = Code hash
verify-raw-network = Network
verify-raw-checkpoint = Checkpoint { $height }
verify-raw-record = Record, place { $index } in the log
verify-raw-proof = Proof

## The page.

verify-language = Language

## A code typed by hand.

verify-typed = Check a label
verify-typed-code = Code
verify-typed-hint = As printed under the QR code, for example (01)…(21)…
verify-typed-check = Check
