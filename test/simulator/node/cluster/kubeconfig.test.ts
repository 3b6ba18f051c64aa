/** Kubeconfigs of all sorts: what is wrong with them is a problem with words, and never an exception. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { kubeconfigFiles, readKubeconfig } from "../../../../simulator/node/cluster/kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const entry = (name: string, server = "https://example.com") => `
current-context: ${name}
clusters: [{name: ${name}, cluster: {server: "${server}", certificate-authority: ca.crt}}]
users: [{name: ${name}, user: {exec: {command: ./bin/login}}}]
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: apps}}]
`;

test("the setting wins over the environment, and that over the usual place", () => {
  const env = { HOME: "/home/me", KUBECONFIG: "/a:/b" };
  expect(kubeconfigFiles("~/mine", env)).toEqual(["/home/me/mine"]);
  expect(kubeconfigFiles("", env)).toEqual(["/a", "/b"]);
  expect(kubeconfigFiles("", { HOME: "/home/me" })).toEqual(["/home/me/.kube/config"]);
});

test("of several files the first that defines a name wins", async () => {
  const files = [
    file("one", entry("dev", "https://one")),
    file("two", entry("dev", "https://two")),
  ];
  const read = await readKubeconfig([...files, file("three", entry("prod"))]);
  expect(read.contexts.map(({ name, namespace }) => [name, namespace])).toEqual([
    ["dev", "apps"],
    ["prod", "apps"],
  ]);
  expect(read.currentContext).toBe("dev");
  expect(read.clusters.get("dev")).toMatchObject({ server: "https://one" });
  expect(read.problems).toEqual([]);
});

test("paths are relative to the file that names them", async () => {
  const read = await readKubeconfig([file("relative", entry("dev"))]);
  expect(read.clusters.get("dev")).toMatchObject({
    "certificate-authority": join(folder, "ca.crt"),
  });
  expect(read.users.get("dev")).toMatchObject({ exec: { command: join(folder, "bin/login") } });
});

test.each([
  ["a file that is not there", () => [join(folder, "none")], "There is no such file."],
  ["text that is no YAML", () => [file("bad", "a: 1\nb: [")], /^Line \d is no valid YAML/],
  ["a list", () => [file("list", "- 1")], /^The file is no kubeconfig/],
  [
    "a context without its cluster",
    () => [file("lost", "contexts: [{name: a, context: {cluster: gone}}]")],
    "Context a names a cluster that is not there: gone.",
  ],
])("%s is a problem with words", async (_, files, message) => {
  const { problems } = await readKubeconfig(files());
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toMatch(message);
});

test("entries of the wrong type are left out", async () => {
  const read = await readKubeconfig([
    file("odd", "contexts: [1, {name: a}, {name: [b]}]\nclusters: no\nusers: {a: b}\n"),
  ]);
  expect(read.contexts).toEqual([{ name: "a", cluster: "", user: "" }]);
});

test("a hundred contexts are a hundred contexts", async () => {
  const names = Array.from({ length: 100 }, (_, at) => `c${at}`);
  const files = names.map((name) => file(name, entry(name)));
  expect((await readKubeconfig(files)).contexts.map(({ name }) => name)).toEqual(names);
});
