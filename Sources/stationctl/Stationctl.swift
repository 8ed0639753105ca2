import Glibc
import StationClient
import StationSystemd

/// `stationctl`: talks to a running stationd from a shell.
@main
enum Stationctl {
  static func main() {
    // What cannot be printed is no success.
    StandardStreams.fill(output: O_RDONLY)
    let words: [String]
    do throws(UsageError) {
      words = try CommandWords.decode(given)
    } catch {
      exit(Report.usage(error, language: .current).rawValue)
    }
    exit(Program(words: words).run().rawValue)
  }

  /// The words after the program's name, as they were given. `CommandLine.arguments` has U+FFFD for what is not UTF-8.
  private static var given: [[UInt8]] {
    (0..<Int(CommandLine.argc)).dropFirst().compactMap { place in
      CommandLine.unsafeArgv[place].map { [UInt8](UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
  }
}
