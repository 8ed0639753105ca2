import Glibc
import StationKit
import StationRPC
import StationStore

/// All that is measured, as Prometheus' text. Labels are names of the program's own: modules, methods, error kinds.
enum Metrics {
  static func text(_ services: Services) -> String {
    var text = PrometheusText()
    daemon(services, &text)
    calls(services, &text)
    if let store = services.store {
      self.store(store, &text)
      disk(store, &text)
    }
    process(&text)
    return text.text
  }

  private static func daemon(_ services: Services, _ text: inout PrometheusText) {
    text.family("stationd_build_info", .gauge, "The program's version; always 1.")
    text.sample("stationd_build_info", [("version", Daemon.version)], 1)
    text.single(
      "stationd_start_time_seconds", .gauge, "When the daemon started, in seconds since 1970.",
      seconds(services.startedAt))
    let problems = services.healthReport.problems
    text.single(
      "stationd_healthy", .gauge, "1 where everything that needs a record is served.",
      services.healthReport.isServing ? 1 : 0)
    text.family("stationd_problem", .gauge, "1 for each problem that system.health tells of.")
    for problem in problems {
      text.sample(
        "stationd_problem",
        [("part", problem.part), ("kind", problem.kind), ("severity", problem.severity.rawValue)], 1)
    }
    text.single("stationd_connections", .gauge, "Open connections.", Double(services.connectionCount()))
  }

  private static func calls(_ services: Services, _ text: inout PrometheusText) {
    let methods = services.calls.now
    func labels(_ method: String) -> [PrometheusText.Label] {
      let module = method.firstIndex(of: ".").map { String(method[..<$0]) } ?? method
      return [("module", module), ("method", method)]
    }
    text.family("stationd_calls_total", .counter, "Calls that were answered, by outcome.")
    for (method, figures) in methods {
      for (outcome, count) in figures.outcomes.sorted(by: { $0.key < $1.key }) {
        text.sample("stationd_calls_total", labels(method) + [("outcome", outcome)], Double(count))
      }
    }
    let name = "stationd_call_duration_seconds"
    text.family(name, .histogram, "From a call's arrival to its answer.")
    for (method, figures) in methods { text.histogram(name, labels(method), figures.time, unit: 1e-9) }
  }

  private static func store(_ store: Store, _ text: inout PrometheusText) {
    let figures = store.health.figures.now
    let reading = store.health.now
    text.single("stationd_queue_calls", .gauge, "Calls waiting for the writer.", Double(store.waiting))
    text.single(
      "stationd_queue_refused_total", .counter, "Calls turned away because too many waited.",
      Double(figures.turnedAway))
    text.family("stationd_batch_calls", .histogram, "Calls in one batch of the writer.")
    text.histogram("stationd_batch_calls", [], figures.batchCalls, unit: 1)
    let times: [(name: String, help: String, histogram: Histogram)] = [
      ("stationd_batch_duration_seconds", "A batch, from its first call to its commit.", figures.batchTime),
      ("stationd_sync_duration_seconds", "Syncs of the write-ahead log to the disk.", figures.syncTime),
      (
        "stationd_checkpoint_duration_seconds", "Moving the write-ahead log into the database.",
        figures.checkpointTime
      ),
    ]
    for (name, help, histogram) in times {
      text.family(name, .histogram, help)
      text.histogram(name, [], histogram, unit: 1e-9)
    }
    text.single(
      "stationd_batches_failed_total", .counter, "Batches that were undone.", Double(reading.failedBatches))
    text.single(
      "stationd_deadlines_fired_total", .counter, "Deadlines that fired.", Double(figures.deadlinesFired))
    text.single("stationd_log_records", .gauge, "Records of the audit log.", Double(figures.logSize))
    text.single(
      "stationd_wal_pages", .gauge, "Pages in the write-ahead log after the last commit.",
      Double(store.health.logPages))
    if let backup = reading.lastBackup {
      text.single(
        "stationd_last_backup_timestamp_seconds", .gauge,
        "When the newest backup since the start was taken, in seconds since 1970.", seconds(backup))
    }
  }

  private static func disk(_ store: Store, _ text: inout PrometheusText) {
    guard let space = DiskSpace(of: store.stateDirectory) else { return }
    text.single(
      "stationd_state_free_bytes", .gauge, "Free on the disk that the state is on.", Double(space.free))
    text.single(
      "stationd_state_disk_bytes", .gauge, "Size of the disk that the state is on.", Double(space.all))
  }

  private static func process(_ text: inout PrometheusText) {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return }
    let processor = [usage.ru_utime, usage.ru_stime].reduce(0.0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
    text.single("process_cpu_seconds_total", .counter, "Processor time used.", processor)
    // proc(5): the second number is what is resident, in pages.
    if let bytes = try? FileIO.read("/proc/self/statm") {
      let pages = String(decoding: bytes, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap {
        Int($0)
      }
      if let pages {
        text.single(
          "process_resident_memory_bytes", .gauge, "Resident memory.", Double(pages * Int(getpagesize())))
      }
    }
  }

  private static func seconds(_ instant: Instant) -> Double { Double(instant.milliseconds) / 1_000 }
}
