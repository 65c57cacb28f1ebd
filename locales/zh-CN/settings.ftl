# 设置、用户、后台任务、邮件、审计日志。
settings-people = 人员
settings-records = 资料
settings-program = 程序
settings-targets = SNMP 采集目标
settings-targets-lead = 采集哪些交换机，多久一次，应答情况如何。
settings-types = 设备型号
settings-api = 接口说明（OpenAPI）
users-title = 用户
users-lead = 谁可以登录，什么角色，属于哪个客户。
users-new = 新建用户
users-edit = 编辑 { $login }
users-edit-short = 编辑
users-created = 已添加用户。请生成一次性链接，让对方设置密码。
users-empty = 没有找到用户
users-empty-text = 请给在这里工作的每个人建一个用户；客户的用户归在客户名下。
users-role = 角色
users-customer = 客户
users-customer-help = 只有两种客户角色才填。
users-no-customer = 无
users-locale = 语言
users-locale-auto = 跟随浏览器
users-state = 状态
users-disabled = 已停用
users-locked = 输错密码，暂时锁定
users-invited = 还没有密码
users-live = 可以登录
users-last-login = 最近登录
users-facts = 资料
users-history = 这个用户的变更记录
users-link = 生成一次性链接
users-link-lead = 请把这个链接交给 { $name }。只能设置一次密码，三天内有效，以后不再显示。
users-disable = 停用 { $login }
users-enable = 恢复 { $login }
tasks-title = 后台任务
tasks-lead = 程序自己做的事，最近一次什么时候做的，结果怎样。
tasks-name = 任务
tasks-last = 最近开始
tasks-outcome = 结果
tasks-detail = 说明
tasks-duration = 耗时
tasks-runs = 次数
tasks-failures = 失败
tasks-ok = 完成
tasks-failed = 失败
tasks-never = 尚未运行
tasks-run-head = 立即
tasks-run-short = 立即运行
tasks-run = 立即运行：{ $name }
tasks-woken = 已通知“{ $name }”运行，刷新页面查看结果。
tasks-empty = 还没有任务运行过，服务启动后会开始。
tasks-name-of = { $name ->
    [poller] 采集交换机
    [bmc-poll] 读取 BMC
    [power] 执行电源操作
    [power-schedule] 执行电源计划
    [mailer] 发送邮件
    [housekeeping] 清理过期数据
    [sealer] 压缩已结束的日数据
    [retention] 清除超期数据
    [consoles] 整理控制台录像
    [month-report] 生成流量月报
    [traps] 接收告警通知
    [period-closer] 账期结账
    [notifier] 发送通知
    [watcher] 检查读数
    [bmc-facts] 读取传感器、日志和部件
    [bmc-rotation] 更换 BMC 密码
    [privacy] 清除到期的个人信息
    [attachments] 清理照片与文档目录
    [visits] 检查未到和超时的来访
    [search-index] 维护搜索索引
    [machine-watcher] 判定设备
   *[other] { $name }
}
tasks-said-notifier = 已发送 { $sent }，交给邮件任务 { $mailed }，稍后再试 { $later }，放弃 { $dead }，不再需要 { $dropped }
tasks-said-watcher = 有新读数的采集目标 { $targets }，已检查 { $things }；新事件 { $raised }，结束 { $ended }
tasks-said-housekeeping = 已清理：会话 { $sessions } 个，旧登录记录 { $attempts } 条，已完成的投递 { $entries } 条
tasks-said-visits = 登记为未到 { $missed } 次，超时未离开 { $overdue } 次
tasks-said-search-index = 已根据 { $records } 条记录重建搜索索引
tasks-said-search-index-current = 搜索索引完整
tasks-said-mailer = 已发送 { $sent } 封，稍后重试 { $later } 封，放弃 { $dead } 封
tasks-said-mailer-off = 未配置邮件服务器；待发送 { $waiting } 封
tasks-said-bmc-poll = 有应答 { $answered } 台，无应答或失败 { $silent } 台，拒绝凭据 { $refused } 台
tasks-said-poller = 本次启动 { $started } 台，进行中 { $flying } 台；上次运行以来成功 { $good }，失败 { $failed }，丢弃 { $dropped }；最迟晚开始 { $lag } ms，读取 { $values } 个值，超时 { $timeouts } 次
tasks-said-power = 接手 { $started } 项，成功 { $succeeded }，其他结果 { $others }，过期 { $expired }，中断 { $broken }
tasks-said-power-schedule = 执行 { $ran } 项，未能执行 { $not } 项
tasks-said-traps = 立即采集 { $hinted } 台设备。启动以来：采用 { $accepted }，来源未知 { $unknown }，团体字、用户、密钥或时间不对 { $refused }，过多丢弃 { $over }
tasks-said-sealer = 已压缩 { $finished } 个设备日，跳过 { $passed } 个{ $more ->
    [yes] ，还有待处理
   *[no] {""}
}
tasks-said-retention = 已清除：{ $readings } 之前的采样 { $days } 份，{ $hours } 之前的小时数据 { $months } 个月，事件 { $events } 个，BMC 事件日志 { $lines } 条。{ $held ->
    [0] {""}
   *[other] 因计费周期尚未结账而保留：{ $held } 份。
}{ $unreadable ->
    [0] {""}
   *[other] 无法读取、原样保留：{ $unreadable } 天（见日志）。
}
tasks-said-bmc-facts = 已读取 { $read } 台，失败 { $failed } 台；事件日志 { $entries } 条
tasks-said-bmc-rotation = 已推进 { $count } 次密码更换
tasks-said-machine-watcher = 已判定 { $things } 项；事件开始 { $raised } 个，结束 { $ended } 个
tasks-said-privacy = 已清除来访内容 { $visits } 条、姓名 { $people } 个、证件号 { $numbers } 个
tasks-said-attachments = 无记录的文件：移到一边 { $aside } 个，移回 { $back } 个，删除 { $removed } 个；保留较早的文件 { $kept } 个
tasks-said-attachments-foreign = { $folder } 属于另一个数据库，未动任何文件。请检查 attachments.folder；如果目录没有错，请删除其中的 .database 文件。
tasks-said-attachments-too-many = { $folder } 中有 { $unknown } 个文件没有记录，有记录的只有 { $kept } 个，因此未移动任何文件。请确认数据库与目录是一套；如果恢复的是旧备份，请恢复较新的备份，或者把这些文件移走。
tasks-said-consoles = 补记异常结束 { $abandoned } 个，清除录像 { $gone } 个
tasks-said-period-closer = 已结账 { $closed } 个账期，{ $waiting } 个还需等待
tasks-said-period-closer-off = 账期由人工结账
tasks-said-month-report = 已生成 { $made } 份流量月报，跳过 { $passed } 份
tasks-said-panic = 任务异常中断（程序缺陷），已重新启动
mails-title = 邮件和其他投递
mails-lead = 等待发送的，以及多次失败后放弃的。已发送的不在这里。
mails-to = 收件人
mails-state = 状态
mails-asked = 提交时间
mails-next = 下次尝试
mails-attempts = 尝试次数
mails-error = 最近的应答
mails-dead = 已放弃
mails-waiting = 等待中
mails-revive = 重新发送
mails-revived = 马上重新发送。
mails-empty = 没有等待的，也没有放弃的。
audit-title = 审计日志
audit-lead = 谁在什么时候、从哪里做了什么。每条记录前后相扣，“coldaisle audit verify” 可以证明没有被改过。
audit-at = 时间
audit-who = 操作人
audit-action = 动作
audit-object = 对象
audit-detail = 变更
audit-empty = 还没有记录
audit-empty-text = 员工和客户的每个操作都会在这里留下记录。
