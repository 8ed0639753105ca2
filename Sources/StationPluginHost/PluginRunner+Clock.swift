import Glibc
import StationKit
import StationPluginWire

extension PluginRunner {
  /// Looks at everything that has a time: to be called some twenty times a second.
  func tick() {
    with { state, after in
      let now = Monotonic.milliseconds()
      for number in state.sessions.keys.sorted() {
        watch(number, now, &state, &after)
      }
      expireWaiting(now, &state, &after)
      rehearseNext(&state, &after)
      // A process that a reload has started beside the one that failed may take its place.
      if state.isWanted, state.candidate == nil, state.life.tick(now: now) {
        state.since = clock.now()
        launch(&state, &after)
      }
      if state.listener.isDue(now: now), state.current != nil { after.append { [self] in listen() } }
    }
  }

  private func watch(_ number: Int, _ now: Int64, _ state: inout State, _ after: inout [After]) {
    guard let session = state.sessions[number] else { return }
    let limits = session.settings.limits
    if session.isStarting, session.phase != .adopting, now - session.startedAt > limits.startMs {
      return fault(number, "not ready within \(limits.startMs) ms", &state, &after)
    }
    // Mostly its exit tells more, a moment later.
    if session.phase != .draining, let closedAt = session.closedAt, now - closedAt > limits.exitMs {
      return fault(number, "closed its descriptor", &state, &after)
    }
    if session.phase == .draining, let drainBy = session.drainBy, now > drainBy {
      return fault(number, "did not exit within \(limits.drainMs) ms", &state, &after)
    }
    // One that answers others is slow, and does not hang: what it owes counts among its calls.
    if let owed = session.owed.values.min(), now > owed, now - session.answeredAt > limits.graceMs {
      return fault(number, "hangs: no answer \(limits.graceMs) ms after a call was given up", &state, &after)
    }
    if let overdue = overdueEvent(number, now, state, limits) {
      return fault(number, overdue, &state, &after)
    }
    for (id, record) in session.calls {
      if record.call.isCancelled() {
        giveUp(number, id, RPCError(.cancelled), now, &state, &after)
      } else if now > record.expiry {
        let isCallers = record.call.expiry.map { Int64($0 / 1_000_000) <= record.expiry } ?? false
        let error =
          isCallers
          ? RPCError(.deadlinePassed)
          : RPCError(
            .unavailable, Text("The plugin '\(name)' did not answer in time", zh: "插件“\(name)”未按时应答"),
            retryAfterMs: 1_000,
            details: ["plugin": .string(name), "state": .string(state.life.state.rawValue)])
        giveUp(number, id, error, now, &state, &after)
      }
    }
    watchProcessor(number, now, &state, &after)
  }

  /// The caller hears now; the plugin has a while to answer all the same.
  private func giveUp(
    _ number: Int, _ id: Int, _ error: RPCError, _ now: Int64, _ state: inout State, _ after: inout [After]
  ) {
    guard var session = state.sessions[number], let record = session.calls.removeValue(forKey: id) else {
      return
    }
    if let bytes = session.conversation.cancel(call: id) { session.process.send(bytes) }
    session.owed[id] = now + Int64(session.settings.limits.graceMs)
    state.sessions[number] = session
    for waiting in record.waitingNumbers {
      reply(number, waiting.request, .failure(RPCError(.cancelled)), &state)
    }
    release(record, posted: false, &state, &after)
    after.append { record.done(.failure(error)) }
    dispatchWaiting(&state)
  }

  private func expireWaiting(_ now: Int64, _ state: inout State, _ after: inout [After]) {
    guard state.waiting.contains(where: { now > $0.expiry || $0.call.isCancelled() }) else { return }
    let error = unavailable(state, now)
    for record in state.waiting where now > record.expiry || record.call.isCancelled() {
      let outcome = record.call.isCancelled() ? RPCError(.cancelled) : error
      state.reruns.remove(record.number)
      after.append { record.done(.failure(outcome)) }
    }
    state.waiting.removeAll { now > $0.expiry || $0.call.isCancelled() }
  }

  /// Every five seconds: processor time of a minute must not be spent.
  private func watchProcessor(_ number: Int, _ now: Int64, _ state: inout State, _ after: inout [After]) {
    guard let session = state.sessions[number], now - session.cpu.at >= 5_000 else { return }
    let limits = session.settings.limits
    let withGroup = limits.processes > 0
    guard let seconds = Self.processorSeconds(session.process.pid, withGroup: withGroup) else { return }
    let share = (seconds - session.cpu.seconds) * 1000 / Double(now - session.cpu.at)
    state.sessions[number]?.cpu = (seconds, now)
    // A little more than the limit is the clock's grain.
    guard share > Double(limits.cpuSecondsPerMinute) / 60 * 1.1 else { return }
    fault(number, "uses more than \(limits.cpuSecondsPerMinute) s of processor time a minute", &state, &after)
  }

  /// User and system time of all threads of the process and, where it may start others, of all in its group, those
  /// that have ended included. nil where it cannot be told.
  private static func processorSeconds(_ pid: Int32, withGroup: Bool) -> Double? {
    guard pid > 0, let own = ProcessTimes(pid) else { return nil }
    guard withGroup, let folder = opendir("/proc") else { return own.seconds }
    defer { closedir(folder) }
    var seconds = own.seconds
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let other = Int32(name), other != pid, let times = ProcessTimes(other), times.group == pid else {
        continue
      }
      seconds += times.seconds
    }
    return seconds
  }
}

/// What /proc/PID/stat (proc(5)) tells of one process.
private struct ProcessTimes {
  /// Its process group.
  let group: Int32
  /// User and system time, with that of its children that have ended.
  let seconds: Double

  /// nil where there is none, or none that may be seen.
  init?(_ pid: Int32) {
    guard let file = fopen("/proc/\(pid)/stat", "re") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = fread(&buffer, 1, buffer.count, file)
    // The name may hold anything; behind its last parenthesis come fields from the third on.
    guard let end = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = buffer[(end + 1)..<count].split(separator: UInt8(ascii: " "))
    guard fields.count > 14, let group = Int32(String(decoding: fields[2], as: UTF8.self)) else { return nil }
    self.group = group
    // utime, stime, cutime, cstime: fields 14 to 17.
    let ticks = fields[11...14].compactMap { Int(String(decoding: $0, as: UTF8.self)) }.reduce(0, +)
    seconds = Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
