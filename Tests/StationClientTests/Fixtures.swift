import StationClient
import StationJSON

/// A small OpenRPC document.
enum Fixtures {
  static func api(_ language: Language = .en) throws -> APIDescription {
    APIDescription(try JSONParser.parse(document), language: language)
  }

  static let document = """
    {"openrpc":"1.3.2","info":{"title":"t","version":"1"},"methods":[
    {"name":"support.open","summary":"Open","x-summary-zh":"发起","x-positional":["scenario"],"params":[
      {"name":"scenario","required":true,"schema":{"type":"integer","minimum":1,"maximum":22}},
      {"name":"station","required":true,"schema":{"type":"string"}},
      {"name":"urgency","required":false,"schema":{"enum":["routine","urgent","immediate"]}},
      {"name":"seems_urgent","required":false,"schema":{"type":"boolean"}},
      {"name":"tags","required":false,"schema":{"type":"array","items":{"type":"integer"}}},
      {"name":"reason","required":false,"schema":{"type":"string"}},
      {"name":"facts","required":false,"schema":{"type":"object","required":["persons_involved"],
        "properties":{"persons_involved":{"type":"integer"},"seems_victim":{"type":"boolean"}},
        "additionalProperties":false}},
      {"name":"more","required":false,"schema":{"type":"object"}},
      {"name":"meta","required":false,"schema":{"$ref":"#/components/schemas/Meta"}}],
      "result":{"name":"r","schema":{}}},
    {"name":"support.list","summary":"List","x-summary-zh":"列出","params":[
      {"name":"limit","schema":{"type":"integer"}},{"name":"cursor","schema":{"type":"string"}}]},
    {"name":"directory.unit.get","summary":"Get","x-discloses":true,"x-positional":["id"],
      "params":[{"name":"id","required":true,"schema":{"$ref":"#/components/schemas/Id"}}]}],
    "components":{"schemas":{"Id":{"type":"string"},
      "Meta":{"properties":{"purpose":{"enum":["handling","audit"]}}}}},
    "x-modules":[{"name":"support","title":"Support","title_zh":"支援"}]}
    """
}
