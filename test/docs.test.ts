/** What a program can check of the documents: marks of docs/features.md lead to tests, anchors to headings, pictures are used. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";

import { describe, expect, test } from "vitest";

import { filesBelow, read, root } from "./support/source-files.ts";

const documents = filesBelow("").filter((path) => path.endsWith(".md"));

describe("docs/features.md", () => {
  const path = "docs/features.md";
  const rows = read(path)
    .split("\n")
    .filter((line) => line.startsWith("|") && /[●◐○]/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  test("has rows", () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  test("what is there, or there in part, is marked with a link to tests", () => {
    const without = rows.filter(([, , mark = ""]) => {
      const target = /^\[[●◐]\]\(([^)]+)\)$/.exec(mark)?.[1];
      const promised = /[●◐]/.test(mark);
      return promised && (target === undefined || !holdsTests(posix.join(dirname(path), target)));
    });
    expect(without.map(([, feature]) => feature)).toEqual([]);
  });

  test("what is there in part, or not yet, has a note that says what or why", () => {
    const silent = rows.filter(
      ([, , mark = "", , , , note = ""]) => !/●/.test(mark) && note === "",
    );
    expect(silent.map(([, feature]) => feature)).toEqual([]);
  });

  test("scenarios of the test cluster that it names exist", () => {
    const named = rows.flatMap(([, , , , , , note = ""]) => {
      const [, list = ""] = /^scenarios? ((?:[a-z]+(?:-[a-z]+)*(?:, )?)+)/.exec(note) ?? [];
      return list.split(", ").filter(Boolean);
    });
    expect(named.length).toBeGreaterThan(10);
    const unknown = named.filter((name) => !existsSync(join(root, "test/cluster/scenarios", name)));
    expect(unknown).toEqual([]);
  });
});

function holdsTests(path: string): boolean {
  if (/(\.test\.ts|_test\.go)$/.test(path)) return existsSync(join(root, path));
  return (
    existsSync(join(root, path)) &&
    readdirSync(join(root, path), { recursive: true }).some((name) =>
      String(name).endsWith(".test.ts"),
    )
  );
}

test("every link into a document leads to a heading of it", () => {
  const broken = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\((?!https?:|command:)([^)\s#]*)#([^)\s]+)\)/g)]
      .filter(([, target = "", anchor = ""]) => {
        const file = target === "" ? path : posix.join(dirname(path), target);
        return file.endsWith(".md") && !anchorsOf(file).includes(anchor);
      })
      .map(([link]) => `${path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

/** As forges make them from headings. */
function anchorsOf(path: string): readonly string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("every picture is shown somewhere, in at least one of its colours", () => {
  const subject = (name: string): string => name.replace(/-(dark|light|contrast)\.png$/, "");
  const shown = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)]+\.png)\)/g)].map(([, target = ""]) =>
      subject(basename(target)),
    ),
  );
  const pictures = readdirSync(join(root, "docs", "images"));
  expect(pictures.filter((name) => !shown.includes(subject(name)))).toEqual([]);
});
