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
    try admission.admit(uid: 1)
    try admission.admit(uid: 1)
    try admission.admit(uid: 2)
    #expect(throws: Admission.Refusal.perUser) { try admission.admit(uid: 1) }
    #expect(admission.count == 3)
    admission.release(uid: 1)
    try admission.admit(uid: 1)
  }

  @Test("all users together have a limit")
  func inAll() throws {
    var admission = admission(perUser: 2, inAll: 3)
    for uid: UInt32 in 1...3 { try admission.admit(uid: uid) }
    #expect(throws: Admission.Refusal.inAll) { try admission.admit(uid: 4) }
    admission.release(uid: 2)
    try admission.admit(uid: 4)
  }

  @Test("a user without connections is forgotten")
  func forgotten() throws {
    var admission = admission(perUser: 1, inAll: 1)
    try admission.admit(uid: 1)
    admission.release(uid: 1)
    admission.release(uid: 1)
    #expect(admission.count == 0)
    try admission.admit(uid: 1)
  }
}
