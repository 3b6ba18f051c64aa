/** The headline scan finds documents and their lines in the ways people write manifests. */
import { describe, expect, it } from "vitest";

import { headlines } from "../../../simulator/manifest/headlines.ts";

describe("headlines", () => {
  it("reads several documents with comments and separators", () => {
    const found = headlines(
      [
        "# a comment",
        "---",
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        "  name: one",
        "data:",
        "  name: not-this",
        "---",
        "kind: Secret # trailing",
        "apiVersion: v1",
        "metadata:",
        "  labels:",
        "    name: nor-this",
        "  namespace: 'apps'",
        '  name: "two"',
      ].join("\n"),
    );
    expect(found).toEqual([
      {
        line: 3,
        endLine: 8,
        apiVersion: "v1",
        kind: "ConfigMap",
        name: "one",
        namespace: "",
        nameLine: 6,
      },
      {
        line: 10,
        endLine: 16,
        apiVersion: "v1",
        kind: "Secret",
        name: "two",
        namespace: "apps",
        nameLine: 16,
      },
    ]);
  });

  it("reads metadata in flow style", () => {
    const [found] = headlines(
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo, namespace: x}\n",
    );
    expect(found).toMatchObject({ kind: "Namespace", name: "demo", namespace: "x", nameLine: 3 });
  });

  it("finds nothing in text that is no manifest", () => {
    expect(headlines("just: values\nother:\n  - 1\n")).toEqual([]);
    expect(headlines("")).toEqual([]);
  });

  it("reads files with Windows line ends", () => {
    const [found] = headlines("apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: crlf\r\n");
    expect(found).toMatchObject({ kind: "ConfigMap", name: "crlf" });
  });
});
