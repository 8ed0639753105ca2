import StationJSON

/// Lines that go out in one call.
struct ImportBatch {
  struct Line {
    let number: Int
    let item: JSONValue
    /// Bytes of the file.
    let bytes: Int
  }

  var lines: [Line] = []

  var bytes: Int { lines.reduce(0) { $0 + $1.bytes } }

  func call(_ target: ImportTarget, _ meta: CallMeta) -> Client.Call {
    let params: JSONValue = [target.parameter: .array(lines.map(\.item))]
    return Client.Call(target.method, meta.added(to: params) ?? params)
  }

  /// The same lines in two.
  var halves: [ImportBatch] {
    [
      ImportBatch(lines: Array(lines[..<(lines.count / 2)])),
      ImportBatch(lines: Array(lines[(lines.count / 2)...])),
    ]
  }
}
