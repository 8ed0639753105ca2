import StationKit

/// The rules that the module's errors and terms name; the catalogue's own rules come with its data.
package enum SupportRules {
  static let lifeCycle = "support.life_cycle"
  static let responseLimit = "support.limit.response"
  static let supportLimit = "support.limit.support"
  static let feedbackLimit = "support.limit.feedback"
  static let escalation = "support.escalation"
  static let inactive = "support.scenario.inactive"
  static let station = "support.station.active"
  static let branch = "support.branch.jurisdiction"
  static let redirect = "support.redirect.department"
  static let urgency = "support.urgency.same"
  static let zeroPersons = "support.eligibility.zero_persons"
  static let approver = "support.approval.second_person"
  static let approvalIdle = "support.approval.not_asked"
  static let period = "support.figures.period"
  static let figures = "support.figures"

  /// Pinned by every cycle, and named by every figure.
  package static let version = "1"

  private static let reform =
    "Reform texts on support for police stations: unconditionally and within a time limit"
  private static let local = "local configuration"

  /// The table, with the rules of the catalogue behind the module's own.
  static func table(_ catalogue: Catalogue) -> [Rule] { own + catalogue.rules }

  private static let own: [Rule] = [
    rule(
      lifeCycle, reform,
      Text(
        "A request is acknowledged or redirected, never rejected; the table of states and actions",
        zh: "请求只能签收或转办，不得拒绝；按状态与操作表办理")),
    rule(
      responseLimit, local,
      Text(
        "From submission to acknowledgement; runs on through redirects and never pauses",
        zh: "响应时限：自提交至签收，转办不中断、不暂停")),
    rule(
      supportLimit, local,
      Text(
        "From submission to completion; pauses only while the station owes information",
        zh: "支援时限：自提交至办结，仅在补充信息期间暂停")),
    rule(
      feedbackLimit, local,
      Text(
        "From completion to the station's feedback; once it has passed the request closes as incomplete",
        zh: "反馈时限：自办结至派出所反馈，逾期按未反馈关闭")),
    rule(
      escalation, local,
      Text("Rungs at shares of a limit, each fires once", zh: "按时限比例逐级提醒，每级仅一次")),
    rule(
      inactive, local,
      Text(
        "A scenario is opened, and opened again, while it is active and an owner is an active department or desk",
        zh: "场景启用且责任部门（含专班、办公室）在用时方可发起或重新发起")),
    rule(
      station, local,
      Text("A request comes from an active police station", zh: "请求须由在用派出所发起")),
    rule(
      branch, reform,
      Text(
        "Of several branches the one with jurisdiction leads; a branch is an active department or desk",
        zh: "涉及多个警种的由有管辖权的警种牵头；牵头单位须为在用的部门（含专班、办公室）")),
    rule(
      redirect, reform,
      Text("A redirect names another active department or desk, and why", zh: "转办须指明其他在用的部门（含专班、办公室）并说明理由")),
    rule(urgency, local, Text("A change of urgency changes it", zh: "紧急程度须有变化")),
    rule(
      zeroPersons, reform,
      Text("A ratio to zero persons has no meaning", zh: "涉事人数为零时不计算比例")),
    rule(
      approver, reform,
      Text(
        "Who asked does not approve: who opened it, reopened it, or stated its facts later",
        zh: "申请人不得自行批准（含发起、重新发起及补充事实者）")),
    rule(
      approvalIdle, local,
      Text("Only what needs an approval, and has none, is approved", zh: "仅待批准事项可批准一次")),
    rule(period, local, Text("Figures cover at most 366 days", zh: "统计期间不超过三百六十六日")),
    rule(
      figures, local,
      Text(
        "Cycles by date of opening; percentiles by nearest rank; what runs within its limit is excluded",
        zh: "按发起日期统计；分位数取最近秩；时限内未结的不计入")),
  ]

  private static func rule(_ id: String, _ source: String, _ summary: Text) -> Rule {
    Rule(id: id, version: version, effective: "2026-01-01", source: source, summary: summary)
  }
}
