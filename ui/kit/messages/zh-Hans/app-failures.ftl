## Every failure: what happened and what to do.

failure-not-joined = 本设备尚未加入网络。请先凭邀请加入。
failure-already-joined = 本设备已属于某个网络。请用口令解锁。
failure-locked = 应用已锁定。请用口令解锁。
failure-passphrase-short = 口令太短。请至少使用 { $least } 个字符。
failure-passphrase-simple = 这个口令容易被猜到。请用多个词，或混合字母与数字。
failure-wrong-passphrase = { $wait_s ->
    [0] 口令不正确。请检查键盘语言和大写锁定，然后重试。
    *[other] 口令不正确。{ $wait_s } 秒后可再试。
}
failure-try-later = 多次口令错误，需要等待。请 { $wait_s } 秒后再试。
failure-not-an-invitation = 这不是邀请。请扫描管理员出示的二维码，或粘贴以 chopmark://join/ 开头的链接。
failure-invitation-damaged = 邀请不完整。请复制完整链接，或重新扫描。
failure-invitation-unknown = 网络不认识此邀请。请向管理员索取新的邀请。
failure-invitation-used = 此邀请已被使用。每份邀请只能加入一台设备，请另要一份。
failure-invitation-expired = 此邀请已过期。请向管理员索取新的邀请。
failure-store-damaged = 本设备的副本已损坏：{ $detail }。已发送的内容在网络上是安全的。请重启应用；如无效，请用新的邀请重新加入。
failure-store-busy = 应用的另一个窗口正在使用本设备的副本。请关闭它再试。
failure-store-newer = 本设备的副本由更新版本的应用写入。请更新应用。
failure-disk-full = 磁盘已满，未签署任何内容。请腾出空间后重试。
failure-internal = 应用内部出现意外：{ $detail }。您签署的内容是安全的。请重试；如仍出现，请报告。

failure-peer-unreachable = 无法连接 { $address }。请检查网络；不会丢失任何内容，在此签署的稍后发送。
failure-peer-stranger = 在 { $address } 应答的不是预期的节点。请勿使用此网络，并告知管理员。
failure-peer-confused = 节点的应答无法理解：{ $detail }。应用会自动重试；如仍出现，请告知管理员。
failure-connection-lost = 与 { $address } 的连接已断开。应用会自动重试。
failure-wrong-network = 这属于另一个网络。只有同一网络的设备才能互通，请联系管理员。
failure-unknown-device = 网络不认识本设备。请向管理员索取新的邀请。
failure-revoked = 本设备已被吊销，网络不再接受它的任何内容。请联系管理员。
failure-malformed = 节点无法读取此区块。请报告管理员。
failure-too-large = 超过网络允许的大小。请拆分，或减少照片。
failure-non-canonical = 字节格式不符合约定。请报告管理员。
failure-bad-signature = 签名不符。请勿采信，并告知管理员。
failure-fork = 有人用本设备的密钥签署了两份不同的历史。它不能再写入；请告知管理员。
failure-missing-prev = 节点缺少本设备更早的区块。应用会自动重发。
failure-busy = 节点繁忙。应用会自动重试。
failure-peer-full = 节点的磁盘已满。您签署的内容保留在本机，稍后会自动发送或发往其他节点。
failure-version = 节点使用另一版本。请更新应用。

failure-unknown-command = 此版本的应用不会这样做（{ $command }）。请重启或更新应用。
failure-bad-arguments = 应用无法读取屏幕的请求（{ $command }：{ $detail }）。请重启或更新应用。
failure-unknown-member = 网络中没有这个成员。请另选。
failure-unknown-record = 本设备不知道这条记录。请联网后重试。
failure-unknown-draft = 您要签署的内容已不存在。请返回重新开始。
failure-draft-overtaken = 您阅读摘要之后情况有变。请返回重新阅读后再签署。
failure-nothing-chosen = 未作选择。请至少选择一项。
failure-too-many = 一次太多。最多 { $most } 个。
failure-count-out-of-range = 数量须在 { $least } 到 { $most } 之间。
failure-text-too-long = { $field }太长，最多 { $most }。
failure-product-missing = 产品还没有名称。请输入。
failure-step-unknown = “{ $step }”不是网络认识的业务步骤。
failure-self-addressee = 不能交给自己。请选择其他成员。
failure-no-prefix = 贵公司尚未登记厂商前缀。请由管理员登记。
failure-code-not-known = 本设备不知道 { $subject } 的编码。请先扫描一次它的标签。
failure-no-downloads = 无法在此将标签页存为文件。请改为打印成 PDF。
failure-not-saved = 无法写入 { $folder }：{ $detail }。请排除问题，或改为打印成 PDF。

failure-code-empty = 没有可查询的内容。请扫描或输入编码。
failure-code-check-digit = 校验位不符：现为 { $found }，应为 { $expected }。请与标签核对。
failure-code-length = 编码过长或过短。请与标签核对。
failure-code-identifier = 这里不使用这种编码。请扫描带印章的码，或输入码下方的数字。
failure-code-character = 编码含有不允许的字符。请与标签核对。
failure-code-foreign = 这不是本网络的编码。请扫描带印章的码，或输入码下方的数字。
failure-code-product-only = 此编码仅表示产品 { $gtin }。请扫描或输入带有单件序列号的编码。
failure-link-foreign = 该链接指向 { $host }，不属于本网络，未打开。如果它印在本网络的标签上，请告知管理员。
failure-serial-unknown = 本设备不知道序列号 { $serial }。请扫描标签，或连接网络。

