/// Finds the word that was probably meant.
package enum Spelling {
  /// The nearest of the candidates, if it is near enough: at most a third of the letters differ.
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    var best: (word: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(Array(word.utf8), Array(candidate.utf8))
      if distance < best?.distance ?? max(2, word.utf8.count / 3 + 1) { best = (candidate, distance) }
    }
    return best?.word
  }

  /// Levenshtein's distance, in bytes.
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // Nobody types that much; keeps the work bounded.
    guard left.count <= 64, right.count <= 64 else { return .max }
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = a == b ? diagonal : min(diagonal, above, row[j]) + 1
        diagonal = above
      }
    }
    return row[right.count]
  }
}
