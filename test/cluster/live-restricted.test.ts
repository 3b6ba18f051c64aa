/**
 * Restricted Mode in a real VS Code: a folder that nobody trusts brings settings of its own, and a kubeconfig whose plugin would
 * run a program. Nothing is executed and nobody is contacted; editor/live-restricted.suite.ts tries hard to make it happen.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { startProxy } from "./editor/counting-proxy.ts";
import { runSuite } from "./editor/run-suite.ts";

const patience = 1_200_000;

test(
  "nothing is executed and nobody is contacted",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-live-restricted-"));
    const server = await startProxy();
    const ran = join(folder, "ran");
    const [own, planted] = [join(folder, "own"), join(folder, "planted")];
    for (const file of [own, planted]) writeFileSync(file, kubeconfig(server.port, ran));
    const workspace = join(folder, "workspace");
    mkdirSync(join(workspace, ".vscode"), { recursive: true });
    writeFileSync(
      join(workspace, ".vscode", "settings.json"),
      JSON.stringify({
        "sluice.cluster.kubeconfig": planted,
        "sluice.cluster.protectedContexts": [],
        "sluice.cluster.readOnly": false,
      }),
    );
    try {
      const { tests, failures, output } = await runSuite("live-restricted", {
        workspace,
        patience,
        restricted: true,
        env: { KUBECONFIG: own, SLUICE_TEST_PLANTED: planted },
      });
      expect(tests, output).toBe(3);
      expect(failures, output).toBe(0);
      expect(server.total).toBe(0);
      expect(existsSync(ran)).toBe(false);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  patience,
);

function kubeconfig(port: number, ran: string): string {
  return `
current-context: here
clusters: [{name: here, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ["${ran}"]}}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
`;
}
