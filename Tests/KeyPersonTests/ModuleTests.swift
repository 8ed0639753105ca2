import Approval
import Directory
import KeyPerson
import ModuleTesting
import StationKit
import Testing

import enum SupportRequests.SupportRequests

@Suite("KeyPerson")
struct ModuleTests {
  let module: Module

  init() throws { module = try KeyPerson.module(configuration: Fixture.rules) }

  @Test("a method that takes a step on a record takes the version that the caller saw")
  func versions() {
    let steps = [
      "verify_instrument", "activate", "duty.add", "duty.record", "duty.excuse", "duty.end", "visit.agree",
      "visit.record", "visit.withdraw", "review", "renew.request", "renew", "delist", "contact.lost",
      "contact.found", "correct", "erase",
    ]
    for name in steps {
      let method = module.methods.first { $0.name == name }
      #expect(method?.params["properties"]?["version"] != nil, "\(name)")
    }
  }

  @Test("as many rules as the page lists")
  func rules() { #expect(module.rules.count == 47) }

  @Test("it calls the directory, the approvals and support, and nothing else")
  func calls() {
    #expect(
      module.calls.sorted() == [
        "approval.consume", "approval.forget", "approval.request", "approval.withdraw", "directory.unit.get",
        "support.open",
      ])
  }

  @Test("it registers with the modules that it calls")
  func registers() throws {
    let support = try SupportRequests.module(configuration: Fixture.file("etc/support/scenarios.json"))
    let registry = try Registry([Directory.module(), Approval.module(), support, module])
    #expect(registry.methods["keyperson.get"] != nil)
  }

  @Test("no module can ask for anything but numbers and the law, so none can match lists of people")
  func answersPeopleOnly() throws {
    let support = try SupportRequests.module(configuration: Fixture.file("etc/support/scenarios.json"))
    for method in module.methods {
      let curious = Module(
        name: "curious", title: Text("Curious", zh: "好奇"), version: "1", methods: [],
        calls: ["keyperson.\(method.name)"])
      let all = [Directory.module(), Approval.module(), support, module, curious]
      if ["explain", "figures"].contains(method.name) {
        #expect(throws: Never.self) { try Registry(all) }
        #expect(!method.disclosesPersonalData && method.params["properties"]?["id_number"] == nil)
      } else {
        let error = #expect(throws: RegistryError.self, "\(method.name)") { try Registry(all) }
        #expect(error?.description.contains("people only") == true, "\(method.name)")
      }
    }
  }

  @Test("a read is a write, because it is counted, and discloses")
  func reads() {
    for name in ["get", "extract"] {
      let method = module.methods.first { $0.name == name }
      #expect(method?.handler.writes == true && method?.disclosesPersonalData == true)
    }
  }

  @Test("the examples' ID number is in order")
  func example() { #expect(IDNumber.isValid("110101199003070118")) }
}
