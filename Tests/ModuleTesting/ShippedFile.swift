import Foundation
import StationKit

/// Files of the repository, as tests read them.
public enum ShippedFile {
  public static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The JSON of a file, by its path in the repository; null for one that is not there or no JSON.
  public static func json(_ path: String) -> JSONValue {
    guard let data = try? Data(contentsOf: root.appending(path: path)),
      let value = try? JSONParser.parse([UInt8](data))
    else { return .null }
    return value
  }
}
