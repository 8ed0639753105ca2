import Dispatch
import Glibc
import StationSystemd

/// Where the process begins: before the runtime of concurrency, which opens descriptors of its own.
@main
enum Start {
  static func main() {
    StandardStreams.fill()
    Task {
      await Stationd.main()
      exit(0)
    }
    dispatchMain()
  }
}
