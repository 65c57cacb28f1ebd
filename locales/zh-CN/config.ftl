# 配置有什么问题；显示在文件、键和值之后。
config-allowed-text = 这里应填文本，并加引号
config-allowed-whole = 这里应填 { $least } 到 { $most } 之间的整数
config-allowed-word = 这里可填：{ $allowed }
config-allowed-list = 这里应填文本列表，例如 ["127.0.0.1", "10.0.0.0/8"]
config-unknown-key = 没有这个配置项；这里可用的有：{ $allowed }
config-variable-name = 没有这个环境变量；想写的可能是 { $meant }（分节之后是两个下划线）
config-file-unreadable = 无法读取文件：{ $fault }
config-file-not-toml = 文件不是有效的 TOML：{ $fault }
config-file-missing = 文件不存在
config-folder-missing = 目录不存在
config-not-understood = 无法识别这个值
config-database-url = 可填 sqlite:路径，或 postgres://用户@主机/数据库
config-web-listen = 这里应填监听的 IP 地址，例如 127.0.0.1、0.0.0.0 或 ::
config-web-address = 这里应填用户访问的地址：以 http:// 或 https:// 开头，后接主机名，可带端口，不带路径
config-web-proxies = 这里应填 IP 地址或地址段，例如 ["127.0.0.1", "10.0.0.0/8"]
config-tls-pair = 启用 TLS 需要同时填写 tls_certificate 和 tls_key
config-time-zone = 这里应填 IANA 时区名，例如 Asia/Shanghai
config-mail-password = 填了邮件用户名，还需要填密码才能登录邮件服务器
config-mail-from = 这里应填邮件地址：noreply@dc.example，或“机房 <noreply@dc.example>”
config-mail-needs = 发送邮件需要填写此项；不发送时请将 mail.enabled 设为 false
config-traps-listen = 填写带端口的地址，例如 0.0.0.0:162，或者留空
config-keep-hours = 小时数据的保留时间不能短于采集读数：至少 { $least } 天
config-log-level = 可填 error、warn、info、debug、trace，或形如 info,coldaisle::metering=debug 的指令
