## Sentences whose keys the client sends.

# What will be signed.
sign-commission = 新建 { $count } 件：{ $product }（GTIN { $gtin }）
sign-comes-out = 产出：{ $batch }，{ $amount } { $unit }（{ $code }）
sign-transform = { $way }
sign-use = 投入：{ $subject }，{ $amount } { $unit }（{ $code }）
sign-use-item = 投入并终结：{ $subject }
sign-remains = 此后剩余：{ $subject }，{ $amount } { $unit }（{ $code }）
sign-loss = 损耗：{ $amount } { $unit }（{ $code }）
warn-check-digit = 此集装箱号的校验位应为 { $expected }，实为 { $found }。请与箱上的号码核对。
sign-commission-case = 新建箱：{ $code }
sign-commission-sealed = 共 { $count } 件，封签下各有激活码，买家可凭码激活
sign-make-batch = 新建批次：{ $product } { $amount }，{ $code }
sign-make-run = 新建一组 { $count } 件：{ $product }（GTIN { $gtin }）
sign-make-thing = 首次登记 { $code }
sign-name = 名称：{ $name }
sign-pack = 将 { $count } 件装入 { $container }
sign-unpack = 从 { $container } 取出 { $count } 件
sign-offer = 您将 { $subject } 交给 { $to }
sign-accept = 您从 { $from } 接收 { $subject }
sign-contents = { $count ->
    [0] 内无物品
    *[other] 内装 { $count } 件
}
sign-expires = 交出有效期至 { $time }
sign-condition = 货物状况：{ $condition }
sign-attest = 检验 { $subject }：{ $verdict }
sign-activity = { $activity }：{ $subject }
sign-activity-many = { $activity }：{ $count } 件
sign-subject = { $subject }
sign-more = 另有 { $count } 件
sign-decline = 您不从 { $from } 接收 { $subject }
sign-open = 打开 { $author } 写给主管机关的部分。理由：{ $reason }
sign-open-seen = 此后人人可见您打开了它，以及理由
sign-unreadable = 扣留 { $subject }：其必须随附的供主管机关阅读的文件无法读取
sign-grant = 允许 { $to } 阅读 { $author } 写给指定各方的内容，涉及：
sign-offer-code = 您将 { $subject } 交给说出取货码者（哈希 { $hash }）
sign-pick-up = 您将 { $subject } 交付给说出取货码的人
sign-left = 其中 { $count } 件您不接收，仍归交出方保管：
sign-offer-title = 您将 { $subject } 的所有权让与 { $to }
sign-take-title = 您从 { $from } 取得 { $subject } 的所有权
sign-decline-title = 您不从 { $from } 取得 { $subject } 的所有权
sign-pledge = 您将 { $subject } 质押给 { $to }
sign-pledge-many = 您将 { $count } 件质押给 { $to }
sign-release = 您解除 { $subject } 的质押
sign-release-many = 您解除 { $count } 件的质押
sign-associate = 您将 { $subject } 关联到 { $parent }
sign-associate-many = 您将 { $count } 件关联到 { $parent }
sign-dissociate = 您将 { $subject } 与 { $parent } 解除关联
sign-dissociate-many = 您将 { $count } 件与 { $parent } 解除关联
sign-correct-did-not-occur = 您更正您的单位 { $time } 的记录：此事并未发生
sign-correct-incorrect-data = 您更正您的单位 { $time } 的记录：所述内容有误
sign-correct-right = 正确的内容见您的单位 { $time } 的记录：
sign-correct-recall = 买家页面不再以此为准：是否警示，以此前关于召回的记录为准
sign-terms = 价格与条款（仅双方财务人员可读）：“{ $terms }”
sign-place = 地点：{ $place }
sign-recall-public = 任何人都能看到，包括买家：生产者召回时，买家的页面会发出警告
sign-place-public = 持有标签的任何人都能看到该地点
sign-port = 即：{ $place }
sign-position = 一并记录其位置：{ $position }
sign-note = 备注：“{ $note }”
sign-measured = 测量：{ $name } { $value } { $unit }
sign-seal-number = 封条号：{ $number }
sign-reading = { $what }：{ $value } { $unit }
sign-read-at = 读取时间：{ $time }
sign-counted = 盘点数量：{ $subject }，{ $amount } { $unit }（{ $code }）
sign-evidence = { $count } 个照片或文件（{ $bytes }）
sign-public = 持有标签的任何人都能看到备注和照片
sign-name-public = 任何查验单件的人以及所有成员都能看到产品名称
sign-members-only = 只有网络成员能看到备注和照片
sign-as = 以 { $device } 代表 { $member } 签署

