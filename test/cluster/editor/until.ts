// Waiting inside VS Code: for something that somebody else brings about, with patience for a machine that is busy.
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { Live } from "../../../extension/commands/live/live.ts";
import type { SluiceApi } from "../../../extension/compose.ts";
import type { LiveNode } from "../../../extension/model/cluster/live-node.ts";

const patience = 240_000;

/** What a test inside VS Code may take. */
export const mochaPatience = 300_000;

export async function until<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

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

export function nodeIn(nodes: Iterable<LiveNode>, label: string): LiveNode | undefined {
  return [...nodes].find((one) => one.label === label);
}

/** Asks the program that started the cluster for something. */
export async function control(what: string): Promise<string> {
  const answer = await fetch(`${process.env["SLUICE_TEST_CONTROL"]}/${what}`, { method: "POST" });
  assert.equal(answer.status, 200);
  return answer.text();
}
