# 每一页的框架：顶栏、列表、表单、确认框、图。
app-name = 冷通道

nav-skip = 跳到正文
nav-menu = 菜单
nav-all = 全部功能
nav-main = 功能
nav-phone = 常用
nav-crumbs = 所在位置
nav-sites = 机房
nav-sites-all = 全部机房
nav-search = 搜索
nav-search-hint = 序列号、标签、地址、客户、机柜…
nav-search-hint-customer = 服务器、端口、来访…
nav-who = 当前登录：{ $name }
nav-account = 我的账号
nav-login = 登录
nav-logout = 退出
nav-keys = 按 / 搜索
nav-now = 待处理
nav-racks = 机柜
nav-devices = 设备
nav-network = 网络
nav-power = 电源
nav-visits = 来访
nav-customers = 客户
nav-settings = 设置
nav-servers = 我的服务器
nav-bandwidth = 带宽
nav-here = 我到了
nav-scan = 扫码
nav-find = 查找

theme-menu = 浅色或深色
theme-auto = 跟随系统
theme-light = 浅色
theme-dark = 深色
theme-failed = 没能保存这个选择，只对当前页面有效。

flash-show = 查看

list-search = 搜索
list-search-in = 在“{ $title }”中搜索
list-filters = 当前筛选
list-filter-all = { $label }：全部
list-filter-remove = 去掉筛选 { $label }
list-pages = 翻页
list-newer = 较新
list-older = 较早
list-tick = 选中 { $label }
list-ticked = 已选 { $count } 项
list-ticks = 选择
list-nothing-found = 没有找到
list-nothing-found-text = 没有符合当前搜索和筛选的记录。少输几个字，或去掉一个筛选再试。
list-show-all = 显示全部

form-cancel = 取消
form-save = 保存
form-optional = 选填
form-key-save = 保存
form-pick = 选择{ $field }
form-datetime-help = 例如 2026-11-22 14:05，时区为 { $zone }。
form-faults = 尚未保存，有 { $count } 处需要改
form-title-faults = { $count } 处有误

figure-none = 未登记
figure-copy = 复制“{ $label }”
history-empty = 这里还没有发生过什么。
step-done = 已完成
step-now = 进行中
step-todo = 未开始
step-fault = 失败

dialog-cancel = 取消
dialog-close = 关闭
dialog-failed = 确认框没能打开，什么都没有执行。请改为打开单独的页面。
dialog-type-label = 请输入 { $label } 以确认

failure-happened = 发生了什么
failure-not-done = 什么没有执行
failure-next = 接下来怎么做
failure-reference = 日志编号
failure-home = 回到首页

line-lost = { $since } 起连接中断，页面停在那一刻，正在重试。
line-back = 连接已恢复，页面已更新。
line-slow = 仍在加载…
line-signed-out = 登录已失效，这里不再更新。
draft-restored = 已找回您在 { $at } 填写的内容，尚未保存。
draft-discard = 不要了
draft-send-later = 当前没有网络。填写的内容已留在本机，恢复后自动提交一次，请不要关闭本页。

scan-title = 将二维码或条码对准取景框
scan-into = 扫描{ $field }
scan-no-camera = 摄像头没能打开。请在浏览器中允许使用摄像头，或手工输入。

graph-in = 流入
graph-out = 流出
graph-p95 = 95 值
graph-p95-billed = 本时段 95 值
graph-committed = 保底带宽
graph-mean = 平均
graph-max = 最高
graph-volume = 流量
graph-slots = 5 分钟采样点
graph-slots-text = 有数据 { $slots }，缺失 { $gaps }，估算 { $estimated }，存疑 { $suspect }
graph-figures = 图中时段的数据
graph-figure = 项目
graph-legend = 图例
graph-range = 时间范围
graph-day = 日
graph-week = 周
graph-month = 月
graph-zoom = 缩放
graph-earlier = 往前
graph-later = 往后
graph-zoom-in = 放大
graph-zoom-out = 缩小
graph-reset = 还原
graph-mirror = 镜像
graph-zone = 时区 { $zone }
graph-gap = 无数据
graph-raw = 两次读数之间
graph-estimated = 估算
graph-suspect = 存疑
graph-shown = { $from } 至 { $to }
graph-keys = 方向键前后移动，加号和减号缩放，Home 还原，Shift 加方向键逐点读数，M 把流出画到轴下方。
graph-loading = 仍在读取采样…
graph-empty = 这段时间没有采样。空白处表示交换机没有应答，或当时还没有开始监测。
graph-failed = 图没能显示：{ $reason }。下表是页面自带的数据。请重试；如果仍然不行，请把这句话告诉管理员。
graph-no-line = 服务器没有应答，请检查网络
graph-refused = 服务器返回 { $status }
graph-retry = 重试
graph-no-script = 画图需要启用 JavaScript，数据见下表。
graph-csv = 采样导出 CSV

elevation-face = { $face }，共 { $units }U,自上而下
