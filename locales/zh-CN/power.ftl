# 电源：请求、联锁、步骤、BMC。
power-action = { $action ->
    [on] 上电
    [off] 断电
    [soft_off] 软关机
    [cycle] 断电重启
    [nmi] 发送诊断中断（NMI）
    [identify] 定位灯
    [boot_device] 设置启动设备
    [bmc_reset] 重启 BMC
   *[reset] 硬重启
}
power-action-machine = { $action ->
    [on] 上电 { $machine }
    [off] 断电 { $machine }
    [soft_off] 软关机 { $machine }
    [cycle] 断电重启 { $machine }
    [nmi] 向 { $machine } 发送诊断中断（NMI）
    [identify] 切换 { $machine } 的定位灯
    [boot_device] 设置 { $machine } 的启动设备
    [bmc_reset] 重启 { $machine } 的 BMC
   *[reset] 硬重启 { $machine }
}
power-state = { $state ->
    [on] 开机
    [off] 关机
   *[unknown] 未知
}
power-intent-state = { $state ->
    [awaiting_approval] 待审批
    [queued] 排队中
    [running] 执行中
    [verifying] 正在核实状态
    [succeeded] 成功
    [failed] 失败
    [timed_out] 超时
    [refused] 已拒绝
   *[cancelled] 已取消
}

power-fault-address = 请填一台设备的 IP 地址，如 192.0.2.7 或 2001:db8::7。
power-fault-address-taken = { $machine } 已使用该地址和端口。两台设备共用一个 BMC 会操作错机器。
power-fault-port = 端口范围 1 到 65535，IPMI 为 623。
power-fault-octets = 最多允许 { $max } 字节，当前为 { $count } 字节。
power-fault-guid = GUID 为 32 位十六进制数字，且不能全相同，如 42bdfe50-c199-42d9-8e0b-c9d634020082。
power-fault-guid-taken = { $machine } 已登记该 GUID。
power-fault-key = 幂等键为 1 到 { $max } 个可见 ASCII 字符，不含空格。
power-fault-no-device = 没有名为 { $name } 的设备。
power-fault-bmc-there = { $machine } 已登记 BMC。
power-fault-certificate = SHA-256 指纹应为 64 位十六进制数字，可带冒号。
power-fault-bmc-in-use = { $machine } 有未结束的电源操作。请等它结束或取消后再修改 BMC。
power-fault-label = 请照原样输入 { $label }。

power-refuse-gone = { $machine } 已归档或已下架，未执行任何操作。
power-refuse-locked = { $machine } 已被 { $owner } 锁定：{ $reason }。未执行任何操作，请联系 { $owner } 解锁。
power-refuse-locked-customer = { $machine } 目前被机房锁定，未执行任何操作。请联系机房。
power-refuse-no-bmc = { $machine } 未登记 BMC，无法在此操作电源。请先在设备页登记 BMC。
power-refuse-no-bmc-customer = { $machine } 无法在此操作电源，请联系机房。
power-refuse-credential = { $machine } 的 BMC 拒绝了登记的用户或密码，修改之前不再尝试。请在设备页修改。
power-refuse-live = { $machine } 的操作 { $intent } 尚未结束，未执行任何操作。请等它结束或将其取消。
power-refuse-cool-down = { $machine } 刚刚操作过，未执行任何操作。请 { $seconds } 秒后再试。
power-refuse-hourly = 贵公司每小时最多 { $max } 次电源操作，目前已用完，未执行任何操作。请联系机房或稍后再试。
power-refuse-unknown = { $machine } 的电源状态未知，只能在确认后上电或断电。未执行任何操作。
power-refuse-key-reused = 该幂等键属于操作 { $intent }，但内容不同。请换一个新的键。
power-refuse-not-awaiting = 该操作已不在等待审批。
power-refuse-same-person = 该操作由您本人发起，须由另一人审批。
power-refuse-not-cancellable = 该操作已开始或已结束，无法取消。
power-refuse-not-yours = 该操作由机房发起，只能由机房取消。
power-refuse-lease-lost = 该操作已由另一个进程接手。
power-confirm-unknown = { $machine } 的电源状态未知。如仍要操作，请勾选确认。
power-confirm-presence = 机柜 { $rack } 现有 { $count } 人签入。请确认已通知他们并勾选。

