import StationKit
import StationPluginWire

extension PluginRunner {
  // MARK: - What people and the daemon want

  /// Starts it unless it runs. `done` hears of the first state that is not loading.
  package func start(
    _ settings: PluginSettings?, why: String, done: @escaping @Sendable (PluginState, String) -> Void
  ) {
    with { state, after in
      state.isWanted = true
      after.append { [files] in files.remember { $0.isStopped = false } }
      if state.current != nil || state.candidate != nil {
        let (now, reason) = (state.life.state, state.life.reason)
        return after.append { done(now, reason) }
      }
      if let settings { adopt(settings, &state) }
      begin(why, &state, &after)
      state.observers.append(([.ready, .failed, .quarantined, .stopped], done))
      launch(&state, &after)
    }
  }

  /// Lets it finish what it is at, then ends it. It stays ended, also after the daemon's next start. `done` hears that
  /// it has ended, or that it is loading: a start has overtaken the stop.
  package func stop(
    why: String, forGood: Bool, done: @escaping @Sendable (PluginState, String) -> Void
  ) {
    with { state, after in
      state.isWanted = false
      if forGood { after.append { [files] in files.remember { $0.isStopped = true } } }
      if let candidate = state.candidate { end(candidate, "stopped", &state) }
      state.candidate = nil
      told(reload: why, &state, &after)
      guard let current = state.current else {
        failWaiting(&state, &after)
        // Another stop has begun, and ends with the process.
        guard state.life.state != .draining else { return state.observers.append(([.stopped], done)) }
        changed(&state, &after) { $0.life.stopped(why) }
        return after.append { done(.stopped, why) }
      }
      state.observers.append(([.stopped], done))
      state.current = nil
      changed(&state, &after) { $0.life.drain(why) }
      drain(current, why, &state)
      failWaiting(&state, &after)
    }
  }

  /// Starts a second process beside the first, and exchanges them when it is ready. Until then, and if it never
  /// is, the first one serves. `done` hears nil, or why not.
  package func reload(_ settings: PluginSettings, done: @escaping @Sendable (String?) -> Void) {
    with { state, after in
      guard state.candidate == nil, state.reloaded == nil else {
        return after.append { done("it is being started or reloaded already") }
      }
      state.isWanted = true
      after.append { [files] in files.remember { $0.isStopped = false } }
      let former = state.settings
      adopt(settings, &state)
      state.reloaded = { [self] problem in
        if problem != nil { with { state, _ in if state.current != nil { state.settings = former } } }
        done(problem)
      }
      if state.current == nil { begin("reload", &state, &after) }
      launch(&state, &after)
    }
  }

  /// It is loading from here on. Whoever waits for its end hears that it is not to come.
  private func begin(_ why: String, _ state: inout State, _ after: inout [After]) {
    state.life.start(why)
    state.since = clock.now()
    let overtaken = state.observers
    state.observers = []
    after.append { for observer in overtaken { observer.done(.loading, why) } }
  }

  private func adopt(_ settings: PluginSettings, _ state: inout State) {
    state.settings = settings
    if state.current == nil { state.life = PluginLife(limits: settings.limits) }
  }

  // MARK: - A process

  func launch(_ state: inout State, _ after: inout [After]) {
    let settings = state.settings
    if let fault = settings.fault { return notLaunched(fault, &state, &after) }
    state.lastNumber += 1
    let number = state.lastNumber
    let listener = PluginProcess.Listener(
      started: { [self] in launched(number, $0) },
      refused: { [self] what in with { state, after in refuse(number, what, &state, &after) } },
      message: { [self] in received(number, $0) },
      line: { [self] in printed($0, $1) },
      broken: { [self] what in with { state, after in fault(number, what, &state, &after) } },
      closed: { [self] in
        with { state, _ in state.sessions[number]?.closedAt = Monotonic.milliseconds() }
      },
      ended: { [self] code, reason in ended(number, code, reason) })
    do {
      let process = try PluginProcess(settings, listener)
      state.sessions[number] = PluginSession(
        number, process, settings, now: Monotonic.milliseconds())
      state.candidate = number
      process.start()
    } catch {
      notLaunched("\(error)", &state, &after)
    }
  }

  private func launched(_ number: Int, _ digest: String) {
    with { state, after in
      guard var session = state.sessions[number] else { return }
      session.digest = digest
      let reason = state.current == nil ? state.life.reason : "reload"
      recorded(.loading, reason, session, &after)
      session.process.send(session.conversation.manifestRequest(name, version: surroundings.version))
      state.sessions[number] = session
    }
  }

  /// What no restart would mend.
  private func notLaunched(_ reason: String, _ state: inout State, _ after: inout [After]) {
    told(reload: reason, &state, &after)
    guard state.current == nil else { return }
    changed(&state, &after) { $0.life.refused(reason) }
    failWaiting(&state, &after)
  }

