import StationJSON

/// One input of the fuzzer. The first byte says where the scanner's chunks are cut, the rest is the text.
///
/// Checked: parser and scanner agree on acceptance, kind and place of the error (but for a key twice, which
/// the scanner lets pass); a value that was encoded, in any of the three forms, parses to itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data, size > 0 else { return 0 }
  let text = UnsafeRawBufferPointer(start: data + 1, count: size - 1)
  let scanned = problemOfScanner(text, step: Int(data[0]) + 1)
  do {
    let value = try JSONParser.parse(text)
    check(scanned == nil, "the scanner refuses what the parser accepts")
    checkRoundTrip(value)
  } catch  where error.kind != .duplicateKey {
    check(scanned == error, "parser and scanner refuse differently")
  } catch {
    // What follows the second key was not parsed: nothing to compare.
  }
  return 0
}

/// What the scanner makes of a whole text in chunks of that size, said as the parser says it.
private func problemOfScanner(_ text: UnsafeRawBufferPointer, step: Int) -> JSONError? {
  var scanner = JSONScanner()
  var place = 0
  var end: Int?
  while place < text.count && end == nil {
    let chunk = UnsafeRawBufferPointer(rebasing: text[place..<min(place + step, text.count)])
    switch scanner.scan(chunk) {
    case .needMore: place += chunk.count
    case .failed(let error): return error
    case .end(let consumed):
      check(consumed <= chunk.count, "the scanner consumed more than it was given")
      end = place + consumed
    }
  }
  if let end {
    let rest = text[end...].firstIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    return rest.map { JSONError(.trailingBytes, at: $0) }
  }
  if case .failed(let error) = scanner.finish() { return error }
  return nil
}

private func checkRoundTrip(_ value: JSONValue) {
  let encoded = value.encoded()
  for form in [encoded, Array(value.prettyPrinted.utf8), value.canonical] {
    guard let again = try? JSONParser.parse(form) else {
      check(false, "an encoded value does not parse")
      return
    }
    check(again == value, "an encoded value parses to another")
    check(again.hashValue == value.hashValue, "equal values have two hashes")
    check(again.canonical == value.canonical, "the canonical form is not stable")
  }
  check((try? JSONParser.parse(encoded))?.encoded() == encoded, "the encoded form is not stable")
}

/// A finding: the fuzzer keeps the input of a process that dies.
private func check(_ condition: Bool, _ finding: StaticString) {
  if !condition { fatalError("\(finding)") }
}
