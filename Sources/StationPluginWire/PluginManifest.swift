import StationKit

/// What a plugin declares: a module without its handlers.
package struct PluginManifest: Sendable {
  package struct MethodHead: Sendable {
    package let name: String
    package let summary: Text
    package let writes: Bool
    package let params: JSONValue
    package let positional: [String]
    package let result: JSONValue
    package let permission: Permission
    package let disclosesPersonalData: Bool
    package let examples: [Example]
  }

  /// A method of another module, and what of its result the plugin needs.
  package struct Call: Sendable, Equatable {
    package let method: String
    /// Pointers with `*` for every element of a list; nil for the whole result.
    package let fields: [String]?
  }

  package let name: String
  package let title: Text
  package let version: String
  package let collections: [Collection]
  package let methods: [MethodHead]
  package let deadlines: [(name: String, summary: Text)]
  package let events: [EventKind]
  package let calls: [Call]
  /// Full names of events that are to be told to it.
  package let listens: [String]
  package let rules: [Rule]
  package let lifeCycles: [DeclaredLifeCycle]
  package let words: [String: String]
  /// As it came, to be kept for the next start.
  package let source: JSONValue

  /// The module whose handlers are in the plugin's process.
  /// - Parameter local: the same module in this process, whose handlers serve other modules' transactions.
  package func module(running remote: any RemoteModule, local: Module? = nil) -> Module {
    Module(
      name: name, title: title, version: version, words: words, collections: collections,
      methods: methods.map { head in
        let inside = local?.methods.first { $0.name == head.name }
        return Method(
          head.name, head.summary, params: head.params, positional: head.positional, result: head.result,
          permission: head.permission, disclosesPersonalData: head.disclosesPersonalData,
          isSteady: inside?.isSteady ?? false, answersPeopleOnly: inside?.answersPeopleOnly ?? false,
          examples: head.examples,
          handler: Handler(body: .remote(remote, writes: head.writes, local: inside?.handler.body.local)))
      },
      deadlines: deadlines.map { DeadlineKind($0.name, $0.summary, remote: remote) }, events: events,
      calls: calls.map(\.method), rules: rules, lifeCycles: lifeCycles)
  }
}

/// A manifest that cannot be used, and why.
package struct ManifestError: Error, CustomStringConvertible, Sendable {
  package let description: String
  package init(_ description: String) { self.description = description }
}
