/// What the codes of the daemon's own modules are in Chinese: the names of members, then values.
enum OwnWords {
  static let audit: [String: String] = [
    "before": "此编号之前",
    "body": "写入内容",
    "checkpoint": "检查点",
    "collection": "集合",
    "detail": "附注",
    "from": "起始编号",
    "id": "数据编号",
    "index": "叶子序号",
    "leaf": "记录叶子",
    "new": "新树记录数",
    "new_root": "新树根",
    "old": "旧树记录数",
    "old_root": "旧树根",
    "proof": "证明",
    "record": "记录",
    "root": "树根",
    "salt": "盐值",
    "seq": "记录编号",
    "size": "记录数",
    "verifier_key": "验证密钥",
    "version": "数据版本",
  ]

  static let dev: [String: String] = [
    "held": "时钟已固定",
    "now": "当前时间",
  ]

  static let events: [String: String] = [
    "kinds": "事件类别",
    "since": "起始序号",
    "subscription": "订阅编号",
  ]

  static let key: [String: String] = [
    "current": "现用主密钥",
    "done": "轮换完成",
    "failed": "校验未过数",
    "file": "新密钥文件",
    "former": "旧主密钥",
    "rewrapped": "已重新封装数",
  ]

  static let personal: [String: String] = [
    "erased": "已删除条数",
    "expires_at": "过期时间",
    "module": "模块",
    "subject": "主体",
  ]

  static let plugin: [String: String] = [
    "calls": "处理中调用",
    "failures": "近期失败次数",
    "faults": "故障次数",
    "last_reload": "上次重载",
    "level": "日志级别",
    "pid": "进程号",
    "problem": "失败原因",
    "program": "程序",
    "restart_in_ms": "重启倒计时毫秒",
    "sha256": "程序校验值",
    "since": "状态起始时间",
    "waiting": "等待中调用",

    "draining": "正在停止",
    "failed": "故障",
    "loading": "启动中",
    "quarantined": "已隔离",
    "ready": "就绪",
    "stopped": "已停止",
  ]

  static let retention: [String: String] = [
    "after": "起算项",
    "collection": "集合",
    "collections": "集合汇总",
    "count": "条数",
    "earliest": "最早届满时间",
    "until": "截至时间",
    "years": "保存年限",

  ]

  static let rpc: [String: String] = [
    "cancelled": "已取消",
    "error": "错误",
    "events": "事件",
    "id": "调用编号",
    "life_cycles": "流转",
    "ok": "有效",
    "params": "参数",
    "rules": "规则",
  ]

  static let system: [String: String] = [
    "advice": "处置建议",
    "advice_zh": "中文处置建议",
    "all": "总数",
    "batches": "写盘批次",
    "bytes": "字节数",
    "calendar": "日历版本",
    "changed": "已生效变更",
    "check": "检查项",
    "clock_held": "时钟已固定",
    "connections": "连接数",
    "content_type": "内容类型",
    "development": "开发模式",
    "directory": "备份目录",
    "done": "已完成数",
    "failed_batches": "失败批次",
    "findings": "检查结果",
    "from": "原值",
    "keep": "保留份数",
    "key": "配置项",
    "level": "级别",
    "log_origin": "日志名称",
    "master_key": "主密钥",
    "message": "说明",
    "message_zh": "中文说明",
    "modules": "模块",
    "needs_restart": "须重启生效",
    "now": "当前时间",
    "ok": "正常",
    "part": "组件",
    "path": "路径",
    "pid": "进程号",
    "problems": "问题",
    "reloads": "可重新加载",
    "removed": "已删除备份",
    "root": "树根",
    "severity": "严重程度",
    "size": "日志记录数",
    "source": "来源",
    "started_at": "启动时间",
    "step": "当前步骤",
    "takes": "取值要求",
    "to": "新值",
    "value": "配置值",
    "values": "生效配置",
    "waiting": "等待写入数",
    "writes": "写入次数",
    "you": "本人",

    "copying": "复制中",
    "critical": "严重",
    "fail": "异常",
    "none": "未在备份",
    "verifying": "验证中",
    "warn": "警告",
    "warning": "警告",
  ]
}
