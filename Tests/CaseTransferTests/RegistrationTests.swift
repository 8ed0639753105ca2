import Approval
import CaseTransfer
import Directory
import StationKit
import SupportRequests
import Testing

@Suite("Registration")
struct RegistrationTests {
  @Test("the module registers beside those that it calls, and not without them")
  func registers() throws {
    let support = try SupportRequests.module(configuration: Fixture.file("etc/support/scenarios.json"))
    let transfer = try CaseTransfer.module(configuration: Fixture.rules)
    let others = [Directory.module(), Approval.module(), support]
    #expect(throws: Never.self) { try Registry(others + [transfer]) }
    for missing in others.indices {
      var modules = others
      modules.remove(at: missing)
      #expect(throws: RegistryError.self) { try Registry(modules + [transfer]) }
    }
  }
}
