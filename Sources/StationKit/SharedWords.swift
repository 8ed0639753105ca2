import StationJSON

/// The Chinese of names that no one module owns.
public enum SharedWords {
  /// Chinese of the names that many modules use; a module's own words go before these.
  public static let words: [String: String] = [
    "action": "操作",
    "after": "更正后",
    "approval": "审批",
    "at": "时间",
    "before": "更正前",
    "by": "操作人",
    "calendar_version": "日历版本",
    "code": "代码",
    "corrections": "更正记录",
    "cursor": "游标",
    "denominator": "分母",
    "document": "文书",
    "due": "到期时间",
    "en": "英文",
    "end": "届满时间",
    "exclusions": "排除项",
    "fields": "参数",
    "from": "自",
    "groups": "分组",
    "history": "办理记录",
    "id": "编号",
    "id_number": "公民身份号码",
    "items": "条目",
    "key": "标识",
    "kind": "类别",
    "limit": "条数上限",
    "meta": "附加信息",
    "method": "方法",
    "name": "名称",
    "next": "下一页",
    "note": "备注",
    "number": "号码",
    "numerator": "分子",
    "order": "排序",
    "overdue": "逾期",
    "percent": "百分比",
    "phone": "电话",
    "provisional": "暂定",
    "reason": "原因",
    "result": "结果",
    "role": "角色",
    "rule": "规则",
    "rules_on": "规则适用日",
    "start": "起算时间",
    "state": "状态",
    "station": "派出所",
    "steps": "步骤",
    "steps_apply": "步骤适用",
    "summary": "简要情况",
    "target": "目标值",
    "term": "期限",
    "terms": "期限",
    "text": "内容",
    "to": "至",
    "total": "合计",
    "unit": "单位",
    "version": "版本",
    "zh": "中文",

    "asc": "升序",
    "desc": "降序",
    "figures.by": "分组方式",
    "figures.from": "起始日",
    "figures.to": "截止日",
    "history.from": "原状态",
    "history.to": "新状态",
  ]
}

extension JSONValue {
  /// Words by code, in the codes' order.
  package static func words(_ words: [String: String]) -> JSONValue {
    .object(words.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = .string($1.value) })
  }
}
