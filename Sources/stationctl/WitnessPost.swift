import Foundation
import Glibc
import StationAudit
import StationClient

/// Sends checkpoints to witnesses with curl(1), so that HTTP, TLS, proxies and the certificates of the system are those
/// of a program that Debian keeps current, in a process apart.
struct WitnessPost {
  /// Seconds that one witness has, the connection included.
  let seconds: Double

  private static let program = "/usr/bin/curl"
  private static let unix = "unix:"

  /// Whether a witness can be reached there: `http://…`, `https://…`, or `unix:/path` for a socket that speaks HTTP.
  static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix(unix + "/")
  }

  func callAsFunction(_ address: String, _ body: String) -> WitnessRound.Reply {
    var prefix = address
    while prefix.hasSuffix("/") { prefix.removeLast() }
    var place = ["--url", prefix + "/add-checkpoint"]
    if address.hasPrefix(Self.unix) {
      place = [
        "--unix-socket", String(address.dropFirst(Self.unix.count)), "--url", "http://witness/add-checkpoint",
      ]
    }
    let curl = Process()
    curl.executableURL = URL(filePath: Self.program)
    // Neither a ~/.curlrc nor a redirection has a say in where a checkpoint goes.
    curl.arguments =
      [
        "--disable", "--silent", "--show-error", "--globoff", "--proto", "=http,https", "--max-redirs", "0",
        "--max-time", "\(seconds)", "--data-binary", "@-", "--header", "Content-Type: text/plain",
        "--header", "Expect:", "--user-agent", "stationctl", "--write-out", "\n%{http_code} %{content_type}",
      ] + place
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    (curl.standardInput, curl.standardOutput, curl.standardError) = (input, output, errors)
    do {
      try curl.run()
      // At most some kilobytes: it fits into the pipe.
      try input.fileHandleForWriting.write(contentsOf: Data(body.utf8))
      try input.fileHandleForWriting.close()
      let limit = WitnessAnswer.maximumBytes
      let said = try output.fileHandleForReading.read(upToCount: limit + 1) ?? Data()
      guard said.count <= limit else {
        curl.terminate()
        curl.waitUntilExit()
        return .nothing("its answer is longer than \(limit) bytes")
      }
      let why = try errors.fileHandleForReading.read(upToCount: 1_000) ?? Data()
      curl.waitUntilExit()
      guard curl.terminationStatus == 0 else {
        let text = String(decoding: why, as: UTF8.self).split(separator: "\n").first.map(String.init)
        return .nothing(DisplayWidth.printable(text ?? "curl ended with \(curl.terminationStatus)"))
      }
      return Self.reply([UInt8](said))
    } catch {
      return .nothing("\(Self.program): \(error.localizedDescription)")
    }
  }

  /// Splits off the line that was added: status, and the type of the content where there is one.
  private static func reply(_ bytes: [UInt8]) -> WitnessRound.Reply {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return .nothing("no status") }
    let words = String(decoding: bytes[(end + 1)...], as: UTF8.self)
      .split(separator: " ", maxSplits: 1).map(String.init)
    guard let status = words.first.flatMap(Int.init) else { return .nothing("no status") }
    return .answer(
      status: status, contentType: words.count > 1 ? words[1] : "", body: [UInt8](bytes[..<end]))
  }
}
