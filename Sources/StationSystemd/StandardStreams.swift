import Glibc

/// The three streams that a process is started with.
package enum StandardStreams {
  /// Opens the null device where one of them is closed: else the next file or socket has its number, and whatever is
  /// written to the stream goes there. To be called before anything opens a file.
  /// - Parameter output: how standard output is opened; `O_RDONLY` makes writing to it fail.
  package static func fill(output: Int32 = O_RDWR) {
    for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
      // The lowest number that is free is this one.
      _ = open("/dev/null", stream == STDOUT_FILENO ? output : O_RDWR)
    }
  }
}
