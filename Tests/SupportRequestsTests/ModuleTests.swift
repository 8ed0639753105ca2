import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("SupportRequests")
struct ModuleTests {
  let module: Module

  init() throws { module = try SupportRequests.module(configuration: Fixture.catalogueValue) }

  @Test("every method has closed schemas, two languages, a role permission and examples that fit")
  func methods() throws {
    for method in module.methods {
      #expect(method.params["additionalProperties"] == false, "\(method.name)")
      #expect(method.permission == .role)
      #expect(!method.summary.en.isEmpty && !method.summary.zh.isEmpty)
      let params = try JSONSchema(method.params)
      let result = try JSONSchema(method.result)
      #expect(!method.examples.isEmpty, "\(method.name)")
      for example in method.examples {
        #expect(params.validate(example.params) == nil, "\(method.name)")
        #expect(result.validate(example.result) == nil, "\(method.name)")
      }
    }
  }

  @Test("only get discloses personal data")
  func disclosure() {
    #expect(module.methods.filter(\.disclosesPersonalData).map(\.name) == ["get"])
    let header: Set = ["summary", "place", "contact", "history"]
    for method in module.methods where method.name != "get" {
      let members = method.result["properties"]?.objectValue?.keys ?? []
      #expect(header.isDisjoint(with: members), "\(method.name)")
    }
  }

  @Test("at most four indexes on requests, one of them holding all the figures' columns")
  func indexes() {
    let request = module.collections.first { $0.name == "request" }
    #expect(request?.indexes.count ?? 9 <= 4)
    #expect(request?.personal == ["/summary", "/place", "/contact", "/history"])
  }

  @Test("rules have unique ids, dates, sources and both languages")
  func rules() {
    let ids = module.rules.map(\.id)
    #expect(Set(ids).count == ids.count)
    for rule in module.rules {
      #expect(rule.id.hasPrefix("support."))
      #expect(CivilDate(rule.effective) != nil)
      #expect(!rule.source.isEmpty && !rule.summary.en.isEmpty && !rule.summary.zh.isEmpty)
    }
    #expect(ids.contains("support.eligibility.zero_persons"))
  }

  @Test("the catalogue's units are in the organisation that is shipped")
  func units() throws {
    let fixture = try Fixture()
    for unit in try SupportRequests.units(configuration: Fixture.catalogueValue) {
      #expect(throws: Never.self) { try fixture.store.call("directory.unit.get", ["id": .string(unit)]) }
    }
  }
}
