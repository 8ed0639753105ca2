import StationKit

/// The organisation that every other module refers to: the bureau, its departments and desks, the stations
/// with their teams and rooms, the defence zones, and who is on duty where.
package enum Directory {
  /// The module, ready to be registered.
  package static func module() -> Module {
    Module(
      name: "directory",
      title: Text("Organisation and duty", zh: "组织机构与值班"),
      version: "1.0",
      words: words,
      collections: [unit, duty],
      methods: [
        UnitMethods.get, UnitMethods.list, UnitMethods.put, UnitMethods.retire,
        DutyMethods.set, DutyMethods.get,
        ImportMethod.method,
      ],
      events: [changed],
      rules: DirectoryRules.table)
  }

  /// Whether an import into a directory without units would be taken, for params that its schema has accepted.
  ///
  /// - Throws: as the import.
  package static func rehearseImport(_ params: JSONObject) throws { try ImportMethod.rehearse(params) }

  static let unit = Collection(
    name: "unit",
    summary: Text("A unit of the organisation", zh: "组织机构单元"),
    schema: Schemas.unitBody,
    fields: [Collection.Field("kind", .text), Collection.Field("parent", .text)],
    indexes: [
      Collection.Index("by_kind", on: ["kind"]),
      Collection.Index("by_parent", on: ["parent", "kind"]),
    ],
    retention: .forever,
    cached: true)

  static let duty = Collection(
    name: "duty",
    summary: Text("Who is on duty at a unit, from when to when", zh: "单位值班安排"),
    schema: Schemas.dutyBody,
    fields: [Collection.Field("unit", .text), Collection.Field("starts", .integer)],
    indexes: [Collection.Index("by_unit", on: ["unit", "starts"])],
    retention: .years(3, after: "ends"))

  static let changed = EventKind(
    "unit_changed", Text("A unit was created, changed or retired", zh: "单位被建立、变更或撤销"),
    payload: Schemas.object(
      ["unit": Schemas.id, "kind": Schemas.kind, "active": Shapes.flag],
      required: ["unit", "kind", "active"]))
}
