/// The kinds of values that `type` can name.
struct SchemaTypes: OptionSet, Sendable {
  let rawValue: UInt8

  static let null = SchemaTypes(rawValue: 1)
  static let boolean = SchemaTypes(rawValue: 2)
  static let integer = SchemaTypes(rawValue: 4)
  static let number = SchemaTypes(rawValue: 8)
  static let string = SchemaTypes(rawValue: 16)
  static let array = SchemaTypes(rawValue: 32)
  static let object = SchemaTypes(rawValue: 64)

  static let names: [(name: String, chinese: String, type: SchemaTypes)] = [
    ("null", "空值", .null), ("boolean", "布尔值", .boolean), ("integer", "整数", .integer),
    ("number", "数字", .number), ("string", "字符串", .string), ("array", "数组", .array),
    ("object", "对象", .object),
  ]

  /// `a`, `a or b`, for a message.
  var listed: String {
    Self.names.filter { contains($0.type) }.map(\.name).joined(separator: " or ")
  }

  var chinese: String {
    Self.names.filter { contains($0.type) }.map(\.chinese).joined(separator: "或")
  }
}

/// The keywords of one (sub)schema, as the compiler found them.
struct SchemaRules: Sendable {
  /// A schema that is just `false`.
  var refusesAll = false
  /// A place in the list of definitions.
  var reference: Int?
  /// Empty if any type will do.
  var types: SchemaTypes = []
  var choices: [JSONValue]?
  var constant: JSONValue?
  var minimum: Int?
  var maximum: Int?
  var minLength: Int?
  var maxLength: Int?
  var format: JSONSchemaFormat?
  var items: SchemaNode?
  var minItems: Int?
  var maxItems: Int?
  var uniqueItems = false
  var properties = SchemaProperties()
  var minProperties: Int?
  var maxProperties: Int?
  var allOf: [SchemaNode] = []
  var anyOf: [SchemaNode] = []
  var oneOf: [SchemaNode] = []

  var checksNumbers: Bool { minimum != nil || maximum != nil }
  var checksStrings: Bool { minLength != nil || maxLength != nil || format != nil }
  var checksArrays: Bool { items != nil || minItems != nil || maxItems != nil || uniqueItems }
  var checksObjects: Bool { !properties.isEmpty || minProperties != nil || maxProperties != nil }
}

/// One compiled (sub)schema.
final class SchemaNode: Sendable {
  let rules: SchemaRules
  private let combines: Bool
  private let checksArrays: Bool
  private let checksObjects: Bool

  init(_ rules: SchemaRules) {
    self.rules = rules
    combines = !rules.allOf.isEmpty || !rules.anyOf.isEmpty || !rules.oneOf.isEmpty
    checksArrays = rules.checksArrays
    checksObjects = rules.checksObjects
  }

  /// Whether the value satisfies this schema; what does not is recorded until the report is full.
  func check(_ value: JSONValue, _ definitions: [SchemaNode], _ report: inout SchemaReport) -> Bool {
    guard report.take(1 + (rules.choices?.count ?? 0) / 8) else {
      return report.fail("limit", "takes too long to check against its schema", zh: "按格式校验耗时过长")
    }
    if let reference = rules.reference { return definitions[reference].check(value, definitions, &report) }
    if rules.refusesAll { return report.fail("false", "is not allowed", zh: "不允许") }
    if !rules.types.isEmpty && !hasType(value) {
      return report.fail("type", "must be \(rules.types.listed)", zh: "须为\(rules.types.chinese)")
    }
    var passes = checkValue(value, &report)
    guard passes || !report.isFull else { return false }
    switch value {
    case .string(let string):
      passes = checkString(string, &report) && passes
    case .number(let number):
      passes = checkNumber(number, &report) && passes
    case .array(let elements):
      if checksArrays { passes = checkArray(elements, definitions, &report) && passes }
    case .object(let object):
      if checksObjects { passes = checkObject(object, definitions, &report) && passes }
    case .null, .bool:
      break
    }
    guard combines, passes || !report.isFull else { return passes }
    return checkCombined(value, definitions, &report) && passes
  }

  private func hasType(_ value: JSONValue) -> Bool {
    switch value {
    case .null: rules.types.contains(.null)
    case .bool: rules.types.contains(.boolean)
    case .string: rules.types.contains(.string)
    case .array: rules.types.contains(.array)
    case .object: rules.types.contains(.object)
    case .number(let number):
      rules.types.contains(.number) || rules.types.contains(.integer) && number.intValue != nil
    }
  }

  private func checkValue(_ value: JSONValue, _ report: inout SchemaReport) -> Bool {
    if let choices = rules.choices, !choices.contains(value) {
      return report.fail(
        "enum", "must be one of \(JSONValue.array(choices).encodedString)",
        zh: "须为下列之一：\(JSONValue.array(choices).encodedString)")
    }
    if let constant = rules.constant, constant != value {
      return report.fail("const", "must be \(constant.encodedString)", zh: "须为 \(constant.encodedString)")
    }
    return true
  }

  private func checkNumber(_ number: JSONNumber, _ report: inout SchemaReport) -> Bool {
    if let minimum = rules.minimum, number.compare(to: minimum) < 0 {
      return report.fail("minimum", "must be at least \(minimum)", zh: "不得小于 \(minimum)")
    }
    if let maximum = rules.maximum, number.compare(to: maximum) > 0 {
      return report.fail("maximum", "must be at most \(maximum)", zh: "不得大于 \(maximum)")
    }
    return true
  }

