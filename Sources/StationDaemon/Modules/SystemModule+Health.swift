import StationKit
import StationStore

extension SystemModule {
  private static let problem = Shapes.object([
    "part": Shapes.text, "kind": Shapes.text,
    "severity": Shapes.words(HealthReport.Severity.self),
    "message": Shapes.text, "message_zh": Shapes.text,
  ])

  static func health(_ services: Services) -> Method {
    Method(
      "health",
      Text("Tell whether everything that needs a record is served, and if not, why", zh: "服务状况及原因"),
      params: Shapes.nothing,
      result: Shapes.object(
        [
          "ok": Shapes.flag, "problems": Shapes.list(problem),
          "batches": Shapes.count, "writes": Shapes.count, "failed_batches": Shapes.count,
          "waiting": Shapes.count, "connections": Shapes.count,
        ]), permission: .everyone,
      examples: [
        Example(
          "All is well", params: [:],
          result: [
            "ok": true, "problems": [], "batches": 12, "writes": 31, "failed_batches": 0, "waiting": 0,
            "connections": 2,
          ])
      ],
      handler: .inline { _, _ in
        let store = try services.openStore()
        let reading = store.health.now
        let report = services.healthReport
        return [
          "ok": .bool(report.isServing), "problems": .array(report.problems.map(\.json)),
          "batches": .int(reading.batches), "writes": .int(reading.calls),
          "failed_batches": .int(reading.failedBatches), "waiting": .int(store.waiting),
          "connections": .int(services.connectionCount()),
        ]
      })
  }

  static func metrics(_ services: Services) -> Method {
    Method(
      "metrics", Text("Give all that is measured, as Prometheus reads it", zh: "以 Prometheus 文本格式输出全部指标"),
      params: Shapes.nothing,
      result: Shapes.object(["content_type": Shapes.text, "text": Shapes.text]), permission: .role,
      examples: [
        Example(
          "The beginning", params: [:],
          result: [
            "content_type": .string(PrometheusText.contentType),
            "text": "# HELP stationd_healthy 1 where …\n# TYPE stationd_healthy gauge\nstationd_healthy 1\n",
          ])
      ],
      handler: .inline { _, _ in
        ["content_type": .string(PrometheusText.contentType), "text": .string(Metrics.text(services))]
      })
  }
}