power-detail-requested = 由 { $name } 发起
power-detail-needs-approval = 设备受保护，须由另一人审批
power-detail-approved = 由 { $name } 审批通过
power-detail-cancelled = 由 { $name } 取消，未执行任何操作
power-detail-approval-expired = 一天内无人审批，未执行任何操作
power-detail-too-old = { $seconds } 秒内未能开始，为避免意外不再执行，未执行任何操作
power-detail-started = 开始执行
power-detail-started-again = 重启后继续执行，此前未发送命令
power-detail-resumed = 重启后继续：命令不再重发，只核实状态
power-detail-locked = 期间被 { $owner } 锁定：{ $reason }，未执行任何操作
power-detail-locked-customer = 期间被机房锁定，未执行任何操作
power-detail-no-bmc = 已无登记的 BMC，未执行任何操作
power-detail-state-read = 设备当前{ power-state }
power-detail-is-off = 设备处于关机状态，未执行任何操作
power-detail-already-on = 设备本已开机，未发送命令
power-detail-already-off = 设备本已关机，未发送命令
power-detail-state-unknown = BMC 未给出电源状态，未执行任何操作
power-detail-wrong-machine = 该 BMC 属于另一台设备：上报 { $reported }，而登记为 { $expected }，未执行任何操作
power-detail-no-guid = BMC 未上报 GUID，序列号也无法佐证，无法确认是否属于本设备（{ $expected }），未执行任何操作
power-detail-wrong-serial = 该 BMC 属于另一台设备：上报的序列号为 { $reported }，而登记为 { $expected }，未执行任何操作
power-detail-sending = 正在发送命令：{ power-action }
power-detail-accepted = BMC 已接受命令，正在核实状态
power-detail-reply-lost = 命令的应答丢失，不再重发，只核实状态
power-detail-bmc-refused = BMC 未执行：{ power-bmc-fault }
power-detail-bmc-not-reached = 无法连接 BMC，未执行任何操作：{ power-bmc-fault }
power-detail-credentials = BMC 拒绝了登记的用户或密码，修改之前不再尝试
power-detail-seen-off = 已观察到关机
power-detail-observed = 已观察到：设备{ power-state }
power-detail-cycled = 已观察到关机后重新开机
power-detail-cycle-not-seen = BMC 已接受命令，设备处于开机状态；断电时间过短，未能观察到
power-detail-reset-accepted = BMC 已接受命令，设备处于开机状态；硬重启不留下其他痕迹
power-detail-timed-out = { $seconds } 秒内未观察到结果：设备{ power-state }
power-detail-timed-out-soft = 操作系统在 { $seconds } 秒内未关机：设备{ power-state }。未强制断电。
power-detail-timed-out-silent = BMC 不再应答，{ $seconds } 秒内无法确认是否已执行
power-detail-unseen = 应答丢失且设备处于开机状态，无法确认是否已执行，请到现场查看。

power-bmc-fault = { $code ->
    [no-answer] 没有应答
    [paused] 已连续多次没有应答，暂停访问几分钟
    [network] 本服务器无法向其发送
    [credentials] 用户或密码被拒绝
    [credentials-stopped] 用户或密码此前被拒绝，未再尝试
    [suite-refused] 不接受任何可用的加密套件
    [only-v15] BMC 只支持 IPMI 1.5，而本机未允许使用
    [weak-v15] BMC 只支持 IPMI 1.5，且没有逐包 MD5 认证
    [slots-full] 会话已满
    [busy] 正忙
    [not-in-this-state] 当前状态下无法执行
    [privilege] 用户权限不足
    [refused] 拒绝登录
    [completion] 拒绝了命令
    [not-understood] 应答无法识别
    [wrong-machine] 属于另一台设备
    [unsupported] 本版本不支持其协议
    [sealed] 登记的密码无法用密钥文件打开
    [certificate] 证书与已信任的不一致，未发送任何内容
    [http] 拒绝了请求
    [outlet-not-polled] PDU 未通过 SNMP 采集，或型号未知
    [outlet-not-switchable] 该 PDU 的插口不支持开关
    [outlet-missing] PDU 上没有该插口
    [outlet-refused] PDU 拒绝了操作，其 SNMP 用户或团体名须有写权限
   *[other] 会话已结束
}