  private func checkString(_ string: String, _ report: inout SchemaReport) -> Bool {
    let bytes = string.utf8.count
    // A string has at most as many scalars as bytes and at least a quarter as many: most need no count.
    if let minLength = rules.minLength,
      bytes < minLength || bytes / 4 < minLength && string.unicodeScalars.count < minLength
    {
      return report.fail(
        "minLength", "must have at least \(minLength) characters", zh: "不得少于 \(minLength) 个字符")
    }
    if let maxLength = rules.maxLength, bytes > maxLength, string.unicodeScalars.count > maxLength {
      return report.fail(
        "maxLength", "must have at most \(maxLength) characters", zh: "不得超过 \(maxLength) 个字符")
    }
    if let format = rules.format, !format.accepts(string) {
      return report.fail("format", "must be \(format.explanation)", zh: "须为\(format.chinese)")
    }
    return true
  }

  private func checkArray(
    _ elements: [JSONValue], _ definitions: [SchemaNode], _ report: inout SchemaReport
  ) -> Bool {
    var passes = true
    if let minItems = rules.minItems, elements.count < minItems {
      passes = report.fail("minItems", "must have at least \(minItems) elements", zh: "不得少于 \(minItems) 项")
    }
    if let maxItems = rules.maxItems, elements.count > maxItems {
      passes = report.fail("maxItems", "must have at most \(maxItems) elements", zh: "不得超过 \(maxItems) 项")
    }
    guard passes || !report.isFull else { return false }
    if let items = rules.items {
      for place in elements.indices {
        let count = report.violations.count
        if !items.check(elements[place], definitions, &report) {
          report.prepend(String(place), since: count)
          passes = false
          if report.isFull { return false }
        }
      }
    }
    if rules.uniqueItems, let place = firstRepeated(elements) {
      let count = report.violations.count
      passes = report.fail("uniqueItems", "repeats an earlier element", zh: "与前面的项重复")
      report.prepend(String(place), since: count)
    }
    return passes
  }

  private func firstRepeated(_ elements: [JSONValue]) -> Int? {
    guard elements.count > 16 else {
      return elements.indices.first { place in elements[..<place].contains(elements[place]) }
    }
    var seen = Set<JSONValue>(minimumCapacity: elements.count)
    return elements.indices.first { place in !seen.insert(elements[place]).inserted }
  }

  private func checkObject(
    _ object: JSONObject, _ definitions: [SchemaNode], _ report: inout SchemaReport
  ) -> Bool {
    var passes = true
    if let minProperties = rules.minProperties, object.count < minProperties {
      passes = report.fail(
        "minProperties", "must have at least \(minProperties) members", zh: "不得少于 \(minProperties) 个成员")
    }
    if let maxProperties = rules.maxProperties, object.count > maxProperties {
      passes = report.fail(
        "maxProperties", "must have at most \(maxProperties) members", zh: "不得超过 \(maxProperties) 个成员")
    }
    guard passes || !report.isFull else { return false }
    return rules.properties.check(object, definitions, &report) && passes
  }

  private func checkCombined(
    _ value: JSONValue, _ definitions: [SchemaNode], _ report: inout SchemaReport
  ) -> Bool {
    var passes = true
    for node in rules.allOf where !node.check(value, definitions, &report) {
      passes = false
      if report.isFull { return false }
    }
    if !rules.anyOf.isEmpty, !rules.anyOf.contains(where: { $0.accepts(value, definitions, &report) }) {
      passes = explain("anyOf", rules.anyOf, value, definitions, &report)
    }
    if !rules.oneOf.isEmpty, passes || !report.isFull {
      var matches = 0
      for node in rules.oneOf where matches < 2 && node.accepts(value, definitions, &report) { matches += 1 }
      if matches == 0 {
        passes = explain("oneOf", rules.oneOf, value, definitions, &report)
      } else if matches > 1 {
        passes = report.fail("oneOf", "fits more than one of the alternatives", zh: "符合多种可选形式")
      }
    }
    return passes
  }

  private func accepts(
    _ value: JSONValue, _ definitions: [SchemaNode], _ report: inout SchemaReport
  ) -> Bool {
    report.trial(limit: 0) { check(value, definitions, &$0) }
  }

  /// No alternative fits. If only one is of the value's type, as with "this object or null", what that one
  /// misses is more use than that none fits. Always false.
  private func explain(
    _ keyword: String, _ nodes: [SchemaNode], _ value: JSONValue, _ definitions: [SchemaNode],
    _ report: inout SchemaReport
  ) -> Bool {
    guard !report.isFull else { return false }
    var candidates: [SchemaNode] = []
    for node in nodes {
      let first = report.trial(limit: 1) { trial in
        _ = node.check(value, definitions, &trial)
        return trial.violations.first
      }
      if let first, first.keyword != "type" || !first.pointer.tokens.isEmpty {
        candidates.append(node)
      }
    }
    if candidates.count == 1 { return candidates[0].check(value, definitions, &report) }
    return report.fail(keyword, "fits none of the alternatives", zh: "不符合任何一种可选形式")
  }
}
