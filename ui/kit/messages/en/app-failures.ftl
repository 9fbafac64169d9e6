## Every failure: what happened and what to do.

failure-not-joined = This device has not joined a network yet. Join with an invitation first.
failure-already-joined = This device belongs to a network already. Unlock it with its passphrase.
failure-locked = The app is locked. Unlock it with your passphrase.
failure-passphrase-short = The passphrase is too short. Use at least { $least } characters.
failure-passphrase-simple = This passphrase is easy to guess. Use several words, or mix letters and digits.
failure-wrong-passphrase = { $wait_s ->
    [0] The passphrase is not right. Check the keyboard language and Caps Lock, then try again.
    [one] The passphrase is not right. The next try is possible in one second.
    *[other] The passphrase is not right. The next try is possible in { $wait_s } seconds.
}
failure-try-later = { $wait_s ->
    [one] After several wrong passphrases you have to wait. Try again in one second.
    *[other] After several wrong passphrases you have to wait. Try again in { $wait_s } seconds.
}
failure-not-an-invitation = This is not an invitation. Scan the code that your administrator shows, or paste the link that begins with chopmark://join/.
failure-invitation-damaged = The invitation is incomplete. Copy the whole link, or scan the code again.
failure-invitation-unknown = The network does not know this invitation. Ask your administrator for a new one.
failure-invitation-used = This invitation has been used already. Each one lets one device in; ask for another.
failure-invitation-expired = This invitation has expired. Ask your administrator for a new one.
failure-store-damaged = This device’s copy is damaged: { $detail }. What was sent is safe with the network. Restart the app; if that does not help, join again with a new invitation.
failure-store-busy = Another window of the app is using this device’s copy. Close it and try again.
failure-store-newer = This device’s copy was written by a newer version of the app. Update the app.
failure-disk-full = The disk is full; nothing was signed. Make room and try again.
failure-internal = Something unexpected happened inside the app: { $detail }. What you signed is safe. Try again; if it stays, report it.

failure-peer-unreachable = { $address } cannot be reached. Check the network; nothing is lost, and what is signed here is sent later.
failure-peer-stranger = Something else than the expected peer answers at { $address }. Do not use this network, and tell your administrator.
failure-peer-confused = The peer answered something that makes no sense: { $detail }. The app tries again by itself; tell your administrator if it stays.
failure-connection-lost = The connection to { $address } was lost. The app tries again by itself.
failure-wrong-network = This belongs to another network. Only devices of one network work together; ask your administrator.
failure-unknown-device = The network does not know this device. Ask your administrator for a new invitation.
failure-revoked = This device has been revoked: the network takes nothing from it any more. Ask your administrator.
failure-malformed = The peer could not read this block. Report it to your administrator.
failure-too-large = This is larger than the network takes. Split it, or use fewer photos.
failure-non-canonical = The bytes are not in the agreed form. Report it to your administrator.
failure-bad-signature = A signature does not fit. Do not rely on this, and tell your administrator.
failure-fork = Two different histories were signed with this device’s key. It can no longer write; tell your administrator.
failure-missing-prev = The peer lacks an earlier block of this device. It is sent again by itself.
failure-busy = The peer is busy. The app tries again by itself.
failure-peer-full = The peer’s disk is full. What you signed stays here, and goes to another peer or later by itself.
failure-version = The peer speaks another version. Update the app.

failure-unknown-command = This version of the app does not know how to do that ({ $command }). Restart the app or update it.
failure-bad-arguments = The app could not read what the screen asked for ({ $command }: { $detail }). Restart the app or update it.
failure-unknown-member = The network has no such member. Choose another one.
failure-unknown-record = This device does not know that record. Connect to the network and try again.
failure-unknown-draft = What you were about to sign is no longer there. Go back and start again.
failure-draft-overtaken = Something changed since you read the summary. Go back and read it again before signing.
failure-nothing-chosen = Nothing is chosen. Choose at least one.
failure-too-many = That is too many at once. Take { $most } at most.
failure-count-out-of-range = The count has to be between { $least } and { $most }.
failure-text-too-long = Too long: { $field }. It may take { $most } at most.
failure-product-missing = The product has no name yet. Type one.
failure-activity-unknown = This version does not know the activity “{ $activity }”. Choose one from the list.
failure-self-addressee = You cannot hand over to yourself. Choose another member.
failure-no-prefix = No company prefix is registered for your firm yet. Your administrator registers it.
failure-code-not-known = This device does not know the code of { $subject }. Scan its label once.
failure-no-downloads = The sheet cannot be saved as a file here. Print it to a PDF instead.
failure-not-saved = { $folder } cannot be written to: { $detail }. Mend that, or print the sheet to a PDF instead.

