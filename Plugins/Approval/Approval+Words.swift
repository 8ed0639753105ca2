extension Approval {
  /// What the codes of this module are in Chinese: the names of members, then values.
  static let words: [String: String] = [
    "action": "审批事项",
    "decided_at": "审批时间",
    "decided_by": "审批人",
    "expires_at": "过期时间",
    "module": "模块",
    "not_by": "回避人员",
    "note": "审批意见",
    "payload": "审批内容",
    "requested_at": "申请时间",
    "requested_by": "申请人",
    "subject": "审批对象",

    "approved": "已批准",
    "consumed": "已使用",
    "expired": "已过期",
    "pending": "待审批",
    "rejected": "已驳回",
    "superseded": "已被取代",
  ]
}
