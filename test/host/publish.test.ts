/** "Simulate and Publish" in a real VS Code: what is asked, and what arrives at a registry in this process. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import { Dialogs } from "../support/dialogs.ts";

suite("Simulate and Publish", () => {
  const dialogs = new Dialogs();
  const uploads = new Map<string, Buffer>();
  let server: Server;
  let address: string;

  suiteSetup(async function () {
    this.timeout(60_000);
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const url = request.url ?? "";
        if (request.method === "HEAD") return response.writeHead(404).end();
        if (request.method === "POST")
          return response.writeHead(202, { location: `${url}one` }).end();
        uploads.set(url.replace(/^.*\//, ""), body);
        return response.writeHead(201).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `oci://127.0.0.1:${(server.address() as AddressInfo).port}/org/fleet:main`;
    const extension = vscode.extensions.getExtension<SluiceApi>("sluice.sluice");
    assert.ok(extension);
    const api = await extension.activate();
    await until("the first plan", () => api.folders()[0]?.plan);
    await until("VS Code's Git", async () => (await head())?.commit);
    dialogs.open();
  });

  suiteTeardown(() => {
    dialogs.close();
    server.closeAllConnections();
    server.close();
  });

  setup(() => {
    dialogs.clear();
    uploads.clear();
  });

  test("the folder arrives as an artifact of the commit, under the digest that is said", async () => {
    dialogs.answer("input", address);
    dialogs.answer("input", "apps");
    dialogs.answer("warning", "Publish");
    await vscode.commands.executeCommand("sluice.simulateAndPublish");
    const manifest = uploads.get("main");
    assert.ok(manifest, JSON.stringify(dialogs.all()));
    const { annotations } = JSON.parse(manifest.toString()) as {
      annotations: Record<string, string>;
    };
    const commit = (await head())?.commit;
    assert.equal(annotations["org.opencontainers.image.revision"], `main@sha1:${commit}`);
    const digest = createHash("sha256").update(manifest).digest("hex");
    const [news] = dialogs.asked("information");
    assert.ok(news?.message.includes(`@sha256:${digest} as main`), news?.message);
    assert.equal(dialogs.asked("warning")[0]?.message, `Publish apps as ${address}?`);
  });

  test("whoever cancels has sent nothing", async () => {
    dialogs.answer("input", address);
    dialogs.answer("input", "");
    await vscode.commands.executeCommand("sluice.simulateAndPublish");
    assert.equal(uploads.size, 0);
    assert.deepEqual(dialogs.asked("error"), []);
  });

  test("a registry that is not there is said", async () => {
    dialogs.answer("input", "oci://127.0.0.1:1/org/fleet:main");
    dialogs.answer("input", "apps");
    dialogs.answer("warning", "Publish");
    await vscode.commands.executeCommand("sluice.simulateAndPublish");
    const error = await until("the error", () => dialogs.asked("error")[0]);
    assert.match(error.message, /can't be reached/);
  });
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Head {
  readonly commit?: string;
}

async function head(): Promise<Head | undefined> {
  const extension = vscode.extensions.getExtension<{
    getAPI(version: 1): { readonly repositories: readonly { state: { HEAD?: Head } }[] };
  }>("vscode.git");
  return (await extension?.activate())?.getAPI(1).repositories[0]?.state.HEAD;
}

async function until<T>(
  what: string,
  ask: () => T | Thenable<T>,
): Promise<NonNullable<Exclude<T, false | "" | 0>>> {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as NonNullable<Exclude<T, false | "" | 0>>;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
