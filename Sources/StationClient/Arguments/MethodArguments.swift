import StationJSON

/// The words after a method's name, as params.
///
/// Options come from the method's own parameters: `--limit 5`, `--limit=5`, `--open`, `--no-open`,
/// `--facts.persons_involved 2`; a list repeats its option; words without one are positional params.
package struct MethodArguments: Sendable, Equatable {
  package var params = JSONObject()
  /// Words of the options that every call has, such as `--json`, in order, each with its value.
  package var common: [String] = []
  /// Whether help was asked for.
  package var wantsHelp = false
  /// Whether all pages are wanted.
  package var wantsAll = false

  /// Sorts the words. What the method declares itself goes before an option of the same name that every call
  /// has: those can be given before the method's name.
  package init(_ words: [String], method: MethodDescription) throws(UsageError) {
    var rest = words[...]
    var places = method.positional[...]
    var onlyPlaces = false
    while let word = rest.popFirst() {
      if !onlyPlaces, word == "--" {
        onlyPlaces = true
      } else if !onlyPlaces, MethodArguments.isOption(word) {
        try takeOption(word, rest: &rest, method: method)
      } else {
        try takePlace(word, places: &places, method: method)
      }
    }
  }

  /// Refuses a call without what it needs. Separate, so that `--help` works without it.
  package func checkRequired(_ method: MethodDescription) throws(UsageError) {
    let missing = method.parameters.filter { $0.required && params[$0.name] == nil }
    guard missing.isEmpty else {
      let names = missing.map { "--" + MethodDescription.kebab($0.name) }
      throw UsageError(
        "missing: \(names.joined(separator: ", "))", zh: "缺少：\(names.joined(separator: "、"))")
    }
    for parameter in method.parameters {
      guard case .object(let members, _) = parameter.shape, case .object(let given)? = params[parameter.name]
      else { continue }
      for member in members where member.required && given[member.name] == nil {
        let name = "--\(MethodDescription.kebab(parameter.name)).\(member.name)"
        throw UsageError("missing: \(name)", zh: "缺少：\(name)")
      }
    }
  }

  /// `-` alone is a word, and so is a negative number.
  static func isOption(_ word: String) -> Bool {
    let bytes = Array(word.utf8.prefix(2))
    return bytes.count == 2 && bytes[0] == UInt8(ascii: "-") && !(bytes[1] >= 0x30 && bytes[1] <= 0x39)
  }

  private mutating func takeOption(
    _ word: String, rest: inout ArraySlice<String>, method: MethodDescription
  ) throws(UsageError) {
    let sign = word.firstIndex(of: "=")
    let option = String(sign.map { word[..<$0] } ?? word[...])
    let inline = sign.map { String(word[word.index(after: $0)...]) }
    if option == "-h" || option == "--help" {
      wantsHelp = true
      return
    }
    guard option.utf8.starts(with: "--".utf8) else {
      throw MethodArguments.unknown(option, method: method)
    }
    let name = String(option.dropFirst(2))

    if let parameter = method.parameter(named: name) {
      let given = try MethodArguments.text(option, inline: inline, shape: parameter.shape, rest: &rest)
      try add(ValueArgument.value(given, shape: parameter.shape, name: option), to: parameter, option: option)
    } else if name.utf8.starts(with: "no-".utf8), inline == nil,
      let parameter = method.parameter(named: String(name.dropFirst(3))), parameter.shape == .boolean
    {
      try add(.bool(false), to: parameter, option: option)
    } else if name.contains("."),
      try takeMember(name, option: option, inline: inline, rest: &rest, method: method)
    {
    } else if option == "--all" {
      wantsAll = true
    } else if let takesValue = CommonOption.takesValue(option) {
      common.append(option)
      if takesValue { common.append(try MethodArguments.next(option, inline: inline, rest: &rest)) }
    } else {
      throw MethodArguments.unknown(option, method: method)
    }
  }

  /// `--facts.persons_involved 2`; false if the first part is no parameter.
  private mutating func takeMember(
    _ name: String, option: String, inline: String?, rest: inout ArraySlice<String>, method: MethodDescription
  ) throws(UsageError) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let parameter = method.parameter(named: String(parts[0])) else { return false }
    var shape = parameter.shape
    var path: [Substring] = [parameter.name[...]]
    for part in parts.dropFirst() {
      let members: [ValueShape.Member]
      let open: Bool
      switch shape {
      case .object(let declared, let isOpen): (members, open) = (declared, isOpen)
      case .any: (members, open) = ([], true)
      default: throw MethodArguments.unknown(option, method: method)
      }
      let snake = MethodDescription.snake(String(part))
      if let member = members.first(where: { $0.name == part }) ?? members.first(where: { $0.name == snake })
      {
        shape = member.shape
        path.append(member.name[...])
      } else if open {
        shape = .any
        path.append(part)
      } else {
        let names = members.map(\.name)
        throw UsageError(
          "'\(part)' is not a member of --\(parts[0]): \(names.joined(separator: ", "))",
          zh: "--\(parts[0]) 没有成员“\(part)”：\(names.joined(separator: "、"))")
      }
    }
    let given = try MethodArguments.text(option, inline: inline, shape: shape, rest: &rest)
    let value = try ValueArgument.value(given, shape: shape, name: option)
    try KeyValueArguments.set(value, at: path[...], in: &params, key: option)
    return true
  }

  private mutating func takePlace(
    _ word: String, places: inout ArraySlice<MethodDescription.Parameter>, method: MethodDescription
  ) throws(UsageError) {
    // A parameter given by name has left its place; a list takes all words that follow.
    while let next = places.first, params[next.name] != nil, !next.isList { places.removeFirst() }
    guard let parameter = places.first else {
      let names = method.positional.map(\.name).joined(separator: " ")
      let en = names.isEmpty ? "takes options only" : "takes only: \(names)"
      let zh = names.isEmpty ? "只接受选项" : "只接受：\(names)"
      throw UsageError(
        "'\(word)' is one word too many; \(method.name) \(en)", zh: "多余的“\(word)”；\(method.name) \(zh)")
    }
    let value = try ValueArgument.value(word, shape: parameter.shape, name: parameter.name)
    try add(value, to: parameter, option: parameter.name)
    if !parameter.isList { places.removeFirst() }
  }

  private mutating func add(
    _ value: JSONValue, to parameter: MethodDescription.Parameter, option: String
  ) throws(UsageError) {
    switch (params[parameter.name], value) {
    case (nil, _):
      params[parameter.name] = value
    case (.array(let present)?, .array(let more)):
      params[parameter.name] = .array(present + more)
    default:
      throw UsageError("\(option) is given twice", zh: "\(option) 给出了两次")
    }
  }

  /// The word of an option's value. A flag needs none, but takes `true` or `false` after it.
  private static func text(
    _ option: String, inline: String?, shape: ValueShape, rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    if shape == .boolean, inline == nil {
      guard let next = rest.first, next == "true" || next == "false" else { return "true" }
    }
    return try next(option, inline: inline, rest: &rest)
  }

  private static func next(
    _ option: String, inline: String?, rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    if let inline { return inline }
    guard let next = rest.popFirst(), !isOption(next) else {
      throw UsageError("\(option) needs a value", zh: "\(option) 需要一个值")
    }
    return next
  }

  private static func unknown(_ option: String, method: MethodDescription) -> UsageError {
    let names = method.parameters.map { "--" + MethodDescription.kebab($0.name) } + CommonOption.names
    guard let near = Spelling.nearest(to: option, among: names) else {
      return UsageError("\(method.name) has no option \(option)", zh: "\(method.name) 没有选项 \(option)")
    }
    return UsageError(
      "\(method.name) has no option \(option); did you mean \(near)?",
      zh: "\(method.name) 没有选项 \(option)；是否想输入 \(near)？")
  }
}
