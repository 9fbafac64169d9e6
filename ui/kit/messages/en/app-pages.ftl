## First run and unlocking.
language = Language
join-title = Join by invitation
join-text = Your administrator shows you an invitation as a code, or sends it as a link.
join-scan-hint = Hold the camera on the invitation’s code
join-paste = Or paste the link
passphrase-title = Protect this device
passphrase-text = Everything on this device is encrypted with this passphrase. It cannot be recovered; if you forget it, you join again with a new invitation.
passphrase = Passphrase
passphrase-again = The same once more
passphrase-hint = At least 8 characters; several words are best
passphrase-show = Show what is typed
passphrase-differs = The two are not the same. Type them again.
action-join = Join
joining = Joining: checking the invitation and preparing the encrypted copy. This takes a few seconds.
joined = Welcome to { $network }. This device now signs for { $member } as { $role }.
unlock-title = Unlock { $network }
unlock-wait = { $seconds ->
    [one] Next try in one second
    *[other] Next try in { $seconds } seconds
}
action-unlock = Unlock

## Home and hand-overs.
home-to-inspect = To inspect
home-incoming = For you to take over
home-outgoing = Waiting for the other side
home-held = What you hold
home-activity = What you signed
nothing-to-inspect = Nothing to inspect
nothing-to-inspect-text = Items that your firm holds and nobody has inspected appear here.
nothing-incoming = Nothing to take over
nothing-incoming-text = Hand-overs to your firm appear here. Without a network, scan the codes on the other phone.
nothing-outgoing = Nothing is waiting
nothing-outgoing-text = What you hand over stays here until the other side has signed.
nothing-held = Nothing here yet
nothing-held-text = What your firm makes or takes over appears here.
nothing-signed = Nothing signed yet
nothing-signed-text = Every signature of this device appears here, with where it stands.
show-all = Show all { $count }
all-handovers = All hand-overs
handover-from = From { $member }
handover-to = To { $member }
holds-until = Holds until { $time }

## Scanning.
scan-hint = Hold the camera on a label
scan-typed = Or type the code or serial
scan-looking = Looking it up…
scan-unknown = Not known here
scan-unknown-text = A well-formed code of { $issuer }, but this device knows nothing of it. Connect to the network, or ask whoever gave it to you.
scan-unknown-nobody = A well-formed code, but no member of this network has its prefix.
scan-invitation = This is an invitation
scan-invitation-text = This device has joined already. Scan the invitation with a new device.
scan-failed = Not taken
action-scan-again = Scan again
action-look-up = Look up
action-image-file = Read from an image
image-looking = Looking for a code in the image…
camera-starting = Starting the camera…
camera-picture = What the camera sees
torch = Light
wedge-hint = A hand scanner works here at any time.

## A subject.
subject-on-offer = This is on offer; the other side has not signed yet.
paper-for-authorities = This record has a part for authorities. Your organisation is one of them; opening it is a record that everyone sees.
paper-opened = The part for authorities is shown: your organisation opened it.
paper-granted = Shown to your organisation by { $member }.
paper-purged = What else was said here is not kept any more: the time for keeping it is over, or it was taken back. That it was signed, and by whom, holds without it.
paper-awaited = What else was said here has not arrived, or the peer does not keep it. That it was signed, and by whom, holds without it.
paper-damaged = A part of this record is for your organisation and cannot be opened.
paper-open-why = Why is it opened?
paper-open-choose = Choose why.
paper-opened-text = It is on record that you opened it. The journey shows what it says.
paper-report-text = Papers that the goods must carry for authorities cannot be read. Reporting this holds the goods until you clear them.
paper-reported-text = It is on record, and the goods are held until you clear them.
paper-grant-to = Show these papers to
paper-granted-text = They can read it as soon as this reaches them.
correct-ask = Is this wrong?
correct-text = Nothing is deleted. The record stays, and whoever reads it sees that your organisation corrected it, and why.
correct-why = What is wrong?
correct-did-not-occur = This did not happen
correct-did-not-occur-text = A wrong button, or another thing was meant
correct-incorrect-data = What it says is wrong
correct-incorrect-data-text = It happened, and not as it says
correct-choose = Choose what is wrong.
correct-right = What says it right? (optional)
correct-right-hint = Choose up to { $most } later records of your organisation.
correct-right-none = Your organisation recorded nothing about this later. You can record first what is right, and choose it here then.
correct-right-many = Choose { $most } at most.
correct-gone = This cannot be corrected here
correct-gone-text = It was refused, another organisation wrote it, or your role does not correct.
correct-done = Corrected
journey = Journey
subject-final = What is final here is so under the newest checkpoint of this device: signed by { $have } of { $all } validators, { $time }.
contents = What is inside
packed-in = Packed in
packed-in-text = It is handed over with its container.
facts = Details
fact-holder = Holder
fact-owner = Owner
fact-code = Code
fact-link = Link on the label
fact-device = Device
fact-role = Role
fact-member = Member
fact-network = Network
fact-version = Version
via = with { $container }
photo = Photo
media-image = picture
media-video = video
media-audio = sound
media-pdf = PDF document
media-run-list = list of the run’s items
media-other = file
evidence-not-here = not here yet

