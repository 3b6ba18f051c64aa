/** A kubeconfig out of a Secret: its own credentials are used, nothing of this machine is. */
import { expect, test } from "vitest";
import { stringify } from "yaml";

import { openRemoteLive } from "#simulator/cluster";

function kubeconfig(user: object, cluster: object = { server: "http://127.0.0.1:1" }): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "remote", context: { cluster: "c", user: "u" } }],
    "current-context": "remote",
  });
}

test("credentials that stand in it are used", () => {
  expect(openRemoteLive(kubeconfig({ token: "t" }))?.name).toBe("remote");
});

test.each([
  ["an exec plugin", kubeconfig({ exec: { command: "touch", args: ["stolen"] } })],
  ["a file of this machine", kubeconfig({ tokenFile: "/etc/hostname" })],
  ["a key in a file", kubeconfig({ "client-key": "/etc/hostname", "client-certificate": "/x" })],
  ["no address", kubeconfig({ token: "t" }, {})],
  ["no YAML", "{ ["],
  ["an alias bomb", `a: &a [1]\nb: &b [${"*a,".repeat(50)}]\nc: [${"*b,".repeat(50)}]\n`],
  ["nothing", ""],
])("%s is not", (_, text) => {
  expect(openRemoteLive(text)).toBeUndefined();
});

test("an exec plugin beside a token does not run, and no file is read", async () => {
  const live = openRemoteLive(
    kubeconfig({ token: "t", exec: { command: "/nonexistent" }, tokenFile: "/nonexistent" }),
  );
  const answer = await live?.request({ verb: "get", path: "/version" });
  live?.close();
  expect(answer?.status).toBe(0);
  expect(answer?.body).toContain("Nothing listens");
});
