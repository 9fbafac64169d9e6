## 一个词。

verify-word-verified = 已验证
verify-word-issuer-unknown = 有记录，签发方未获认可
verify-word-warning = 警告
verify-word-could-not-check = 无法核对
verify-word-no-record = 无记录
verify-word-asking = 正在核对…

## 一句话：为什么是这个词。

verify-why-asking = 正在向网络中的两家成员索取记录，并由您的浏览器自行核对其中的每一个签名。
verify-why-confirmed = { $count } 家网络成员给出同一份记录，由 { $issuer } 创建，其中一切均成立。
verify-why-issuer-unknown = 记录成立，但网络不认可其创建者使用这一编码。
verify-why-network-changed = 此网址以前代表的网络（{ $before }…）与现在的（{ $now }…）不同。除非您知道原因，请勿相信它显示的任何内容。
verify-why-broken = { $at } 发来的记录不成立。请勿采信，可在下方改到其他成员处核对。
verify-why-two-histories = { $first } 与 { $second } 在检查点 { $height } 给出了两份不同的网络历史，其中一份是假的。
verify-why-other-than-before = 在检查点 { $height }，{ $at } 给出的网络历史与此浏览器以前所见不同，其中一份是假的。
verify-why-older = 成员节点给出的网络状态比此浏览器以前所见（检查点 { $height }）更旧。请稍后再核对。
verify-why-left-out = { $by } 漏掉了记录 { $record }…，而 { $shownby } 给出了它，并且它确在账本中。
verify-why-denied = { $shownby } 给出了成立的记录，但 { $by } 称没有这一记录。
verify-why-recalled = 记录成立，但创建者 { $issuer } 已召回该物品。请勿使用，并向其询问如何处理。
verify-why-ended = 记录成立，其内容表明该物品已停用或已用尽。现在不应再有物品使用此标签。
verify-why-sold-before = 记录成立，其内容表明该物品已被激活，已有所有人。若不是您本人，则它曾售出过，或标签是复制的。
verify-why-activated-elsewhere = 记录成立，其内容表明该物品的封签被打开时，物品却在别处。标签可能是复制的。
verify-why-impossible-journey = 记录成立，其内容表明该物品出现在两地，而没有任何交通工具能如此快地往返其间。其中之一所带的是复制的标签。
verify-trace-records = 相关记录：{ $first }… { $second }
verify-why-held = 记录成立，其内容表明该物品被主管机关扣留。此后不应再移动。
verify-why-inspection-failed = 记录成立，其内容表明该物品最近一次检验不合格。
verify-why-seal-broken = 记录成立，其内容表明最近一次交接时封条已破损。
verify-why-only-one = { $at } 的记录成立，但没有第二家成员答复，无法确认是否有更新的记录。
verify-why-only-one-denies = { $at } 不知道这一编码，但没有第二家成员答复，无法确认。
verify-why-silent-may-know = { $count } 家网络成员不知道这一编码，但 { $silent } 没有答复。同批物品可能只有其生产者知道。
verify-why-nobody = 没有任何网络成员答复。这不代表货品好或坏。
verify-why-unknown = { $count } 家网络成员都证明没有这一编码的记录。编码输错或标签被仿制时会出现这种情况。
verify-why-not-a-code = 本页网址中没有有效的编码。{ $problem }
verify-why-no-network = 本页的主机没有说明它代表哪个网络，因此无法核对。

## 编码有什么问题。

verify-code-empty = 其中没有编码。
verify-code-check-digit = 校验位是 { $found }，正确的应为 { $expected }。可能是输错或编造的。
verify-code-length = （{ $identifier }）不可能有 { $found } 个字符。
verify-code-product-only = 它只指明一种产品，缺少序列号。
verify-code-other = 它不符合 GS1 规则。

## 记录为何不成立。

