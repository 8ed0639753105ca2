import StationKit
import StationStore

/// `retention.*`: what will be deleted because its keeping ends. The deleting is the store's own work.
enum RetentionModule {
  static let module = Module(
    name: "retention", title: Text("End of keeping", zh: "保存期限"), version: "1.0",
    words: OwnWords.retention, methods: [preview])

  private static let sum = Shapes.object(
    [
      "collection": Shapes.text, "count": Shapes.count, "earliest": Shapes.instant,
      "years": Shapes.count, "after": Shapes.text,
    ], required: ["collection", "count", "earliest"])
  private static let item = Shapes.object([
    "collection": Shapes.text, "id": Shapes.text, "due": Shapes.instant,
  ])

  private static let preview = Method(
    "preview",
    Text("Tell which records are deleted by an instant, if nothing changes", zh: "预览到期将删除的记录"),
    params: Shapes.object(
      ["until": Shapes.instant, "order": Shapes.order, "limit": Shapes.limit, "cursor": Shapes.cursor],
      required: ["until"]),
    positional: ["until"],
    result: Shapes.object(
      ["collections": Shapes.list(sum), "items": Shapes.list(item), "next": Shapes.text],
      required: ["collections", "items"]),
    permission: .role,
    examples: [
      Example(
        "By the end of a year", params: ["until": "2036-12-31T23:59:59+08:00", "limit": 1],
        result: [
          "collections": [
            [
              "collection": "support.request", "count": 2, "earliest": "2036-03-03T00:00:00.000+08:00",
              "years": 10, "after": "ended",
            ]
          ],
          "items": [
            [
              "collection": "support.request", "id": "SR-2026-000001", "due": "2036-03-03T00:00:00.000+08:00",
            ]
          ],
        ])
    ],
    handler: .read { params, context, tx in
      let until = try params.instant("until")
      guard let retention = tx.retention else { throw RPCError(.unavailable) }
      let zone = context.zone
      let page = try retention.page(
        until: until, descending: params["order"] == "desc", limit: params["limit"]?.intValue ?? 100,
        cursor: params["cursor"]?.stringValue)
      var result: JSONObject = [
        "collections": .array(
          try retention.sums(until: until).map { sum in
            var shown: JSONObject = [
              "collection": .string(sum.collection), "count": .int(sum.count),
              "earliest": .string(sum.earliest.rfc3339(zone: zone)),
            ]
            shown["years"] = sum.rule.map { .int($0.years) }
            shown["after"] = sum.rule.map { .string($0.member) }
            return .object(shown)
          }),
        "items": .array(
          page.items.map {
            [
              "collection": .string($0.collection), "id": .string($0.id),
              "due": .string($0.due.rfc3339(zone: zone)),
            ]
          }),
      ]
      result["next"] = page.next.map(JSONValue.string)
      return .object(result)
    })
}
