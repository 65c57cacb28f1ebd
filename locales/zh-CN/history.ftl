# 各档案“历史记录”里的字段名。
history-field-of = { $field ->
    [name] 名称
    [row_name] 列
    [note] 备注
    [units] 高度（U）
    [starting_unit] 起始 U 位
    [numbering] 编号方向
    [max_watts] 功率上限（W）
    [max_weight_g] 承重上限（g）
    [contracted_watts] 合同功率（W）
    [ownership] 归属
    [spot] 平面位置
    [label] 标签
    [kind] 种类
    [status] 状态
    [colour] 颜色
    [length_mm] 长度（mm）
    [bundle] 线束
    [a] A 端
    [b] B 端
    [side] 路别
    [phases] 相数
    [volts] 电压（V）
    [amps] 电流（A）
    [max_percent] 允许负载率（%）
    [range] 范围
    [purpose] 用途
    [manufacturer] 厂商
    [model] 型号
    [slug] 短名
    [height_units] 高度（U）
    [full_depth] 全深
    [half_width] 半宽
    [subdevice_role] 机箱或刀片
    [role] 角色
    [airflow] 风向
    [weight_kg] 重量（kg）
    [watts] 计划功率（W）
    [part_number] 部件号
    [passive] 无源
    [customer_visible] 客户可见
   *[other] { $field }
}
