import ModuleTesting
import StationKit
import StationStore
import Testing

/// What the store should hold, as a list that is searched by brute force.
private struct Model {
  struct Row {
    let id: String
    var body: JSONObject

    func value(_ field: String) -> IndexValue {
      switch body[field] {
      case .string(let text)?: .text(text)
      case .number(let number)?: .integer(number.intValue ?? 0)
      default: .null
      }
    }
  }

  /// In the order of creation.
  var rows: [Row] = []
  static let indexes: [String?: [String]] = [
    nil: [], "by_name": ["name"], "grouped": ["name"], "by_group": ["group", "rank"], "by_rank": ["rank"],
  ]

  func matching(_ query: Query) -> [Row] {
    let fields = Self.indexes[query.index] ?? []
    let free = fields.dropFirst(query.equals.count)
    let found = rows.filter { row in
      for (field, value) in zip(fields, query.equals) where row.value(field) != value { return false }
      for (field, value) in query.matching where row.value(field) != value { return false }
      guard let first = free.first else { return true }
      if let from = query.from, !Self.isBelow(from, row.value(first), orEqual: true) { return false }
      if let to = query.to, !Self.isBelow(row.value(first), to, orEqual: false) { return false }
      return true
    }
    // Sorting is stable, and the rows are in the order of creation.
    let sorted = found.enumerated().sorted { left, right in
      for field in free {
        let (one, two) = (left.element.value(field), right.element.value(field))
        if one != two { return Self.sortsFirst(one, two) }
      }
      return left.offset < right.offset
    }.map(\.element)
    return query.descending ? sorted.reversed() : sorted
  }

  private static func sortsFirst(_ left: IndexValue, _ right: IndexValue) -> Bool {
    switch (left, right) {
    case (.null, _): true
    case (_, .null): false
    case (.integer(let one), .integer(let two)): one < two
    case (.text(let one), .text(let two)): one.utf8.lexicographicallyPrecedes(two.utf8)
    case (.integer, .text): true
    case (.text, .integer): false
    }
  }

  /// As SQL compares: never true for NULL.
  private static func isBelow(_ left: IndexValue, _ right: IndexValue, orEqual: Bool) -> Bool {
    if left == .null || right == .null { return false }
    return left == right ? orEqual : sortsFirst(left, right)
  }
}

@Suite struct StoreQueryTests {
  private static func body(_ number: Int, _ random: inout Seeded) -> JSONObject {
    var body: JSONObject = ["name": .string("name \(number)")]
    if let group = ["a", "b", "警", nil].randomElement(using: &random) ?? nil {
      body["group"] = .string(group)
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: break
    case 1: body["rank"] = .null
    default: body["rank"] = .int(Int.random(in: -3...3, using: &random))
    }
    return body
  }