verify-problem-malformed = 无法读取：可能在传送中损坏或被改动（{ $detail }）。
verify-problem-wrong-network = 它来自另一个网络，而非此网址所代表的网络。
verify-problem-other-code = 它是另一个编码的记录。
verify-problem-checkpoint = 其所依据的网络检查点没有应有的签名（{ $detail }）。
verify-problem-roster = 成员与排序节点自创建以来的变更没有应有的签名（{ $detail }）。
verify-problem-altered-statement = 日志位置 { $place } 的区块被改动，已无法读取。
verify-problem-bad-signature = 区块 { $block }… 被改动，或由他人签名：签名不属于设备 { $device }…。
verify-problem-not-in-log = 区块 { $block }… 不在网络日志的位置 { $place }。
verify-problem-entry-order = 日志位置 { $place } 的区块重复或次序不对。
verify-problem-altered-record = 记录 { $record }… 被改动：它所属的区块中没有它。
verify-problem-stranger-signature = 区块 { $block }… 由陌生者签名：没有成员登记过设备 { $device }…。
verify-problem-revoked-device = 区块 { $block }… 由设备 { $device }… 签名，而其成员已将该设备停用。
verify-problem-not-permitted = 记录 { $record }… 由无权写入的设备写入。
verify-problem-missing-record = 记录 { $cite }… 被漏掉：记录 { $citedby }… 以它为依据。
verify-problem-state = 它所述的状态与其所依据的检查点不符。
verify-problem-left-out = 记录 { $record }… 被漏掉。
verify-problem-not-applied = 记录 { $record }… 被列出，但账本并未接受它。
verify-problem-other-state = 所列内容得出的结果与其所依据的检查点不符。
verify-problem-prefix-not-registered = 编码前缀由 { $have } 家成员登记，需要 { $need } 家。
verify-problem-not-commissioned = 其中没有这一编码的首次记录。
verify-problem-against-rules = 记录 { $record }… 违反账本规则（{ $rule }）。
verify-problem-custody-unknown = 记录 { $record }… 将物品装入包装箱，但包装箱由谁持有被漏掉。
verify-problem-altered-section = 记录 { $record }… 中由标签打开的部分被改动。
verify-problem-not-recognised-member = 记录 { $record }… 提到网络中不存在的成员。
verify-problem-other = 其中有内容不成立（{ $detail }）。

## 截至何时，多少家。

verify-as-of = 截至 { $time }，检查点 { $height }
verify-final = 已最终确定：{ $all } 个验证者中有 { $have } 个签名，{ $age }
verify-age-now = 不到一分钟前
verify-age-minutes = { $count } 分钟前
verify-age-hours = { $count } 小时前
verify-age-days = { $count } 天前
verify-peers-line = { $unasked ->
    [0] { $known } 家成员的节点中有 { $agreeing } 家一致
    *[other] { $known } 家成员的节点中有 { $agreeing } 家一致，{ $unasked } 家未询问
}
verify-kept = 此浏览器上次核对时，{ $agreeing } 家成员给出同一份记录。以下是当时所知的内容。
verify-kept-when = 上次核对：{ $time }

## 核对项目。

verify-checks = 核对了什么
verify-check-recorded = 由多家成员记录
verify-check-recorded-holds = { $count } 家成员的节点给出同一份记录，网络对它的签名成立。
verify-check-recorded-alone = 只有一家成员的节点给出了它。
verify-check-recorded-conflict = 成员的节点相互矛盾。
verify-check-recorded-none = 没有成员的节点给出它。
verify-check-maker = 由获认可的成员创建
verify-check-maker-holds = 网络认可 { $issuer } 使用此类编码。
verify-check-maker-unknown = 网络不认可创建者使用这一编码。
verify-check-maker-none = 没有成立的记录，无从得知。
verify-check-whole = 未被改动
verify-check-whole-holds = 记录中的所有签名与链接均成立。
verify-check-whole-broken = 记录中有内容不成立。
verify-check-whole-none = 没有记录，无从得知。
verify-state-holds = 成立
verify-state-fails = 不成立
verify-state-unknown = 未知
verify-count-checkpoint = 验证者对检查点的签名
verify-count-log = 在日志中的位置
verify-count-signatures = 签名与记录
verify-count-enrolment = 由成员登记的设备
verify-count-prefix = 编码前缀的登记与首次记录
verify-count-whole = 无一遗漏的记录
verify-count-cites = 与较早记录的链接
verify-count-custody = 双方签名的交接
verify-count-sections = 只有标签能打开的部分
verify-answer-proof = 给出成立的记录，截至检查点 { $height }
verify-answer-broken = 发来的记录不成立。{ $problem }
verify-answer-no-record = 证明账本中没有这一编码
verify-answer-silent = 没有答复：{ $reason }
verify-silent-unreachable = 无法连接
verify-silent-timed-out = 等待时间过长
verify-silent-busy = 对方繁忙，请一分钟后再试
verify-silent-status = 对方返回了错误
verify-silent-too-large = 发来的数据超过记录的上限