## New items and labels.
commission-known = A product you made before
commission-what = What do you make?
make-kind = What is new?
make-items = Items
make-items-text = Up to 200, each with a label and a record of its own
make-batch = A batch
make-batch-text = So much under one number, in kilograms, litres or pieces
make-run = A run
make-run-text = Up to a million items, begun by one record
make-thing = A thing with a code
make-thing-text = A logistic unit, a tool, a container, a place
make-batch-number = Batch number
make-amount = How much
make-unit = Unit
make-unit-other = Code of another unit
make-unit-hint = From UN/ECE Recommendation 20, such as GRM or CMT
make-code = Code
make-code-hint = As printed or scanned: (00)…, (8003)…, (8004)…, (414)… or a container’s number
make-name = Name (optional)
make-run-slow = Making the items of a large run takes some seconds.
make-run-public = Show the product’s name to everyone
make-run-public-text = Whoever checks an item then reads its name, and so does every member. Without this nobody outside your company does. It cannot be undone.
make-run-done-text = The run is signed. Its list goes to your company’s peer with the next sync; there “chopmark run list” writes it into a file for labels.
action-open = Open it
commission-gtin = GTIN
commission-gtin-hint = The product’s number. Your prefixes: { $prefixes }
commission-product = Product name
commission-count = How many
commission-count-hint = 1 to { $most }
commission-count-problem = Type a number from 1 to { $most }.
commission-case = Pack them in a new case
commission-case-text = The case gets a code of its own and is handed over as one.
commission-sealed = With a code under the seal, so that the buyer can activate
commission-sealed-text = For each item a second label is printed, which only whoever opens it sees. Until it is printed its code is on this device alone.
commission-done = Signed
commission-done-text = { $count ->
    [one] One new code is ready. Print its label and put it on.
    *[other] { $count } new codes are ready. Print their labels and put them on.
}
action-commission-more = Make more
field-needed = Fill this in.
labels-none = No labels chosen
labels-none-text = Open an item or a case and choose Labels.
labels-sheet = Sheet { $number } of { $total } with labels
labels-each = Each label
labels-saved = Saved in { $folder }
labels-seals = Codes under the seals
labels-seals-print = Show and print them, too
labels-seals-print-text = { $count ->
    [one] One of these things has a code for under its seal, which this device keeps. Its label comes after that of the thing. Whoever reads it can activate the thing.
    *[other] { $count } of these things have a code for under their seals, which this device keeps. Each label comes after that of its thing. Whoever reads one can activate its thing.
}
labels-seals-elsewhere = { $count ->
    [one] The code under the seal of one thing is not on this device: it was made elsewhere or is forgotten. Its label is printed without it.
    *[other] The codes under the seals of { $count } things are not on this device: they were made elsewhere or are forgotten. Their labels are printed without them.
}
labels-seals-none = { $count ->
    [one] One thing has no code under a seal.
    *[other] { $count } things have no code under a seal.
}
labels-seals-careful = Nobody else may see these sheets. Delete saved files once they are printed.
labels-under-seal = Under the seal
labels-seal-not-here = Its code under the seal is not on this device.
action-forget-seals = Forget these codes
labels-forget = Forget the codes under the seals?
labels-forget-text = { $count ->
    [one] Whoever gets at the code on this device can activate the item. Once it is forgotten it cannot be printed again, here or anywhere.
    *[other] Whoever gets at the { $count } codes on this device can activate the items. Once they are forgotten they cannot be printed again, here or anywhere.
}
labels-forget-printed = First see that every label is printed and readable: an item without its code can never be activated by its buyer.
action-forget-now = { $count ->
    [one] Forget the code
    *[other] Forget { $count } codes
}
action-keep-seals = Keep them
labels-seals-forgotten = { $count ->
    [one] One code is forgotten.
    *[other] { $count } codes are forgotten.
}
action-print = Print
action-save-svg = Save as SVG