failure-evidence-type = 不接受此类文件（{ $media_type }）。请使用照片（JPEG、PNG、WebP）、视频（MP4、WebM）或 PDF。
failure-evidence-empty = 文件为空。请另选。
failure-evidence-too-large = 文件太大，最多 { $most }。
failure-evidence-unknown = 这里不知道此照片或文件。
failure-evidence-absent = 此照片或文件尚未到达。联网后会到达。
failure-evidence-damaged = 此照片或文件在本机已损坏，会从网络重新获取。
failure-image-too-large = 图像为 { $width } × { $height } 像素，超过可打开的 { $most_megapixels } 百万像素。请选择较小的图像。
failure-image-damaged = 无法读取此图像。请重新拍照或另选文件。
failure-upload-unknown = 此文件的传输已不存在。请重新选择文件。
failure-upload-incomplete = { $length } 中只收到 { $taken }。请重新选择文件。
failure-upload-overlong = 收到的内容超过所声明的 { $length }。请重新选择文件。
failure-uploads-full = 已有 { $most } 个文件在传输。请等待完成。
failure-chunk-too-large = 文件分块超过 { $most }。请重新选择文件。

failure-not-a-frame = 这不是交接的动态码。请将摄像头对准对方手机上的动态码。
failure-frame-damaged = 有一个动态码损坏。请继续对准。
failure-handover-damaged = 扫描到的交接已损坏。请双方重新开始。
failure-handover-too-large = 此交接需要超过 { $most } 个码。请改用网络发送。
failure-handover-not-for-us = 此交接是给 { $addressee } 的，只有他们能接收。
failure-handover-behind = 本设备尚不知道这些货物，且其历史过长，无法用码传递。请先连接一次网络，再重新扫描这些码。
failure-not-a-handover = 这些码不含交接。请对方重新出示。

failure-not-your-prefix = 此编码的前缀属于其他公司。请使用自己的 GTIN。
failure-already-commissioned = 此前已新建；一个编码只能使用一次。
failure-unknown-subject = 本设备不知道它。请扫描标签，或连接网络。
failure-not-holder = 它由 { $holder } 持有，而不是您。只有持有者能这样做。
failure-not-permitted = 您的角色（{ $role }）不允许这样做。请联系管理员。
failure-not-addressee = 该交出是给 { $addressee } 的，只有他们能接收。
failure-offer-used = { $by } 已凭此交出接收。如果货物在您手中，请联系交出方。
failure-offer-declined = { $by } 已谢绝此交出。如果货物在您手中，请交出方重新交出。
failure-offer-expired = 该交出已失效。请交出方重新交出。
failure-no-such-offer = 没有这样的交出。请交出方重新出示。
failure-open-offer-exists = 它已在交出中。请等待被接收或失效。
failure-stale-custody = 它在此期间已易手。请查看其历程后重新开始。
failure-already-packed = 它已装在 { $inside } 中。请先取出。
failure-not-empty = { $content } 还装在里面。请先取出。
failure-decommissioned = { $by } 已将它停用，不再记录任何内容。如果它在您手中，请检查其标签并告知对方。
failure-not-inside = 它不在该容器中。
failure-too-deep = 容器嵌套太深。请先取出一层。
failure-different-holders = 这些物品的持有者不同。只有同一公司持有的才能一起装箱。
failure-cite-refused = 它所依据的内容已被拒绝。请先查看那里。
failure-cite-never-came = 它所依据的内容从未到达网络。请签署方联网。
failure-forked-feed = 签署它的设备写了两份历史，其后的内容都不算数。
failure-device-revoked = 签署它的设备此前已被吊销。
failure-not-admin = 只有管理员能这样做。
failure-contents-changed = 交出之后内装物品有变。请重新交出。
failure-inside-container = 它装在 { $inside } 中。请交接该容器，或先取出。
failure-prefix-taken = 该前缀属于 { $by }。
failure-prefix-overlap = 该前缀与其他前缀重叠。
failure-already-enrolled = 该设备已注册。
failure-enrolment-ended = 该设备的注册已于 { $until } 到期。请向管理员索取新的邀请。
failure-already-revoked = 该设备此前已被撤销。
failure-wrong-subject = 记录与其编码不符。请更新应用后重新签署。
failure-inside-itself = 容器不能装入自身或其内含物中。
failure-group-failed = 与它一起签署的内容被拒绝，因此它也被拒绝。
failure-against-rules = 违反网络规则（{ $rule }）。

# Failures of the screens themselves.
failure-app-silent = 应用内部没有应答。请重启应用；您签署的内容是安全的。
failure-app-strange = 应用内部的应答出乎意料。请更新应用。
failure-camera-denied = 未允许使用相机。请在系统设置中允许，或使用图像文件、输入编码。
failure-camera-absent = 没有相机。请使用图像文件，或输入编码。
failure-camera-busy = 另一个应用正在使用相机。请关闭它后重试。
failure-scanner-broken = 读码器无法启动。请重启应用，或输入编码。
failure-no-code-in-image = 图像中没有找到码。请选择更清晰的，或码更大的图像。
failure-not-an-image = 此文件不是可打开的图像。请选择 JPEG、PNG 或 WebP。
failure-general = 未能完成，此版本的应用无法说明原因。请重试；如再次出现，请更新应用。
line-general = 此版本的应用无法描述这项内容。请更新应用。
