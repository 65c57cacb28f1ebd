# 审计日志的用语：谁、从哪里、做了什么。
audit-action-of = { $action ->
    [goods-draft] 填写出入登记
    [goods-submit] 提交出入登记
    [goods-approve] 放行物品
    [goods-refuse] 拒绝放行物品
    [goods-cancel] 取消出入登记
    [goods-finish] 门口核对物品
    [hold-set] 扣留物品
    [hold-lift] 解除扣留
    [device-leave] 设备带出机房
    [device-arrive] 设备带入机房
    [device-stock] 更改设备库位
    [device-attachment_add] 添加照片或文档
    [device-attachment_update] 修改照片或文档的说明
    [device-attachment_archive] 归档照片或文档
    [device-attachment_restore] 恢复照片或文档
    [device-attachment_withdraw] 客户变更，照片与文档不再对客户可见
    [rack-attachment_add] 添加照片或文档
    [rack-attachment_update] 修改照片或文档的说明
    [rack-attachment_archive] 归档照片或文档
    [rack-attachment_restore] 恢复照片或文档
    [address-create] 登记地址
    [address-update] 修改地址
    [address-archive] 归档地址
    [address-restore] 恢复地址
    [address-assign] 分配地址或网段
    [address-assignment_end] 设置地址分配的结束
    [prefix-create] 添加网段
    [prefix-update] 修改网段
    [prefix-archive] 归档网段
    [prefix-restore] 恢复网段
    [range-create] 添加地址范围
    [range-update] 修改地址范围
    [range-archive] 归档地址范围
    [range-restore] 恢复地址范围
    [view-create] 保存了视图
    [view-update] 修改了视图
    [view-remove] 删除了视图
    [vlan-create] 添加 VLAN
    [vlan-update] 修改 VLAN
    [vlan-archive] 归档 VLAN
    [vlan-restore] 恢复 VLAN
    [vrf-create] 添加路由表
    [vrf-update] 修改路由表
    [vrf-archive] 归档路由表
    [vrf-restore] 恢复路由表
    [cable-create] 添加线缆
    [cable-update] 修改线缆
    [cable-archive] 归档线缆
    [cable-restore] 恢复线缆
    [allocation-create] 新建带宽分配
    [allocation-update] 修改带宽分配
    [allocation-archive] 归档带宽分配
    [allocation-restore] 恢复带宽分配
    [allocation-port_add] 带宽分配加入端口
    [allocation-port_end] 带宽分配移出端口
    [bmc-create] 登记 BMC
    [bmc-update] 修改 BMC
    [bmc-certificate] 信任 BMC 的新证书
    [bmc-remove] 删除 BMC
    [bmc-read] 要求读取设备
    [bmc-rotate] 发起更换 BMC 密码
    [bmc-rotated] 已更换 BMC 密码
    [bmc-rotate_failed] 未更换 BMC 密码
    [bmc-rotate_unclear] 无法确认 BMC 的密码
    [bmc-rotate_settle] 确认了 BMC 的密码
    [console-close] 控制台结束
    [console-evict] 踢掉控制台的其他会话
    [console-grant] 变更控制台对客户的开放
    [console-open] 使用控制台
    [console-replay] 回放控制台录像
    [console-take_over] 接管控制台
    [console-watch] 观看控制台
    [contact-create] 新建联系人
    [contact-update] 修改联系人
    [contact-archive] 归档联系人
    [customer-create] 新建客户
    [customer-update] 修改客户
    [customer-archive] 归档客户
    [customer-restore] 恢复客户
    [device-create] 新建设备
    [device-update] 修改设备
    [device-move] 移动设备位置
    [device-move_back] 撤销了设备移动
    [device-take_back] 撤销了设备的最后一次修改
    [device-archive] 归档设备
    [device-restore] 恢复设备
    [device-lock] 锁定设备
    [device-set_aside] 忽略了设备的差异
    [device-bring_back] 恢复了设备的差异比对
    [device-component_add] 给设备装入部件
    [device-component_remove] 从设备拆下部件
    [device-component_replace] 更换设备部件
    [device-component_update] 更正设备部件
    [device-port_archive] 归档设备端口
    [device-port_create] 添加设备端口
    [device-port_restore] 恢复设备端口
    [device-port_update] 修改设备端口
    [device-ports_from_type] 取用型号的端口
    [device-unlock] 解锁设备
    [device_type-create] 新建设备型号
    [device_type-update] 修改设备型号
    [device_type-archive] 归档设备型号
    [device_type-restore] 恢复设备型号
    [device_type-ports] 修改型号的端口
    [panel-create] 添加配电柜
    [panel-update] 修改配电柜
    [panel-archive] 归档配电柜
    [panel-restore] 恢复配电柜
    [feed-create] 添加馈线
    [feed-update] 修改馈线
    [feed-archive] 归档馈线
    [feed-restore] 恢复馈线
    [key-rotate] 更换加密密钥
    [outbox-revive] 重新投递
    [outlet-map] 登记插口所接设备
    [pdu-update] 登记 PDU 所接馈线
    [person-create] 登记人员
    [person-update] 修改人员
    [person-reveal] 查看证件号码
    [person-block] 禁止人员进入
    [person-unblock] 解除禁入
    [person-agree] 登记同意须知
    [person-disagree] 登记撤回同意
    [person-merge] 合并人员档案
    [notice-create] 新增须知版本
    [notice-withdraw] 撤回须知版本
    [privacy-retention] 清除到期的姓名和证件号
    [privacy-hold] 设置法律保全
    [privacy-unhold] 解除法律保全
    [visit-turned_away] 拦下禁入人员
    [port-expect] 登记预期端口
    [port-speed] 设置端口速率
    [port-uplink] 设置上联端口
    [power-request] 发起电源操作
    [power-approve] 批准电源操作
    [power-cancel] 取消电源操作
    [power-refuse] 拒绝电源操作
    [power-finish] 电源操作结束
    [power-bulk] 发起批量电源操作
    [power-bulk-stop] 取消批量操作的剩余部分
    [power-schedule-create] 新建电源计划
    [power-schedule-update] 修改电源计划
    [power-schedule-pause] 暂停电源计划
    [power-schedule-resume] 恢复电源计划
    [power-schedule-archive] 归档电源计划
    [power-schedule-restore] 恢复已归档的电源计划
    [rack-create] 新建机柜
    [rack-update] 修改机柜
    [rack-settle] 在平面图上移动了机柜
    [rack-archive] 归档机柜
    [rack-restore] 恢复机柜
    [reservation-create] 预留了 U 位
    [reservation-update] 更改了预留
    [reservation-archive] 结束了预留
    [reservation-restore] 恢复了预留
    [report-make] 生成流量月报
    [room-create] 新建房间
    [room-update] 修改房间
    [room-archive] 归档房间
    [room-restore] 恢复房间
    [site-create] 新建机房
    [site-update] 修改机房
    [site-archive] 归档机房
    [site-restore] 恢复机房
    [session-login] 登录
    [session-end] 退出登录
    [session-wrong_password] 密码错误
    [target-create] 新建采集目标
    [target-update] 修改采集目标
    [target-poll_now] 立即采集
    [target-meter] 开始或停止端口计量
    [target-take_over] 更改新端口的计量方式
    [token-create] 生成 API 令牌
    [token-revoke] 吊销 API 令牌
    [user-create] 新建用户
    [user-update] 修改用户
    [user-disable] 停用用户
    [user-enable] 重新启用用户
    [user-link] 生成一次性链接
    [user-locked] 因密码错误锁定
    [user-password] 修改密码
    [user-preferences] 修改个人偏好
    [shift-note] 写值班日志
    [area-create] 新建区域
    [area-update] 修改区域
    [area-archive] 归档区域
    [area-restore] 恢复区域
    [approval_rule-create] 新建批准规则
    [approval_rule-update] 修改批准规则
    [approval_rule-archive] 归档批准规则
    [approval_rule-restore] 恢复批准规则
    [standing_permission-create] 新建长期准入
    [standing_permission-update] 修改长期准入
    [standing_permission-archive] 收回长期准入
    [standing_permission-restore] 恢复长期准入
    [visit-override] 特批放行
    [visit-step_out] 临时外出
    [visit-step_in] 返回
    [visit-announce] 登记来访
    [visit-walk_in] 临时来访登记
    [visit-approve] 批准来访
    [visit-refuse] 拒绝来访
    [visit-cancel] 取消来访
    [visit-check_in] 签入
    [visit-check_out] 签出
    [visit-close] 归档来访
    [visit-correct] 更正来访记录
    [visit-no_show] 登记为未到
    [visit-own] 员工自行签入
    [visit-badge] 发放门禁卡
    [visit-badge_return] 收回门禁卡
    [loan_item-create] 添加门禁卡、储物柜或钥匙
    [loan_item-update] 修改门禁卡、储物柜或钥匙
    [loan_item-archive] 停用门禁卡、储物柜或钥匙
    [loan_item-restore] 恢复使用门禁卡、储物柜或钥匙
    [loan_item-lost] 登记物品丢失
    [loan_item-found] 登记物品已找到
    [loan-out] 借出门禁卡、储物柜或钥匙
    [loan-back] 归还门禁卡、储物柜或钥匙
    [loan-missing] 登记物品未归还
    [visit-evidence] 导出来访证据
    [door-create] 添加门
    [door-update] 修改门
    [door-archive] 归档门
    [door-restore] 恢复门
    [door-receive] 接收刷卡记录
    [period-close] 账期结账
    [period-correct] 更正已结账期
    [event-ack] 确认事件
    [rule-create] 新建告警规则
    [rule-update] 修改告警规则
    [channel-create] 新建通知渠道
    [channel-update] 修改通知渠道
    [channel-archive] 归档通知渠道
    [channel-restore] 恢复通知渠道
    [channel-test] 测试通知渠道
   *[other] { $action }
}
audit-author-of = { $name ->
    [terminal] 服务器终端
    [power] 电源执行程序
    [consoles] 控制台
    [demo] 演示数据
    [privacy] 个人信息到期清除
    [month_report] 流量月报程序
    [period_closer] 账期结账程序
    [one_time_link] 一次性链接
    [first_set_up] 首次设置
   *[other] { $name }
}
audit-way-of = { $way ->
    [web] 页面
    [api] API
    [cli] 终端
    [task] 程序
   *[other] { $way }
}