# What to know before signing, and on the first screen.
warn-clock-ahead = { $days ->
    [0] 本设备时钟快了 { $minutes } 分钟。请在系统设置中校正；签署不受影响。
    *[other] 本设备时钟快了 { $days } 天。请在系统设置中校正；签署不受影响。
}
warn-clock-behind = { $days ->
    [0] 本设备时钟慢了 { $minutes } 分钟。请在系统设置中校正；签署不受影响。
    *[other] 本设备时钟慢了 { $days } 天。请在系统设置中校正；签署不受影响。
}
warn-checkpoint-old = 本设备的数据停留在 { $time }。请连接网络以更新。
warn-enrolment-ends = 本设备的注册将于 { $time } 到期。请向管理员索取新的邀请。
warn-offer-pending = 该交出本身尚未确认。若它被拒绝，此次接收也会被拒绝。
warn-offer-ends = 该交出将于 { $time } 失效。
warn-not-inspected = 尚无人检验过。
warn-failed-inspection = { $member } 检验认为不合格。
warn-refused = 您签署的 { $count } 项被拒绝。请到发件箱查看。
warn-sold-before = 此物曾售出过：{ $member } 已登记所有人。
warn-activated-elsewhere = 其封签被打开之处，远离 { $member } 最后见到它的地方。
warn-impossible-journey = { $first } 与 { $second } 在过短时间内于相距 { $km } 公里的两地见到它：其中之一的标签是复制的。
warn-unbalanced = { $member } 登记的数量对不上：产出与损耗之和不等于投入。
warn-no-ports = 此应用未附港口代码表：{ $place } 仅作为文字保存，不含位置。
warn-seal-differs = 此处最近记录的封条号是 { $number }。请与您看到的封条核对。
warn-count-differs = 按记录，{ $subject } 应有 { $amount } { $unit }（{ $code }）。若实际盘点数量不同，请选择“盘点差异”。
warn-public = 照片和备注将对持有标签的任何人可见，之后无法再隐藏。
warn-ends = 此后即停用：不能再为其记录任何内容，且无法撤销。
warn-correct = 更正不会撤销任何事：由谁持有、归谁所有、放在何处，均保持不变。若这些也有误，请另作正确的记录。
warn-corrected-before = 此记录先前已更正过。两次更正都会保留，记录旁显示较新的一次。
warn-pledged = 此物已质押给 { $bank }。可以运输，质押随之而去。
warn-pledge = 在银行解除之前，所有权不变，其中物品不能取出。
warn-held-by = 现由 { $holder } 保管。取得所有权后请其交出。

# What this device did.
did-commission = 新建 { $count } 件：{ $product }
did-commission-case = 新建箱 { $code }
did-pack = 将 { $count } 件装入 { $container }
did-unpack = 从 { $container } 取出 { $count } 件
did-offer = 将 { $subject } 交给 { $to }
did-offer-code = 将 { $subject } 凭取货码交出
did-accept = 接收 { $subject }（{ $condition }）
did-accept-part = 接收 { $subject }，其中 { $left } 件未接收（{ $condition }）
did-decline = 谢绝 { $subject }
did-commission-run = 制成一批连续编号的 { $count } 件
did-transform = 用 { $count } 项制成 { $made } 项
did-correct = 更正了关于 { $subject } 的记录
did-draw = 开始单独记录连续编号中的 { $count } 件
did-associate = 将 { $count } 件关联到 { $subject }
did-dissociate = 将 { $count } 件与 { $subject } 解除关联
did-offer-title = 将 { $subject } 的所有权让与 { $to }
did-take-title = 取得 { $subject } 的所有权
did-decline-title = 谢绝 { $subject } 的所有权
did-pick-up = 凭取货码交付 { $subject }
did-activate = 登记 { $subject } 的首位所有人
did-resell = 登记 { $subject } 的转售
did-report = 反映 { $subject } 的情况
did-pledge = 将 { $subject } 质押给 { $to }
did-pledge-many = 将 { $count } 件质押给 { $to }
did-release = 解除 { $subject } 的质押
did-release-many = 解除 { $count } 件的质押
did-open = 已打开供主管机关阅读的部分
did-unreadable = 已扣留 { $subject }：其文件无法读取
did-grant = 已向他人开放一个部分
did-set-reader = 已更换阅读密钥
did-attest = 检验 { $subject }：{ $verdict }
did-activity = { $activity }：{ $subject }
did-activity-many = { $activity }：{ $count } 件
did-enrol = 注册设备 { $device }
did-revoke = 吊销设备 { $device }
did-register-prefix = 为 { $member } 登记前缀 { $prefix }
did-set-policy = 签署了网络规则的变更
did-admit-member = 签署了接纳 { $member }
did-expel-member = 签署了开除 { $member }
did-set-validators = 签署了排序节点的变更
did-rotate-root = 已更换本单位的根密钥
did-set-guardians = 已选定本单位的监护成员
did-recover = 签署了 { $member } 的新根密钥
did-object-recovery = 已对新根密钥提出异议

