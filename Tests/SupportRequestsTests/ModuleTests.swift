import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("SupportRequests")
struct ModuleTests {
  let module: Module

  init() throws { module = try SupportRequests.module(configuration: Fixture.catalogueValue) }

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

  @Test("who may have support is a rule of its own")
  func rules() { #expect(module.rules.map(\.id).contains("support.eligibility.zero_persons")) }

  @Test("the catalogue's units are in the organisation that is shipped")
  func units() throws {
    let fixture = try Fixture()
    for unit in module.units {
      #expect(throws: Never.self) { try fixture.store.call("directory.unit.get", ["id": .string(unit)]) }
    }
  }
}
