/** What passes between page and extension, the document itself, where nodes stand and where keys lead. */
import { describe, expect, test } from "vitest";

import { edgePath } from "../../../../extension/model/graph/edge-path.ts";
import type { Layout } from "../../../../extension/model/graph/layout.ts";
import { layOut, nodeSize } from "../../../../extension/model/graph/layout.ts";
import { parseFromPage, parseSaved } from "../../../../extension/model/graph/messages.ts";
import { pageHtml } from "../../../../extension/model/graph/page-html.ts";
import { parseQuery } from "../../../../extension/model/graph/query.ts";
import type { SceneEdge } from "../../../../extension/model/graph/scene.ts";
import { makeScene } from "../../../../extension/model/graph/scene.ts";
import { inOrder, stepFrom } from "../../../../extension/model/graph/steps.ts";
import { graph, node, query } from "./graph-builder.ts";

describe("messages of the page", () => {
  test("those that are right are taken as they are", () => {
    const asked = query({ text: "x", focus: { id: "a", distance: 2 }, kinds: ["Kind"] });
    expect(parseFromPage({ type: "ready" })).toEqual({ type: "ready" });
    expect(parseFromPage({ type: "query", query: asked })).toEqual({ type: "query", query: asked });
    expect(parseFromPage({ type: "act", action: "open", id: "a" })).toEqual({
      type: "act",
      action: "open",
      id: "a",
    });
    const saved = { subject: { kind: "live", context: "test" }, query: asked };
    expect(parseSaved(structuredClone(saved))).toEqual(saved);
  });

  test.each([
    ["nothing", undefined],
    ["text", "ready"],
    ["an unknown type", { type: "run", command: "workbench.action.terminal.new" }],
    ["an unknown action", { type: "act", action: "delete", id: "a" }],
    ["an action without an object", { type: "act", action: "open" }],
    ["a query that is none", { type: "query", query: null }],
    ["a list that is none", { type: "query", query: { ...query(), kinds: "all" } }],
    ["numbers for names", { type: "query", query: { ...query(), open: [1] } }],
    ["a text without end", { type: "query", query: { ...query(), text: "x".repeat(10_000) } }],
    ["too long a list", { type: "query", query: { ...query(), kinds: Array(5000).fill("a") } }],
    ["an unknown way to fold", { type: "query", query: { ...query(), grouping: "all" } }],
    [
      "a focus too far",
      { type: "query", query: { ...query(), focus: { id: "a", distance: 1e9 } } },
    ],
  ])("%s is no message", (_, message) => {
    expect(parseFromPage(message)).toBeUndefined();
  });

  test("states and relations that are not known are left out", () => {
    const asked = { ...query(), tones: ["failed", "purple"], relations: ["owner", "loves"] };
    expect(parseQuery(asked)).toMatchObject({ tones: ["failed"], relations: ["owner"] });
  });

  test.each([[undefined], [{}], [{ subject: { kind: "plan" }, query: query() }]])(
    "a saved state that is none is forgotten",
    (saved) => {
      expect(parseSaved(saved)).toBeUndefined();
    },
  );
});

test("the document loads its own two files, runs no other script, and breaks out of no attribute", () => {
  const html = pageHtml({
    nonce: "abc",
    script: 'https://host/graph.js?"><script>alert(1)</script>',
    style: "https://host/graph.css",
    cspSource: "https://host",
  });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    "style-src https://host",
    "script-src 'nonce-abc'",
    "form-action 'none'",
    "base-uri 'none'",
  ]);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).toContain('src="https://host/graph.js?&quot;>&lt;script>alert(1)&lt;/script>"');
  expect(html).not.toContain("unsafe");
  expect(html).not.toMatch(/ on\w+=| style=/);
});

