/// Why somebody may be followed up: the whole list.
///
/// It stands in code on purpose. No configuration, no field and no tag can add to it: what is not here cannot be
/// recorded. The raw values are stable codes.
package enum Category: String, Sendable, CaseIterable {
  /// Community corrections; the police assist the justice office.
  case communityCorrections = "community_corrections"
  /// Community drug treatment or rehabilitation.
  case drugTreatment = "drug_treatment"
  case bailPendingTrial = "bail_pending_trial"
  /// A personal protection order: one record for the protected person, one for the person bound by it.
  case protectionOrder = "protection_order"
  /// Support after release, which the person agreed to.
  case resettlementSupport = "resettlement_support"
  /// Ends when the person is found.
  case missingVulnerablePerson = "missing_vulnerable_person"

  /// The duties that the law knows in this category.
  var duties: [TaskKind] {
    switch self {
    case .communityCorrections: [.reportIn]
    case .drugTreatment: [.reportIn, .scheduledTest]
    case .bailPendingTrial: [.reportIn, .appear]
    case .protectionOrder, .resettlementSupport, .missingVulnerablePerson: []
    }
  }

  /// Whether visits can be agreed: not with somebody who is missing.
  var allowsVisits: Bool { self != .missingVulnerablePerson }
}

/// Which side of a protection order a record is about. The raw values are stable codes.
package enum Part: String, Sendable, CaseIterable {
  case protected, bound
}

/// What a record is kept for: each category has one, and no other use is lawful. The raw values are stable codes.
package enum Purpose: String, Sendable, CaseIterable {
  case assistCorrections = "assist_corrections"
  case assistTreatment = "assist_treatment"
  case ensureAppearance = "ensure_appearance"
  case protectPerson = "protect_person"
  case upholdOrder = "uphold_order"
  case supportAfterRelease = "support_after_release"
  case findAndReturn = "find_and_return"

  /// The one purpose of a category, or of a part in it.
  static func of(_ category: Category, _ part: Part?) -> Purpose {
    switch category {
    case .communityCorrections: .assistCorrections
    case .drugTreatment: .assistTreatment
    case .bailPendingTrial: .ensureAppearance
    case .protectionOrder: part == .bound ? .upholdOrder : .protectPerson
    case .resettlementSupport: .supportAfterRelease
    case .missingVulnerablePerson: .findAndReturn
    }
  }
}
