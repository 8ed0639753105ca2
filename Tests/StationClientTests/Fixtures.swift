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
      "result":{"name":"r","schema":{"properties":{
        "state":{"enum":["open","done"]},"note":{"type":"string"},"open":{"type":"boolean"},
        "marks":{"type":"array","items":{"enum":["late","odd"]}},
        "steps":{"type":"array","items":{"properties":{"from":{"anyOf":[{"const":"open"},{"type":"null"}]},
          "note":{"type":"string"}}}}}}}},
    {"name":"support.list","summary":"List","x-summary-zh":"列出","params":[
      {"name":"limit","schema":{"type":"integer"}},{"name":"cursor","schema":{"type":"string"}}]},
    {"name":"directory.unit.get","summary":"Get","x-discloses":true,"x-positional":["id"],
      "params":[{"name":"id","required":true,"schema":{"$ref":"#/components/schemas/Id"}}]}],
    "components":{"schemas":{"Id":{"type":"string"},
      "Meta":{"properties":{"purpose":{"enum":["handling","audit"]}}}}},
    "x-words-zh":{"id":"编号","state":"状况","note":"备注"},
    "x-modules":[{"name":"directory","title":"Directory","words_zh":{}},{"name":"support","title":"Support","title_zh":"支援","words_zh":{"state":"状态","open":"未结",
      "state.open":"待办","inner.state":"状况","steps.note":"说明","done":"办结","marks":"标记","late":"逾期","steps":"流程","from":"原状态","urgency":"紧急程度",
      "routine":"一般","reason":"理由","facts":"事实","seems_victim":"疑似被害"}}]}
    """
}
