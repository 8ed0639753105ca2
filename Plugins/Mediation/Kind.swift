/// What a dispute is about. The raw values are stable codes.
package enum Kind: String, Sendable, CaseIterable {
  case marriageAndLove = "marriage_and_love"
  case family, neighbours, debt, labour, other
}
