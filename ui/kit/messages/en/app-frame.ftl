## The frame around every page.

outbox-badge = { $count ->
    [0] Nothing unsent
    *[other] { $count } unsent
}
