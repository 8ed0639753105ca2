import StationKit
import StationStore

extension Identity {
  /// Where the peer's calls wait for their turn: with those of their socket's class.
  var line: QueueLine {
    switch peer.socketClass {
    case .auditor: .auditor
    case .administrator: .administrator
    case .member, nil: .member
    }
  }

  /// - Throws: `denied` where the class of the peer's socket does not take the method from anyone.
  func requireSocket(for method: CompiledMethod) throws(RPCError) {
    guard let socketClass = peer.socketClass else { return }
    if method.declaration.handler.writes, !socketClass.takesWrites {
      throw .denied(
        Text("This socket is for reading: '\(method.fullName)' writes", zh: "此套接字只读，“\(method.fullName)”会写入"))
    }
    if method.declaration.handler.administers, !socketClass.takesAdministration {
      throw .denied(
        Text(
          "'\(method.fullName)' is for the administrators' socket", zh: "“\(method.fullName)”只能在管理员套接字上调用"))
    }
  }
}
