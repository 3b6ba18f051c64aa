// Runs inside VS Code in Restricted Mode, started by live-restricted.test.ts: what a person may try to reach a cluster.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { Live } from "../../../extension/commands/live/live.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";
import { activated, whileWaiting } from "./live-extension.ts";

suite("A folder that nobody trusts", () => {
  let live: Live;

  suiteSetup(async () => {
    live = await activated();
  });

  test("is not trusted", () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  test("its settings choose nothing", () => {
    const { kubeconfig, protectedContexts } = live.settings;
    assert.notEqual(kubeconfig, process.env["SLUICE_TEST_PLANTED"]);
    assert.deepEqual([kubeconfig, protectedContexts], ["", []]);
  });

  test("looking, connecting and refreshing contact nobody", async () => {
    for (const view of ["attention", "clusters", "sources"])
      await vscode.commands.executeCommand(`sluice.${view}.focus`);
    for (const command of ["sluice.connect", "sluice.refreshClusters", "sluice.disconnect"])
      await whileWaiting(
        vscode.commands.executeCommand(command, nodeIds.closed("here")),
        "notifications.clearAll",
      );
    await live.clusters.load();
    assert.throws(() => live.clusters.connect("here"), /not trusted/);
    assert.deepEqual(live.clusters.sessions(), []);
  });
});
