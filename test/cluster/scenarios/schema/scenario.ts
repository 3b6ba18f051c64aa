/** values.schema.json: what fails, with which words, and how to get round it. */
import {
  below,
  chart,
  gitChart,
  namespace,
  probeTemplate,
  releases,
} from "../../recorder/scenario.ts";
import type { Scenario } from "../../recorder/scenario.ts";

const withSchema = (
  name: string,
  schema: object | string,
  values = "",
  more: Readonly<Record<string, string>> = {},
) =>
  below(
    `charts/${name}`,
    chart(
      { name },
      {
        "values.yaml": values,
        "values.schema.json": typeof schema === "string" ? schema : JSON.stringify(schema),
        "templates/probe.yaml": probeTemplate,
        ...more,
      },
    ),
  );

const strict = {
  $schema: "https://json-schema.org/draft-07/schema#",
  type: "object",
  required: ["image"],
  additionalProperties: false,
  properties: {
    image: {
      type: "object",
      required: ["tag"],
      properties: { tag: { type: "string", pattern: "^v" } },
    },
    replicas: { type: "integer", minimum: 1, maximum: 5 },
    mode: { enum: ["a", "b"] },
    ports: { type: "array", uniqueItems: true, items: { $ref: "#/$defs/port" } },
    global: {},
  },
  $defs: { port: { type: "integer", exclusiveMinimum: 0 } },
};
const good = { image: { tag: "v1" } };

export const scenario: Scenario = {
  about:
    "Schemas of charts and subcharts: types, required, enums, references, several errors, disableSchemaValidation",
  tree: {
    "flux/namespace.yaml": namespace("apps"),
    ...withSchema("strict", strict),
    ...withSchema(
      "parent",
      { type: "object", properties: { a: { type: "string" } } },
      "sub: {n: 1}\n",
      {
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/sub/values.schema.json": JSON.stringify({
          type: "object",
          properties: { n: { type: "integer" } },
        }),
      },
    ),
    ...withSchema("broken-schema", "{not json"),
    ...withSchema("wrong-schema", { type: "nonsense" }),
    ...withSchema(
      "defaults-fail",
      { type: "object", properties: { n: { type: "string" } } },
      "n: 1\n",
    ),
    ...withSchema("newer-draft", {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        list: {
          type: "array",
          prefixItems: [{ type: "string" }, { type: "integer" }],
          items: false,
        },
      },
    }),
    ...releases(
      { chart: gitChart("strict") },
      {
        good: { values: good },
        "missing-required": {},
        "wrong-type": { values: { image: { tag: 1 } } },
        "wrong-pattern": { values: { image: { tag: "1" } } },
        "unknown-key": { values: { ...good, nobody: 1 } },
        "out-of-range": { values: { ...good, replicas: 9 } },
        "not-in-enum": { values: { ...good, mode: "c" } },
        "by-reference": { values: { ...good, ports: [80, 0] } },
        "not-unique": { values: { ...good, ports: [80, 80] } },
        "several-errors": { values: { image: {}, replicas: 0, mode: 1, more: true } },
        "null-is-absent": { values: { ...good, replicas: null } },
        "global-is-known": { values: { ...good, global: { a: 1 } } },
        "not-validated": { values: { nobody: 1 }, install: { disableSchemaValidation: true } },
        "float-is-integer": { values: { ...good, replicas: 2.0 } },
      },
    ),
    ...releases(
      {},
      {
        "subchart-good": { chart: gitChart("parent"), values: { a: "x", sub: { n: 2 } } },
        "subchart-fails": { chart: gitChart("parent"), values: { sub: { n: "two" } } },
        "both-fail": { chart: gitChart("parent"), values: { a: 1, sub: { n: "two" } } },
        "broken-schema": { chart: gitChart("broken-schema") },
        "wrong-schema": { chart: gitChart("wrong-schema") },
        "defaults-fail": { chart: gitChart("defaults-fail") },
        "draft-2020-good": { chart: gitChart("newer-draft"), values: { list: ["a", 1] } },
        "draft-2020-fails": { chart: gitChart("newer-draft"), values: { list: ["a", 1, 2] } },
      },
    ),
  },
};
