extension PluginScaffold {
  var swiftFiles: [File] {
    [
      File(path: "Package.swift", text: swiftPackage),
      File(path: "Sources/\(type)/\(type).swift", text: swiftModule),
      File(path: "Sources/\(base)Program/Main.swift", text: swiftMain),
      File(path: "Tests/\(type)Tests/\(type)Tests.swift", text: swiftTest),
      File(path: ".gitignore", text: ".build/\n"), File(path: "README.md", text: swiftReadme),
    ]
  }

  /// `lent_items` is `LentItems`.
  private var base: String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private var type: String { "\(base)Module" }

  private var swiftPackage: String {
    let path = repository ?? ""
    let identity = path.split(separator: "/").last.map { String($0) } ?? "stationd"
    return """
      // swift-tools-version:6.1
      import PackageDescription

      let station: Target.Dependency = .product(name: "StationPlugin", package: "\(identity)")

      let package = Package(
        name: "\(name)",
        products: [.executable(name: "\(name)", targets: ["\(base)Program"])],
        dependencies: [.package(path: "\(path)")],
        targets: [
          .target(name: "\(type)", dependencies: [station]),
          .executableTarget(name: "\(base)Program", dependencies: ["\(type)", station]),
          .testTarget(name: "\(type)Tests", dependencies: ["\(type)", station]),
        ])

      """
  }

  private var swiftMain: String {
    """
    import StationPlugin
    import \(type)

    @main
    struct Program {
      static func main() { runPlugin { _ in \(type).module() } }
    }

    """
  }

  private var swiftModule: String {
    """
    import StationKit

    /// What it is for, in one line.
    public enum \(type) {
      public static func module() -> Module {
        Module(
          name: "\(name)", title: Text("\(name)", zh: "\(name)"), version: "1.0",
          collections: [entry], methods: [add, get], deadlines: [], events: [added])
      }

      // What is kept. Fields have a column of their own, so that an index can be over them.
      static let entry = Collection(
        name: "entry", summary: Text("One entry", zh: "一条记录"), schema: object(["subject": text, "at": text]),
        fields: [.init("subject", .text)], indexes: [.init("by_subject", on: ["subject"])], retention: .forever)

      static let added = EventKind(
        "added", Text("An entry was added", zh: "已添加记录"), payload: object(["id": text]))

      static let add = Method(
        "add", Text("Add an entry", zh: "添加记录"), params: object(["subject": text]), positional: ["subject"],
        result: object(["id": text]), permission: .role,
        examples: [Example("A lamp", params: ["subject": "lamp"], result: ["id": "E-1"])],
        handler: .write { params, context, tx in
          let number = try tx.next(series: "entry")
          let record = try tx.create(
            "entry", id: "E-\\(number)",
            [
              "subject": .string(try params.string("subject")),
              "at": .string(context.now.rfc3339(zone: context.zone)),
            ])
          try tx.emit("added", ["id": .string(record.id)])
          return ["id": .string(record.id)]
        })

      static let get = Method(
        "get", Text("Show an entry", zh: "查看记录"), params: object(["id": text]), positional: ["id"],
        result: object(["subject": text, "at": text]), permission: .role,
        examples: [
          Example(
            "One entry", params: ["id": "E-1"],
            result: ["subject": "lamp", "at": "2026-03-02T09:00:00.000+08:00"])
        ],
        handler: .read { params, context, tx in
          let id = try params.string("id")
          guard let record = try tx.get("entry", id) else {
            throw RPCError.notFound("entry", id, pointer: "/id")
          }
          return .object(record.body)
        })

      private static let text: JSONValue = ["type": "string", "maxLength": 100]

      private static func object(_ properties: JSONObject) -> JSONValue { Shapes.object(properties) }
    }

    """
  }

  private var swiftTest: String {
    """
    import StationKit
    import Testing

    @testable import \(type)

    @Suite struct \(type)Tests {
      /// The declaration says what the handlers do.
      @Test func `every method has an example whose params are declared`() {
        for method in \(type).module().methods {
          for example in method.examples {
            let declared = method.params["properties"]?.objectValue ?? [:]
            for name in example.params.objectValue?.keys ?? [] { #expect(declared[name] != nil) }
          }
        }
      }
    }

    """
  }

  private var swiftReadme: String {
    """
    # \(name)

    A plugin of stationd, built against its source in `\(repository ?? "")`. The first build takes some minutes.

    ```sh
    swift build -c release
    swift test
    stationctl plugin check .build/release/\(name)
    ```

    \(usage(of: ".build/release/\(name)"))
    """
  }
}
