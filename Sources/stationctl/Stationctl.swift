import Glibc

/// `stationctl`: talks to a running stationd from a shell.
@main
enum Stationctl {
  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    exit(Program(words: words).run().rawValue)
  }
}
