// The tidy test: what a program can check of ARCHITECTURE.md and CONTRIBUTING.md. Each rule lists every place that breaks it.
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import {
  cycles,
  filesBelow,
  manifest,
  packageOf,
  reachable,
  read,
  readSource,
  resolved,
  root,
} from "./support/source-files.ts";
import type { SourceFile } from "./support/source-files.ts";

const rooms = ["simulator", "language-server", "extension", "cli"] as const;
type Room = (typeof rooms)[number];

const all = filesBelow("");
const sources = all.filter((path) => /\.(ts|mts|cts|mjs|js)$/.test(path)).map(readSource);
const inRooms = sources.filter(({ path }) => roomOf(path) !== undefined);

test("the rules below have something to look at", () => {
  expect(inRooms.length).toBeGreaterThan(50);
  expect(inRooms.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
});

describe("the arrows between rooms", () => {
  const allowed: Readonly<Record<Room, readonly Room[]>> = {
    simulator: [],
    "language-server": ["simulator"],
    extension: ["simulator", "language-server"],
    cli: ["simulator", "language-server"],
  };

  test("a room uses only the rooms it may use", () => {
    expect(
      offences(inRooms, ({ path }, target) => {
        const from = roomOf(path);
        const to = roomOfImport(path, target);
        return from !== undefined && to !== undefined && to !== from && !allowed[from].includes(to);
      }),
    ).toEqual([]);
  });

  test("another room is reached through its door, never by a relative path", () => {
    expect(
      offences(
        inRooms,
        ({ path }, target) =>
          target.startsWith(".") && roomOf(resolved(path, target)) !== roomOf(path),
      ),
    ).toEqual([]);
  });

  test("the extension sees the protocol of the language server and nothing else of it", () => {
    expect(
      offences(below("extension"), ({ path }, target) => {
        const room = roomOfImport(path, target);
        return room === "language-server" && target !== "#protocol";
      }),
    ).toEqual([]);
  });

  test("every door leads somewhere", () => {
    const missing = Object.values(manifest().imports).filter(
      (path) => !existsSync(join(root, path)),
    );
    expect(missing).toEqual([]);
  });

  test("files do not import each other in a circle", () => {
    expect(cycles(inRooms)).toEqual([]);
  });
});

describe("who may import what", () => {
  test("the simulator outside its adapters imports two packages and no Node.js", () => {
    const core = below("simulator").filter(({ path }) => !/^simulator\/(node|web)\//.test(path));
    expect(
      offences(core, ({ path }, target) => {
        const isCel =
          /^simulator\/flux\/cel(-\w+)?\.ts$/.test(path) &&
          packageOf(target) === "@marcbachmann/cel-js";
        return !target.startsWith(".") && target !== "yaml" && !isCel;
      }),
    ).toEqual([]);
  });

  test("Node.js stays out of what runs in a browser", () => {
    const forBrowsers = reachable(sources, [
      "simulator/index.ts",
      "language-server/browser.ts",
      "extension/web.ts",
      "simulator/web/engine-worker.ts",
    ]);
    expect(offences(forBrowsers, (_, target) => target.startsWith("node:"))).toEqual([]);
  });

  test.each([
    [
      "vscode",
      (path: string) => path.startsWith("extension/") && !path.startsWith("extension/model/"),
    ],
    [
      "vscode-languageclient",
      (path: string) => path.startsWith("extension/client/") || /^extension\/[^/]+$/.test(path),
    ],
    ["vscode-languageserver", (path: string) => path.startsWith("language-server/")],
    ["@kubernetes/client-node", (path: string) => path.startsWith("simulator/node/cluster/")],
    ["isomorphic-git", (path: string) => path.startsWith("simulator/node/")],
  ])("%s is imported only where it belongs", (name, mayImport) => {
    expect(
      offences(inRooms, ({ path }, target) => packageOf(target) === name && !mayImport(path)),
    ).toEqual([]);
  });

  test("what is shipped imports no development dependency", () => {
    const { devDependencies } = manifest();
    expect(
      offences(inRooms, (_, target) => packageOf(target) in devDependencies && target !== "node"),
    ).toEqual([]);
  });
});

test("outside the simulator no Flux kind is named: its table is asked", () => {
  const kinds = [...read("simulator/flux/kinds.ts").matchAll(/\bkind: "(\w+)"/g)].map(
    ([, kind]) => kind ?? "",
  );
  expect(kinds).toContain("Kustomization");
  const named = inRooms
    .filter(
      ({ path }) => !path.startsWith("simulator/") && !path.startsWith("language-server/schemas/"),
    )
    .flatMap(({ path, text }) =>
      kinds.filter((kind) => text.includes(`"${kind}"`)).map((kind) => `${path}: ${kind}`),
    );
  expect(named).toEqual([]);
});

describe("files", () => {
  const handWritten = sources.filter(({ text }) => !text.includes("Generated by"));

  test("no hand-written file is longer than 400 lines", () => {
    const long = handWritten.map(
      ({ path, text }) => [path, text.trimEnd().split("\n").length] as const,
    );
    const goFiles = all
      .filter((path) => path.endsWith(".go"))
      .map((path) => [path, read(path)] as const)
      .filter(([, text]) => !text.includes("Generated by") && !text.includes("Code generated"))
      .map(([path, text]) => [path, text.trimEnd().split("\n").length] as const);
    expect([...long, ...goFiles].filter(([, lines]) => lines > 400)).toEqual([]);
  });

  test("each file opens with a comment that says what it is for", () => {
    const silent = sources.filter(({ text }) => !/^(#!.*\n)?(\/\/ \S|\/\*\*?\s)/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test("names are kebab-case and say something", () => {
    const forbidden = /^(utils?|helpers?|common|misc|shared|lib)(\.|$)/;
    const odd = sources.filter(({ path }) => {
      const parts = path.split("/");
      return parts.some((part) => forbidden.test(part)) || !/^[a-z0-9.-]+$/.test(basename(path));
    });
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  test("nothing is exported by default", () => {
    const found = sources.filter(
      ({ path, text }) => path !== "vitest.config.ts" && /^export default /m.test(text),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("no test is skipped or the only one", () => {
    const tests = sources.filter(
      ({ path }) => path.startsWith("test/") && path.endsWith(".test.ts"),
    );
    const found = tests.filter(({ text }) =>
      /\b(test|it|describe|suite)\.(skip|only|todo)\(/.test(text),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("the repository names no place of one machine and no package registry", () => {
    const words = [
      ["", "work", "main"],
      ["", "work", "shared"],
      ["", "root", "go"],
      ["", "tmp", "brief"],
    ].map((parts) => parts.join("/"));
    const hosts = ["registry.npmjs", "proxy.golang"].map((name) => `${name}.org`);
    const found = all
      .filter((path) => /\.(ts|mjs|js|json|md|go|ya?ml|sh)$|^\.|\/run$/.test(path))
      .flatMap((path) => {
        const text = read(path);
        return [...words, ...hosts]
          .filter((word) => text.includes(word))
          .map((word) => `${path}: ${word}`);
      });
    expect(found).toEqual([]);
    expect(read("package-lock.json")).not.toContain('"resolved": "http');
  });
});

describe("documents", () => {
  const documents = all.filter((path) => path.endsWith(".md"));

  test("every link leads to a file", () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:|command:|#)([^)\s#]+)[^)]*\)/g)]
        .map(([, target]) => target ?? "")
        .filter((target) => !existsSync(join(root, dirname(path), decodeURI(target))))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test("every npm script that the documents name exists", () => {
    const { scripts } = manifest();
    const unknown = documents.flatMap((path) =>
      [...read(path).matchAll(/`npm run ([\w:-]+)/g)]
        .map(([, name]) => name ?? "")
        .filter((name) => !(name in scripts))
        .map((name) => `${path}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test("every dependency has a line in CONTRIBUTING.md, and every line a dependency", () => {
    const { dependencies, devDependencies } = manifest();
    const present = Object.keys({ ...dependencies, ...devDependencies }).sort();
    const section =
      /## Dependencies\n([\s\S]*?)(?=\n## |$)/.exec(read("CONTRIBUTING.md"))?.[1] ?? "";
    const explained = [...section.matchAll(/^\| `([^`]+)` +\|/gm)]
      .map(([, name]) => name ?? "")
      .sort();
    expect(explained).toEqual(present);
  });
});

describe("the manifest", () => {
  test("the commands it contributes are those of the table, both ways", () => {
    const table = [...read("extension/commands/index.ts").matchAll(/"(sluice\.[\w.]+)"/g)].map(
      ([, id]) => id ?? "",
    );
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    expect([...new Set(table)].sort()).toEqual(contributed.sort());
  });

  test("every menu entry for a node of the tree can be reached", () => {
    const values = [
      ...contextValues("extension/model/context-value.ts", "Node", "sluice:"),
      ...contextValues("extension/model/cluster/live-context-value.ts", "Live", "sluice:live-"),
    ];
    const conditions = Object.values(manifest().contributes.menus).flatMap((entries) =>
      entries.map(({ when }) => when ?? ""),
    );
    const patterns = conditions.flatMap((when) =>
      [...when.matchAll(/viewItem =~ \/(.*?)\/(?= |$)/g)].map(([, pattern]) => pattern ?? ""),
    );
    expect(patterns.length).toBeGreaterThan(0);
    expect(
      patterns.filter((pattern) => !values.some((value) => new RegExp(pattern).test(value))),
    ).toEqual([]);
  });

  test("the settings it contributes are those that platform/settings.ts reads", () => {
    const settings = Object.keys(manifest().contributes.configuration.properties);
    const text = ["settings", "cluster-settings"]
      .map((name) => read(`extension/platform/${name}.ts`))
      .join("");
    const unread = settings.filter(
      (key) =>
        !text.includes(`"${key.replace("sluice.", "")}"`) && !key.startsWith("sluice.trace."),
    );
    expect(unread).toEqual([]);
  });
});

/** Every value that the types `<prefix>Kind` and `<prefix>Flag` of a file can make. */
function contextValues(file: string, prefix: string, start: string): readonly string[] {
  const text = read(file);
  const words = (type: string) =>
    [...(new RegExp(`type ${type} =([^;]*);`).exec(text)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
      ([, word]) => word ?? "",
    );
  const flags = words(`${prefix}Flag`).reduce<readonly string[]>(
    (all, flag) => [...all, ...all.map((one) => `${one}+${flag}`)],
    [""],
  );
  return words(`${prefix}Kind`).flatMap((kind) => flags.map((some) => `${start}${kind}${some}`));
}

/** `path: imported` of every import that breaks a rule. */
function offences(
  files: readonly SourceFile[],
  breaks: (file: SourceFile, target: string) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((target) => breaks(file, target))
      .map((target) => `${file.path}: ${target}`),
  );
}

function below(folder: string): readonly SourceFile[] {
  return sources.filter(({ path }) => path.startsWith(`${folder}/`));
}

function roomOf(path: string): Room | undefined {
  return rooms.find((room) => path.startsWith(`${room}/`));
}

function roomOfImport(path: string, target: string): Room | undefined {
  const file = resolved(path, target);
  return roomOf(file);
}
