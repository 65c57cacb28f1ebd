# 门、刷卡记录、谁可能碰过机柜、来访记录链与证据。
doors-title = 门
doors-one = 门
doors-new = 添加门
doors-empty = 还没有门
doors-empty-text = 请录入门禁控制器上的门：之后上报的刷卡会与来访对应起来。
doors-facts = 基本信息
doors-code = 控制器中的编号
doors-code-help = 与控制器上报的名称一致。两侧都有读卡器的门按两道门录入，一个方向一道。
doors-way = 方向
doors-outside = 外面
doors-from-area = 来自区域
doors-to-area = 通往区域
doors-to-area-help = 通过之后人在哪里。出口，以及不用刷卡就能离开的地方，都选“外面”。
doors-room = 房间
doors-room-help = 这道门通往的房间。通过的人可能碰到里面的机柜。
doors-visitor-badges = 访客卡开头
doors-visitor-badges-help = 用空格隔开，例如 V- G。其他卡只记录，不告警。留空表示所有卡都是访客卡。
doors-areas-first = 还没有区域。没有区域，门就没有去处。
doors-archive-consequence = 今后对它的上报按未知的门记录，以前的记录保留。
door-events-title = 刷卡记录
door-events-all = 全部
door-events-none = 这道门还没有刷卡记录。
door-events-empty = 没有刷卡记录
door-events-empty-text = 由门禁控制器通过接口上报，或者以文件导入。
door-events-upload = 导入文件
door-events-upload-lead = 门禁控制器导出的刷卡记录，每次处理 { $most } 条。已有的记录只计数，不会重复登记，同一个文件可以再次导入。
door-events-file-help = UTF-8 编码的 CSV，首行为列名：{ $columns }。site、source、id 三列可以没有；result 为 granted（放行）或 refused（拒绝）。
door-events-taken = 登记 { $recorded } 条，已有 { $known } 条，未接受 { $refused } 条；其中 { $alerts } 条有告警。
door-events-refused = 未接受的行
door-line = 行
door-field = 列
door-why = 原因
door-at = 时间
door-result = 结果
door-granted = 放行
door-refused = 拒绝
door-source = 来源
door-unknown = 未知的门
door-alert = 告警
door-alert-of = { $alert ->
    [any] 所有告警
    [unknown_badge] 未知门禁卡
    [badge_not_out] 门禁卡未借出
    [not_checked_in] 持卡人未签入
    [refused_often] 多次被拒
    [after_check_out] 签出后进入
   *[other] { $alert }
}
door-alert-facts = { $alert ->
    [unknown_badge] 门禁卡 { $badge } 于 { $at } 在{ $door }刷卡：从来没有人借过这张卡。
    [badge_not_out] 门禁卡 { $badge } 于 { $at } 在{ $door }刷卡：这张卡当时没有借出。
    [not_checked_in] { $name }的门禁卡 { $badge } 于 { $at } 在{ $door }刷卡：本人当时没有签入。
    [refused_often] 门禁卡 { $badge } 到 { $at } 为止在{ $door }多次被拒。{ $name }
    [after_check_out] { $name }签出之后，门禁卡 { $badge } 于 { $at } 在{ $door }放行进入。
   *[other] 门禁卡 { $badge } 于 { $at } 在{ $door }刷卡。{ $name }
}
door-no-exit = { $name }（来访 { $visit }）已于 { $at } 签出，但没有走出任何一道门。
door-fault-choice = 请从列表中选择。
door-fault-area = 请选择同一机房的区域。
door-fault-same-area = 门的两侧应为不同的区域。
door-fault-room = 请选择同一机房的房间。
door-fault-code-taken = 该机房已有门使用这个编号，可能已归档。
door-fault-site = 门不能换到别的机房。请归档后在另一处添加。
door-fault-at = 请输入时间，例如 2026-11-22T14:05:00+08:00，或机房当地时间。
door-fault-ahead = 时间超前了 10 分钟以上，请检查控制器的时钟。
door-fault-old = 时间早于 400 天之前。
door-fault-events = 请以名为 events 的数组发送刷卡记录。
door-fault-too-many = 一次最多 { $count } 条。
door-fault-no-file = 请选择文件。
door-fault-file = 文件不是可读的 CSV：{ $fault }
door-fault-column = 缺少列 { $column }，没有导入任何内容。
door-fault-line-site = 第 { $line } 行没有写明机房，没有导入任何内容。
touched-title = 谁可能碰过 { $rack }
touched-lead = 为该机柜或柜内客户来访期间在场的人、进入其所在房间的人，以及对柜内设备做过电源操作或打开过控制台的人。
touched-from = 从
touched-until = 到
touched-ask = 查看
touched-who = 人员
touched-since = 开始
touched-left = 结束
touched-why = 依据
touched-nobody = 按现有记录，这段时间内没有人。
touched-link = 谁可能碰过
touched-way-of = { $way ->
    [visit_to_rack] 来访该机柜
    [visit_of_customer] 柜内客户的来访
    [door] 通过门
    [power] 电源操作
    [console] 控制台
   *[other] { $way }
}
touched-fault-time = 结束应晚于开始，且不超过 366 天。
visit-passages = 走过的门
visit-chain-whole = 来访记录完整：{ $entries } 条，更早的 { $older } 条，已清除姓名的 { $forgotten } 条；最后的哈希 { $hash }。请记下，以后可以证明末尾没有被截掉。
visit-chain-broken = 来访记录在第 { $id } 条（来访 { $visit }）处断开：{ $fault ->
    [older] 链开始之前的记录被改动、增加或删除
    [previous] 它之前的记录缺失或被改动
    [content] 其内容被改动
    [names] 其中的姓名或文字被改动
    [head] 最后一条之后的记录缺失
   *[other] { $fault }
}。
visit-evidence-title = 来访证据
visit-evidence-lead = 来访、人员、登记与刷卡记录的表格，打包为带哈希清单的 ZIP 文件。证件号中间隐去。程序不需要数据库就能核对这样的文件。
visit-evidence-zone = 按机房当地时间，例如 2026-11-22 14:05。
visit-evidence-get = 取得文件
visit-evidence-written = 证据已写入 { $path }：来访 { $visits } 次，{ $people } 人；SHA-256 { $hash }。
visit-evidence-whole = 证据无误：{ $site }，{ $from } 至 { $until }，来访 { $visits } 次，记录 { $entries } 条；链的末端 { $head }；清单的 SHA-256 { $hash }。
visit-evidence-broken = 证据有误：{ $count } 处。
visit-evidence-entry = entries.csv 第 { $line } 行：来访 { $visit } 的第 { $sequence } 条被改动，或与前一条接不上。
