import StationClient
import StationJSON

/// Prints a method's result in the form that was asked for.
struct ResultPrinter {
  let options: GlobalOptions
  var style: ResultText

  init(options: GlobalOptions) {
    self.options = options
    style = options.style
  }

  func print(_ result: JSONValue) {
    if options.json {
      Terminal.out(result.encodedString + "\n")
    } else if options.ndjson {
      Terminal.out(ResultPrinter.lines(result))
    } else {
      Terminal.out(style.text(result))
    }
  }

  /// A line for each item of a list, one line for all else.
  static func lines(_ result: JSONValue) -> String {
    let items = result.arrayValue ?? ResultText.list(in: result)?.items ?? [result]
    return items.reduce(into: "") { $0 += $1.encodedString + "\n" }
  }
}
