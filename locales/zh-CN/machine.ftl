# 设备通过 BMC 上报的内容：传感器、事件日志、硬件，以及 BMC 密码。
machine-sensors = 传感器
machine-sensor = 传感器
machine-value = 数值
machine-limits = 门限
machine-least = 下限
machine-most = 上限
machine-judged = 判定
machine-hours = 近 6 小时
machine-states = 状态
machine-since = 始于
machine-course-of = { $name } 的曲线
machine-sensor-gone = 已不再上报
machine-no-sensors = BMC 未上报任何传感器。
machine-bad = 按 BMC 的判定，有 { $count } 个传感器超限。
machine-bad-count = { $count } 个超限
machine-trouble = 最近一次读取失败：{ power-bmc-fault }。以下为此前的数据。
machine-read-at = 读取于
machine-not-read = 尚未读取
machine-awaited = 读取中
machine-read-again = 重新读取
machine-flash-asked = 即将重新读取。
machine-draw = 整机功率
machine-boot-from = 下次启动
machine-boot = { $device ->
    [pxe] 网络（PXE）
    [disk] 硬盘
    [cdrom] 光驱
    [bios] 固件设置界面
   *[default] 按固件设置
}{ $uefi ->
    [yes] ，UEFI
   *[no] {""}
}{ $persistent ->
    [yes] ，每次启动
   *[no] {""}
}
machine-health = { $health ->
    [ok] 正常
    [warning] 警告
    [critical] 严重
    [fatal] 致命
   *[unknown] 无判定
}
machine-quantity = { $quantity ->
    [temperature] 温度
    [power] 功率
    [fan_speed] 风扇
    [voltage] 电压
    [current] 电流
    [humidity] 湿度
    [discrete] 状态量
   *[other] 其他
}
machine-log = 事件日志
machine-log-of = { $machine } 的事件日志
machine-log-all = 全部事件日志
machine-log-empty = 没有记录
machine-log-empty-text = BMC 的事件日志为空，或没有符合条件的记录。BMC 自身的日志清空后，这里的记录仍会保留。
machine-log-cleared = BMC 的日志已被清空，此前的记录保留在这里。
machine-log-note = 说明
machine-log-over = 已解除
machine-log-warnings = 警告及以上
machine-log-faults = 仅严重
machine-log-bmc-time = BMC 时间
machine-log-read = 读取于
machine-log-source = 来源
machine-log-text = 内容
machine-log-since-start = 启动后 { $seconds } 秒
machine-log-full = BMC 的日志仅剩 { $percent }% 空间，写满后新记录会丢失：请在 BMC 上清空，这里的记录会保留。
machine-drift = BMC 的时钟偏差 { $seconds } 秒（正数为偏快）。记录时间为 BMC 的时间。请校准其时钟，最好使用 NTP。
machine-hardware = 硬件
machine-differences = 档案与实物
machine-field = 项目
machine-record = 档案
machine-said = 实物上报
machine-verdict = 比对
machine-verdict-of = { $verdict ->
    [same] 一致
    [differs] 不一致
    [not_on_record] 档案中没有
   *[not_said] 实物未上报
}
machine-accept = 写入档案
machine-set-aside = 忽略
machine-set-aside-by = 已由 { $name } 忽略
machine-bring-back = 恢复比对
machine-change-type = 修改档案
machine-parts = 部件
machine-part-kind = 部件
machine-part-slot = 位置
machine-part-name = 厂商和型号
machine-part-serial = 序列号
machine-part-more = 其他
machine-part-gone = 已移除
machine-part = { $kind ->
    [chassis] 机箱
    [board] 主板
    [product] 整机
    [processor] 处理器
    [memory] 内存
    [disk] 硬盘
    [network] 网口
    [accelerator] 加速卡
    [power_supply] 电源模块
    [firmware] 固件
   *[other] 其他
}
machine-controller = 带外管理控制器
machine-controller-address = 使用的地址
machine-controller-source = 地址来源
machine-controller-netmask = 子网掩码
machine-controller-gateway = 网关
machine-controller-mac = MAC 地址
machine-controller-watchdog = 看门狗
machine-controller-users = 用户
machine-controller-source-told = { $word ->
    [static] 静态
    [dhcp] DHCP
    [bios] BIOS
   *[other] 其他
}
machine-controller-role = { $word ->
    [administrator] 管理员
    [operator] 操作员
    [user] 只读用户
    [callback] 回拨
    [oem] 厂商自定义
    [none] 无权限
   *[other] { $word }
}
machine-watchdog = { $word ->
    [stopped] 未启动
    [no_action] 不动作
    [none] 不动作
    [hard_reset] 硬重启
    [resetsystem] 硬重启
    [power_down] 断电
    [powerdown] 断电
    [power_cycle] 断电重启
    [powercycle] 断电重启
   *[other] { $word }
}
machine-watchdog-counts = { $seconds } 秒后{ $action }
inventory-fact-by-hand = 此项无法直接写入，请手工修改档案。

