/// The numbers of reports, `SL-2026-000001` and so on.
package enum ReportID {
  /// Whether a report was entered before another: by year, then by number, which may have grown longer.
  package static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (left.utf8, right.utf8)
    let years = (a.prefix(8), b.prefix(8))
    if !years.0.elementsEqual(years.1) { return years.0.lexicographicallyPrecedes(years.1) }
    return a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
  }
}
