# 演示：coldaisle demo。
demo-own-place = 演示的配置和数据库都在 --dir 目录里，请去掉 --config 和 --database。
demo-running = { $path } 正被另一个演示使用，请先结束它。
demo-sample = 正在导入示例机房……
demo-readings = 正在生成 { $days } 天的流量数据……
demo-story = 正在添加访客和电源操作记录……
demo-hardware = 模拟设备：{ $switches } 台交换机和 PDU，{ $bmcs } 个 BMC。
demo-moved = 地址 { $address } 无法使用（{ $fault }），是否有另一个演示正在运行？{ $count } 台模拟设备已改用其他地址，并已更新记录。要恢复原来的地址，请结束占用它们的程序，再加 --reset 启动。
demo-listening = 页面地址
demo-end = 这些账号仅供在本机试用。按 Ctrl-C 结束；再次启动保留数据，--reset 清除数据。