rotation-open = 更换密码
rotation-title = 更换 { $machine } 的 BMC 密码
rotation-lead = 针对 BMC 用户 { $user }。先在 BMC 上设置新密码并验证，成功后才写入登记；在此之前登记的仍是旧密码。
rotation-last = 最近一次更换
rotation-submit = 在 BMC 上设置
rotation-make-up = 自动生成密码
rotation-make-up-help = 无需有人知道：加密保存，不再显示。
rotation-new = 新密码
rotation-new-help = 经 IPMI 时为 8 到 20 字节。自动生成时留空。
rotation-again = 再次输入
rotation-fault-short = 至少 { $min } 个字符。
rotation-fault-again = 两次输入不一致。
rotation-flash-asked = 正在更换密码，进展见本页。
rotation-refuse-live = 正在更换 { $machine } 的 BMC 密码。请等它结束后再试。
rotation-refuse-not-unclear = 此次更换已有定论。
rotation-state = { $state ->
    [queued] 排队中
    [sending] 正在设置
    [testing] 正在验证新密码
    [done] 已更换
    [failed] 未更换
   *[unclear] 无法确认
}
rotation-unclear-what-to-do = 无法确认 BMC 目前是旧密码还是新密码，因此暂停读取。请再次验证，或到 BMC 上查看后在此选择。
rotation-test-again = 再次验证
rotation-keep-old = 旧密码有效
rotation-take-new = 新密码有效
rotation-step-asked = 由 { $name } 发起
rotation-step-sending = 旧密码可用，正在设置新密码
rotation-step-accepted = BMC 已接受新密码，正在验证
rotation-step-reply-lost = 应答丢失，不再重发，两个密码都将验证
rotation-step-refused = BMC 未更换：{ power-bmc-fault }。旧密码仍然有效。
rotation-step-not-reached = 无法连接或登录 BMC：{ power-bmc-fault }。未做任何更改。
rotation-step-silent = 没有应答：{ power-bmc-fault }。稍后重试
rotation-step-resumed = 程序中途停止过：命令不再重发，两个密码都将验证
rotation-step-stored = 新密码验证成功，已写入登记
rotation-step-old-holds = BMC 拒绝新密码，接受旧密码。未做任何更改。
rotation-step-neither = BMC 拒绝两个密码。为避免账号被锁，不再尝试。
rotation-step-untestable = 无法确认哪个密码有效：{ power-bmc-fault }
rotation-step-no-bmc = 登记的 BMC 期间被删除或修改，未再执行任何操作
rotation-step-again = 由 { $name } 要求再次验证
rotation-step-kept-old = { $name } 确认旧密码有效
rotation-step-took-new = { $name } 确认新密码有效，已写入登记
rotation-step-by-hand = { $name } 手工登记了账号