## 流转过程。

verify-journey-from = 由 { $name } 给出，其记录成立。
verify-journey = 流转过程
verify-through-container = 装在第 { $number } 个包装箱内期间
verify-step-commissioned = 首次记录
verify-step-packed = 装箱
verify-step-unpacked = 拆箱
verify-party-consumer = 消费者
verify-party-bearer = 出示取货码的人
verify-step-offered = 交给 { $to }
verify-step-accepted = 已接收，{ $condition }
verify-step-declined = 已谢绝接收
verify-step-made = 由其他货物制成
verify-step-used = 用于制造其他货物
verify-step-drawn = 首次单独使用；此前是 { $count } 件连续编号货物之一
verify-step-corrected = 较早的记录已更正
verify-corrected = 同一成员后来作了更正
verify-absent = 标签在此处可打开的内容已不再保存，或未发送。记录本身仍然成立。
verify-in-run = 一并记录的 { $count } 件之一。尚无只关于此件的记录。
verify-step-decommissioned = 已停用
verify-step-associated = 与他物关联
verify-step-dissociated = 与他物解除关联
verify-step-title-taken = 取得所有权
verify-step-title-declined = 谢绝所有权
verify-step-picked-up = 凭一次性取货码提货
verify-step-activated = 已激活：有了首位所有人
verify-step-resold = 由所有人转售
verify-step-reported = 有人反映情况
verify-step-pledged = 质押给银行
verify-step-released = 银行解除质押
verify-step-title-offered = 所有权让与 { $to }
verify-step-held = 被主管机关扣留
verify-step-cleared = 主管机关已放行
verify-step-unreadable = 被主管机关扣留：其文件无法读取
verify-step-inspected-pass = 检验：合格
verify-step-inspected-fail = 检验：不合格
verify-step-inspected-conditional = 检验：有条件合格
verify-cbv-accepting = 验收
verify-cbv-arriving = 到达
verify-cbv-departing = 离开
verify-cbv-inspecting = 检验
verify-cbv-loading = 装载
verify-cbv-unloading = 卸载
verify-cbv-packing = 包装
verify-cbv-receiving = 收货
verify-cbv-repairing = 维修
verify-cbv-retail-selling = 零售
verify-cbv-shipping = 发货
verify-cbv-storing = 存放
verify-cbv-transporting = 运输中
verify-cbv-stocking = 上架
verify-cbv-assembling = 组装
verify-cbv-collecting = 收集
verify-cbv-commissioning = 启用
verify-cbv-consigning = 托运
verify-cbv-creating-class-instance = 生成数量
verify-cbv-cycle-counting = 盘点
verify-cbv-decommissioning = 停用
verify-cbv-destroying = 销毁
verify-cbv-disassembling = 拆解
verify-cbv-dispensing = 分发
verify-cbv-encoding = 贴标
verify-cbv-entering-exiting = 通过闸口或边境
verify-cbv-holding = 扣留
verify-cbv-installing = 安装部件
verify-cbv-killing = 标签失效
verify-cbv-other = 其他作业
verify-cbv-picking = 拣货
verify-cbv-removing = 下架
verify-cbv-repackaging = 换包装
verify-cbv-replacing = 更换部件
verify-cbv-reserving = 预留
verify-cbv-sampling = 取样
verify-cbv-sensor-reporting = 读取传感器
verify-cbv-staging-outbound = 备货待发
verify-cbv-stock-taking = 盘点
verify-cbv-unpacking = 拆箱
verify-cbv-void-shipping = 取消发货
verify-condition-good = 状况良好
verify-condition-shortage = 有短缺
verify-condition-damage = 有损坏
verify-condition-seal-broken = 封条破损
verify-place = 地点：{ $place }