  /// A store and its model after the same creations, changes and removals.
  private static func filled(_ seed: UInt64) async throws -> (Bench, Model) {
    let bench = try Bench()
    var random = Seeded(state: seed)
    var model = Model()
    for number in 0..<120 {
      let body = body(number, &random)
      let id = "id-\(number)"
      try await bench.write { tx, _ in .string(try tx.create("item", id: id, body).id) }.check()
      model.rows.append(Model.Row(id: id, body: body))
      guard let place = model.rows.indices.randomElement(using: &random) else { continue }
      let other = model.rows[place].id
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        try await bench.write { tx, _ in
          try tx.delete("item", other, version: tx.get("item", other)?.version ?? 0)
          return .null
        }.check()
        model.rows.remove(at: place)
      case 1, 2:
        let changed = Self.body(number + 1000, &random)
        try await bench.write { tx, _ in
          .int(try tx.put("item", other, version: tx.get("item", other)?.version ?? 0, changed).version)
        }.check()
        model.rows[place].body = changed
      default: break
      }
    }
    return (bench, model)
  }

  private static let queries: [Query] = {
    var queries: [Query] = []
    for descending in [false, true] {
      queries.append(Query("item", descending: descending))
      queries.append(Query("item", index: "by_name", descending: descending))
      queries.append(
        Query("item", index: "by_name", from: .text("name 2"), to: .text("name 8"), descending: descending))
      queries.append(Query("item", index: "by_name", equals: [.text("name 7")], descending: descending))
      for group in [IndexValue.null, .text("a"), .text("警"), .text("none")] {
        queries.append(Query("item", index: "by_group", equals: [group], descending: descending))
        queries.append(
          Query("item", index: "by_group", equals: [group], from: .integer(-1), descending: descending))
        queries.append(
          Query("item", index: "by_group", equals: [group], to: .integer(2), descending: descending))
        for rank in [IndexValue.null, .integer(0)] {
          queries.append(Query("item", index: "by_group", equals: [group, rank], descending: descending))
        }
      }
      for group in ["a", "警", "none"] {
        var query = Query("item", index: "grouped", from: .text("name 1"), descending: descending)
        query.matching = ["group": .text(group)]
        queries.append(query)
      }
      queries.append(Query("item", index: "by_group", descending: descending))
      queries.append(Query("item", index: "by_group", from: .text("b"), descending: descending))
      queries.append(Query("item", index: "by_rank", descending: descending))
      queries.append(Query("item", index: "by_rank", equals: [.null], descending: descending))
      queries.append(
        Query("item", index: "by_rank", from: .integer(-2), to: .integer(2), descending: descending))
    }
    return queries
  }()

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `every walk, count and scan gives what brute force gives`(seed: UInt64) async throws {
    let (bench, model) = try await Self.filled(seed)
    for base in Self.queries {
      let expected = model.matching(base)
      for limit in [1, 3, 7, 1000] {
        let walked = await bench.read { tx, _ in
          var query = base
          query.limit = limit
          var ids: [JSONValue] = []
          var pages = 0
          repeat {
            let page = try tx.query(query)
            ids += page.records.map { .string($0.id) }
            query.cursor = page.next
            pages += 1
          } while query.cursor != nil && pages < 500
          return .array(ids)
        }
        #expect(walked.answer.value == .array(expected.map { .string($0.id) }), "\(base) by \(limit)")
      }
      let counted = await bench.read { tx, _ in .int(try tx.count(base)) }
      #expect(counted.answer.value == .int(expected.count), "\(base)")
      let scanned = await bench.read { tx, _ in
        var rows: [JSONValue] = []
        try tx.forEach(base, columns: ["rank", "name"]) { row in
          rows.append([row[0].integer.map(JSONValue.int) ?? .null, .string(row[1].text ?? "")])
        }
        return .array(rows)
      }
      let columns = expected.map { row -> JSONValue in
        [row.value("rank").integer.map(JSONValue.int) ?? .null, .string(row.value("name").text ?? "")]
      }
      #expect(scanned.answer.value == .array(columns), "\(base)")
    }
  }

  @Test(arguments: [0, 1])
  func `a page that matches looks at so many rows and no more`(beyond: Int) async throws {
    let bench = try Bench()
    let count = Query.rowsAtMost + 1
    // The one that is wanted is the last that a page looks at, or the first that it does not.
    let wanted = count - 2 + beyond
    for start in stride(from: 0, to: count, by: 500) {
      try await bench.write { tx, _ in
        for number in start..<min(start + 500, count) {
          let body: JSONObject = [
            "name": .string("n\(100_000 + number)"), "group": number == wanted ? "b" : "a",
          ]
          _ = try tx.create("item", id: "\(number)", body)
        }
        return .null
      }.check()
    }
    var query = Query("item", index: "grouped")
    query.matching = ["group": .text("b")]
    let pages = await bench.read { [query] tx, _ in
      let first = try tx.query(query)
      var behind = query
      behind.after = first.end
      let second = try tx.query(behind)
      return [
        .array(first.records.map { .string($0.id) }), .bool(first.next != nil),
        .array(second.records.map { .string($0.id) }), .bool(second.next != nil),
      ]
    }.answer.value
    let id = JSONValue.string("\(wanted)")
    #expect(pages == (beyond == 0 ? [[id], true, [], false] : [[], true, [id], false]))
  }

  @Test func `only declared fields are matched, in an order that has no gaps`() async throws {
    let bench = try Bench()
    for (index, field, fits) in [
      ("by_rank", "group", false), ("grouped", "nothing", false), ("grouped", "rank", true),
    ] {
      let answer = await bench.read { tx, _ in
        var query = Query("item", index: index)
        query.matching = [field: .integer(1)]
        return .int(try tx.query(query).records.count)
      }.answer
      #expect(answer.kind == (fits ? nil : .internalError), "\(index) \(field)")
    }
  }

  @Test func `a walk goes on where it was while others write`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in
      for number in 0..<10 {
        _ = try tx.create("item", id: "\(number)", ["name": .string("n\(number)"), "rank": 1])
      }
      return .null
    }
    let first = await bench.read { tx, _ in
      let page = try tx.query(Query("item", index: "by_rank", limit: 4))
      return ["ids": .array(page.records.map { .string($0.id) }), "next": .string(page.next ?? "")]
    }.answer.value
    await bench.write { tx, _ in
      try tx.delete("item", "3", version: 1)
      try tx.delete("item", "0", version: 1)
      _ = try tx.create("item", id: "before", ["name": "before", "rank": 0])
      _ = try tx.create("item", id: "after", ["name": "after", "rank": 2])
      return .null
    }
    let next = first?["next"]?.stringValue
    let second = await bench.read { tx, _ in
      .array(
        try tx.query(Query("item", index: "by_rank", limit: 100, cursor: next)).records.map { .string($0.id) }
      )
    }.answer.value
    #expect(first?["ids"] == ["0", "1", "2", "3"])
    #expect(second == ["4", "5", "6", "7", "8", "9", "after"])
  }

  @Test(arguments: [
    "", "x", "00", "5b5d", "7b7d", "5b315d5b", "5b312c322c335d", "ffff", "5b22", "5b312e355d",
  ])
  func `a cursor that is not of this list is refused with its pointer`(cursor: String) async throws {
    let bench = try Bench()
    let answer = await bench.read { tx, _ in
      .int(try tx.query(Query("item", index: "by_rank", cursor: cursor)).records.count)
    }.answer
    guard case .failure(let error) = answer else { throw Unexpected("accepted") }
    #expect(error.kind == .invalidParams && error.pointer == "/cursor")
  }

  @Test(arguments: [0, -1, 1001, Int.max])
  func `a limit outside 1 to 1000 is refused`(limit: Int) async throws {
    let bench = try Bench()
    #expect(
      await bench.read { tx, _ in .int(try tx.query(Query("item", limit: limit)).records.count) }.answer.kind
        == .invalidParams)
  }

  @Test func `a scan may run the same scan inside`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in
      for number in 0..<3 { _ = try tx.create("item", id: nil, ["name": .string("n\(number)")]) }
      return .null
    }
    let visited = await bench.read { tx, _ in
      var visited = 0
      try tx.forEach(Query("item"), columns: ["name"]) { _ in
        try tx.forEach(Query("item"), columns: ["name"]) { _ in
          visited += 1
          if visited > 100 { throw Unexpected("the outer scan starts again") }
        }
      }
      return .int(visited)
    }
    #expect(visited.answer.value == 9)
  }

  @Test func `a scan that its body ends leaves the store as it was`() async throws {
    let bench = try Bench()
    let answer = await bench.write { tx, _ in
      for number in 0..<3 { _ = try tx.create("item", id: nil, ["name": .string("n\(number)")]) }
      do {
        try tx.forEach(Query("item"), columns: ["name"]) { _ in throw Unexpected("enough") }
      } catch is Unexpected {}
      return .int(try tx.count(Query("item")))
    }
    #expect(answer.value == 3)
  }

  @Test func `only a method that discloses lists what it read, with commitments that hold`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in
      _ = try tx.create("item", id: "a", ["name": "one"])
      _ = try tx.create("item", id: "b", ["name": "two"])
      return .null
    }
    let written = try bench.newestLeaf()["written"]?.arrayValue ?? []
    let script: ReadScript = { tx, _ in
      _ = try tx.get("item", "a")
      return .int(try tx.query(Query("item", limit: 2)).records.count)
    }
    #expect(await bench.read(script).disclosed.isEmpty)
    let disclosed = await bench.read(method: "test.disclose", script).disclosed
    #expect(disclosed.map(\.id) == ["a", "a", "b"])
    #expect(disclosed.allSatisfy { $0.collection == "test.item" && $0.version == 1 })
    #expect(
      written.compactMap { $0.arrayValue?.last?.stringValue }
        == disclosed.dropFirst().map(\.commitment.base64))
  }
}

extension Result where Failure == RPCError {
  /// Fails the test that made the call.
  func check() throws { _ = try get() }
}
