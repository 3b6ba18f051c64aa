/** The model of a folder: when its diagnostics can be given, and what is parsed when nobody asks. */
import { expect, test } from "vitest";

import { FolderModel } from "../../../language-server/workspace/folder-model.ts";
import { treeOf } from "../../support/fixture.ts";

const log = { info() {}, warn() {}, error() {} };
const text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

function folder(): FolderModel {
  const made = new FolderModel({ root: "file:///repo", docs: undefined, log });
  made.store.setTree(treeOf({ "a.yaml": text, "b.yaml": `${text}---\n${text}`, "c.txt": "c" }));
  return made;
}

const parsed = ({ model }: FolderModel): readonly string[] =>
  [...model.files.values()].filter(({ lastParsed }) => lastParsed).map(({ path }) => path);

test("all files are parsed when there is time, unless it is needed for something else", async () => {
  const made = folder();
  expect(parsed(made)).toEqual([]);
  await expect(made.parseAll(AbortSignal.abort())).rejects.toThrow(/abort/i);
  expect(parsed(made)).toEqual([]);
  await made.parseAll(new AbortController().signal);
  expect(parsed(made)).toEqual(["a.yaml", "b.yaml"]);
});

test("diagnostics wait until files and schemas are there, or the one who asked goes away", async () => {
  const made = folder();
  const asked = new AbortController();
  const waiting = made.prepare("a.yaml", asked.signal);
  asked.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
  const other = made.prepare("a.yaml", new AbortController().signal);
  made.open();
  await other;
  expect(made.isOpen).toBe(true);
});

test("it is known when the first diagnostics were given", async () => {
  const made = folder();
  let isAnswered = false;
  void made.firstAnswer.then(() => (isAnswered = true));
  await Promise.resolve();
  expect(isAnswered).toBe(false);
  made.diagnostics("a.yaml");
  await made.firstAnswer;
  expect(isAnswered).toBe(true);
});