power-title = 电源
power-empty = 还没有电源操作
power-empty-text = 电源操作从设备页开始：打开一台已登记 BMC 的设备，选择操作即可。
power-filter-live = 未结束
power-column-action = 操作
power-column-machine = 设备
power-column-state = 状态
power-column-outcome = 结果
power-column-by = 发起人
power-column-at = 发起时间
power-ended-at = 结束时间
power-intent-number = 电源操作 { $number }
power-progress = 进度
power-facts = 概况
power-label = 标签
power-position = 位置
power-position-none = 未上架
power-owner = 归属
power-owner-operator = 机房自用
power-state-now = 当前电源
power-state-seen = 观察于
power-reason = 原因
power-reason-help = 将留档，设备所属客户可见。
power-approve = 审批通过
power-approve-title = 审批：{ $action }
power-cancel = 取消操作
power-cancel-title = 取消：{ $action }
power-cancel-consequence = 目前尚未执行任何操作，取消后也不会执行。
power-waits-for-other = 该设备受保护，须由另一位有审批权限的人打开本页并同意。
power-harder-offer = 没有自动执行更强的操作。如有需要，请点上方按钮重新发起，这将是一次新的操作。
power-consequence = { $action ->
    [on] 设备将上电。已开机的设备不受影响。
    [off] 立即切断电源，设备上正在运行的内容会丢失，等同拔电源线。
    [soft_off] 请求操作系统关机（ACPI）。若系统不响应，不会自动强制断电。
    [cycle] 立即断电，数秒后重新上电。设备上正在运行的内容会丢失。
    [nmi] 处理器将收到诊断中断。操作系统如已配置，会写出崩溃转储并停止，正在运行的内容会丢失。
    [identify] 切换设备上的定位灯，其他不变。
    [boot_device] 下次启动时生效。不会重启设备，重启需另行操作。
    [bmc_reset] 只重启带外管理控制器，不影响设备本身。数分钟内无法在此查看或操作该设备的电源。
   *[reset] 不经操作系统关机，立即重启。设备上正在运行的内容会丢失。
}
power-warn-locked = 该设备已被 { $owner } 锁定：{ $reason }。解锁之前不会执行此操作。
power-warn-locked-customer = 该设备已被机房锁定，解锁之前不会执行此操作。
power-warn-protected = 该设备受保护：须由另一人审批后才会执行。
power-warn-people = 机柜 { $rack } 现有 { $count } 人签入，请先通知他们。
power-warn-unknown = 该设备的电源状态未知。
power-warn-unknown-blocked = 该设备的电源状态未知，不能执行此操作；确认后可以上电或断电。
power-acknowledge-presence = 机柜旁的人员已知情
power-confirm-unknown-state = 状态未知，仍要操作
power-flash-asked = 已受理对 { $machine } 的操作，进展见本页。
power-flash-approved = 已审批通过，进展见本页。
power-flash-cancelled = 已取消，未执行任何操作。
power-flash-bmc-removed = 已删除 { $machine } 的 BMC 登记。
power-bmc-silent = BMC 没有应答，这里显示的是最近一次观察到的状态。
power-no-bmc = 未登记 BMC，无法在此查看或操作电源。
power-history = 电源操作历史
power-history-all = 该设备的全部电源操作
power-bmc = BMC
power-bmc-new = 登记 { $machine } 的 BMC
power-bmc-edit = 修改 { $machine } 的 BMC
power-bmc-lead = 设备的管理控制器，通过 IPMI 2.0 访问。
power-bmc-lead-redfish = 设备的管理控制器，通过 Redfish（HTTPS）访问。
power-bmc-protocol = 协议
power-bmc-ipmi = IPMI
power-bmc-redfish = Redfish
power-bmc-add = 登记 BMC
power-bmc-change = 修改 BMC
power-bmc-address = IP 地址
power-bmc-port = 端口
power-bmc-username = 用户
power-bmc-password = 密码
power-bmc-password-help = 最多 { $max } 字节。加密保存，之后不再显示。
power-bmc-password-keep = 留空则保留已登记的密码，密码不会显示。
power-bmc-kg = K_g
power-bmc-kg-help = 仅用于设有独立密钥的 BMC。留空则保留已登记的内容。
power-bmc-kg-remove = 删除已登记的 K_g
power-bmc-trust = 证书
power-bmc-trust-pin = 首次出示的证书，之后只认这一张
power-bmc-trust-authority = 由证书机构为该地址签发的证书
power-bmc-trust-help = BMC 出厂多为自签名证书，此时选第一项。
power-bmc-certificate = 已信任的证书（SHA-256）
power-bmc-certificate-shown = 当前出示的证书（SHA-256）
power-bmc-certificate-what-to-do = BMC 出示的证书与已信任的不一致。未向其发送任何内容，确认之前也不会发送。
power-bmc-certificate-refused = 证书被拒绝
power-bmc-certificate-refused-text = BMC 出示的证书与已信任的不一致，运维方核实之前不向其发送任何内容。
power-bmc-certificate-look = 核对证书
power-bmc-certificate-title = 信任 { $machine } 的新证书
power-bmc-certificate-submit = 信任
power-bmc-certificate-consequence = 之后会把该 BMC 的用户和密码发送给持有此证书的一方。仅在清楚证书为何变更时才信任，例如升级了固件、重置了 BMC 或换成了自己的证书。请与 BMC 自身页面上显示的指纹核对。
power-flash-certificate = 已信任新证书，正在重新连接 BMC。
power-bmc-privilege = 权限级别
power-bmc-privilege-user = 用户（只读）
power-bmc-privilege-operator = 操作员
power-bmc-privilege-administrator = 管理员
power-bmc-privilege-help = 够用即可。操作员可上电、断电；部分 BMC 要求管理员。
power-bmc-lookup = 用户查找方式
power-bmc-lookup-name = 按用户名
power-bmc-lookup-name-privilege = 按用户名和权限级别
power-bmc-lookup-help = 仅当 BMC 上有重名用户时才按用户名和权限级别查找。
power-bmc-suites = 加密套件
power-bmc-suites-usual = 默认（先 17 后 3）
power-bmc-suites-17-3 = 先 17 后 3
power-bmc-suites-3-17 = 先 3 后 17
power-bmc-suites-17 = 仅 17
power-bmc-suites-3 = 仅 3
power-bmc-suites-17-3-8 = 依次为 17、3、8
power-bmc-suites-17-3-8-12 = 依次为 17、3、8、12
power-bmc-suites-8 = 仅 8
power-bmc-suites-12 = 仅 12
power-bmc-suites-help = 套件 17 更安全；较早的 BMC 只支持套件 3。套件 8 和 12 基于 MD5，仅在 BMC 不支持前两者时选用。
power-bmc-v15 = 允许 IPMI 1.5（不加密）
power-bmc-v15-help = 仅用于没有 IPMI 2.0 的 BMC。警告：管理网络上能监听的人可以看到全部内容，包括新设的密码，还能根据监听内容猜测密码。仅当 BMC 自己声明没有 IPMI 2.0 时使用，密码被拒绝后绝不改用。不支持串口控制台；密码最多 16 字节。
power-bmc-guid = GUID
power-bmc-guid-help = BMC 必须上报该 GUID，否则不执行任何操作，以免操作错机器。
power-bmc-remove = 删除 BMC 登记
power-bmc-remove-title = 删除 { $machine } 的 BMC 登记
power-bmc-remove-consequence = 地址和密码将被删除，之后无法在此查看或操作电源；电源操作历史保留。
power-bmc-credential-what-to-do = BMC 拒绝了用户或密码。为避免账号被锁，修改之前不再尝试。请先检查 BMC 上的账号，再在此保存用户和密码（即使内容不变）。
power-bmc-maker = 厂商（IANA 编号）
power-bmc-product = 产品编号
power-bmc-firmware = 固件
power-bmc-suite = 加密套件
power-bmc-last-answer = 最近应答
power-bmc-last-error = 最近故障
power-bmc-next = 下次尝试