## Handing over.
offer-to = To whom?
offer-choose = Choose whom you hand over to.
offer-done = Your side is signed
offer-done-text = It is kept on this device and goes to the network by itself.
offer-done-frames = No network on the other side? Show the codes to their phone.
action-show-frames = Show the codes to their phone
action-by-network = They get it over the network
accept-condition = In what condition is it?
accept-good = In good order
accept-shortage = Something is missing
accept-damage = Something is damaged
accept-seal-broken = The seal is broken
accept-gone = This hand-over is not waiting any more
accept-gone-text = It was taken over, it ended, or it has not reached this device yet.
accept-done = You have taken it over
accept-done-text = Your signature is kept on this device and goes to the network by itself.
accept-done-frames = The other phone has no network? Show it your codes, so that it knows too.
action-show-acceptance = Show them your signature
frames-offer = Let the other phone scan this
frames-offer-text = On their phone: Hand-overs, Scan a hand-over. Keep both phones still until theirs is done.
frames-acceptance = Let the giver’s phone scan this
frames-acceptance-text = On their phone: Scan their signature. Then both sides hold both signatures.
frames-code = Code { $number } of { $total } of the hand-over
frames-count = Code { $number } of { $total }
frames-as-text = As text
frames-as-text-hint = Where no camera is at hand: copy these lines to the other device.
action-hold = Hold still
action-go-on = Go on
action-scan-acceptance = Scan their signature
receive-hint = Hold the camera on the moving codes of the other phone
receive-typed = Or paste one code
receive-progress = Gathering the codes
receive-count = { $have } of { $total }
receive-paste = All codes as text
receive-paste-label = Paste the lines of the other device
action-take = Take them
action-take-one = Take it
received-acceptance = Both sides have signed
received-acceptance-text = { $member } has taken it over. This device holds both signatures.

## Inspecting.
inspect-verdict = What is your verdict?
inspect-pass = In order
inspect-fail = Not in order
inspect-conditional = In order, with conditions
inspect-choose = Choose a verdict.
inspect-photos = Photos and files
inspect-measured = Measured values
inspect-public = Show to whoever holds the label
inspect-public-text = Buyers then see the note and the photos. It cannot be undone.
measured-name = What
measured-value = Value
measured-unit = Unit
measured-remove = Remove this value
action-add-measured = Add a value
action-photo = Take a photo
action-file = Choose a file
action-shoot = Take the photo
photo-title = Take a photo
photo-storing = Encrypting
photo-progress = { $taken } of { $length }
photo-stored = Encrypted and stored, { $length }
photo-remove = Remove { $name }

## Signing.
preparing = Putting into words what you will sign…
could-not-sign = Not signed
sign-title = You sign
sign-rest = Press and hold to sign
sign-holding = Keep holding…
sign-again = Activate once more to sign
sign-busy = Signing…
sign-hint = Hold for a second; on a keyboard, hold Enter or Space.
signed-notice = Signed and stored on this device

## Outbox.
outbox-empty = The outbox is empty
outbox-empty-text = Everything that you signed has reached the network.
outbox-unsent-text = It is safe on this device and is sent when a peer can be reached.
outbox-evidence = { $count ->
    [one] One photo or file ({ $bytes }) is still to be sent.
    *[other] { $count } photos or files ({ $bytes }) are still to be sent.
}
outbox-items = Signed and not final
outbox-peers = Peers
outbox-state-unsent = Unsent
outbox-state-sent = With { $peer }
outbox-sent = { $count ->
    [0] Nothing was left to send
    [one] One sent
    *[other] { $count } sent
}
outbox-still-unsent = { $count ->
    [one] One could not be sent. The reason stands beside it.
    *[other] { $count } could not be sent. The reason stands beside each.
}
peer-connected = Connected
peer-not-connected = Not connected
action-send-now = Send now

## Settings.
theme = Colours
theme-system = Like the system
theme-light = Light
theme-dark = Dark
settings-device = This device
settings-lock = Lock
settings-lock-text = Closes the encrypted copy until the passphrase is typed again.
settings-notices = Work of others
settings-notices-ports = List of ports: sea-ports, MIT
action-lock = Lock now