## 尚未确认与被拒绝的记录。

verify-standing = 另有 { $count } 条记录不属于以上内容
verify-standing-host = 以下由 { $host } 告知，尚未确认，也未经核验。
verify-standing-pending = 尚未确认：已签署，但未进入任何检查点。
verify-standing-refused = 被账本拒绝，原因：{ $why }。
verify-refused-rule = 违反规则（{ $code }）
verify-refused-not-holder = 签署方当时并不持有该物品
verify-refused-not-owner = 签署方当时并不拥有该物品
verify-refused-held = 该物品被主管机关扣留
verify-refused-offer-used = 该交出此前已有答复
verify-refused-offer-expired = 该交出已过期
verify-refused-no-such-offer = 不存在这样的交出
verify-refused-not-addressee = 该交出是给其他成员的
verify-refused-stale-custody = 该物品此前已转手
verify-refused-stale-title = 该物品此前已更换所有者
verify-refused-already-commissioned = 该物品此前已有记录
verify-refused-decommissioned = 该物品已停用
verify-refused-already-activated = 封签此前已被打开
verify-refused-inside-container = 该物品装在其他容器内
verify-refused-not-permitted = 该设备无权写此类记录
verify-refused-forked-feed = 该设备自相矛盾
verify-refused-device-revoked = 该设备已被停用
verify-refused-pledged = 该物品已质押给银行
verify-kind-commission = 首次记录
verify-kind-observe = 被查看
verify-kind-pack = 装箱
verify-kind-unpack = 拆箱
verify-kind-transform = 加工成其他货物，或由其他货物加工而成
verify-kind-associate = 与其他物品关联
verify-kind-dissociate = 与其他物品解除关联
verify-kind-decommission = 停用
verify-kind-correct = 更正
verify-kind-offer = 提出交出
verify-kind-accept = 接收
verify-kind-decline = 拒绝接收
verify-kind-draw = 首次单独使用
verify-kind-attest = 检验
verify-kind-activate = 首位所有者激活
verify-kind-resell = 由所有者转售
verify-kind-report = 有人报告情况
verify-kind-pledge = 质押给银行
verify-kind-release = 银行解除质押
verify-kind-hold = 被主管机关扣留
verify-kind-clear = 主管机关放行
verify-kind-unreadable = 扣留：文件无法读取
verify-kind-commission-run = 首次记录
verify-kind-offer-title = 提出转让所有权
verify-kind-take-title = 取得所有权
verify-kind-decline-title = 拒绝取得所有权
verify-kind-pick-up = 凭一次性取货码提货

## 照片。

verify-photo-show = 显示照片（{ $size }）
verify-photo-alt = 记录中的照片
verify-photo-loading = 正在获取照片…
verify-photo-matches = 照片与签名时的完全一致。
verify-photo-silent = 无法获取照片：{ $reason }。
verify-photo-not-there = 已答复的成员手头没有这张照片。
verify-photo-not-the-one = 发来的内容不是当时签名的照片，因此不予显示。
verify-photo-not-shown = { $kind } 类型的文件，{ $size }；本页不打开此类文件。

## 局限。