power-fault-light = 0 到 255 秒；0 为关灯，255 为常亮直到关闭。
power-fault-range = 请填 { $least } 到 { $most } 的整数。
power-fault-devices = 设备须用编号指定。
power-fault-machines = 请选择至少一台、最多 { $most } 台设备。
power-fault-zone = 请填时区名称，如 Asia/Shanghai。
power-fault-date = 请填日期，如 2026-11-22。
power-fault-time = 请填 00:00 到 23:59 的时间，如 19:30。
power-fault-past = 该时间已过，请选择更晚的日期或时间。
power-fault-count = 请准确输入 { $count }。

power-refuse-no-outlets = { $machine } 没有登记 PDU 插口，未执行任何操作。
power-refuse-outlets-unconfirmed = { $machine } 的插口未全部确认，未确认的插口一律不操作。未执行任何操作。请核对线缆后在 PDU 页面确认插口。
power-refuse-outlets-missing = { $machine } 的某个插口在 PDU 上已不存在，未执行任何操作。请检查 PDU。
power-refuse-outlets-action = 插口只能上电、断电或断电重启。
power-refuse-bulk-begun = 全部操作都已开始或已结束，没有可取消的内容。

power-detail-untold = 应答丢失，无法判断是否已执行，不再重发
power-detail-nmi-accepted = BMC 已接受命令；是否写出转储须在操作系统上查看
power-detail-identify-accepted = BMC 已接受命令，请查看定位灯
power-detail-boot-set = 回读一致：{ $boot }
power-detail-boot-not-seen = BMC 已接受 { $boot }，但回读为 { $reported }
power-detail-bmc-back = BMC 曾无应答，现已恢复应答
power-detail-bmc-answers = BMC 已接受命令并有应答；离线时间过短，未能观察到
power-detail-bmc-away = BMC 在 { $seconds } 秒内未恢复应答，请到现场查看。
power-detail-bulk-stopped = 同批已有 { $count } 台未成功，本操作已取消，未执行任何操作
power-detail-no-outlets = 插口无法操作：须全部登记、确认，且 PDU 上可见；未执行任何操作
power-detail-outlet-sending = 切换插口 { $outlet }：{ power-state }
power-detail-outlets-off = 已观察到全部插口断电，稍候上电
power-detail-outlets-shown = 已观察到：{ $count } 个插口均为{ power-state }
power-detail-outlets-cycled = 已观察到：{ $count } 个插口断电后重新上电
power-detail-outlets-restored = 部分插口未能按时断电，其余插口已重新上电，设备没有断电。
power-detail-outlets-timed-out = 未按时观察到结果：{ $outlets }。请检查 PDU。
power-detail-outlets-refused = PDU 未执行：{ power-bmc-fault }
power-detail-outlets-not-reached = 无法读取 PDU，未执行任何操作：{ power-bmc-fault }

