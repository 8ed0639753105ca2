import StationClient
import StationJSON

/// Calls a method and prints the result, page by page if all are wanted.
struct PagedCall {
  let client: Client
  let method: MethodDescription
  let options: GlobalOptions
  let key: String?

  mutating func run(_ params: JSONObject, all: Bool) throws {
    let first = try page(params)
    var printer = ResultPrinter(options: options)
    printer.style.amounts = method.amounts
    printer.style.vocabulary = method.vocabulary
    printer.style.clock = options.clock(of: client)
    guard all, let list = ResultText.list(in: first) else {
      printer.print(first)
      if let cursor = ResultText.nextCursor(of: first), let name = method.cursor?.name, !options.json,
        !options.ndjson
      {
        let text = options.language.pick(
          "next page: --\(name) \(Shell.quote(cursor)); all of them: --all",
          zh: "下一页：--\(name) \(Shell.quote(cursor))；全部：--all")
        Terminal.err(text + "\n")
      }
      return
    }
    var items = list.items
    var last = first
    var seen: Set<String> = []
    if options.ndjson { Terminal.out(ResultPrinter.lines(.array(items))) }
    // A cursor that comes twice would go round for ever.
    while let parameter = method.cursor, let cursor = ResultText.nextCursor(of: last),
      seen.insert(cursor).inserted
    {
      var next = params
      next[parameter.name] = last["next"] ?? .string(cursor)
      last = try page(next)
      let more = ResultText.list(in: last)?.items ?? []
      if options.ndjson { Terminal.out(ResultPrinter.lines(.array(more))) } else { items += more }
    }
    guard !options.ndjson else { return }
    var whole = first.objectValue ?? [:]
    whole[list.key] = .array(items)
    for key in ["next", "next_cursor"] { whole[key] = nil }
    printer.print(.object(whole))
  }

  private func page(_ params: JSONObject) throws -> JSONValue {
    try client.call(method.name, options.params(.object(params), key: key))
  }
}
