# 终端里的导入与导出。
transfer-no-path = 无法读取 { $path }：{ $fault }。请给出 CSV 文件、工作簿（.xlsx），或存放这些文件的目录。
transfer-no-kind = 没有“{ $kind }”这种记录。可用的种类：{ $allowed }。文件名应为种类名，或用 --kind 说明。
transfer-kind-of-folder = { $path } 是目录，其中的文件以文件名区分种类，请去掉 --kind。
transfer-empty-folder = { $path } 里没有以种类命名的 .csv 或 .xlsx 文件。可用的种类：{ $allowed }。
transfer-left-out = 已跳过 { $path }：文件名不是任何种类。
transfer-unreadable = 文件无法读取：{ $fault }
transfer-dry-run = 内容全部正确。尚未写入任何数据；去掉 --dry-run 即可写入。
transfer-more-faults = 还有 { $count } 处错误未列出。
transfer-exported = { $path }：{ $count } 行
transfer-checked = 已检查 { $done } / { $count } 行
transfer-written = 已写入 { $done } / { $count } 行