power-boot-device = { $device ->
    [pxe] 网络（PXE）
    [disk] 硬盘
    [cdrom] 光驱
    [bios] 固件设置
   *[default] 不指定
}
power-boot-choice = { power-boot-device }，{ $persistent ->
    [yes] 一直有效
   *[no] 仅下次启动
}，{ $mode }
power-light = { $seconds ->
    [0] 关
    [60] 1 分钟
    [240] 4 分钟
    [255] 常亮直到关闭
   *[other] { $seconds } 秒
}
power-path = { $path ->
    [outlets] PDU 插口
   *[bmc] BMC
}
power-path-title = 途径
power-setting = 设置
power-light-title = 定位灯
power-light-state = { $light ->
    [off] 定位灯已关闭
    [timed] 定位灯亮起，稍后自动熄灭
   *[other] 定位灯常亮
}
power-boot-title = 启动设备
power-boot-uefi = UEFI 模式
power-boot-persistent = 以后每次启动都生效
power-boot-persistent-help = 不勾选则仅下次启动生效。
power-action-by-outlets = 通过插口{ $action }
power-outlets-there = BMC 无应答或未登记。该设备的插口已全部确认，可以通过插口操作。
power-outlets-offer = 该设备的插口已确认。如有需要，请点上方按钮通过插口操作，这将是一次新的操作。
power-consequence-outlets = { $action ->
    [on] 设备所接的全部插口将逐个上电。
    [cycle] 全部插口断电，稍候逐个重新上电。设备上正在运行的内容会丢失。
   *[off] 设备所接的全部插口将断电。正在运行的内容会丢失，BMC 也会断电。
}

