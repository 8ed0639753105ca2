/// The three linked kinds of mediation (公调、民调、庭所对接). The raw values are stable codes.
package enum Mode: String, Sendable, CaseIterable { case police, people, judicial }
