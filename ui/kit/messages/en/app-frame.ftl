## The frame around every page.

outbox-badge = { $count ->
    [0] Nothing unsent
    *[other] { $count } unsent
}
outbox-label = Outbox: { $count } unsent
outbox-badge-refused = { $count ->
    [one] one refused
    *[other] { $count } refused
}
brand-line = Everyone who handles it leaves a mark.
tabs-label = Main places
tab-home = Home
tab-scan = Scan
tab-handovers = Hand‑overs
tab-settings = Settings
title-scan = Scan
title-receive = Scan a hand-over
title-subject = Goods
title-commission = New items
title-labels = Labels
title-import = Import
action-import = Import a file
title-assets = Assets
action-assets = Assets
title-transform = Split, merge, process
title-offer = Hand over
title-accept = Take over
title-frames = Show to the other phone
title-inspect = Inspect
title-handovers = Hand-overs
title-outbox = Outbox
title-settings = Settings
offline-strip = No network. Everything works; what you sign is kept here and sent later.
link-online = Connected
link-connecting = Connecting
link-offline = No network
link-as-of = As of { $time }
link-connecting-text = Looking for a peer…
link-offline-since = Last heard { $time }. Everything still works here.
link-offline-text = Everything still works here.
loading = Loading…
could-not-load = This could not be loaded
status-waiting = Waiting

action-back = Back
action-skip = Skip to the page
action-continue = Continue
action-done = Done
action-review = Review and sign
action-change = Change something
action-accept = Take over
action-offer = Hand over
action-inspect = Inspect
action-labels = Labels
action-commission = New items
action-receive = Scan a hand-over
action-scan = Scan

kind-item = Item
kind-batch = Batch
kind-unit = Case
kind-place = Place
case-of = Case: { $product }
contents-count = { $count ->
    [one] one piece inside
    *[other] { $count } pieces inside
}
inside = in { $container }
held-by = Held by { $holder }
party-consumer = a consumer ({ $key })
party-bearer = whoever had the pick-up code
held-by-you = You hold this
place-optional = Place (optional)
place-hint = A GLN, a port’s UN/LOCODE (CNNSA), or in words: “Gate 3, Nansha”
note-optional = Note (optional)
title-recall = Recall
title-gather = Scan a list
title-activities = What happened?
title-deed = Record
title-decline = Do not take over
title-paper = Papers
title-correct = Correct
title-take-title = Become the owner
title-decline-title = Do not become the owner
title-offer-title = Offer ownership
title-pledge = Pledge to a bank
title-release = Release a pledge
title-offer-code = Hand over for a code
title-pick-up = Hand out
title-bind = Bind
title-unbind = Take off
title-pack = Pack
title-unpack = Take out
action-gather = Scan a list
action-activities = Record what happened
action-decline = Do not take over
action-open-paper = Open, saying why
action-report-paper = Report as unreadable
action-grant-paper = Show to another member
action-correct = Correct…
action-undo = Undo the last
action-empty-list = Empty the list
action-add = Add
action-choose = Choose
action-choose-all = Choose all
action-choose-none = Choose none
