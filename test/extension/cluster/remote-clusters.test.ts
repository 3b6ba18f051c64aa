/** Clusters that the Secrets of a connected one lead to: how long a handle is good, for whom, and that nothing stays open. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { KubeApi, loadKubeClient } from "#simulator/cluster";

import { RemoteClusters } from "../../../extension/cluster/remote-clusters.ts";
import type { RemoteHome } from "../../../extension/cluster/remote-clusters.ts";
import { kubeconfigText } from "../../support/kubeconfig.ts";

const never = new AbortController().signal;
const request = { verb: "get", path: "/version" } as const;
const secret = { namespace: "flux-system", name: "far" };
const path = "/api/v1/namespaces/flux-system/secrets/far";

/** A server that answers by path; a number is a refusal. */
class Api {
  readonly answers = new Map<string, string | number>([["/version", "{}"]]);
  readonly seen: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server = createServer(({ url = "", headers }, response) => {
    this.seen.push(`${url} ${headers.authorization ?? ""}`.trim());
    const answer = this.answers.get(url) ?? 404;
    if (typeof answer === "number") response.writeHead(answer).end("{}");
    else response.end(answer);
  });

  async start(): Promise<string> {
    this.#server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

let home: Api;
let far: Api;
let farUrl: string;
let sessions: Map<string, RemoteHome & { readonly end: () => void }>;
let trusted: boolean;
let allowPrivateNetwork: boolean;
let remotes: RemoteClusters;

beforeEach(async () => {
  [home, far] = [new Api(), new Api()];
  const homeUrl = await home.start();
  farUrl = await far.start();
  const connected = (): RemoteHome & { readonly end: () => void } => {
    const api = new KubeApi(async () =>
      (await loadKubeClient()).openEndpoint({ server: homeUrl }, { token: "home" }, undefined),
    );
    const abort = new AbortController();
    const end = (): void => {
      abort.abort();
      api.close();
    };
    return { api, signal: abort.signal, end };
  };
  sessions = new Map([
    ["home", connected()],
    ["another", connected()],
  ]);
  [trusted, allowPrivateNetwork] = [true, true];
  remotes = new RemoteClusters({
    session: (context) => sessions.get(context),
    trusted: () => trusted,
    allowPrivateNetwork: () => allowPrivateNetwork,
  });
  hold({ value: kubeconfigText({ server: farUrl }, { token: "far" }) });
});

afterEach(async () => {
  remotes.closeOthers();
  for (const { end } of sessions.values()) end();
  await Promise.all([home.stop(), far.stop()]);
});

/** What the Secret holds. */
function hold(texts: Readonly<Record<string, string>>): void {
  const data = Object.entries(texts).map(([key, text]) => [
    key,
    Buffer.from(text).toString("base64"),
  ]);
  home.answers.set(path, JSON.stringify({ data: Object.fromEntries(data) as object }));
}

async function open(context = "home", key?: string): Promise<string> {
  const wanted = key === undefined ? secret : { ...secret, key };
  const opened = await remotes.open(context, wanted, never);
  if (opened.outcome === "refused") throw new Error(opened.why);
  return opened.remote;
}

const status = async (remote: string, context = "home"): Promise<number> =>
  (await remotes.ask({ context, remote }, request, never)).status;

const gone = (api: Api): Promise<unknown> => expect.poll(() => api.sockets.size).toBe(0);

describe("a handle", () => {
  test("leads to the other cluster, with what stands in the Secret", async () => {
    const opened = await remotes.open("home", secret, never);
    expect(opened).toEqual({
      outcome: "opened",
      remote: expect.any(String) as string,
      name: "the cluster of Secret flux-system/far",
    });
    expect(await status(await open())).toBe(200);
    expect(far.seen).toEqual(["/version Bearer far"]);
    expect(home.seen).toEqual([`${path} Bearer home`, `${path} Bearer home`]);
  });

  test("stays as long as the Secret says the same", async () => {
    const first = await open();
    expect(await open()).toBe(first);
    hold({ value: kubeconfigText({ server: farUrl }, { token: "renewed" }) });
    const second = await open();
    expect(second).not.toBe(first);
    expect(await status(second)).toBe(200);
    expect(far.seen.at(-1)).toBe("/version Bearer renewed");
    expect(await status(first)).toBe(0);
  });

  test("is the same for two that open it at once", async () => {
    const [one, two] = await Promise.all([open(), open()]);
    expect(one).toBe(two);
    expect(await status(one)).toBe(200);
  });

  test("is good for its own context only", async () => {
    const remote = await open();
    expect(await status(remote, "another")).toBe(0);
    expect(await status(await open("another"), "another")).toBe(200);
  });

  test("is of the key that was named, or of those that the controllers try", async () => {
    const text = kubeconfigText({ server: farUrl }, { token: "named" });
    hold({ other: text });
    await open("home", "other");
    await expect(open()).rejects.toThrow("has no key value or value.yaml");
    await expect(open("home", "third")).rejects.toThrow("has no key third");
    hold({ "value.yaml": text });
    await open();
  });
});

describe("a cluster is refused", () => {
  test.each([
    [403, "you may not read Secret flux-system/far"],
    [401, "you may not read Secret flux-system/far"],
    [404, "there is no Secret flux-system/far"],
    [500, "Secret flux-system/far could not be read"],
  ])("when the API server answers %i", async (code, why) => {
    home.answers.set(path, code);
    await expect(open()).rejects.toThrow(new RegExp(why));
  });

  test("when the Secret is no object, or its kubeconfig can't be used", async () => {
    home.answers.set(path, "no JSON");
    await expect(open()).rejects.toThrow("has no key");
    hold({ value: kubeconfigText({ server: farUrl }, { exec: { command: "touch" } }) });
    await expect(open()).rejects.toThrow("plugin");
  });

  test("without trust or a connection nothing is even read", async () => {
    trusted = false;
    await expect(open()).rejects.toThrow("no connection to home");
    trusted = true;
    sessions.delete("home");
    await expect(open()).rejects.toThrow("no connection to home");
    expect(home.seen).toEqual([]);
  });

  test("when it is inside the user's network; what was open then ends", async () => {
    const remote = await open();
    allowPrivateNetwork = false;
    await expect(open()).rejects.toThrow("inside your network");
    expect(await status(remote)).toBe(0);
    expect(far.seen).toEqual([]);
  });

  test("never with a word of its kubeconfig", async () => {
    const planted = "planted-8c1f";
    const user = { exec: { command: planted, args: [planted] } };
    hold({ value: kubeconfigText({ server: `http://${planted}:1` }, user) });
    const refused = await remotes.open("home", secret, never);
    hold({ value: `${planted}: [` });
    const broken = await remotes.open("home", secret, never);
    hold({ value: kubeconfigText({ server: farUrl }, { token: planted }) });
    const opened = await remotes.open("home", secret, never);
    expect(JSON.stringify([refused, broken, opened])).not.toContain(planted);
  });

  test("when it is cancelled", async () => {
    await expect(remotes.open("home", secret, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

describe("no connection stays", () => {
  test("when the session ends", async () => {
    const remote = await open();
    expect(await status(remote)).toBe(200);
    expect(far.sockets.size).toBe(1);
    sessions.get("home")?.end();
    expect(await status(remote)).toBe(0);
    await gone(far);
  });

  test("when another context is compared with, or none", async () => {
    const [one, two] = [await open("home"), await open("another")];
    expect([await status(one), await status(two, "another")]).toEqual([200, 200]);
    remotes.closeOthers("another");
    expect([await status(one), await status(two, "another")]).toEqual([0, 200]);
    remotes.closeOthers();
    expect(await status(two, "another")).toBe(0);
    await gone(far);
  });

  test("when a connection is another one now", async () => {
    const remote = await open();
    expect(await status(remote)).toBe(200);
    const other = sessions.get("another");
    if (other !== undefined) sessions.set("home", other);
    const again = await open();
    expect([again === remote, await status(remote), await status(again)]).toEqual([false, 0, 200]);
    remotes.closeOthers();
    await gone(far);
  });

  test("when it ended while the Secret was being read", async () => {
    const opening = remotes.open("home", secret, never);
    remotes.closeOthers();
    expect(await opening).toMatchObject({ outcome: "refused" });
    expect(far.seen).toEqual([]);
  });
});
