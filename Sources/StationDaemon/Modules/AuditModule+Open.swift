import StationCrypto
import StationKit
import StationStore

extension AuditModule {
  /// Records that one call opens.
  private static let openedAtOnce = 100

  static let open = Method(
    "open",
    Text(
      "Give what a record wrote, with the salts of its commitments, to prove it to others",
      zh: "给出记录所写内容及其承诺盐值，供他人核验"),
    params: Shapes.object(["seq": Shapes.seq, "id": Shapes.text(max: 128)], required: ["seq"]),
    positional: ["seq", "id"],
    result: Shapes.object([
      "items": Shapes.list(
        Shapes.object([
          "collection": Shapes.text, "id": Shapes.text, "version": Shapes.version, "salt": Shapes.base64,
          "body": Shapes.base64,
        ]), max: openedAtOnce)
    ]), permission: .role,
    examples: [
      Example(
        "A link of a chain of custody", params: ["seq": 12],
        result: [
          "items": [
            [
              "collection": "transfer.custody", "id": "0197a0c0-0000-7000-8000-000000000001", "version": 1,
              "salt": "AAAAAAAAAAAAAAAAAAAAAA==", "body": "e30=",
            ]
          ]
        ])
    ],
    handler: .read { params, _, tx in
      let seq = try params.int("seq")
      guard let entry = try log(tx).entry(UInt64(seq)) else {
        throw RPCError.notFound("audit record", String(seq), pointer: "/seq")
      }
      var opened: [Opening] = []
      for touched in try JSONParser.parse(entry.leaf)["written"]?.arrayValue ?? [] {
        // As the leaf has it: collection, id, version, commitment.
        guard let item = touched.arrayValue, item.count == 4, let collection = item[0].stringValue,
          let id = item[1].stringValue, let version = item[2].intValue,
          params["id"]?.stringValue.map({ $0 == id }) ?? true,
          let opening = try tx.opening(collection, id, version: version)
        else { continue }
        opened.append(opening)
        guard opened.count <= openedAtOnce else {
          throw RPCError.invalid(
            Text(
              "The record wrote more than \(openedAtOnce): name one", zh: "该记录写入超过 \(openedAtOnce) 条：请指明一条"),
            pointer: "/id")
        }
      }
      guard !opened.isEmpty else {
        throw RPCError(
          .notFound,
          Text(
            "Record \(seq) wrote nothing that may be opened and is stored as it was",
            zh: "编号 \(seq) 的记录未写入内容，或所写内容不可公开、已与当时不同"), pointer: "/seq")
      }
      return [
        "items": .array(
          opened.map {
            [
              "collection": .string($0.collection), "id": .string($0.id), "version": .int($0.version),
              "salt": .string(Base64.encode($0.salt)), "body": .string(Base64.encode($0.body)),
            ]
          })
      ]
    })
}
