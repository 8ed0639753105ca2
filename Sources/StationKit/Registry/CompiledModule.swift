import StationJSON

/// A module with its declarations checked and indexed by name.
package final class CompiledModule: Sendable {
  package let name: String
  package let declaration: Module
  package let methods: [CompiledMethod]
  package let collections: [String: CompiledCollection]
  package let deadlines: [String: DeadlineKind]
  package let events: [String: CompiledEvent]
  package let calls: Set<String>
  /// Whether answers of its methods may be kept until it writes something: see ``Method/isSteady``.
  package let hasSteadyMethods: Bool

  init(_ module: Module) throws(RegistryError) {
    guard Names.isWord(module.name) else {
      throw RegistryError("'\(module.name)' is not a module name (a-z, 0-9 and _)")
    }
    name = module.name
    declaration = module
    calls = Set(module.calls)
    hasSteadyMethods = module.methods.contains(where: \.isSteady)
    methods = try Self.unique(module.methods, "method", \.name).map {
      (method: Method) throws(RegistryError) -> CompiledMethod in
      try CompiledMethod(method, module: module.name)
    }
    var collections: [String: CompiledCollection] = [:]
    for collection in try Self.unique(module.collections, "collection", \.name) {
      collections[collection.name] = try CompiledCollection(collection, module: module.name)
    }
    self.collections = collections
    var events: [String: CompiledEvent] = [:]
    for event in try Self.unique(module.events, "event", \.name) {
      try Self.requireWord(event.name, "event", module.name)
      let what = "\(module.name).\(event.name) payload"
      events[event.name] = CompiledEvent(
        fullName: "\(module.name).\(event.name)", declaration: event,
        payload: try CompiledMethod.compile(event.payload, what))
    }
    self.events = events
    for deadline in module.deadlines {
      try Self.requireWord(deadline.name, "deadline", module.name)
    }
    deadlines = Dictionary(
      uniqueKeysWithValues: try Self.unique(module.deadlines, "deadline", \.name).map {
        ($0.name, $0)
      })
    try Self.checkRules(module)
    for cycle in try Self.unique(module.lifeCycles, "life cycle", \.name) {
      try Self.check(cycle, collections[cycle.name]?.declaration, module.name)
    }
  }

  /// A rule is known by its id everywhere: that says whose it is.
  private static func checkRules(_ module: Module) throws(RegistryError) {
    for rule in module.rules where !rule.id.hasPrefix("\(module.name).") || !Names.isMethod(rule.id) {
      throw RegistryError(
        "rule '\(rule.id)' is not of module '\(module.name)': its id begins with '\(module.name).'"
          + " (a-z, 0-9, _ and .)")
    }
  }

  /// Every state of a life cycle is reached by a step, and among the collection's where that lists its states.
  private static func check(
    _ cycle: DeclaredLifeCycle, _ collection: Collection?, _ module: String
  ) throws(RegistryError) {
    let what = "life cycle '\(module).\(cycle.name)'"
    try requireWord(cycle.name, "life cycle", module)
    guard cycle.steps.contains(where: { $0.from == cycle.initial }) else {
      throw RegistryError("\(what): no step leads from its initial state '\(cycle.initial)'")
    }
    // A step that leaves a state as it is leads nowhere.
    let reached = Set(cycle.steps.compactMap { $0.to == $0.from ? nil : $0.to }).union([cycle.initial])
    for step in cycle.steps {
      guard Names.isMethod(step.action) else {
        throw RegistryError("\(what): '\(step.action)' is not an action (a-z, 0-9, _ and .)")
      }
      guard reached.contains(step.from) else {
        throw RegistryError("\(what): '\(step.action)' is from '\(step.from)', to which no step leads")
      }
    }
    let listed = collection?.schema["properties"]?["state"]?["enum"]?.arrayValue
    for state in reached.sorted() {
      guard Names.isWord(state) else {
        throw RegistryError("\(what): '\(state)' is not a state (a-z, 0-9 and _)")
      }
      guard listed?.contains(.string(state)) ?? true else {
        throw RegistryError("\(what): '\(state)' is not among the states of the collection's schema")
      }
    }
  }

  private static func requireWord(
    _ name: String, _ what: String, _ module: String
  ) throws(RegistryError) {
    guard Names.isWord(name) else {
      throw RegistryError("\(what) '\(module).\(name)' is not a name (a-z, 0-9 and _)")
    }
  }

  private static func unique<T>(
    _ items: [T], _ what: String, _ name: (T) -> String
  ) throws(RegistryError) -> [T] {
    var seen: Set<String> = []
    for item in items where !seen.insert(name(item)).inserted {
      throw RegistryError("\(what) '\(name(item))' is declared twice")
    }
    return items
  }
}

/// An event kind with its payload schema compiled.
package struct CompiledEvent: Sendable {
  package let fullName: String
  package let declaration: EventKind
  package let payload: JSONSchema
}

/// A collection with its schema compiled, under its full name.
package final class CompiledCollection: Sendable {
  /// `support.request`.
  package let fullName: String
  package let declaration: Collection
  package let schema: JSONSchema

  init(_ collection: Collection, module: String) throws(RegistryError) {
    fullName = "\(module).\(collection.name)"
    declaration = collection
    let declared = collection.schema
    schema = try CompiledMethod.compile(declared, "\(fullName) schema")
    guard Names.isWord(collection.name) else {
      throw RegistryError("'\(fullName)' is not a collection name")
    }
    var types: [String: Collection.FieldType] = [:]
    for field in collection.fields {
      guard Names.isWord(field.name), types[field.name] == nil else {
        throw RegistryError("\(fullName): field '\(field.name)' is declared twice or not a name")
      }
      guard declared["properties"]?[field.name] != nil else {
        throw RegistryError("\(fullName): field '\(field.name)' is not in the schema")
      }
      types[field.name] = field.type
    }
    try checkFields(declared)
    var names: Set<String> = []
    for index in collection.indexes {
      guard Names.isWord(index.name), names.insert(index.name).inserted, !index.fields.isEmpty,
        (index.fields + index.holding).allSatisfy({ types[$0] != nil })
      else {
        throw RegistryError("\(fullName): index '\(index.name)' is not over declared fields")
      }
    }
    try checkPersonal(types, declared)
    try checkRetention(declared)
  }
}
