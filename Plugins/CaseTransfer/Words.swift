import StationKit

/// What procedure a case goes by.
package enum Kind: String, Sendable, CaseIterable {
  case administrative, criminal
}

/// What the receiving officer says a case is; unclear means administrative first.
enum StatedKind: String, Sendable, CaseIterable {
  case administrative, criminal, unclear

  var kind: Kind { self == .criminal ? .criminal : .administrative }
}

/// Whose case it is, as screening finds.
package enum Jurisdiction: String, Sendable, CaseIterable {
  case own, other, outside
}

/// What a unit does at once, whoever the case will belong to.
enum UrgentMeasure: String, Sendable, CaseIterable {
  case rescue
  case medicalAid = "medical_aid"
  case search
  case sceneSecured = "scene_secured"
  case suspectControlled = "suspect_controlled"
  case evidencePreserved = "evidence_preserved"
  case other
}

/// How the reporter was told.
enum TellWay: String, Sendable, CaseIterable {
  case inPerson = "in_person"
  case phone, message, letter
}

/// What a receiver disputes.
enum DisputeGround: String, Sendable, CaseIterable {
  case jurisdiction, facts
  case evidence, documents, other
}

/// How a dispute ended.
package enum DisputeResult: String, Sendable, CaseIterable {
  case open, stays, moves
  /// The case went on as a crime before the ruling.
  case superseded
}

/// What holds a transfer up.
enum TroubleCode: String, Sendable, CaseIterable {
  case receiverAbsent = "receiver_absent"
  case countStuck = "count_stuck"
  case approvalStuck = "approval_stuck"
  case documents, evidence, jurisdiction, other

  /// For the support request: it says nothing of the case but its number.
  var summary: String {
    switch self {
    case .receiverAbsent: "the receiving unit does not take it over 接收单位未到场接收"
    case .countStuck: "the count cannot be finished 清点无法完成"
    case .approvalStuck: "the approval does not come 审批受阻"
    case .documents: "the documents are disputed 文书存在问题"
    case .evidence: "the evidence is disputed 证据存在问题"
    case .jurisdiction: "the jurisdiction is not clear 管辖不明"
    case .other: "other trouble 其他问题"
    }
  }
}

/// The part of a person in a case.
enum PersonRole: String, Sendable, CaseIterable {
  case suspect, victim, witness, missing, other
}

/// What an item of evidence is.
package enum ItemKind: String, Sendable, CaseIterable {
  case physical, document, digital
}

/// In what condition an item is.
package enum Condition: String, Sendable, CaseIterable {
  case intact, sealed, opened, damaged, incomplete
}
