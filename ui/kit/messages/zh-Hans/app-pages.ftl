## First run and unlocking.
language = 语言
join-title = 凭邀请加入
join-text = 管理员会以二维码出示邀请，或发送链接。
join-scan-hint = 将相机对准邀请二维码
join-paste = 或粘贴链接
passphrase-title = 保护本设备
passphrase-text = 本设备上的一切都用此口令加密。口令无法找回；若忘记，需凭新的邀请重新加入。
passphrase = 口令
passphrase-again = 再输入一次
passphrase-hint = 至少 8 个字符；用几个词最好
passphrase-show = 显示输入内容
passphrase-differs = 两次输入不一致。请重新输入。
action-join = 加入
joining = 正在加入：核对邀请并准备加密副本，需要几秒钟。
joined = 欢迎加入 { $network }。本设备现以{ $role }身份代表 { $member } 签署。
unlock-title = 解锁 { $network }
unlock-wait = { $seconds } 秒后可再试
action-unlock = 解锁

## Home and hand-overs.
home-to-inspect = 待检验
home-incoming = 待您接收
home-outgoing = 等待对方
home-held = 您持有的
home-activity = 您签署的
nothing-to-inspect = 没有待检验的物品
nothing-to-inspect-text = 贵公司持有且尚无人检验的物品会显示在这里。
nothing-incoming = 没有待接收的交接
nothing-incoming-text = 交给贵公司的交接会显示在这里。没有网络时，请扫描对方手机上的动态码。
nothing-outgoing = 没有等待中的交接
nothing-outgoing-text = 您交出的会留在这里，直到对方签署。
nothing-held = 这里还没有物品
nothing-held-text = 贵公司新建或接收的物品会显示在这里。
nothing-signed = 尚未签署
nothing-signed-text = 本设备的每次签署及其状态会显示在这里。
show-all = 显示全部 { $count } 项
all-handovers = 全部交接
handover-from = 来自 { $member }
handover-to = 交给 { $member }
holds-until = 有效期至 { $time }

## Scanning.
scan-hint = 将相机对准标签
scan-typed = 或输入编码、序列号
scan-looking = 正在查询…
scan-unknown = 此处未知
scan-unknown-text = 这是 { $issuer } 的有效编码，但本设备一无所知。请连接网络，或询问交给您的人。
scan-unknown-nobody = 编码格式正确，但本网络没有成员拥有该前缀。
scan-invitation = 这是一份邀请
scan-invitation-text = 本设备已加入。请用新设备扫描此邀请。
scan-failed = 未采纳
action-scan-again = 重新扫描
action-look-up = 查询
action-image-file = 从图像读取
image-looking = 正在图像中寻找码…
camera-starting = 正在启动相机…
camera-picture = 相机画面
torch = 补光
wedge-hint = 手持扫描枪随时可用。

## A subject.
subject-on-offer = 正在交出；对方尚未签署。
paper-for-authorities = 此记录有一部分供主管机关阅读。您的单位是其中之一；打开它会成为人人可见的记录。
paper-opened = 供主管机关阅读的部分已显示：您的单位打开了它。
paper-granted = 由 { $member } 向您的单位出示。
paper-purged = 此处的其他内容已不再保存：保存期已过，或已被收回。由谁签署、确已签署，仍然成立。
paper-awaited = 此处的其他内容尚未到达，或对端节点未保存。由谁签署、确已签署，仍然成立。
paper-damaged = 此记录有一部分供您的单位阅读，但无法打开。
paper-open-why = 为何打开？
paper-open-choose = 请选择理由。
paper-opened-text = 您打开它一事已记录在案。历程中会显示其内容。
paper-report-text = 货物必须随附的供主管机关阅读的文件无法读取。报告后货物将被扣留，直到您放行。
paper-reported-text = 已记录在案，货物被扣留，直到您放行。
paper-grant-to = 将这些文件出示给
paper-granted-text = 送达后对方即可阅读。
journey = 历程
contents = 内装物品
packed-in = 装在
packed-in-text = 它随所在容器一起交接。
facts = 详情
fact-holder = 持有者
fact-owner = 所有者
fact-code = 编码
fact-link = 标签上的链接
fact-device = 设备
fact-role = 角色
fact-member = 成员
fact-network = 网络
fact-version = 版本
via = 随 { $container }
photo = 照片
evidence-not-here = 尚未到达