describe("layout", () => {
  const chain = graph(["a > b", "b > c", "a ~ d"]);
  const laidOut = (of: typeof chain): { readonly layout: Layout; readonly edges: SceneEdge[] } => {
    const { nodes, edges } = makeScene(of, query());
    return {
      layout: layOut(
        nodes.map(({ id }) => id),
        edges,
      ),
      edges: [...edges],
    };
  };

  test("what is needed stands on the left of what needs it", () => {
    const { places } = laidOut(chain).layout;
    const layers = ["a", "b", "c", "d"].map((id) => places.get(id)?.layer);
    expect(layers).toEqual([1, 2, 3, 2]);
  });

  test("nothing lies on anything else", () => {
    const many = graph(Array.from({ length: 200 }, (_, at) => `n${at % 13} > m${at % 57}`));
    const places = [...laidOut(many).layout.places.values()];
    const overlapping = places.flatMap((one, at) =>
      places
        .slice(at + 1)
        .filter(
          (two) =>
            Math.abs(one.x - two.x) < nodeSize.width && Math.abs(one.y - two.y) < nodeSize.height,
        ),
    );
    expect(overlapping).toEqual([]);
  });

  test("the same scene stands at the same places, whatever the order", () => {
    const { layout, edges } = laidOut(chain);
    const ids = [...layout.places.keys()];
    const again = layOut([...ids].reverse(), [...edges].reverse());
    for (const id of ids) expect(again.places.get(id)).toEqual(layout.places.get(id));
  });

  test("leaves that need the same stand in a block, which one line leads to", () => {
    const { layout, edges } = laidOut(
      graph(Array.from({ length: 60 }, (_, at) => `root : n${at}`)),
    );
    expect(layout.height).toBeLessThan(20 * nodeSize.height);
    expect(new Set(edges.map((edge) => edgePath(edge, layout))).size).toBe(1);
    expect(new Set([...layout.frames.values()]).size).toBe(1);
  });

  test("circles and loops have a place and a line", () => {
    const { layout, edges } = laidOut(graph(["a > b", "b > a", "c > c"]));
    expect(layout.places.size).toBe(3);
    for (const edge of edges) expect(edgePath(edge, layout)).toMatch(/^M[-\d.,C ]+$/);
  });

  test("where two need each other, who is waited for stands on the left", () => {
    const { places } = laidOut(graph(["repo ~ root", "root : repo"])).layout;
    expect(places.get("repo")?.layer).toBe(1);
    expect(places.get("root")?.layer).toBe(2);
  });

  test("nothing at all", () => {
    const { layout } = laidOut(graph([]));
    expect(layout.places.size).toBe(0);
    expect(stepFrom("gone", "right", layout, [])).toBeUndefined();
  });

  test("names that look like parts of objects are names", () => {
    const names = ["__proto__", "constructor", "toString"];
    const { layout } = laidOut(
      graph(
        ["__proto__ > constructor"],
        {},
        names.map((name) => node(name)),
      ),
    );
    expect([...layout.places.keys()].sort()).toEqual([...names].sort());
  });
});

describe("keys", () => {
  const places = new Map([
    ["a", { x: 0, y: 50, layer: 1 }],
    ["b", { x: 100, y: 0, layer: 2 }],
    ["c", { x: 100, y: 90, layer: 2 }],
  ]);
  const edges: SceneEdge[] = ["b", "c"].map((to) => {
    return { from: "a", to, relation: "dependsOn", count: 1, inCycle: false };
  });

  test.each([
    ["a", "right", "c"],
    ["a", "left", undefined],
    ["b", "left", "a"],
    ["c", "right", undefined],
    ["b", "down", "c"],
    ["c", "up", "b"],
    ["a", "up", undefined],
    ["c", "down", undefined],
    ["c", "first", "a"],
    ["a", "last", "c"],
    ["gone", "right", "a"],
  ] as const)("from %s %s to %s", (from, step, to) => {
    expect(stepFrom(from, step, { places }, edges)).toBe(to);
  });

  test("down goes through every node once", () => {
    const visited: string[] = [];
    for (let at: string | undefined = inOrder(places)[0]; at !== undefined;) {
      visited.push(at);
      at = stepFrom(at, "down", { places }, edges);
    }
    expect(visited).toEqual(["a", "b", "c"]);
  });
});