  func told(reload problem: String?, _ state: inout State, _ after: inout [After]) {
    guard let reloaded = state.reloaded else { return }
    state.reloaded = nil
    state.lastReload = (clock.now(), problem)
    if let problem { noted("warning", "the reload failed: \(problem)", &state, &after) }
    after.append { reloaded(problem) }
  }

  // MARK: - Loading

  func heard(
    manifest result: Result<JSONValue, RPCError>, _ number: Int, _ state: inout State, _ after: inout [After]
  ) {
    guard var session = state.sessions[number] else { return }
    do {
      let manifest = try PluginManifest(try result.get())
      if let refusal = session.settings.refusal(of: manifest) { throw ManifestError(refusal) }
      if let local, manifest.source != PluginManifest.json(local) {
        throw ManifestError("its program is of another version than the running daemon: restart the daemon")
      }
      let module = manifest.module(running: self, local: local)
      let calls = manifest.calls.map(\.method)
      let keptCalls = Set(calls.filter(store.isSteady))
      session.loaded = PluginSession.Loaded(
        manifest: manifest, module: module,
        check: OperationCheck(module: try store.compiled(module), calls: calls),
        sights: PluginSights(manifest, session.settings.grants, mask: store.mask), keptCalls: keptCalls)
      session.phase = .askedStart
      let params: JSONObject = [
        "protocol": .int(PluginProtocol.version), "config": session.settings.configuration,
        "zone_offset_minutes": .int(surroundings.zone.offsetMinutes),
        "calendars": WireCalendar.json(surroundings.calendar()),
        "write_calls": .array(calls.filter(store.writes).map(JSONValue.string)),
        "kept_calls": .array(keptCalls.sorted().map(JSONValue.string)),
        "limits": [
          "frame_bytes": .int(session.settings.limits.frameBytes),
          "in_flight": .int(session.settings.limits.inFlight),
          "call_ms": .int(session.settings.limits.callMs),
        ],
      ]
      session.process.send(session.conversation.startRequest(params))
      state.sessions[number] = session
    } catch {
      let reason = (error as? RPCError)?.message.en ?? "\(error)"
      refuse(number, reason, &state, &after)
    }
  }

  /// The plugin cannot be used as it is.
  func refuse(_ number: Int, _ what: String, _ state: inout State, _ after: inout [After]) {
    guard let session = state.sessions[number], session.isStarting else {
      return fault(number, what, &state, &after)
    }
    let reason = LineCutter.line(what, limit: session.settings.limits.logLineBytes)
    end(number, reason, &state)
    if state.candidate == number { state.candidate = nil }
    notLaunched(reason, &state, &after)
  }

  func becameReady(_ number: Int, _ state: inout State, _ after: inout [After]) {
    guard let loaded = state.sessions[number]?.loaded else {
      return fault(number, "ready before its manifest", &state, &after)
    }
    state.sessions[number]?.phase = .adopting
    after.append { [self] in
      store.adopt(loaded.module) { [self] result in adopted(number, loaded.manifest, result) }
    }
  }

  private func adopted(_ number: Int, _ manifest: PluginManifest, _ result: Result<Void, RPCError>) {
    with { state, after in
      guard state.candidate == number, state.sessions[number]?.phase == .adopting else { return }
      if case .failure(let error) = result { return refuse(number, error.message.en, &state, &after) }
      after.append { [files] in files.keep(manifest) }
      let former = state.current
      state.sessions[number]?.phase = .serving
      state.candidate = nil
      state.current = number
      changed(&state, &after, always: true) { $0.life.becameReady() }
      if let former { drain(former, "reloaded", &state) }
      told(reload: nil, &state, &after)
      state.listener.kinds = Set(manifest.listens)
      dispatchWaiting(&state)
      after.append { [self] in listen() }
    }
  }

  // MARK: - Ending

  func drain(_ number: Int, _ why: String, _ state: inout State) {
    guard var session = state.sessions[number], session.phase != .ending else { return }
    session.phase = .draining
    session.reason = why
    session.drainBy = Monotonic.milliseconds() + Int64(session.settings.limits.drainMs)
    session.process.send(PluginConversation.drain())
    state.sessions[number] = session
  }

  func end(_ number: Int, _ reason: String, _ state: inout State) {
    guard let session = state.sessions[number] else { return }
    if session.phase != .ending { state.sessions[number]?.reason = reason }
    state.sessions[number]?.phase = .ending
    session.process.kill()
  }

