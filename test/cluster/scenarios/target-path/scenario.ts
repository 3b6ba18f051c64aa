/** Values: what wins when `targetPath`, inline values and other sources meet. */
import {
  below,
  configMap,
  gitChart,
  namespace,
  probeChart,
  releases,
  secret,
  yaml,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const from = (name: string, targetPath?: string, more: object = {}): object => ({
  kind: "ConfigMap",
  name: "given",
  valuesKey: name,
  ...(targetPath === undefined ? {} : { targetPath }),
  ...more,
});

export const scenario: Scenario = {
  about: "The order in which valuesFrom, targetPath, literal and inline values are put together",
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    "flux/given.yaml": yaml(
      configMap("given", {
        word: "given",
        other: "second",
        number: "5",
        quoted: "'5'",
        double: '"5"',
        truth: "true",
        nothing: "null",
        empty: "",
        comma: "a,b",
        braces: "{a,b}",
        equals: "a=b,c=d",
        backslash: String.raw`a\,b`,
        brackets: "a[0].b",
        lines: "one\ntwo\n",
        unicode: "größer \u{1F680}",
        json: '{"a": {"b": 1}}',
        big: "12345678901234567890",
        exponent: "1e3",
        octal: "0755",
        date: "2026-01-02",
        map: "m: {x: from-map, y: from-map}\nlist: [from-map]\ntop: from-map\n",
        deep: "n: {x: from-deep, z: from-deep}\n",
        text: "just text",
        sequence: "[1, 2]",
        broken: "a: [",
      }),
      secret("hidden", {
        "values.yaml": "n: {secret: yes}\npassword: from-secret\n",
        token: "s3cr3t,with=comma",
      }),
    ),
    ...below(
      "charts/probe",
      probeChart({ name: "probe" }, { top: "default", n: { d: "default" } }),
    ),
    ...releases(
      { chart: gitChart("probe") },
      {
        "top-level": { values: { top: "inline" }, valuesFrom: [from("word", "top")] },
        "map-only-inline": {
          values: { n: { x: "inline", y: "inline" } },
          valuesFrom: [from("word", "n.x")],
        },
        "map-also-in-earlier": {
          values: { m: { x: "inline" } },
          valuesFrom: [from("map"), from("word", "m.x")],
        },
        "three-kinds-at-once": {
          values: { top: "inline", n: { x: "inline" }, m: { x: "inline" } },
          valuesFrom: [from("map"), from("word", "top"), from("word", "n.x"), from("word", "m.x")],
        },
        "two-under-one-map": {
          values: { n: { x: "inline", y: "inline" } },
          valuesFrom: [from("word", "n.x"), from("other", "n.y")],
        },
        "two-under-nested-maps": {
          values: { n: { a: { x: "inline" }, b: { y: "inline" } } },
          valuesFrom: [from("word", "n.a.x"), from("other", "n.b.y")],
        },
        "new-key-in-inline-map": {
          values: { n: { x: "inline" } },
          valuesFrom: [from("word", "n.new")],
        },
        "list-item": { values: { list: ["a", "b"] }, valuesFrom: [from("word", "list[1]")] },
        "list-item-beyond": { values: { list: ["a"] }, valuesFrom: [from("word", "list[3]")] },
        "list-of-maps": {
          values: { list: [{ name: "a", value: "inline" }] },
          valuesFrom: [from("word", "list[0].value")],
        },
        "map-after-path": {
          values: { n: { y: "inline" } },
          valuesFrom: [from("word", "n.x"), from("deep")],
        },
        "map-after-path-no-parent": { valuesFrom: [from("word", "n.x"), from("deep")] },
        "same-path-twice": { valuesFrom: [from("word", "a.b"), from("other", "a.b")] },
        "path-through-text": { values: { a: "inline" }, valuesFrom: [from("word", "a.b")] },
        "path-replaces-map": { values: { n: { x: "inline" } }, valuesFrom: [from("word", "n")] },
        "escaped-dot": { valuesFrom: [from("word", String.raw`labels.app\.example/name`)] },
        types: {
          valuesFrom: [
            "number",
            "quoted",
            "double",
            "truth",
            "nothing",
            "empty",
            "big",
            "exponent",
            "octal",
            "date",
            "unicode",
            "lines",
          ].map((name) => from(name, `v.${name}`)),
        },
        "types-literal": {
          valuesFrom: [
            "number",
            "quoted",
            "double",
            "truth",
            "nothing",
            "empty",
            "comma",
            "braces",
            "equals",
            "backslash",
            "brackets",
            "lines",
            "json",
          ].map((name) => from(name, `v.${name}`, { literal: true })),
        },
        "literal-over-inline": {
          values: { n: { x: "inline" } },
          valuesFrom: [from("comma", "n.x", { literal: true })],
        },
        "braces-are-a-list": { valuesFrom: [from("braces", "v")] },
        "json-text": { valuesFrom: [from("json", "v")] },
        "comma-fails": { valuesFrom: [from("comma", "v")] },
        "equals-splits": { valuesFrom: [from("equals", "v")] },
        "escaped-comma": { valuesFrom: [from("backslash", "v")] },
        "order-of-maps": {
          values: { m: { y: "inline" } },
          valuesFrom: [from("map"), from("deep")],
        },
        "null-removes-default": { values: { top: null, n: { d: null } } },
        "path-null-removes": { valuesFrom: [from("nothing", "top")] },
        "secret-default-key": {
          values: { n: { inline: true } },
          valuesFrom: [{ kind: "Secret", name: "hidden" }],
        },
        "secret-literal": {
          valuesFrom: [
            { kind: "Secret", name: "hidden", valuesKey: "token", targetPath: "v", literal: true },
          ],
        },
        "optional-missing": {
          values: { a: 1 },
          valuesFrom: [
            { kind: "Secret", name: "nobody", optional: true },
            from("no-such-key", undefined, { optional: true }),
            from("no-such-key", "v", { optional: true }),
          ],
        },
        "missing-object": { valuesFrom: [{ kind: "ConfigMap", name: "nobody" }] },
        "missing-key": { valuesFrom: [from("no-such-key")] },
        "text-is-no-map": { valuesFrom: [from("text")] },
        "list-is-no-map": { valuesFrom: [from("sequence")] },
        "broken-yaml": { valuesFrom: [from("broken")] },
        "empty-is-nothing": { values: { a: 1 }, valuesFrom: [from("empty")] },
        "index-too-large": { valuesFrom: [from("word", "a[99999]")] },
        "path-with-empty-part": { valuesFrom: [from("word", "a..b")] },
      },
    ),
  },
};
