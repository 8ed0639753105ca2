extension Directory {
  /// What the codes of this module are in Chinese: the names of members, then values.
  static let words: [String: String] = [
    "active": "在用",
    "branch": "责任警种",
    "changed": "更新数",
    "city": "城区派出所",
    "created": "补建数",
    "duty_leader": "值班领导",
    "from": "起始时间",
    "holder": "值班人员",
    "lead_station": "牵头派出所",
    "leader": "局领导",
    "parent": "上级单位",
    "role": "值班职务",
    "stations": "成员派出所",
    "to": "结束时间",
    "unchanged": "未变数",
    "units": "单位",

    "bureau": "公安局",
    "department": "部门",
    "desk": "专班或办公室",
    "room": "派出所内设室",
    "station": "派出所",
    "team": "派出所内设队",
    "zone": "防区",
  ]
}