# Steps of a journey.
step-commissioned = 生产并贴标
step-observed = { $activity }
step-packed = 装入 { $container }
step-filled = 装入 { $count } 件
step-unpacked = 从 { $container } 取出
step-emptied = 取出 { $count } 件
step-offered = 交出给 { $to }
step-offered-code = 凭取货码交出
step-accepted = 已接收：{ $condition }
step-accepted-part = 已接收，{ $left } 件除外：{ $condition }
step-left = 未被接收，留在交出方
step-declined = 已谢绝交出
step-used = 用于制造其他货物
step-made = 由其他货物制成
step-drawn = 首次单独使用
step-corrected = 较早的记录已更正：{ $reason }
step-corrected-word = 较早的记录已更正：{ $reason }
step-corrects = { $time } 的记录：
step-corrective = 正确的内容见 { $time } 的记录：
step-was-corrected = 已更正：{ $reason }
step-was-corrected-word = 已更正：{ $reason }
correct-reason-did_not_occur = 此事并未发生
correct-reason-incorrect_data = 所述内容有误
step-associated = { $count ->
    [1] 与 { $other } 关联
    *[other] 与 { $other } 等 { $count } 件关联
}
step-dissociated = { $count ->
    [1] 与 { $other } 解除关联
    *[other] 与 { $other } 等 { $count } 件解除关联
}
step-title-offered = 所有权让与 { $to }
step-title-taken = 取得所有权
step-title-declined = 谢绝所有权
step-picked-up = 凭取货码提货
step-activated = 由首位所有人激活
step-resold = 已转售
step-reported = 有人反映情况
step-pledged = 质押给 { $to }
step-released = 质押已解除
step-decommissioned = 停用：{ $activity }
step-held = { $activity }
step-cleared = { $activity }
step-unreadable = 被主管机关扣留：其文件无法读取
step-opened = 主管机关已打开：{ $reason }
step-opened-word = 主管机关已打开：{ $reason }
step-granted = 文件已向 { $to } 出示
open-reason-clearance = 货物放行
open-reason-inspection = 查验
open-reason-risk_analysis = 风险评估
open-reason-audit = 审计
open-reason-complaint = 投诉
open-reason-court_order = 法院命令
step-counted = 盘点数量：{ $amount } { $unit }（{ $code }）
step-attested = 已检验：{ $verdict }

role-admin = 管理员
role-peer = 节点
role-courier = 快递员
role-qc = 质检
role-warehouse = 仓库
role-forwarder = 货代
role-customs-officer = 海关人员
role-bank-officer = 银行人员
role-regulator = 监管人员
role-shop = 门店

class-manufacturer = 制造商
class-carrier = 承运人
class-delivery-point = 投递点
class-warehouse = 仓库
class-port = 港口
class-forwarder = 货代
class-customs = 海关
class-quarantine = 检疫
class-tax = 税务
class-bank = 银行
class-insurer = 保险
class-regulator = 监管机构
class-retailer = 零售商
class-recycler = 回收商
class-auditor = 审计

condition-good = 完好
condition-shortage = 有短少
condition-damage = 有损坏
condition-seal-broken = 封签破损

verdict-pass = 合格
verdict-fail = 不合格
verdict-conditional = 有条件合格

field-product = 产品
field-place = 地点
field-note = 备注
field-terms = 条款
field-caption = 说明
field-measured = 测量值
field-seal = 封条号

unit-kgm = 千克
unit-grm = 克
unit-tne = 吨
unit-ltr = 升
unit-mlt = 毫升
unit-mtr = 米
unit-mtk = 平方米
unit-mtq = 立方米
unit-h87 = 件
unit-xbx = 盒
unit-xbg = 袋
unit-xpx = 托盘
unit-other = 单位
unit-cel = °C
unit-fah = °F
unit-kel = K
unit-p1 = %
unit-k40 = g（重力加速度）
unit-msk = m/s²
unit-dd = °
unit-a97 = hPa
unit-kpa = kPa
unit-bar = bar
unit-lux = lx
unit-vlt = V

sensed-temperature = 温度
sensed-relative-humidity = 相对湿度
sensed-acceleration = 冲击（加速度）
sensed-angle = 倾斜（角度）
sensed-pressure = 压力
sensed-illuminance = 光照
sensed-mass = 重量
sensed-voltage = 电压

way-split = 拆分
way-merge = 合并
way-process = 加工
way-repack = 改装

# What is wrong with a row or event of a file.
row-not-utf8 = 该行不是 UTF-8 文本。请将表格另存为“CSV UTF-8”。
row-cells = 该行的单元格数与表头不符。
row-cell = 单元格的内容与所选列的含义不符。
row-no-event = 事件缺少字段，或字段有误。
row-identifier = 标识所指的对象在此没有历史。
row-prefix-unknown = 没有成员登记过此编码的前缀。
row-prefix-pending = 此编码前缀的登记尚未最终确认，请稍后再试。
row-not-yours = 此编码属于另一成员的前缀，须由该成员自行记录。
row-nothing-tracked = 未指明任何物品、批次、物流单元、资产或地点。
row-too-early = 时间早于 1970 年。
row-too-large = 事件超过一个区块的容量。请拆分。
row-event-unknown = 本公司没有此处所更正事件的记录。
row-in-itself = 父级对象同时出现在其自身的子级中。
row-inputs-unknown = 本文件的事件和本公司的记录中都没有此转化的投入。请先导入含投入的事件，或与此事件一起导入。
row-both-sides = 同一对象既在投入中，又在产出中。
row-amounts = 同一批次出现多次，其数量无法合计。
row-not-counted = 非批次的对象带有数量。只有批次可以计数。
row-no-record = 账本中没有与此对应的记录。