## What happened, lists, holds.
gather-hint = Hold the camera on one label after the other
gather-list = Scanned
gather-pieces = { $count ->
    [0] nothing scanned yet
    [one] piece
    *[other] pieces
}
gather-added = added: { $code }
gather-again = already in the list: { $code }
gather-empty = The list is empty
gather-empty-text = Scan everything that you are about to sign for; a label that is read twice counts once.
activities-none = Nothing to record
activities-none-text = Your role records nothing about this, or it is out of use.
deed-done-text = Your signature is kept on this device and goes to the network by itself.
decline-why = Why? (optional)
decline-hint = The giver can read it.
decline-done = You have not taken it over
decline-done-text = It stays with the giver, who is told. Your signature goes to the network by itself.

## Ownership, pledges, codes, bonds.
home-title-incoming = Ownership offered to you
home-title-outgoing = Ownership that you offer
home-lapsed = Not answered in time
home-requests = Requests
home-pledges = Pledges
no-requests = No request is open
no-pledges = Nothing is pledged
offered-title = Ownership
term-ended = Time is over
term-over = Expired
term-grace = Ended { $time }. An answer still counts until { $until }: ask the other side to sync and answer.
term-over-ours = Ended { $time } without an answer. Offer it again.
term-over-theirs = Ended { $time } without an answer. Ask them to offer it again.
take-title-done = You are the owner
decline-title-done = You have not become the owner
decline-title-done-text = It stays with its owner, who is told. Your signature goes to the network by itself.
offer-title-done = Ownership offered
pledge-done = Pledged
release-done = Pledge released
deal-terms = Price and terms (optional)
deal-terms-hint = Only those who handle money can read it, on both sides.
deal-choose = Choose with whom.
pledge-no-bank = No bank is a member of this network.
pledged-to = Pledged to { $bank } since { $time }
pledged-by = { $owner }, since { $time }
subject-title-offered = Offered by { $from } to { $to }. { $term }
action-take-title = Become the owner
action-decline-title = Do not take it
action-release = Release the pledge
action-offer-code = The receiver has no device: use a pick-up code
action-pick-up = Hand out for the code
action-make-code = Make a code
accept-left = { $count ->
    [0] Something is missing or stays with the giver?
    [one] One piece stays with the giver
    *[other] { $count } pieces stay with the giver
}
accept-left-what = What do you not take over?
pickup-make = Do you order the delivery?
pickup-make-text = Make a code for the receiver. If somebody gave you a hash, you need no code: paste it below.
pickup-code = Pick-up code
pickup-code-text = Give it to the receiver alone. Whoever tells it gets the parcel. It is shown this once and kept nowhere.
pickup-hash = Hash of the pick-up code
pickup-hash-hint = 64 digits and letters, from whoever made the code
pickup-hash-text = Give it to the carrier. It does not tell the code.
offer-code-done-text = It is kept on this device and goes to the network by itself. Hand it out when the receiver tells the code.
pick-up-hint = Hold the camera on the receiver’s code
pick-up-typed = Or type the code that the receiver tells
pick-up-else = Nobody took it?
pick-up-done = Handed out
bind-hint = Hold the camera on the seal, sensor, paper or place
bind-done = Bound
unbind-what = What comes off?
unbind-nothing = Nothing is bound to it
unbind-done = Taken off
bound-to = Belongs to
seen-here = Seen here last
bound = Belongs to it

pack-into = Into what?
pack-hint = Or hold the camera on the label of the case
pack-done = Packed
pack-open = Show the case
unpack-what = What comes out?
unpack-empty = Nothing is packed in it
unpack-done = Taken out
search-title = Look something up
search-label = Code, serial or container number
search-hint = As it stands on the label or the box
holds-title = Held back
holds-none = Nothing is held back
holds-none-text = What an authority holds appears here until it is cleared.
hold-since = { $member }, since { $time }
hold-ours = You can clear it

## A recall.
recall-descendants = What came of it
recall-origins = What it came of
recall-none = Nothing is known
recall-none-text = No record says that anything was made of this, or this of anything.
recall-cut-off = There is more than can be shown; the number is too low. Take the whole list from a peer.
recall-part = { $first } to { $last } of { $total } are here. The list below takes what is here; go on for the rest.
recall-before = Those before
recall-behind = The next ones
recall-list-part = { $count ->
    [one] Put the one of these that is left into the list
    *[other] Put the { $count } of these that are left into the list
}
recall-picture = As a picture
recall-holders = Who has it
recall-nobody = Nobody has any of it: all is used up or out of use.
recall-steps = { $count ->
    [one] one step away
    *[other] { $count } steps away
}
recall-ended = used up or out of use
recall-list-all = { $count ->
    [one] Put the one that is left into the list
    *[other] Put all { $count } that are left into the list
}
recall-list-ours = { $count ->
    [one] Put the one that you have into the list
    *[other] Put the { $count } that you have into the list
}

