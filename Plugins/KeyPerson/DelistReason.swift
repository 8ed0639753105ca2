import StationKit

/// Why a follow-up is over. The raw values are stable codes.
package enum DelistReason: String, Sendable, CaseIterable {
  case expiry, completion
  case threeYearsClean = "three_years_clean"
  case courtDecision = "court_decision"
  case error, found
  case consentWithdrawn = "consent_withdrawn"
  /// A proposal that nobody entered in time.
  case notEntered = "not_entered"

  /// What the person has to be told, besides that the record is erased and when. A duty is over only for whom the
  /// instrument bound.
  func notice(on record: KeyRecord) -> Text {
    switch self {
    case .expiry:
      record.isBound
        ? Text(
          "The term of the legal instrument is over. You have no duty under it any more.",
          zh: "法律文书载明的期限已届满，您不再承担该文书规定的义务。")
        : Text(
          "The term of the legal instrument is over, and the record is closed.",
          zh: "法律文书载明的期限已届满，登记已结束。")
    case .completion:
      record.isBound
        ? Text(
          "What the legal instrument asked for is done. You have no duty under it any more.",
          zh: "法律文书要求的事项已履行完毕，您不再承担该文书规定的义务。")
        : Text(
          "What the legal instrument asked for is done, and the record is closed.",
          zh: "法律文书要求的事项已完成，登记已结束。")
    case .threeYearsClean:
      Text(
        "You have been clean for three years. You are no longer followed up.",
        zh: "您已戒断三年未复吸，不再列为关注对象。")
    case .courtDecision:
      record.isBound
        ? Text(
          "A court or the deciding authority has ended the measure. You have no duty under it any more.",
          zh: "法院或决定机关已解除该措施，您不再承担相应义务。")
        : Text(
          "A court or the deciding authority has ended the measure, and the record is closed.",
          zh: "法院或决定机关已作出解除决定，登记已结束。")
    case .error:
      Text(
        "You were recorded by mistake. The record is taken back, and nothing follows from it.",
        zh: "此前登记有误，现予撤销，不产生任何后果。")
    case .found:
      Text("You have been found, and the search record is closed.", zh: "您已被找到，走失登记已结束。")
    case .consentWithdrawn:
      record.part == .protected
        ? Text(
          "You have taken back your agreement. Follow-up and help have ended, and nothing is held against you.",
          zh: "您已撤回同意，相关关注和帮助已终止，不产生任何不利后果。")
        : Text(
          "You have taken back your agreement. The support has ended, and nothing is held against you.",
          zh: "您已撤回同意，帮教服务终止，不产生任何不利后果。")
    case .notEntered:
      Text("You were not entered.", zh: "未予登记。")
    }
  }
}

/// The reasons that a caller may give; the others come by themselves. The raw values are stable codes.
package enum CallerReason: String, Sendable, CaseIterable {
  case completion
  case threeYearsClean = "three_years_clean"
  case courtDecision = "court_decision"
  case error, found
  case consentWithdrawn = "consent_withdrawn"

  var reason: DelistReason {
    switch self {
    case .completion: .completion
    case .threeYearsClean: .threeYearsClean
    case .courtDecision: .courtDecision
    case .error: .error
    case .found: .found
    case .consentWithdrawn: .consentWithdrawn
    }
  }
}

/// How being out of contact ended: the outcome is kept, the search is not. The raw values are stable codes.
package enum ContactOutcome: String, Sendable, CaseIterable {
  case foundWell = "found_well"
  case foundNeedsHelp = "found_needs_help"
  case handover
}

/// Who took a search or a person over. The raw values are stable codes.
package enum HandoverTo: String, Sendable, CaseIterable {
  case guardian, court, procuratorate
  case justiceOffice = "justice_office"
  case medicalInstitution = "medical_institution"
  case otherPolice = "other_police"
}
