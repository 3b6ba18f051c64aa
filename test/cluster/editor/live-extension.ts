// The live side of the installed extension inside VS Code, and what suites do with it.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { SluiceApi } from "../../../extension/compose.ts";
import type { LiveNode } from "../../../extension/model/cluster/live-node.ts";
import { nodeIds } from "../../../extension/model/cluster/live-node.ts";
import { until } from "../../support/until.ts";

/** Runs something again and again while work goes on that waits for a person. */
export async function whileWaiting<T>(work: Thenable<T>, command: string): Promise<T> {
  const repeat = setInterval(() => void vscode.commands.executeCommand(command), 300);
  try {
    return await work;
  } finally {
    clearInterval(repeat);
  }
}

/** The live side of the installed extension. */
export async function activated(): Promise<Live> {
  const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
  assert.ok(extension);
  const { live } = await extension.activate();
  assert.ok(live);
  return live;
}

/** As a person does who tries again when a busy machine did not answer in time. */
export async function connect({ clusters }: Live, context: string): Promise<void> {
  for (let tries = 10; ; tries--) {
    const command = vscode.commands.executeCommand("sluice.connect", nodeIds.closed(context));
    const state = await until(`an answer of ${context}`, () => {
      const now = clusters.session(context)?.state;
      return now?.kind === "connecting" ? undefined : now;
    });
    if (state.kind === "connected") return void (await command);
    // The message waits for a person.
    await whileWaiting(command, "notifications.clearAll");
    if (tries === 1) throw new Error(`not connected to ${context}: ${JSON.stringify(state)}`);
    clusters.disconnect(context);
  }
}

export function nodeIn(nodes: Iterable<LiveNode>, label: string): LiveNode | undefined {
  return [...nodes].find((one) => one.label === label);
}

/** Asks the program that started the cluster for something. */
export async function control(what: string): Promise<string> {
  const answer = await fetch(`${process.env["SLUICE_TEST_CONTROL"]}/${what}`, { method: "POST" });
  assert.equal(answer.status, 200);
  return answer.text();
}