way = What is done?
way-split-text = One batch becomes several
way-merge-text = Several batches become one
way-process-text = Goods become other goods
way-repack-text = The same goods in another packaging
transform-inputs = What goes in
transform-how-much = How much of it
transform-all = Leave it empty to take all that is left: { $left }
transform-output = What comes out: { $number }
transform-take-away = Take this away
transform-as-items = As single items
transform-as-items-text = Each gets a code of its own.
transform-add = Something else comes out
transform-rest = What else
transform-lost = Lost (optional)
transform-done = Signed
transform-of-it = Split, merge or process
stock = { $amount } { $unit }
stock-overdrawn = less than nothing: its records take more out of it than went in, in { $unit }
stock-unknown = an amount that is closed to this device, in { $unit }
fact-left = Left of it
assets-none = No assets yet
assets-none-text = Tools, vehicles, containers, crates and places of your organisation stand here once they are in the network.
assets-equipment = Tools and vehicles
assets-containers = Containers
assets-returnable = Crates and pallets
assets-places = Places
assets-bound = On it:
assets-maintained = Maintained { $time }
assets-calibrated = Calibrated { $time }
assets-more = { $count ->
    [one] one more is not listed
    *[other] { $count } more are not listed
}
deed-public = Show the place to whoever holds the label
deed-public-text = Buyers then see where it was and when, and a copied label shows when it is somewhere else at the time. It cannot be undone.
seal-number = Seal number (optional)
seal-number-hint = As it stands on the seal. A photo of the seal can go along below.
deed-photos = Photos (optional)
count-amount = How much you counted, in { $unit }
count-by-records = By the records: { $left }
reading-what = What was measured
reading-place-hint = Where the sensor was: a GLN, a port’s UN/LOCODE (CNNSA), a position (geo:22.65,113.63), or in words: “Gate 3, Nansha”
reading-at = When it was read (optional)
reading-at-hint = Left empty: now
reading-at-problem = That is no time. Give date and time, or leave it empty.
import-what = Bring in events from a file
import-what-text = EPCIS 2.0 as JSON, or a table of yours as CSV. Everything is tried before anything is signed.
import-choose = Choose a file
import-reading = Reading the file…
import-failed = The import did not go on
import-asking = Asking makers for items that nobody used yet
import-drawing = Taking items out of their runs
import-trying = Trying what the rules say
import-signing = Signing
import-so-far = { $done } of { $total }
import-stop = Stop here
import-signed = Everything is signed
import-stopped = Stopped
import-signed-text = { $count } signed, in { $blocks ->
    [one] one block
    *[other] { $blocks } blocks
}
import-good = Everything fits
import-good-text = { $count ->
    [one] One row can be signed.
    *[other] { $count } rows can be signed.
}
import-there = { $count ->
    [one] One is recorded already and is not signed again.
    *[other] { $count } are recorded already and are not signed again.
}
import-bad = { $count ->
    [one] One row is bad
    *[other] { $count } rows are bad
}
import-bad-text = Nothing is signed as long as one is bad, unless you leave the bad ones out.
import-bad-rows = Bad rows
import-row = { $number }:
import-more = Show more of the { $count } that are left
import-rest = { $count ->
    [one] Import the other one
    *[other] Import the other { $count }
}
import-sign-hint = { $count ->
    [one] Hold to sign one row.
    *[other] Hold to sign { $count } rows. You can stop between two blocks.
}
columns-known = Read as tables with these columns were read before.
columns-rows = What the rows say
columns-each = Each row says that something
columns-step = Business step
columns-step-hint = A word of the standard: commissioning, shipping, …
columns-offset = Time zone
columns-time = How times are written
columns-time-hint = %d.%m.%Y %H:%M for instance; empty: as EPCIS writes them
columns-read = Read the table
column-begins = begins
column-happens = happens
column-none = not in the table
column-time = Time
column-serial = Serial
column-place = Place (GLN)