## New items and labels.
commission-known = 以前做过的产品
commission-what = 新建什么？
make-kind = 新建哪一类？
make-items = 单件
make-items-text = 最多 200 件，每件有自己的标签和记录
make-batch = 批次
make-batch-text = 同一批号下的数量，按千克、升或件计
make-run = 一组序列号
make-run-text = 一条记录最多一百万件，清单作为证据保存
make-thing = 有编码的物品
make-thing-text = 物流单元、工具、集装箱、地点
make-batch-number = 批号
make-amount = 数量
make-unit = 单位
make-unit-other = 其他单位的代码
make-unit-hint = 来自 UN/ECE 第 20 号建议书，例如 GRM 或 CMT
make-unit-kgm = 千克（KGM）
make-unit-tne = 吨（TNE）
make-unit-ltr = 升（LTR）
make-unit-mtr = 米（MTR）
make-unit-mtk = 平方米（MTK）
make-unit-mtq = 立方米（MTQ）
make-unit-h87 = 件（H87）
make-code = 编码
make-code-hint = 按印刷或扫描的内容：(00)…、(8003)…、(8004)…、(414)… 或集装箱号
make-name = 名称（可不填）
make-run-slow = 生成大量序列号需要几秒钟。
make-run-done-text = 已签署。清单会在下次同步时交给本公司的节点；标签在那里按清单打印。
action-open = 打开
commission-gtin = GTIN
commission-gtin-hint = 产品编号。您的前缀：{ $prefixes }
commission-product = 产品名称
commission-count = 数量
commission-count-hint = 1 到 { $most }
commission-count-problem = 请输入 1 到 { $most } 的数字。
commission-case = 装入一个新箱
commission-case-text = 箱子有自己的编码，可整箱交接。
commission-done = 已签署
commission-done-text = { $count } 个新编码已就绪。请打印标签并贴上。
action-commission-more = 再建一些
field-needed = 请填写。
labels-none = 未选择标签
labels-none-text = 打开一件物品或一个箱子，然后选择“标签”。
labels-sheet = 标签第 { $number } 张，共 { $total } 张
labels-each = 逐个标签
labels-saved = 已保存到 { $folder }
action-print = 打印
action-save-svg = 存为 SVG

## Handing over.
offer-to = 交给谁？
offer-choose = 请选择交给谁。
offer-done = 您一方已签署
offer-done-text = 已保存在本设备，会自动发送到网络。
offer-done-frames = 对方没有网络？请向其手机出示动态码。
action-show-frames = 向对方手机出示动态码
action-by-network = 对方通过网络接收
accept-condition = 货物状况如何？
accept-good = 完好
accept-shortage = 有短少
accept-damage = 有损坏
accept-seal-broken = 封签破损
accept-gone = 此交接已不在等待
accept-gone-text = 它已被接收、已失效，或尚未到达本设备。
accept-done = 您已接收
accept-done-text = 您的签名保存在本设备，会自动发送到网络。
accept-done-frames = 对方手机没有网络？请出示您的动态码，让它也知道。
action-show-acceptance = 向对方出示您的签名
frames-offer = 请对方手机扫描
frames-offer-text = 在对方手机上：交接 → 扫描交接。请双方保持不动，直到完成。
frames-acceptance = 请交出方手机扫描
frames-acceptance-text = 在对方手机上：扫描对方签名。之后双方都持有两份签名。
frames-code = 交接动态码，第 { $number } 个，共 { $total } 个
frames-count = 第 { $number } 个，共 { $total } 个
frames-as-text = 文本形式
frames-as-text-hint = 没有相机时：将这些行复制到另一台设备。
action-hold = 暂停
action-go-on = 继续播放
action-scan-acceptance = 扫描对方签名
receive-hint = 将相机对准对方手机上的动态码
receive-typed = 或粘贴一个码
receive-progress = 正在收集动态码
receive-count = { $have } / { $total }
receive-paste = 全部码的文本
receive-paste-label = 粘贴另一台设备的各行
action-take = 全部采用
action-take-one = 采用
received-acceptance = 双方均已签署
received-acceptance-text = { $member } 已接收。本设备持有两份签名。

## Inspecting.
inspect-verdict = 您的结论？
inspect-pass = 合格
inspect-fail = 不合格
inspect-conditional = 有条件合格
inspect-choose = 请选择结论。
inspect-photos = 照片和文件
inspect-measured = 测量值
inspect-public = 向持有标签的任何人公开
inspect-public-text = 买家将能看到备注和照片，且无法撤回。
measured-name = 项目
measured-value = 数值
measured-unit = 单位
measured-remove = 移除此值
action-add-measured = 添加数值
action-photo = 拍照
action-file = 选择文件
action-shoot = 拍摄
photo-title = 拍照
photo-storing = 正在加密
photo-progress = { $taken } / { $length }
photo-stored = 已加密保存，{ $length }
photo-remove = 移除 { $name }

## Signing.
preparing = 正在用文字说明您将签署的内容…
could-not-sign = 未签署
sign-title = 您将签署
sign-rest = 按住以签署
sign-holding = 请继续按住…
sign-again = 再激活一次以签署
sign-busy = 正在签署…
sign-hint = 按住一秒；键盘请按住 Enter 或空格键。
signed-notice = 已签署并保存在本设备

## Outbox.
outbox-empty = 发件箱为空
outbox-empty-text = 您签署的内容都已到达网络。
outbox-unsent-text = 它们安全地保存在本设备，联系到节点后即发送。
outbox-evidence = 还有 { $count } 个照片或文件（{ $bytes }）待发送。
outbox-items = 已签署、未确认
outbox-peers = 节点
outbox-state-unsent = 未发送
outbox-state-sent = 已达 { $peer }
outbox-sent = { $count ->
    [0] 没有待发送的内容
    *[other] 已发送 { $count } 条
}
outbox-still-unsent = { $count } 条未能发送，原因见各条。
peer-connected = 已连接
peer-not-connected = 未连接
action-send-now = 立即发送

