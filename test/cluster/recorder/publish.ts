/** Puts a scenario's charts where its sources look for them. */
import type { ArtifactServer } from "../harness/artifact-server.ts";
import type { Scenario } from "./scenario.ts";

export function publish(scenario: Scenario, artifacts: ArtifactServer): void {
  for (const chart of scenario.helmRepository ?? []) artifacts.addChart(chart);
  for (const { folder, chart, tag } of scenario.registry ?? [])
    artifacts.pushChart(folder, chart, tag);
}
