# 线缆、端到端链路，以及交换机看到的邻居。
cables-one = 线缆
cables-title = 线缆
cables-new = 新建线缆
cables-empty = 还没有线缆
cables-empty-text = 在这里或从设备的端口连接两个端口，也可以在“设置 → 导入和导出”里导入。
cables-empty-own = 您的服务器上没有登记线缆
cables-empty-own-text = 接在您服务器端口上的线缆会列在这里。
cables-label = 线标
cables-label-help = 线上打印的标签，在用线缆中不可重复，可留空。
cables-label-taken = 从 { $a } 到 { $b } 的线缆已用这个线标，请换一个。
cables-side = 端
cables-side-a = A 端
cables-side-b = B 端
cables-side-help = 设备名称和端口名称。
cables-breakout-help = 一分多线缆只在一端填多个端口，最多 12 个，用分号隔开，例如 eth1; eth2; eth3; eth4。设备逐个对应，或只填一台。
cables-device = 设备
cables-port = 端口
cables-ends = 两端
cables-line = 链路
cables-facts = 档案
cables-kind = 类型
cables-kind-cat5e = 超五类
cables-kind-cat6 = 六类
cables-kind-cat6a = 超六类
cables-kind-cat7 = 七类
cables-kind-cat8 = 八类
cables-kind-mmf-om3 = 多模 OM3
cables-kind-mmf-om4 = 多模 OM4
cables-kind-mmf-om5 = 多模 OM5
cables-kind-smf-os2 = 单模 OS2
cables-kind-dac = DAC 高速线缆
cables-kind-aoc = AOC 有源光缆
cables-kind-coax = 同轴
cables-kind-power = 电源线
cables-kind-console = Console 线
cables-kind-usb = USB
cables-kind-other = 其他
cables-kind-is-power = 电源线只能连接插口和电源口，请换类型或换端口。
cables-kind-is-not-power = 插口和电源口之间要用电源线，请把类型选为电源线。
cables-status = 状态
cables-status-planned = 计划
cables-status-connected = 已连接
cables-status-decommissioning = 待拆
cables-colour = 颜色
cables-colour-help = 颜色的名称，或 # 加六位十六进制数。
cables-colour-wrong = 写成 { $allowed } 之一，或 # 加六位十六进制数；也可以写中文颜色，例如黄色。
cables-colour-black = 黑色
cables-colour-white = 白色
cables-colour-grey = 灰色
cables-colour-red = 红色
cables-colour-orange = 橙色
cables-colour-yellow = 黄色
cables-colour-green = 绿色
cables-colour-aqua = 湖蓝色
cables-colour-blue = 蓝色
cables-colour-violet = 紫色
cables-colour-magenta = 粉色
cables-colour-brown = 棕色
cables-length = 长度
cables-length-wrong = 按米填写，小数最多三位，例如 2.5，不超过 { $max }。
cables-bundle = 线束
cables-bundle-help = 一起敷设的线缆填同一个名称。
cables-port-interface = 网口
cables-port-console = 串口
cables-port-console_server = 串口服务器端口
cables-port-power_port = 电源口
cables-port-power_outlet = 插口
cables-port-front = 前面板口
cables-port-rear = 后面板口
cables-no-device = 没有名为 { $name } 的设备。
cables-no-port = { $count ->
    [0] { $device } 还没有登记端口，找不到 { $port }。请在设备页添加，或按型号带入。
   *[other] { $device } 没有端口 { $port }，它的端口有 { $allowed }
}
cables-port-ambiguous = 有多个端口叫 { $port }，请写明是哪一个，可写 { $allowed }。
cables-port-gone = 端口 { $port } 已不在，请新建线缆接到别的端口。
cables-port-taken = { $port } 上已有线缆 { $label }，通往 { $far }。请先归档它，或换一个端口。
cables-in-port = 线缆 { $label } 插在这个端口上，请先归档线缆。
cables-in-device = 它的端口上还有 { $count } 条线缆，请先归档。
cables-many-to-many = 只有一端可以有多个端口。
cables-too-many-ends = 一端填了 { $count } 个端口，最多 { $max } 个。
cables-ends-uneven = 填了 { $devices } 台设备和 { $ports } 个端口。请只填一台，或逐个对应。
cables-to-itself = { $port } 填了两次，线缆要连接不同的端口。
cables-unfit = { $a }（{ $a_kind ->
    [interface] 网口
    [console] 串口
    [console_server] 串口服务器端口
    [power_port] 电源口
    [power_outlet] 插口
    [front] 前面板口
   *[rear] 后面板口
}）和 { $b }（{ $b_kind ->
    [interface] 网口
    [console] 串口
    [console_server] 串口服务器端口
    [power_port] 电源口
    [power_outlet] 插口
    [front] 前面板口
   *[rear] 后面板口
}）不能相连。网口接网口，插口接电源口，串口接串口服务器；配线架可接除电源以外的任何端口。
cables-archived = 线缆已归档，请先恢复。
cables-archive-consequence = 两端的端口随即空闲。记录和历史保留，端口仍空闲时可以恢复。
cables-connect = 连接
cables-far-end = 对端
cables-open-end = 悬空
cables-nameless = 非您所有
cables-nameless-cable = 非您的线缆
cables-trace = 端到端链路
cables-trace-short = 链路
cables-trace-of = { $device } { $port } 的链路
cables-trace-start = 本端口
cables-trace-hops = { $count ->
    [1] 只有这一个端口，没有连接。
   *[other] 端到端共 { $count } 个端口。
}
cables-trace-cut = 链路还有更多，这里没有画完。
cables-through = 经配线架
cables-reached-by = 经由
cables-branch = 分支
cables-hops = 途经端口
cables-stop-loop = 绕回自身
cables-stop-too-long = 后面还有
cables-differences = 实际与登记不符
cables-differences-lead = 把交换机端口上看到的邻居（LLDP）与登记链路穿过配线架后的终点比较，一致的不列出。
cables-differences-none = 没有不符
cables-differences-none-text = 看到的邻居都与登记的线缆一致，或者还没有交换机报告邻居。
cables-differences-no-more = 这一页没有更多了。
cables-differences-first = 从头开始
cables-differences-next = 继续
cables-seen-title = 实际看到的邻居
cables-seen-at = 在哪个端口看到
cables-seen = 看到
cables-record = 登记
cables-no-cable = 没有线缆
cables-verdict = 比较
cables-verdict-agrees = 一致
cables-verdict-differs = 不符
cables-verdict-not-on-record = 未登记
cables-verdict-unknown = 无法比较
cables-record-this = 登记这条线缆
cables-port-not-listed = 设备的端口里没有它
