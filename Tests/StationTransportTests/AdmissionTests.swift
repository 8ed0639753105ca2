import StationRPC
import StationTransport
import Testing

@Suite struct AdmissionTests {
  private func admission(perUser: Int, inAll: Int) -> Admission {
    var limits = Limits()
    limits.connectionsPerUID = perUser
    limits.connections = inAll
    return Admission(limits: limits)
  }

  @Test("each user has a limit of their own")
  func perUser() throws {
    var admission = admission(perUser: 2, inAll: 10)
    try admission.admit(uid: 1, on: .member)
    try admission.admit(uid: 1, on: .member)
    try admission.admit(uid: 2, on: .member)
    #expect(throws: Admission.Refusal.perUser) { try admission.admit(uid: 1, on: .member) }
    #expect(admission.count == 3)
    admission.release(uid: 1, on: .member)
    try admission.admit(uid: 1, on: .member)
  }

  @Test("all users together have a limit")
  func inAll() throws {
    var admission = admission(perUser: 2, inAll: 3)
    for uid: UInt32 in 1...3 { try admission.admit(uid: uid, on: .member) }
    #expect(throws: Admission.Refusal.inAll) { try admission.admit(uid: 4, on: .member) }
    admission.release(uid: 2, on: .member)
    try admission.admit(uid: 4, on: .member)
  }

  @Test("a full class leaves the others as they are, for the same user too")
  func classes() throws {
    var admission = admission(perUser: 2, inAll: 3)
    for uid: UInt32 in [1, 1, 2] { try admission.admit(uid: uid, on: .member) }
    #expect(throws: Admission.Refusal.inAll) { try admission.admit(uid: 3, on: .member) }
    for _ in 0..<2 { try admission.admit(uid: 1, on: .administrator) }
    #expect(throws: Admission.Refusal.perUser) { try admission.admit(uid: 1, on: .administrator) }
    try admission.admit(uid: 3, on: .auditor)
    #expect(admission.count == 6)
    admission.release(uid: 1, on: .administrator)
    #expect(throws: Admission.Refusal.inAll) { try admission.admit(uid: 3, on: .member) }
    #expect(admission.count == 5)
  }

  @Test("a user without connections is forgotten")
  func forgotten() throws {
    var admission = admission(perUser: 1, inAll: 1)
    try admission.admit(uid: 1, on: .member)
    admission.release(uid: 1, on: .member)
    admission.release(uid: 1, on: .member)
    #expect(admission.count == 0)
    try admission.admit(uid: 1, on: .member)
  }
}