  /// What a session did cannot be lived with: it is ended, and whoever waits for it hears so now.
  func fault(_ number: Int, _ what: String, _ state: inout State, _ after: inout [After]) {
    guard let session = state.sessions[number], session.phase != .ending else { return }
    state.faults += 1
    // It may quote what the process said.
    let reason = LineCutter.line(what, limit: session.settings.limits.logLineBytes)
    gone(number, reason, isClean: false, &state, &after)
    end(number, reason, &state)
  }

  /// A small thing that is refused; many of them are a fault.
  func offence(_ number: Int, _ what: String, _ state: inout State, _ after: inout [After]) {
    guard var session = state.sessions[number] else { return }
    state.faults += 1
    let now = Monotonic.milliseconds()
    let limits = session.settings.limits
    session.offences = session.offences.filter { now - $0 < limits.offenceWindowMs } + [now]
    state.sessions[number] = session
    noted("warning", "offence: \(what)", &state, &after)
    guard session.offences.count >= limits.offences else { return }
    fault(number, "\(session.offences.count) offences, the last: \(what)", &state, &after)
  }

  private func ended(_ number: Int, _ code: Int32?, _ reason: String) {
    with { state, after in
      guard let session = state.sessions[number] else { return }
      if session.phase != .ending {
        // A drained plugin exits with 0 when it has answered everything.
        let isClean = session.phase == .draining && code == 0 && session.calls.isEmpty
        if !isClean { state.faults += 1 }
        gone(number, isClean ? session.reason : reason, isClean: isClean, &state, &after)
      }
      state.sessions[number] = nil
      guard !state.isWanted, state.sessions.isEmpty, state.life.state == .draining else { return }
      changed(&state, &after) { $0.life.stopped(session.reason) }
    }
  }

  /// A session will not answer any more.
  /// - Parameter isClean: whether it was told to end, and has done all that it had.
  private func gone(
    _ number: Int, _ reason: String, isClean: Bool, _ state: inout State, _ after: inout [After]
  ) {
    guard let session = state.sessions[number] else { return }
    let calls = session.calls.values.sorted { $0.number < $1.number }
    state.sessions[number]?.calls = [:]
    state.sessions[number]?.reads = []
    eventLost(number, reason, &state, &after)
    let wasCandidate = state.candidate == number
    if wasCandidate { state.candidate = nil }
    let wasCurrent = state.current == number
    if wasCurrent {
      state.current = nil
      changed(&state, &after) { $0.life.failed(reason, now: Monotonic.milliseconds()) }
      failWaiting(&state, &after)
    } else if wasCandidate {
      told(reload: reason, &state, &after)
      if state.current == nil {
        changed(&state, &after) { $0.life.failed(reason, now: Monotonic.milliseconds()) }
      }
    } else if !isClean {
      let why = "a process that was to end (\(session.reason)): \(reason)"
      noted("warning", why, &state, &after)
      recorded(.failed, why, session, &after)
    }
    let error = unavailable(state, Monotonic.milliseconds(), isItsProcess: !wasCurrent)
    for record in calls {
      release(record, posted: false, &state, &after)
      after.append { record.done(.failure(error)) }
    }
  }

  func failWaiting(_ state: inout State, _ after: inout [After]) {
    let error = unavailable(state, Monotonic.milliseconds())
    let waiting = state.waiting
    state.waiting = []
    state.reruns.subtract(waiting.map(\.number))
    for record in waiting { after.append { record.done(.failure(error)) } }
  }

  // MARK: - Changes of state

  /// - Parameter always: whether it is recorded although the state is the same: another process has it.
  func changed(
    _ state: inout State, _ after: inout [After], always: Bool = false, _ body: (inout State) -> Void
  ) {
    let former = state.life.state
    body(&state)
    let life = state.life
    guard life.state != former || always else { return }
    state.since = clock.now()
    let observers = state.observers.filter { $0.states.contains(life.state) }
    state.observers.removeAll { $0.states.contains(life.state) }
    let session = (state.current ?? state.candidate).flatMap { state.sessions[$0] }
    recorded(life.state, life.reason, session, &after)
    after.append { for observer in observers { observer.done(life.state, life.reason) } }
  }

  /// Leaves an audit record and a line in the log; every start of a process does, with its program's digest.
  private func recorded(
    _ state: PluginState, _ reason: String, _ session: PluginSession?, _ after: inout [After]
  ) {
    var details: JSONObject = ["reason": .string(reason)]
    if let session {
      if let digest = session.digest { details["sha256"] = .string(digest) }
      details["program"] = .string(session.settings.program)
      if let version = session.loaded?.manifest.version { details["version"] = .string(version) }
    }
    let recorded = details
    after.append { [self] in
      store.record(plugin: name, state: state, details: recorded)
      store.log(plugin: name, level: "info", "\(state.rawValue): \(reason)")
    }
  }
}
