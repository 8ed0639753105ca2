/// Where the parties go when mediation ends without success. The raw values are stable codes.
package enum Advice: String, Sendable, CaseIterable {
  case caseHandling = "case"
  case court
}