## Settings.
theme = 配色
theme-system = 跟随系统
theme-light = 浅色
theme-dark = 深色
settings-device = 本设备
settings-lock = 锁定
settings-lock-text = 关闭加密副本，直到再次输入口令。
action-lock = 立即锁定

## What happened, lists, holds.
gather-hint = 将摄像头依次对准每个标签
gather-list = 已扫描
gather-pieces = { $count ->
    [0] 尚未扫描
    *[other] 件
}
gather-added = 已加入：{ $code }
gather-again = 清单中已有：{ $code }
gather-empty = 清单为空
gather-empty-text = 扫描您要签署的所有物品；重复读取的标签只计一次。
activities-none = 没有可记录的活动
activities-none-text = 您的角色对此没有可记录的内容，或该物品已停用。
deed-done-text = 您的签名已保存在本设备，并会自动发送到网络。
decline-why = 原因（可选）
decline-hint = 交出方可以看到。
decline-done = 您已谢绝接收
decline-done-text = 物品仍归交出方持有，对方会得到通知。您的签名会自动发送到网络。

## 所有权、质押、取货码、关联。
home-title-incoming = 向您让与的所有权
home-title-outgoing = 您让与的所有权
home-lapsed = 未及时答复
home-requests = 申请
home-pledges = 质押
no-requests = 没有待处理的申请
no-pledges = 没有质押
offered-title = 所有权
term-ended = 已到期
term-over = 已失效
term-grace = 已于 { $time } 到期。{ $until } 前的答复仍然有效：请对方同步并答复。
term-over-ours = 已于 { $time } 到期，无人答复。请重新提出。
term-over-theirs = 已于 { $time } 到期，无人答复。请对方重新提出。
take-title-done = 您已成为所有人
decline-title-done = 您未取得所有权
decline-title-done-text = 所有权不变，所有人会得知。您的签名会自动发送到网络。
offer-title-done = 已让与所有权，待对方签署
pledge-done = 已质押
release-done = 已解除质押
deal-terms = 价格与条款（可选）
deal-terms-hint = 只有双方财务人员可读。
deal-choose = 请选择对方。
pledge-no-bank = 本网络没有银行成员。
pledged-to = 自 { $time } 起质押给 { $bank }
pledged-by = { $owner }，自 { $time } 起
subject-title-offered = 由 { $from } 让与 { $to }。{ $term }
action-take-title = 取得所有权
action-decline-title = 谢绝
action-release = 解除质押
action-offer-code = 收货人没有设备：使用取货码
action-pick-up = 凭码交付
action-make-code = 生成取货码
accept-left = { $count ->
    [0] 有短少或留在交出方的物品？
    *[other] { $count } 件留在交出方
}
accept-left-what = 哪些您不接收？
pickup-make = 是您下的单吗？
pickup-make-text = 请为收货人生成取货码。若他人已给您哈希，则无需生成：请粘贴在下方。
pickup-code = 取货码
pickup-code-text = 只告知收货人。说出此码者即可取货。此码只显示这一次，不会保存。
pickup-hash = 取货码的哈希
pickup-hash-hint = 64 位数字和字母，由生成取货码的一方提供
pickup-hash-text = 交给承运人。由它得不出取货码。
offer-code-done-text = 已保存在本设备，并会自动发送到网络。收货人说出取货码时即可交付。
pick-up-hint = 将摄像头对准收货人的码
pick-up-typed = 或输入收货人说出的取货码
pick-up-else = 无人收取？
pick-up-done = 已交付
bind-hint = 将摄像头对准封签、传感器、单证或地点
bind-done = 已关联
unbind-what = 解除哪些？
unbind-nothing = 没有关联的物品
unbind-done = 已解除
bound-to = 归属于
bound = 附属物

pack-into = 装入哪里？
pack-hint = 或将摄像头对准箱子的标签
pack-done = 已装入
pack-open = 查看箱子
unpack-what = 取出哪些？
unpack-empty = 其中没有物品
unpack-done = 已取出
search-title = 查询
search-label = 代码、序列号或集装箱号
search-hint = 按标签或箱体上所示输入
holds-title = 已扣留
holds-none = 没有被扣留的物品
holds-none-text = 主管机关扣留的物品在放行前显示于此。
hold-since = { $member }，自 { $time } 起
hold-ours = 您可以放行

## A recall.
recall-descendants = 由它制成
recall-origins = 它的来源
recall-none = 没有记录
recall-none-text = 没有记录表明有物品由它制成，或它由何制成。
recall-cut-off = 数量超出可显示范围，所示数字偏低。请从节点获取完整清单。
recall-picture = 图示
recall-holders = 现由谁持有
recall-nobody = 已无人持有：全部用尽或停用。
recall-steps = 相隔 { $count } 步
recall-ended = 已用尽或停用