verify-owner = 所有人
verify-owner-sealed = 您买下了它？请揭开封签，输入其下的代码。此后您就是登记在册的所有人，任何人都无法再次激活。全程不询问您的姓名。
verify-owner-seal-code = 封签下的代码
verify-owner-seal-hint = 27 个字母和数字，分三组
verify-owner-activate = 登记我为所有人
verify-owner-sent = 已发送，正在账本中查找…
verify-owner-not-final = 已发送，但尚未最终确认。请稍后重新加载此页面，届时会显示您签署的内容。
verify-owner-mine = 您是登记在册的所有人
verify-owner-mine-text = 证明这一点的密钥保存在此浏览器中。
verify-owner-keep = 备份您的密钥
verify-owner-keep-text = 请抄下这些字符或妥善保存。持有它们的人可以转让该物品；没有它们，也没有此浏览器，则谁也无法转让。
verify-owner-give = 转让给新的所有人
verify-owner-code = 新所有人的代码
verify-owner-code-hint = 由新所有人打开此页面生成代码。
verify-owner-give-back = 交还给 { $name }
verify-owner-give-back-text = 用于维修、退换或回收。请在实际交出物品时操作。
verify-owner-anothers = 网络成员以外的某人是登记在册的所有人。您要从其手中购买？请对方在此转让给您。
verify-owner-bring = 它是我的
verify-owner-key = 您的密钥
verify-owner-key-hint = 您保存的 64 个字符。
verify-owner-make-code = 生成我的代码
verify-owner-show-code = 请把此代码发给所有人。请保留此浏览器：您的密钥在其中。
verify-owner-mistyped = 这不是封签下的代码：至少有一个字符读错了。请与标签核对。
verify-owner-other-item = 此代码属于另一件物品，或封签是复制的。请将标签上的编号与上方核对。
verify-owner-no-code = 这不是所有人的代码，或者缺了、错了字符。请完整复制。
verify-owner-nothing-kept = 此浏览器不保存任何内容，您的密钥会丢失。请在普通窗口中打开此页面，不要用无痕窗口或其他应用内的窗口。
verify-owner-silent = 没有答复。没有任何损失；请在有网络时重试。
verify-owner-activated = 此物品的封签此前已被揭开，已有登记的所有人。请查看历程。
verify-owner-stale = 其间所有人已变更。请先重新核对。
verify-owner-held = 主管机关扣留了此物品，现在不能变更所有人。
verify-owner-refused = 网络不接受此操作（{ $code }）。请重新核对，或将此页面出示给卖方。

verify-limits = 这不能证明什么
verify-limit-box = 不能证明您手中的东西就是被记录的那一件。标签可以被复制：请看流转过程是否与您的购买地点相符。
verify-limit-content = 不能证明成员所写的内容属实。它证明是谁、在何时写的，以及此后无人改动。
verify-limit-host = 不能证明本页是诚实的。它由 { $host } 提供；仿冒者的网页可以显示任何内容。请与您信任的网址比对，或在另一成员处核对。
verify-limit-order = 不能证明不依赖某一家公司：在此试运行网络中，记录的先后顺序由 { $orderer } 一家决定。它不能伪造或改动记录，但可以压下新的记录。

## 还可以做什么。

verify-ways = 还可以做什么
verify-served-by = 本页由 { $host } 提供。
verify-check-elsewhere = 在 { $name } 核对
verify-check-again = 重新核对
verify-ask-all = 询问所有成员
verify-download = 下载证明
verify-accept-network = 我知道原因：从现在起信任此网络
verify-report = 报告问题
verify-report-how = 请保留物品及其包装。保存证明，拍下标签和购买地点，并将三者出示给卖家或下列任一成员；证明的内容无人能够更改。

## 原始数据。

verify-raw = 原始数据
verify-raw-code = 编码
verify-raw-code-hash = 编码哈希
verify-raw-network = 网络
verify-raw-checkpoint = 检查点 { $height }
verify-raw-record = 记录，日志位置 { $index }
verify-raw-proof = 证明

## 页面。

verify-language = 语言

## 手工输入的编码。

verify-typed = 核对标签
verify-typed-code = 编码
verify-typed-hint = 印在二维码下方，例如 (01)…(21)…
verify-typed-check = 核对
