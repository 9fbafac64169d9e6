## The frame around every page.

outbox-badge = { $count ->
    [0] 全部已发送
    *[other] { $count } 条未发送
}
outbox-label = 发件箱：{ $count } 条未发送
outbox-badge-refused = { $count } 条被拒绝
brand-line = 每一位经手人，都留下印记。
tabs-label = 主要页面
tab-home = 首页
tab-scan = 扫描
tab-handovers = 交接
tab-settings = 设置
title-scan = 扫描
title-receive = 扫描交接
title-subject = 物品
title-commission = 新建物品
title-labels = 标签
title-offer = 交出
title-accept = 接收
title-frames = 向对方手机出示
title-inspect = 检验
title-handovers = 交接
title-outbox = 发件箱
title-settings = 设置
offline-strip = 无网络。一切照常；您签署的内容保存在此，稍后发送。
link-online = 已连接
link-connecting = 正在连接
link-offline = 无网络
link-as-of = 截至 { $time }
link-connecting-text = 正在寻找节点…
link-offline-since = 上次联系 { $time }。此处一切照常。
link-offline-text = 此处一切照常。
loading = 正在加载…
could-not-load = 无法加载
status-waiting = 等待中

action-back = 返回
action-skip = 跳到页面内容
action-continue = 继续
action-done = 完成
action-review = 核对并签署
action-change = 返回修改
action-accept = 接收
action-offer = 交出
action-inspect = 检验
action-labels = 标签
action-commission = 新建物品
action-receive = 扫描交接
action-scan = 扫描

kind-item = 单件
kind-batch = 批次
kind-unit = 箱
kind-place = 地点
case-of = 箱：{ $product }
contents-count = 内装 { $count } 件
inside = 在 { $container } 中
held-by = 持有者：{ $holder }
party-consumer = 消费者（{ $key }）
party-bearer = 凭取货码提货的人
held-by-you = 由您持有
place-optional = 地点（可选）
place-hint = GLN，或文字，如“南沙 3 号门”
note-optional = 备注（可选）
