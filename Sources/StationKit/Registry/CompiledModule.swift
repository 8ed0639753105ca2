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

  init(_ module: Module) throws(RegistryError) {
    guard Names.isWord(module.name) else {
      throw RegistryError("'\(module.name)' is not a module name (a-z, 0-9 and _)")
    }
    name = module.name
    declaration = module
    calls = Set(module.calls)
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
