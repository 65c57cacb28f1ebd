# 发给人的邮件。
mail-greeting = { $name }，您好：
mail-footer =
    -- 
    本邮件由机房管理系统 Coldaisle 自动发出，请勿回复。
mail-page = 页面：{ $value }
mail-list-comma = 、
mail-visit-subject = { $from } 来访 { $site }：通行码
mail-visit-first = { $customer } 的来访已登记，请在入口处出示以下通行码。
mail-visit-window = { $from } 至 { $until }（{ $offset }）
mail-visit-code = 通行码：{ $value }
mail-visit-when = 时间：{ $value }
mail-visit-site = 机房：{ $value }
mail-visit-address = 地址：{ $value }
mail-visit-visitors = 访客：{ $value }
mail-visit-purpose = 事由：{ $value }
mail-visit-purpose-word = { $purpose ->
    [install] 上架或下架
    [repair] 维修
    [inspection] 巡检
    [delivery] 送货或取货
    [audit] 审计
    [tour] 参观
    [other] 其他
   *[words] { $purpose }
}
mail-visit-bring = 请每位访客携带身份证件原件。携带物品进出须在入口登记。请在上述时间内到达；提前或逾期需重新登记。
mail-visit-number = 来访编号：{ $value }
mail-visit-reason = 原因：{ $value }
mail-visit-off-subject = { $from } 来访 { $site }：{ $outcome ->
    [refused] 未获批准
   *[other] 已取消
}
mail-visit-off-first = { $outcome ->
    [refused] { $customer } 的来访未获批准，通行码已失效。
   *[other] { $customer } 的来访已取消，通行码已失效。
}
mail-power-action-word = { $action ->
    [on] 开机
    [off] 强制关机
    [soft_off] 正常关机
    [cycle] 断电重启
   *[reset] 复位重启
}
mail-power-outcome-word = { $outcome ->
    [succeeded] 已完成，并已在机器上确认
    [timed_out] 超时，未在机器上确认到结果
    [refused] 被拒绝，未执行任何操作
    [cancelled] 已取消，未执行任何操作
   *[failed] 失败
}
mail-power-subject = { $device }：{ $action ->
    [on] 开机
    [off] 强制关机
    [soft_off] 正常关机
    [cycle] 断电重启
   *[reset] 复位重启
}{ $outcome ->
    [succeeded] 已完成
    [timed_out] 超时
    [refused] 被拒绝
    [cancelled] 已取消
   *[failed] 失败
}
mail-power-first = 您提交的电源操作已结束。
mail-power-device = 设备：{ $value }
mail-power-position = 位置：{ $value }
mail-power-action = 操作：{ $value }
mail-power-outcome = 结果：{ $value }
mail-power-detail = 观察到：{ $value }
mail-power-asked = 提交时间：{ $value }
mail-power-ended = 结束时间：{ $value }
mail-power-instant = { $at }（{ $offset }）
fault-mail-server = 邮件服务器未接收邮件；邮件保留在发件队列中，稍后重试。
mail-report-subject = { $customer } { $month } 流量月报{ $state ->
    [final] {""}
   *[open] （暂估）
}
mail-report-first = 附件是 { $customer } { $month } 的流量月报（PDF），含 { $periods } 个账期。
mail-report-open = 本月还有账期未结账，数值为暂估，可能变化；结账后会再发一版。
mail-report-again = 这是该月的第 { $edition } 版，以前的版本作废。
mail-report-sha256 = 文件 SHA-256：{ $value }