failure-code-empty = There is nothing to look up. Scan or type a code.
failure-code-check-digit = The check digit does not fit: it is { $found } and should be { $expected }. Compare the number with the label.
failure-code-length = The code is too long or too short. Compare it with the label.
failure-code-identifier = This kind of code is not used here. Scan the code with the seal, or type the number below it.
failure-code-character = The code holds a character that codes cannot have. Compare it with the label.
failure-code-foreign = This is not a code of this network. Scan the code with the seal, or type the number below it.
failure-code-product-only = This code names the product { $gtin } only. Scan or type the code with the item’s serial.
failure-link-foreign = This link leads to { $host }, which is not this network. It was not opened. If it stands on a label of this network, tell your administrator.
failure-serial-unknown = This device knows no item with the serial { $serial }. Scan the label, or connect to the network.

failure-evidence-type = Files of this kind ({ $media_type }) are not taken. Use a photo (JPEG, PNG, WebP), a video (MP4, WebM) or a PDF.
failure-evidence-empty = The file is empty. Choose another one.
failure-evidence-too-large = The file is too large; { $most } is the most.
failure-evidence-unknown = This photo or file is not known here.
failure-evidence-absent = This photo or file has not arrived yet. It comes when the device is connected.
failure-evidence-damaged = This photo or file is damaged here. It is fetched again from the network.
failure-image-too-large = The image has { $width } × { $height } pixels, more than the { $most_megapixels } megapixels that can be opened. Choose a smaller one.
failure-image-damaged = This image cannot be read. Take another photo or choose another file.
failure-upload-unknown = The transfer of this file is no longer there. Choose the file again.
failure-upload-incomplete = Only { $taken } of { $length } arrived. Choose the file again.
failure-upload-overlong = More arrived than the { $length } that were announced. Choose the file again.
failure-uploads-full = { $most } files are on their way already. Wait until they are done.
failure-chunk-too-large = A piece of the file is larger than { $most }. Choose the file again.

failure-not-a-frame = This is not one of the moving codes of a hand-over. Point the camera at the moving code on the other phone.
failure-frame-damaged = One of the moving codes was damaged. Keep the camera on it.
failure-handover-damaged = The hand-over that was scanned is damaged. Start again on both phones.
failure-handover-too-large = The hand-over needs more than { $most } codes. Send it over the network instead.
failure-handover-not-for-us = This hand-over is for { $addressee }. Only they can take it over.
failure-handover-behind = This device has not heard of these goods yet, and their history is too long for codes. Connect it to the network once, then scan the codes again.
failure-not-a-handover = These codes carry no hand-over. Ask the other side to show theirs again.

