# 控制台：设备的串口，实时和录像。
console = 控制台
console-of = { $machine } 的控制台
console-list = 控制台
console-recording-of = { $machine } 的控制台录像
console-live = 进行中
console-empty = 还没有打开过控制台
console-empty-text = 在已登记 BMC 的设备页面上打开。
console-ended = { $reason ->
    [left] 所有人已离开
    [idle] 已结束：长时间无人输入
    [right] 已结束：使用权限已收回
    [stopped] 已结束：程序停止
    [died] 已结束：程序异常退出
   *[failed] 已结束：无法录像
}
console-too-slow = 浏览器跟不上输出，已断开，正在重新加入。

console-connect = 连接
console-watch = 只观看
console-leave = 离开
console-take = 接管键盘
console-break = 发送 Break
console-reopen = 立即重试
console-evict = 踢掉对方会话
console-evict-title = 踢掉对方会话？
console-evict-text = 该 BMC 的控制台正被另一个会话占用：可能是其他程序，也可能是同事在用别的工具。对方会立即断开且不会收到提示，由这里接管。
console-reason = 原因
console-reason-help = 随录像保存。设备显示的内容全部录像；键入的内容不录，除非设备回显。
console-size = 尺寸
console-larger = 放大文字
console-keys = 按键
console-key-ctrl = Ctrl
console-no-script = 控制台需要 JavaScript。
console-no-bmc = 该设备未登记 BMC，无法连接串口。
console-recent = 控制台录像
console-writer = 输入者：{ $name }
console-writer-you = 由你输入
console-writer-nobody = 无人输入
console-people = { $count } 人在此控制台
console-waiting = { $count } 个字符等待设备接收
console-state-off = 未连接
console-state-connecting = 正在连接
console-state-open = 已连接
console-state-waiting = 线路中断，正在重试
console-state-in_use = 被其他会话占用
console-state-refused = 无法打开
console-state-gone = 与服务器的连接中断，正在重试
console-notes = 过程
console-grant-is-open = { $owner } 可以使用此控制台：其管理员可在设备页面看到、输入，并回放自己使用期间的录像。
console-grant-is-closed = { $owner } 看不到此控制台。
console-grant-open = 对客户开放
console-grant-close = 不再对客户开放
console-granted = 客户现在可以使用此控制台。
console-grant-withdrawn = 客户不能再使用此控制台，正在使用的人几秒内会被断开。

console-note-connected = 已连接 BMC
console-note-lost = 与 BMC 的连接中断：{ $fault }
console-note-again = 已重新连接 BMC，中断期间设备的输出未收到
console-note-in-use = 该 BMC 的控制台被其他会话占用：{ $fault }
console-note-evicting = { $who } 踢掉对方会话
console-note-needs-v20 = 该 BMC 只支持 IPMI 1.5，串口控制台（SOL）需要 IPMI 2.0。请升级 BMC 固件，或到现场操作：{ $fault }
console-note-disabled = BMC 上未启用 SOL，请在 BMC 上启用并允许我方用户使用：{ $fault }
console-note-refused = 控制台无法打开：{ $fault }
console-note-unsupported = 该 BMC 使用的协议在这里没有控制台：{ $fault }
console-note-credential = BMC 此前拒绝了我方账号，请在设备页面修改：{ $fault }
console-note-unavailable = 设备现在不接收字符：已关机或休眠
console-note-overrun = BMC 丢失了设备的部分输出
console-note-break-sent = { $who } 发送了 Break
console-note-break-seen = 设备发出了 Break
console-note-joined = { $who } 加入
console-note-left = { $who } 离开
console-note-writes = 由 { $who } 输入
console-note-taken = { $who } 从 { $from } 接管了键盘
console-note-not-sent = 线路未接通，键入的 { $count } 个字符未发送，请重新键入
console-note-full = 录像已达上限，此后不再录像

console-fault-gone = { $machine } 已下架，没有控制台。
console-fault-no-bmc = { $machine } 未登记 BMC，请先在设备页面登记。
console-fault-credential = { $machine } 的 BMC 拒绝了我方账号，修改之前不再尝试。
console-fault-stopping = 程序正在停止，未打开控制台，请一分钟后再试。
console-fault-no-socket = 此地址只供 WebSocket 使用，请从设备页面打开控制台。

console-column-machine = 设备
console-column-who = 打开者
console-column-when = 时间
console-column-length = 时长
console-column-size = 录像大小
console-column-end = 结束
console-column-reason = 原因
console-minutes = { $count } 分钟
console-people-title = 在场人员
console-wrote = 输入过
console-watched = 只观看
console-cut = 录像在结束前中断：已达上限。
console-play = 播放
console-pause = 暂停
console-speed = 速度
console-position = 录像位置
console-skip = 跳过停顿
console-download = 下载
console-loading = 正在读取录像…
console-load-failed = 录像读取失败，请刷新页面。
console-replay-keys = 空格播放或暂停，← → 前后 5 秒，+ − 调整速度。
console-open-live = 打开实时控制台

console-terminal-opened = { $machine } 的控制台。~. 结束，~B 发送 Break，~? 帮助。设备显示的内容全部录像。
console-terminal-help = ~. 结束   ~B 发送 Break   ~T 接管键盘   ~X 踢掉对方会话   ~R 立即重试   ~~ 键入 ~   ~? 帮助
console-terminal-watching = 你只能观看：{ $writer } 正在输入。~T 接管键盘。
console-terminal-no-terminal = 控制台需要终端，标准输入或输出不是终端。加 --watch 则不需要标准输入。
console-terminal-unknown = 没有名为 { $machine } 的在用设备。
