/** Traces of a real connection, in which Secrets must not be seen. */
import { PassThrough } from "node:stream";

import { expect, test } from "vitest";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  Trace,
  TraceFormat,
} from "vscode-languageserver/node";
import type { MessageConnection } from "vscode-languageserver/node";

import { discreetTrace } from "../../../extension/model/discreet-trace.ts";

const planted = "cGxhbnRlZA==";

/** What both sides of a connection log while one answers the other. */
async function traced(method: string, format: TraceFormat): Promise<string> {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const sides: readonly MessageConnection[] = [
    createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there)),
    createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back)),
  ];
  const entries: string[] = [];
  const log = (message: unknown, data?: string): void => {
    const head = typeof message === "string" ? message : JSON.stringify(message);
    entries.push(discreetTrace(data === undefined ? head : `${head}\n${data}`));
  };
  const options = { sendNotification: false, traceFormat: format };
  for (const side of sides) {
    side.listen();
    await side.trace(Trace.Verbose, { log }, options);
  }
  sides[1]?.onRequest(method, () => ({ body: planted }));
  await sides[0]?.sendRequest(method, { body: planted });
  for (const side of sides) side.dispose();
  return entries.join("\n");
}

test.each(["sluice/askCluster", "sluice/openRemote"])("of %s only its name", async (method) => {
  const log = await traced(method, TraceFormat.Text);
  expect(log.match(new RegExp(`'${method} - `, "g"))).toHaveLength(4);
  expect(log).not.toContain(planted);
});

test("of other messages all", async () => {
  const log = await traced("sluice/outlook", TraceFormat.Text);
  expect(log.split(planted)).toHaveLength(5);
});

test("as JSON nothing, because answers don't say to what", async () => {
  expect(await traced("sluice/askCluster", TraceFormat.JSON)).not.toContain(planted);
});
