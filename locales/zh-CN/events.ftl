# 事件、告警规则和通知渠道。
events-title = 事件
events-empty = 没有事件
events-empty-text = 规则所监视的内容目前一切正常。规则在“设置”中。
events-kind = 事件
events-subject = 对象
events-state = 状态
events-severity = 级别
events-began = 开始
events-ended = 结束
events-lasted = 持续
events-last-seen = 最近检测到
events-acked = 已确认
events-note = 备注
events-history = 经过
events-ack = 确认事件
events-ack-help = 同事会看到已有人处理，也不再提醒。事件在恢复之前仍然打开。
events-ack-submit = 确认
events-scope-usual = 未结束
events-scope-of = { $scope ->
    [open] 未结束
    [unacked] 未结束且未确认
    [ended] 已结束
    [all] 全部
   *[other] { $scope }
}
events-state-open = 未结束
events-state-acknowledged = 已确认
events-state-ended = 已结束
event-kind-of = { $kind ->
    [above_commitment] 超过保底带宽
    [port_down] 端口断开
    [errors_rising] 错包增多
    [target_silent] 采集目标无应答
    [machine_off] 设备关机
    [sensor_over] 传感器超限
    [supply_lost] 电源模块失效
    [bmc_silent] BMC 无应答
    [credential_stopped] BMC 账号被拒绝
    [schedule_stopped] 计划未执行
    [door_unknown_badge] 门上出现未知门禁卡
    [door_badge_not_out] 未借出的门禁卡刷卡
    [door_not_checked_in] 未签入者刷卡
    [door_refused_often] 门禁卡多次被拒
    [door_after_check_out] 签出后进入
    [door_no_exit] 已签出但未见离开
   *[other] { $kind }
}
event-above-commitment = { $customer } 的 { $allocation } 用到 { $rate } Mbps，超过保底带宽 { $committed } Mbps 的 { $percent }%，已持续 { $minutes } 分钟以上。
event-port-down = { $missing ->
    [yes] 交换机上已看不到该端口
   *[no] 端口已启用但没有链路
}，已持续 { $minutes } 分钟以上。{ $alias }
event-errors-rising = 每分钟错包超过 { $errors } 个，已持续 { $minutes } 分钟以上。
event-target-silent = { $address } 不应答 SNMP，已持续 { $minutes } 分钟以上。
event-machine-off = 设备在用，但已关机 { $minutes } 分钟以上，且无人在此执行过断电。
event-sensor-over = { $name }：{ $value } { $unit }，BMC 判定为{ machine-health }。
event-sensor-states = { $name }：{ $states }（{ machine-health }）。
event-bmc-silent = 位于 { $address } 的 BMC 无应答，已持续 { $minutes } 分钟以上。
event-credential-stopped = 位于 { $address } 的 BMC 拒绝了登记的用户或密码，修改之前不再尝试。
fault-event-over = 事件已经结束，不需要再确认。
fault-event-acked = 已经有人确认。
severity-critical = 严重
severity-warning = 警告
severity-notice = 提示
notice-subject = { $transition ->
    [ended] 恢复
    [escalated] 仍未处理
   *[raised] { $severity ->
        [critical] 严重
        [warning] 警告
       *[notice] 提示
    }
}：{ $kind }，{ $subject }
notice-began = 开始：{ $at }
notice-ended = 结束：{ $at }，持续 { $minutes } 分钟
notice-escalated = 还没有人确认。
notice-summary = 免打扰时段内的 { $count } 条通知
notice-summary-many = 合并的 { $count } 条通知
notice-more = ……另有 { $count } 条
notice-test = 渠道测试
notice-test-text = 有人在测试渠道 { $channel }，没有发生故障。
channel-test-mailed = 测试已交给邮件任务。
channel-test-taken = 对方已接收测试。
channel-test-failed = 对方没有接收测试，请检查地址和密钥后再试。
rules-title = 告警规则
rules-lead = 哪些情况算事件：超过保底带宽、端口断开、错包、交换机无应答
rules-help = 范围最小的规则生效：端口先于带宽分配、设备、客户和全部。停用的规则就是例外。
rules-new = 新建规则
rules-edit = 修改规则
rules-place = 范围
rules-limits = 界限
rules-limits-of = { $kind ->
    [above_commitment] 超过 { $raise }% 达 { $minutes } 分钟；不高于 { $clear }% 达 { $clear_minutes } 分钟后恢复
    [port_down] 达 { $minutes } 分钟；正常 { $clear_minutes } 分钟后恢复
    [errors_rising] 每分钟超过 { $errors } 个达 { $minutes } 分钟；不高于其 { $clear }% 达 { $clear_minutes } 分钟后恢复
    [sensor_over] 达 { $minutes } 分钟；正常 { $clear_minutes } 分钟后恢复
    [supply_lost] 达 { $minutes } 分钟；正常 { $clear_minutes } 分钟后恢复
   *[target_silent] 达 { $minutes } 分钟
}
rules-scope-all = 全部
rules-scope-customer = 客户
rules-scope-device = 设备
rules-scope-port = 端口
rules-scope-allocation = 带宽分配
rules-scope-help = 保底带宽：全部、客户或带宽分配。采集目标无应答：全部或设备。设备类：全部、客户或设备。
rules-scope-id = 编号
rules-scope-id-help = 其页面地址末尾的数字；“全部”则留空。
rules-raise-percent = 超过时告警
rules-clear-percent = 不高于时恢复
rules-clear-help = 占保底带宽的比例；错包则为占告警界限的比例。
rules-errors = 每分钟错包
rules-errors-help = 仅用于错包增多。
rules-raise-minutes = 须持续
rules-clear-minutes = 恢复须持续
rules-enabled = 监视
rules-enabled-help = 不勾选则此范围不监视，不论更大范围的规则如何。
rules-on = 启用
rules-off = 停用
fault-rule-clear = 恢复界限不能高于告警界限。
fault-rule-scope = 这类规则不能用于这种范围。
fault-rule-place = 没有这个编号。
fault-rule-twice = 这个范围已有同类规则。
channels-title = 通知渠道
channels-lead = 邮件、JSON、企业微信、钉钉、飞书，以及免打扰时段
channels-help = 事件开始和结束时，通知每个需要它的渠道。
channels-empty = 还没有渠道：事件只显示在页面上。
channels-new = 新建渠道
channels-edit = 修改
channels-archive = 归档
channels-restore = 恢复
channels-archive-consequence = 不再向这里发送通知，等待发送的也会丢弃。
channels-archived = 已归档
channels-name = 名称
channels-kind = 类型
channels-kind-mail = 邮件
channels-kind-webhook = 程序（JSON）
channels-kind-wecom = 企业微信机器人
channels-kind-dingtalk = 钉钉机器人
channels-kind-feishu = 飞书机器人
channels-address = 地址
channels-address-help = 邮件地址（多个用逗号分隔），或机器人的完整 Webhook 地址。地址加密保存。
channels-address-kept = 留空则保留 { $address }。
channels-signing = 签名密钥
channels-signing-help = 用于开启签名校验的钉钉和飞书机器人，以及程序。留空则保留原有密钥。
channels-forget-signing = 删除签名密钥
channels-signed = 签名
channels-locale = 语言
channels-locale-zh-CN = 中文
channels-locale-en = English
channels-least = 最低级别
channels-events = 事件类型
channels-events-help = 都不勾选即为全部。
channels-all-events = 全部
channels-customer = 只发某个客户的
channels-all-customers = 全部客户
channels-quiet = 免打扰时段
channels-quiet-help = 时段内发生的事件在结束时合并为一条发送。
channels-quiet-from = 从
channels-quiet-until = 到
channels-quiet-days = 星期
channels-quiet-days-help = 时段开始的星期，用数字表示，1 为星期一；留空为每天。
channels-quiet-zone = 时区
channels-quiet-of = { $hours } { $zone }{ $days ->
    [none] {""}
   *[other] {" "}{ $days }
}
channels-critical = 严重事件在免打扰时段内也立即发送
channels-escalate = 无人确认多久后提醒
channels-escalate-help = 事件未结束且无人确认时再次提醒。留空为不提醒。
channels-enabled = 向这里发送通知
channels-tested = 最近测试
channels-test = 发送测试
channels-testing = 测试正在发送，几秒后再看。
channels-what = 通知内容
channels-yes = 是
channels-no = 否
fault-channel-zone = 没有这个时区，例如 Asia/Shanghai。
fault-channel-minute = 请填写时刻，例如 22:00。
fault-channel-days = 请填写 1（星期一）到 7（星期日）的数字，可用逗号分隔。
fault-channel-retype = 请重新填写：此处填写的内容不会回显。
fault-channel-mail = 请填写邮件地址，多个用逗号分隔，例如 noc@example.com。
fault-channel-url = 请填写以 https:// 或 http:// 开头、不含用户名的完整地址。
fault-channel-name-taken = 已有同名渠道。
fault-channel-archived = 渠道已归档，请先恢复。
fault-channel-customer = 没有这个编号的客户。
events-line = { $kind }（{ $subject }）：{ $text }
events-look = 查看
events-more = 还有 { $count } 个未结束的事件
events-all-of = 这台设备的全部事件
