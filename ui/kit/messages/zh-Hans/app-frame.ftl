## The frame around every page.

outbox-badge = { $count ->
    [0] 全部已发送
    *[other] { $count } 条未发送
}
