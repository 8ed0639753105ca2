import Foundation
import Glibc
import StationKit
import StationPluginWire

/// Serves a module as a plugin's process, until the daemon has enough of it. Does not return.
///
///     @main struct Loans {
///       static func main() { runPlugin { _ in LoanModule.module() } }
///     }
///
/// - Parameters:
///   - threads: handlers that run at once. They must not share state.
///   - listens: events of other modules that it wants to hear of, by full name.
///   - event: hears of one; if it throws, the event is told again later.
///   - module: made from the configuration that `stationd.yaml` holds for the plugin. Its declaration must not
///     depend on it: `.object([:])` is given when only that is asked.
public func runPlugin(
  threads: Int = 4, listens: [String] = [],
  event: @escaping @Sendable (PluginNotice) throws -> Void = { _ in },
  module: @escaping @Sendable (JSONValue) throws -> Module
) -> Never {
  let link = PluginLink(descriptor: PluginProtocol.descriptor)
  do {
    let worker = PluginWorker(link, try module([:]), listens: listens, event: event, remake: module)
    worker.serve(threads: max(1, threads))
    exit(0)
  } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
  }
}

/// An event of another module, as a plugin is told of it. It may be told twice; `seq` tells which it is.
public struct PluginNotice: Sendable {
  public let seq: Int
  public let at: Instant
  public let kind: String
  public let payload: JSONObject
}
