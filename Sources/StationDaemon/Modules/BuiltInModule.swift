import CaseTransfer
import KeyPerson
import Mediation
import StationKit
import StopLoss
import SupportRequests

/// The work that is compiled in, switched on by configuration: the one place that knows all modules.
package enum BuiltInModule: String, Sendable, CaseIterable {
  case support, stoploss, mediation, keyperson, transfer

  /// The key under `modules.<name>` that names its data file.
  var dataKey: String { self == .support ? "scenarios" : "rules" }

  /// The data file, below the directory of data files.
  package var defaultFile: String { "\(rawValue)/\(dataKey).json" }

  /// Modules whose methods it calls.
  var needs: [BuiltInModule] {
    switch self {
    case .support, .stoploss: []
    case .mediation, .keyperson, .transfer: [.support]
    }
  }

  /// - Parameter data: the parsed data file.
  /// - Throws: an error that names the rule and the member at fault.
  func module(_ data: JSONValue) throws -> Module {
    switch self {
    case .support: try SupportRequests.module(configuration: data)
    case .stoploss: try StopLoss.module(configuration: data)
    case .mediation: try Mediation.module(configuration: data)
    case .keyperson: try KeyPerson.module(configuration: data)
    case .transfer: try CaseTransfer.module(configuration: data)
    }
  }
}
