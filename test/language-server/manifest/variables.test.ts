/** Which `${…}` can be read, and which variable is missed first: as Flux's own substitution says it, on texts made by chance. */
import { expect, test } from "vitest";

import { variablesOf } from "../../../language-server/manifest/variables.ts";
import { build, configMap } from "../../simulator/engine/fixture.ts";

const pieces = [
  ..."${ ${ ${ ${ } } } } } $ $$ : := :- :+ :? = - + ? / // /# /% # ## % %% ^ ^^ , ,,".split(" "),
  ..."A B1 _c é 1 0 x . [@] \\ \\/ a/b".split(" "),
  " ",
];

/** What one of a thousand texts hardly holds by chance. */
const wellFormed = [
  "${A}",
  "${A:=x}",
  "${A:-${B}}",
  "${A=${B:=x}}",
  "${#A}",
  "${A^^}",
  "${A,}",
  "${A:1:2}",
  "${A/x/y}",
  "${A//x/${B}}",
  "${A#x*}",
  "${A%%x}",
  "$${A} ${B}",
  "${A:+x}${B:?y}",
  "${A:=}",
  "${A,^}",
  "${A/x//y}",
  "${A/${B}/y}",
  "${A/x/$${B}}",
  "${A:1::${B}}",
  "${A//x/-${B}}",
  "${A:é=x}",
  "${B::?y}",
];

function texts(count: number): readonly string[] {
  let state = 20261121;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const chance = Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)] ?? "").join(""),
  );
  const broken = wellFormed.flatMap((text) =>
    Array.from({ length: 8 }, () => {
      const at = random(text.length + 1);
      return text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + random(2));
    }),
  );
  return [...wellFormed, ...broken, ...chance];
}

/** `unreadable`, the first variable that is missed, or nothing. */
function theirs(text: string): string {
  const file = { "cm.yaml": configMap("cm", { k: text }) };
  const { failure } = build(file, { postBuild: { substitute: { unused: "x" } } }, { strict: true });
  if (failure === undefined) return "";
  const missed = /variable not set \(strict mode\): ("(?:[^"\\]|\\.)*")/.exec(failure.message)?.[1];
  return missed === undefined ? "unreadable" : (JSON.parse(missed) as string);
}

function ours(text: string): string {
  const { uses, fault } = variablesOf(text);
  return fault ? "unreadable" : (uses.find(({ hasDefault }) => !hasDefault)?.name ?? "");
}

test("texts are read as by Flux", () => {
  const all = texts(400).map((text) => `text ${text} end`);
  const answers = all.map(theirs);
  const different = all.flatMap((text, at) =>
    ours(text) === answers[at] ? [] : [`${text}: ${ours(text)}, not ${answers[at]}`],
  );
  expect(different).toEqual([]);
  for (const outcome of ["unreadable", "", "A"])
    expect(answers.filter((answer) => answer === outcome).length).toBeGreaterThan(30);
}, 600_000);