power-bulk = 批量
power-bulk-one = 多台设备一起操作
power-bulk-new = 批量操作
power-bulks-title = 批量操作记录
power-bulks-empty = 还没有批量操作
power-bulk-lead = 选择设备，预览每台的结果，再以同一原因一起发起。各台依次开始。
power-bulk-search = 名称、标签或序列号
power-bulk-rack = 机柜
power-bulk-machines = 设备
power-bulk-all = 全选列出的 { $count } 台
power-bulk-outlets-only = 仅插口
power-bulk-preview = 预览
power-bulk-none-text = 没有已登记 BMC 或已确认插口的设备。
power-bulk-choose = 请搜索，或选择机柜、归属以列出设备。
power-bulk-title = { $action }：{ $count } 台设备
power-bulk-goes = 可以开始
power-bulk-count = { $count } 台中有 { $going } 台可按要求执行。
power-bulk-people = 这些机柜现有 { $count } 人签入，请先通知他们。
power-bulk-verdict = 预览结果
power-bulk-stagger = 启动间隔
power-bulk-stagger-help = 电源启动瞬间的电流是平时的数倍。
power-bulk-stop-after = 失败几台后停止
power-bulk-stop-after-help = 达到该数量后，尚未开始的全部取消。
power-bulk-type-count = 请输入设备台数以确认：{ $count }
power-bulk-number = 批量 { $number }
power-bulk-settled = 全部设备均已结束。
power-bulk-begins = 开始于
power-bulk-stop = 取消尚未开始的
power-bulk-stop-consequence = 这些设备尚未执行任何操作，取消后也不会执行。已开始的继续进行。
power-bulk-stopped-failures = 已有 { $count } 台未成功，批量已停止，尚未开始的已取消。
power-bulk-stopped-person = 由 { $name } 停止，尚未开始的已取消。
power-flash-bulk = 受理 { $count } 台，拒绝 { $refused } 台，进展见本页。
power-flash-bulk-approved = 已审批 { $count } 台。
power-flash-bulk-stopped = 已取消 { $count } 台，未对其执行任何操作。

power-schedule = 计划
power-schedule-open = 打开计划
power-schedules-title = 计划
power-schedules-empty = 还没有计划
power-schedules-empty-text = 计划按站点的时钟，在某一天或每周的某几天操作设备电源。
power-schedule-new = 新建计划
power-schedule-name = 名称
power-schedule-when = 时间
power-schedule-next = 下次执行
power-schedule-last = 上次执行
power-schedule-owner = 负责人
power-schedule-paused = 已暂停
power-schedule-archived = 已归档
power-schedule-edit = 修改
power-schedule-pause = 暂停
power-schedule-resume = 恢复执行
power-schedule-runs = 执行记录
power-schedule-no-runs = 尚未执行过。
power-schedule-lead = 保存者对其执行负责。每次执行时都按普通操作的规则检查。
power-schedule-machines-help = 每行一个名称。
power-schedule-rhythm = 频率
power-schedule-weekly = 每周的某几天
power-schedule-once = 一次
power-schedule-weekdays = 星期
power-schedule-date = 日期
power-schedule-date-help = 用于只执行一次的计划。
power-schedule-time = 时刻
power-schedule-time-help = 按当地钟表时间。因调钟被跳过的时刻在其后立即执行，重复的时刻只执行一次。
power-schedule-zone = 时区
power-schedule-settings = 定位灯和启动设备
power-schedule-settings-help = 其他操作不使用这些设置。
power-schedule-archive-consequence = 不再执行，执行记录保留。
power-weekday = { $day ->
    [mon] 周一
    [tue] 周二
    [wed] 周三
    [thu] 周四
    [fri] 周五
    [sat] 周六
   *[sun] 周日
}
power-every-day = 每天
power-schedule-ran = 受理 { $count } 台，拒绝 { $refused } 台。
power-schedule-missed = 到点时程序未运行，{ $minutes } 分钟后才发现，未执行任何操作。
power-schedule-no-right = 负责人 { $name } 已无权操作这些设备，未执行任何操作。须由有权限的人重新保存。
power-schedule-no-machines = 负责人无权操作其中任何设备，未执行任何操作。
power-flash-paused = 已暂停，恢复之前不再执行。
power-flash-resumed = 已恢复执行。
