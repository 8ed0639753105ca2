// swift-tools-version:6.1
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
  name: "stationd",
  products: [
    .executable(name: "stationd", targets: ["stationd"]),
    .executable(name: "stationctl", targets: ["stationctl"]),
    // What a plugin in Swift is written against.
    .library(name: "StationPlugin", targets: ["StationPlugin", "StationKit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "StationJSON", swiftSettings: strict),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "StationCrypto", dependencies: ["COpenSSL"], swiftSettings: strict),
    .target(name: "StationAudit", dependencies: ["StationCrypto"], swiftSettings: strict),
    .target(name: "StationCalendar", swiftSettings: strict),
    .target(name: "StationKit", dependencies: ["StationJSON", "StationCalendar"], swiftSettings: strict),
    .target(name: "CStationSQLite"),
    .systemLibrary(name: "CStationFiles"),
    .target(
      name: "StationStore",
      dependencies: [
        "StationKit", "StationAudit", "StationCrypto", "CStationSQLite", "CStationFiles",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ], swiftSettings: strict),
    .target(
      name: "StationRPC", dependencies: ["StationKit", "StationStore", "StationCrypto"],
      swiftSettings: strict),
    .target(
      name: "StationTransport",
      dependencies: [
        "StationRPC", "StationKit", "StationJSON", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),
    .target(name: "CStationSystemd"),
    .target(name: "StationSystemd", dependencies: ["CStationSystemd"], swiftSettings: strict),
    .target(name: "CStationSpawn"),
    .target(name: "StationPluginWire", dependencies: ["StationKit"], swiftSettings: strict),
    .target(name: "StationPlugin", dependencies: ["StationKit", "StationPluginWire"], swiftSettings: strict),
    .target(
      name: "StationPluginHost",
      dependencies: ["StationKit", "StationPluginWire", "StationCrypto", "CStationSpawn"],
      swiftSettings: strict),
    .target(
      name: "SupportRequests", dependencies: ["StationKit"], path: "Plugins/SupportRequests",
      swiftSettings: strict),
    .target(
      name: "Approval", dependencies: ["StationKit"], path: "Plugins/Approval", swiftSettings: strict),
    .target(
      name: "Directory", dependencies: ["StationKit"], path: "Plugins/Directory",
      swiftSettings: strict),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .target(name: "StationXML", dependencies: ["CExpat"], swiftSettings: strict),
    .target(
      name: "StopLoss", dependencies: ["StationKit", "StationXML"], path: "Plugins/StopLoss",
      swiftSettings: strict),
    .target(
      name: "Mediation", dependencies: ["StationKit"], path: "Plugins/Mediation", swiftSettings: strict),
    .target(
      name: "KeyPerson", dependencies: ["StationKit"], path: "Plugins/KeyPerson", swiftSettings: strict),
    .target(
      name: "CaseTransfer", dependencies: ["StationKit"], path: "Plugins/CaseTransfer", swiftSettings: strict),
    .target(
      name: "StationDaemon",
      dependencies: [
        "StationKit", "StationAudit", "StationCrypto", "StationStore", "StationRPC",
        "StationTransport", "StationSystemd", "StationPluginHost", "StationPluginWire", "CStationFiles",
        "Approval", "SupportRequests", "Directory", "StopLoss", "Mediation", "KeyPerson", "CaseTransfer",
        .product(name: "Logging", package: "swift-log"), .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "stationd",
      dependencies: [
        "StationDaemon", "StationPlugin", "StationStore", "StationSystemd",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .target(
      name: "StationClient",
      dependencies: [
        "StationJSON", "StationAudit", "StationCrypto", "StationCalendar", "StationKit", "StationPluginHost",
        "StationPluginWire", "CStationSpawn",
      ], swiftSettings: strict),
    .executableTarget(
      name: "stationctl",
      dependencies: [
        "StationClient", "StationJSON", "StationKit", "StationAudit", "StationCrypto", "StationCalendar",
        "StationPluginWire", "StationStore", "StationSystemd",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .testTarget(name: "StationJSONTests", dependencies: ["StationJSON"], swiftSettings: strict),
    .testTarget(
      name: "StationAuditTests", dependencies: ["StationAudit", "StationCrypto"],
      swiftSettings: strict),
    .testTarget(
      name: "StationCalendarTests", dependencies: ["StationCalendar"], swiftSettings: strict),
    .testTarget(
      name: "StationKitTests",
      dependencies: ["StationKit", "StationDaemon", "SupportRequests", "Directory"],
      swiftSettings: strict),
    .testTarget(
      name: "StationStoreTests",
      dependencies: [
        "StationStore", "StationKit", "StationAudit", "StationCrypto", "ModuleTesting",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: strict),
    .testTarget(
      name: "StationRPCTests",
      dependencies: ["StationRPC", "StationStore", "StationKit", "StationCrypto", "StationAudit"],
      swiftSettings: strict),
    .testTarget(
      name: "StationTransportTests",
      dependencies: [
        "StationTransport", "StationSystemd", "StationRPC", "StationJSON",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: strict),
    .testTarget(
      name: "StationDaemonTests",
      dependencies: [
        "StationDaemon", "StationRPC", "StationStore", "StationKit", "StationCrypto", "StationSystemd",
        "Approval", "Directory", "StopLoss", .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "StationPluginTests",
      dependencies: [
        "StationPlugin", "StationPluginHost", "StationPluginWire", "StationKit", "ModuleTesting", "Approval",
        "Directory", "SupportRequests",
        "StopLoss", "Mediation", "KeyPerson", "CaseTransfer",
      ], swiftSettings: strict),
    .testTarget(
      name: "StationClientTests",
      dependencies: [
        "StationClient", "StationJSON", "StationCrypto", "StationAudit", "StationCalendar",
        "stationctl",
      ], swiftSettings: strict),
    .target(
      name: "ModuleTesting",
      dependencies: ["StationKit", "StationPlugin", "StationPluginHost", "StationPluginWire"],
      path: "Tests/ModuleTesting", swiftSettings: strict),
    .testTarget(
      name: "SupportRequestsTests",
      dependencies: ["SupportRequests", "Directory", "StationKit", "ModuleTesting"], swiftSettings: strict),
    .testTarget(name: "StationXMLTests", dependencies: ["StationXML"], swiftSettings: strict),
    .testTarget(
      name: "StopLossTests",
      dependencies: ["StopLoss", "Approval", "Directory", "StationKit", "StationXML", "ModuleTesting"],
      swiftSettings: strict),
    .testTarget(
      name: "MediationTests",
      dependencies: [
        "Mediation", "SupportRequests", "Approval", "Directory", "StationKit", "ModuleTesting",
      ], swiftSettings: strict),
    .testTarget(
      name: "KeyPersonTests",
      dependencies: [
        "KeyPerson", "SupportRequests", "Approval", "Directory", "StationKit", "ModuleTesting",
      ], swiftSettings: strict),
    .testTarget(
      name: "CaseTransferTests",
      dependencies: [
        "CaseTransfer", "SupportRequests", "Approval", "Directory", "StationKit", "ModuleTesting",
      ], swiftSettings: strict),
    .testTarget(
      name: "DirectoryTests", dependencies: ["Directory", "StationKit", "ModuleTesting"],
      swiftSettings: strict),
  ]
)