failure-not-your-prefix = This code begins with the prefix of another firm. Use a GTIN of your own.
failure-already-commissioned = This has been made before; a code is used once only.
failure-unknown-subject = This device does not know this. Scan its label, or connect to the network.
failure-not-holder = { $holder } holds this, not you. Only the holder can do that.
failure-not-permitted = Your role ({ $role }) does not allow that in a member of this kind ({ $class }). Ask your administrator.
failure-not-addressee = The hand-over is offered to { $addressee }. Only they can take it over.
failure-offer-used = { $by } took over with this offer already. If you have the goods in hand, call the giver.
failure-offer-declined = { $by } has declined this offer. If you have the goods in hand, ask the giver for a new one.
failure-offer-expired = The offer has ended. Ask the giver for a new one.
failure-no-such-offer = There is no such offer. Ask the giver to show it again.
failure-open-offer-exists = This is on offer already. Wait until it is taken over or ends.
failure-stale-custody = It has changed hands since. Look at its journey and start again.
failure-already-packed = It is packed in { $inside } already. Take it out first.
failure-not-empty = { $content } is packed in it. Take it out first.
failure-decommissioned = { $by } has taken this out of use, so nothing more is recorded about it. If you have it in hand, inspect its label and tell them.
failure-held = { $by } holds this back, or something in it or around it. It must not move until they clear it. Ask them.
failure-already-held = You hold this back already.
failure-not-held = Nobody holds this back, so there is nothing to clear.
failure-not-your-hold = { $by } holds this back. Only they can clear it.
failure-not-owner = { $owner } owns this, not you. Only the owner can do that.
failure-stale-title = Its owner has changed since. Sync, and do it again if it is still yours.
failure-pledged = { $by } pledged this, or something that it is in or that is in it. The bank has to release it first.
failure-not-pledged = This is not pledged.
failure-not-your-pledge = This is pledged to another bank. Only that bank releases it.
failure-not-a-bank = Goods are pledged to banks alone. Choose a bank.
failure-not-associated = The two do not belong together. Check what you scanned.
failure-already-associated = The two belong together already.
failure-document-of-document = A document stands for goods, not for another document. Scan the goods.
failure-too-many-parents = This belongs to too many things already. Take it apart from one of them first.
failure-wrong-pickup-code = The pick-up code is wrong. Ask the receiver to read it out again.
failure-no-activation-key = Nothing lies under the seal of this item. It cannot be activated.
failure-already-activated = This was activated before: somebody owns it. Whoever sells it as new sells it again.
failure-bad-activation = The activation code is not the one of this item. Scan the code under its seal.
failure-not-a-consumers = { $owner } owns this; only a private owner resells it so.
failure-bad-resale = The owner did not sign this resale. Ask the owner to do it again.
failure-amount-misplaced = This network keeps amounts in another part of the record. Update the app and try again.
failure-not-a-batch = This is not a batch, so it has no quantity.
failure-quantity-missing = This is not a single item. Say how much of it you use.
failure-other-unit = This batch is measured in { $unit }. Give the quantity in that unit.
failure-not-enough = Only { $there } is left of this batch. Correct the quantity, or count again.
failure-too-much = This would be more than a batch can hold. Start another batch.
failure-not-conserved = What goes in is not what comes out and is lost, in { $unit }. Correct the quantities or state the loss.
failure-other-measure = The same goods cannot come out in another unit or number than they go in. Correct the quantities.
failure-not-your-record = { $by } wrote that record. Only they can correct it; tell them.
failure-not-in-run = That run does not hold this code. Scan the label again; if it stays so, tell the maker.
failure-not-a-run = This is not a run of items.
failure-not-an-authority = Only customs, quarantine, tax offices and regulators hold goods back.
failure-not-inside = It is not in that container.
failure-too-deep = Containers are packed in each other too deeply. Take one level out first.
failure-different-holders = These have different holders. Only what one firm holds can be packed together.
failure-cite-refused = It builds on something that was refused. Look there first.
failure-cite-never-came = It builds on something that never reached the network. Ask whoever signed that to connect.
failure-forked-feed = The device that signed this has written two histories, so nothing more of it counts.
failure-device-revoked = The device that signed this was revoked before.
failure-not-admin = Only an administrator can do that.
failure-contents-changed = What is packed inside has changed since the offer. Ask for a new offer.
failure-inside-container = It is packed in { $inside }. Hand over the container, or take it out first.
failure-prefix-taken = The prefix belongs to { $by }.
failure-prefix-overlap = The prefix overlaps with another one.
failure-already-enrolled = The device is enrolled already.
failure-enrolment-ended = The device’s enrolment ended on { $until }. Ask your administrator for a new invitation.
failure-already-revoked = The device was revoked before.
failure-wrong-subject = The record does not fit its codes. Update the app and sign again.
failure-inside-itself = A container cannot be packed into itself or into what it holds.
failure-group-failed = Something signed together with this was refused, so this was too.
failure-policy-superseded = The network’s policy has changed since. Look at the one in force and propose again.
failure-policy-quorum = The policy asks for more members than the network has.
failure-policy-locks-out = The policy would lock a member’s administrators out: they could no longer take in or end devices, or change the policy.
failure-policy-member = The policy names a supervisor who is not in the network.
failure-policy-jurisdiction = The policy asks for sections for a jurisdiction where it names no supervisor.
failure-policy-kem = The policy would change how sections are sealed. That is fixed when a network is founded.
failure-against-rules = It is against a rule of the network ({ $rule }).

# Failures of the screens themselves.
failure-app-silent = The inner part of the app does not answer. Restart the app; what you signed is safe.
failure-app-strange = The inner part of the app answered something unexpected. Update the app.
failure-camera-denied = The camera is not allowed. Allow it for this app in the system settings, or use an image file or type the code.
failure-camera-absent = There is no camera. Use an image file or type the code.
failure-camera-busy = Another app is using the camera. Close it, then try again.
failure-scanner-broken = The code reader could not start. Restart the app, or type the code.
failure-no-code-in-image = No code was found in this image. Choose a sharper one, or one where the code is larger.
failure-not-an-image = This file is not an image that can be opened. Choose a JPEG, PNG or WebP.
failure-general = This did not work, and this version of the app has no words for the reason. Try again; if it happens again, update the app.
line-general = Something that this version of the app cannot describe. Update the app to read it.
