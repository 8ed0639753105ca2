/// How much of an agreement was performed. The raw values are stable codes.
package enum Performance: String, Sendable, CaseIterable { case part, full, none }
