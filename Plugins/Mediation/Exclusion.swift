/// Why a dispute is not open to mediation. The raw values are stable codes; each has a rule of its own.
package enum Exclusion: String, Sendable, CaseIterable {
  case hiredAssault = "hired_assault"
  case gangFight = "gang_fight_or_provocation"
  case repeatOffender = "repeat_offender"
  case unwilling
  case newOffence = "new_offence"
  case fled

  /// The id of the rule.
  package var rule: String { "mediation.exclusion.\(rawValue)" }
}
